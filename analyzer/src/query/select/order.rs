//! `order by`, and `distinct on`, which depends on it.

use sqlparser::ast::{Distinct, Expr, OrderBy, OrderByExpr, OrderByKind, Select, SelectItem};

use super::{
    super::{
        Infer,
        expr::literals,
        grouping, names,
        output::{Output, OutputColumn},
        scope::{Clause, Scope, fold, same},
    },
    is_constant,
};
use crate::diagnostics;

impl Infer<'_> {
    /// The expression of an item of `order by` or `group by`, if the item is the number or name of an output column.
    pub(super) fn ordinal<'e>(&mut self, expr: &'e Expr, count: usize) -> Option<Result<usize, &'e Expr>> {
        if let Some(number) = literals::ordinal(self.dialect, expr) {
            if number < 1 || number as usize > count {
                self.report(diagnostics::wrong_ordinal(number, count, self.span(expr)));
                return None;
            }
            return Some(Ok(number as usize - 1));
        }
        if self.facts.select.constant_order_rejected && is_constant(expr) {
            self.report(diagnostics::constant_order(self.span(expr)));
            return None;
        }
        Some(Err(expr))
    }

    pub(super) fn order_by(
        &mut self,
        scope: &Scope<'_>,
        order: &OrderBy,
        select: &Select,
        columns: &[OutputColumn],
    ) {
        let OrderByKind::Expressions(items) = &order.kind else { return };
        scope.clause.set(Clause::OrderBy);
        for item in items {
            let Some(Err(expr)) = self.ordinal(&item.expr, columns.len()) else { continue };
            if self.names_output(expr, columns) {
                self.ambiguous_output(expr, select, columns);
                continue;
            }
            self.listed_if_distinct(select, expr);
            scope.alone.set(self.facts.select.sorts_see_own_level);
            let mut term = self.expr(scope, expr);
            scope.alone.set(false);
            self.as_text(&mut term);
        }
        scope.clause.set(Clause::Select);
    }

    /// `select distinct` can only be ordered by selected expressions.
    fn listed_if_distinct(&mut self, select: &Select, expr: &Expr) {
        if !self.facts.select.order_checked || !matches!(select.distinct, Some(Distinct::Distinct)) {
            return;
        }
        let wanted = grouping::spelling(expr);
        let listed = select.projection.iter().any(|item| match item {
            SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => {
                grouping::spelling(item) == wanted
            }
            _ => true,
        });
        if !listed {
            self.report(diagnostics::not_selected(self.span(expr)));
        }
    }

    /// Whether an expression is the name of an output column.
    fn names_output(&self, expr: &Expr, columns: &[OutputColumn]) -> bool {
        let Expr::Identifier(name) = expr else { return false };
        let name = fold(self.dialect, name);
        columns.iter().any(|column| {
            same(self.dialect, names::without_override(&column.name), &name)
                || same(self.dialect, &column.name, &name)
        })
    }

    /// A name is ambiguous if output columns of different expressions have it.
    fn ambiguous_output(&mut self, expr: &Expr, select: &Select, columns: &[OutputColumn]) {
        let Expr::Identifier(ident) = expr else { return };
        let name = fold(self.dialect, ident);
        if !self.facts.select.order_checked || select.projection.len() != columns.len() {
            return;
        }
        let of_that_name = select.projection.iter().zip(columns).filter(|(_, column)| column.name == name);
        let mut spellings = of_that_name.map(|(item, _)| match item {
            SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => {
                grouping::spelling(item)
            }
            other => other.to_string(),
        });
        let first = spellings.next();
        if spellings.any(|other| Some(&other) != first.as_ref()) {
            self.report(diagnostics::ambiguous_output(&name, self.span(expr)));
        }
    }

    /// `order by` after a set operation: only output columns can be named.
    pub(super) fn order_outputs(&mut self, outer: &Scope<'_>, order: &OrderBy, output: &mut Output) {
        let OrderByKind::Expressions(items) = &order.kind else { return };
        let mut scope = Scope::new(Some(outer));
        scope.aliases = self.aliases(&output.columns);
        for item in items {
            let Some(Err(expr)) = self.ordinal(&item.expr, output.columns.len()) else { continue };
            if output.complete && !self.names_output(expr, &output.columns) {
                self.expr(&scope, expr);
            }
        }
    }

    pub(super) fn distinct_on(
        &mut self,
        scope: &Scope<'_>,
        select: &Select,
        order: Option<&OrderBy>,
        columns: &[OutputColumn],
    ) {
        let Some(Distinct::On(items)) = &select.distinct else { return };
        for item in items {
            let Some(Err(expr)) = self.ordinal(item, columns.len()) else { continue };
            if !self.names_output(expr, columns) {
                self.expr(scope, expr);
            }
        }
        if let Some(OrderBy { kind: OrderByKind::Expressions(order), .. }) = order {
            self.distinct_first(items, order, select);
        }
    }

    /// `order by` must start with the expressions of `distinct on`.
    fn distinct_first(&mut self, items: &[Expr], order: &[OrderByExpr], select: &Select) {
        let spelled = |expr| grouping::meant(self.dialect, expr, &select.projection).map(grouping::spelling);
        let Some(mut wanted) = items.iter().map(spelled).collect::<Option<Vec<_>>>() else { return };
        let all = wanted.clone();
        for item in order {
            let Some(ordered) = spelled(&item.expr) else { return };
            wanted.retain(|wanted| *wanted != ordered);
            if !all.contains(&ordered) && !wanted.is_empty() {
                self.report(diagnostics::distinct_first(self.span(&item.expr)));
                return;
            }
            if wanted.is_empty() {
                return;
            }
        }
    }
}
