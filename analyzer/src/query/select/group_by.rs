//! `group by`, and the columns that `having` sees.

use sqlparser::ast::{Expr, GroupByExpr, GroupByWithModifier, Select, SelectItem};

use super::{
    super::{
        Infer,
        expr::{literals, operators::row_items},
        grouping::{self, Grouping},
        level::LevelFacts,
        output::OutputColumn,
        scope::{Clause, Found, Having, Scope, fold},
        term::{Atom, Form},
    },
    is_constant,
};
use crate::diagnostics;

impl Infer<'_> {
    /// The spelling of grouped expressions that are not columns.
    pub(super) fn grouped_spellings(&self, select: &Select) -> Vec<String> {
        grouping::expressions(&select.group_by)
            .into_iter()
            .filter_map(|expr| grouping::meant(self.dialect, expr, &select.projection))
            .filter(|expr| {
                !matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_))
            })
            .map(grouping::spelling)
            .collect()
    }

    pub(super) fn group_by(
        &mut self,
        scope: &Scope<'_>,
        group_by: &GroupByExpr,
        select: &Select,
    ) -> Grouping {
        let mut grouping = Grouping::default();
        let outer = scope.clause.replace(Clause::GroupBy);
        if let (GroupByExpr::Expressions(items, _), true) = (group_by, !self.facts.select.groups_by_rows) {
            let rows = items.iter().filter(|item| row_items(item).is_some());
            rows.for_each(|row| self.report(diagnostics::misplaced_row(self.span(row))));
        }
        for expr in grouping::expressions(group_by) {
            let own = match expr {
                Expr::Identifier(name) => {
                    let name = fold(self.dialect, name);
                    matches!(scope.column(self.dialect, &name), Found::Column { .. } | Found::Merged(_))
                }
                _ => false,
            };
            let meant = if own { Some(expr) } else { self.grouped_item(expr, select) };
            let Some(meant) = meant else { continue };
            // The expression of a name or number of the select list was already analyzed there.
            scope.alone.set(self.facts.select.sorts_see_own_level && std::ptr::eq(meant, expr));
            let (mut term, facts) = self.gather(|infer| infer.expr(scope, meant));
            scope.alone.set(false);
            self.as_text(&mut term);
            grouping.grouped = true;
            match term.form {
                Form::Column(table, column) => grouping.columns.push(Atom::Column(table, column)),
                _ => {
                    grouping.computed = true;
                    // A merged column of `using` groups both columns.
                    if let Expr::Identifier(_) = meant {
                        grouping.columns.extend(facts.columns.iter().map(|(atom, _)| *atom));
                    }
                }
            }
            self.level.add(facts.without_columns());
        }
        scope.clause.set(outer);
        grouping.sets = grouping::has_sets(group_by);
        if let GroupByExpr::Expressions(_, modifiers) = group_by {
            grouping.sets |= modifiers.iter().any(|m| {
                matches!(
                    m,
                    GroupByWithModifier::Rollup
                        | GroupByWithModifier::Cube
                        | GroupByWithModifier::GroupingSets(_)
                )
            });
        }
        grouping.grouped |= grouping.sets;
        grouping
    }

    fn grouped_item<'e>(&mut self, expr: &'e Expr, select: &'e Select) -> Option<&'e Expr> {
        if let Some(number) = literals::ordinal(self.dialect, expr)
            && (number < 1 || number as usize > select.projection.len())
            && !select
                .projection
                .iter()
                .any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)))
        {
            self.report(diagnostics::wrong_ordinal(number, select.projection.len(), self.span(expr)));
            return None;
        }
        if self.facts.select.constant_order_rejected
            && literals::ordinal(self.dialect, expr).is_none()
            && is_constant(expr)
        {
            self.report(diagnostics::constant_order(self.span(expr)));
            return None;
        }
        grouping::meant(self.dialect, expr, &select.projection)
    }

    /// The columns that MySQL's `having` sees.
    pub(super) fn for_having(&self, scope: &Scope<'_>, select: &Select, columns: &[OutputColumn]) -> Having {
        let column = |expr: &Expr| {
            let found = match expr {
                Expr::Identifier(name) => scope.column(self.dialect, &fold(self.dialect, name)),
                Expr::CompoundIdentifier(parts) => match &parts[..] {
                    [.., table, name] => scope.qualified(self.dialect, None, &table.value, &name.value),
                    _ => return None,
                },
                _ => return None,
            };
            match found {
                Found::Column { table, column } => Some(Atom::Column(table.id, column as u32)),
                _ => None,
            }
        };
        let selected = columns.iter().filter_map(|item| match item.term.form {
            Form::Column(table, column) => Some(Atom::Column(table, column)),
            _ => None,
        });
        Having {
            grouped: grouping::expressions(&select.group_by).into_iter().filter_map(column).collect(),
            selected: selected.collect(),
        }
    }

    /// SQLite's `having` requires groups or a selected aggregate. `facts` are those of the parts before it.
    pub(super) fn check_having(
        &mut self,
        scope: &Scope<'_>,
        having: &Expr,
        select: &Select,
        facts: &LevelFacts,
    ) {
        if self.facts.select.having_needs_groups
            && grouping::expressions(&select.group_by).is_empty()
            && !facts.aggregates_of(scope)
            && !facts.unsure
            && !facts.unclear
        {
            self.report(diagnostics::having_without_groups(self.span(having)));
        }
    }
}
