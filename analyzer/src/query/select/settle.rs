//! The result of a level after all of it was analyzed: when its columns are null, and the number of rows.

use sqlparser::ast::Select;

use super::super::{
    Infer, cardinality,
    grouping::Grouping,
    output::{OutputColumn, rows},
    scope::Scope,
    term::{Atom, Form, NullIf, Reason, Term, union},
};
use crate::Rows;

/// The filters and groups of a level.
pub(super) struct Level<'l> {
    pub(super) grouping: &'l Grouping,
    pub(super) aggregated: bool,
    /// Whether columns can be null because of a window function.
    pub(super) odd: bool,
    /// Whether there are aggregates whose level is unknown.
    pub(super) unsure: bool,
    pub(super) condition: Option<&'l Term>,
    pub(super) having: Option<&'l Term>,
}

impl Infer<'_> {
    pub(super) fn settle_columns(
        &mut self,
        scope: &Scope<'_>,
        level: &Level<'_>,
        columns: &mut [OutputColumn],
    ) {
        let mut facts = level.condition.map_or(Vec::new(), Term::if_true);
        if let Some(having) = level.having {
            union(&mut facts, &having.if_true());
        }
        let mut facts = scope.close(facts);
        let aggregated = level.aggregated || level.unsure;
        if level.grouping.grouped || !aggregated {
            facts.push(Atom::Match(scope.rows));
        }
        let whole = aggregated && !level.grouping.grouped;
        let odd = level.odd || level.unsure;
        for column in columns {
            let null = &column.term.null;
            let settled = if level.grouping.sets {
                match (&column.term.form, null.is_never()) {
                    // An expression that is otherwise never null can be one of the grouped expressions.
                    (_, true) if level.grouping.computed => NullIf::because("it is null in rows with totals"),
                    (Form::Other, false) | (Form::Column(..), _) => {
                        NullIf::because("it is null in rows with totals")
                    }
                    _ => null.clone(),
                }
            } else if whole && odd && !matches!(column.term.form, Form::Literal(_) | Form::Number(_)) {
                // Any column can be null in the row of an aggregate over no rows.
                NullIf::because("it is null if there are no rows to aggregate")
            } else if whole && self.facts.select.columns_without_rows {
                scope.settle_without_rows(null, &Reason::text("it is null if there are no rows to aggregate"))
            } else if whole {
                // The row exists even if no row passes `where`, so `where` proves nothing about parameters.
                let facts: Vec<Atom> =
                    facts.iter().filter(|atom| !matches!(atom, Atom::Param(_))).copied().collect();
                scope.settle(null, &facts)
            } else {
                scope.settle(null, &facts)
            };
            column.term.null = settled;
            // Its proofs about this level have no meaning outside.
            column.term.not_null.retain(|atom| !scope.owns_atom(*atom));
            column.term.tables.retain(|table| !scope.owns(*table));
            column.term.truth = None;
            if matches!(column.term.form, Form::Column(table, _) if scope.owns(table)) {
                column.term.form = Form::Other;
            }
        }
    }

    pub(super) fn select_rows(&self, scope: &Scope<'_>, select: &Select, level: &Level<'_>) -> Rows {
        if scope.expands.get() {
            return Rows::Many;
        }
        if level.grouping.grouped {
            return Rows::Many;
        }
        if level.unsure {
            return Rows::Many;
        }
        if level.aggregated {
            return rows(level.having.is_none(), true);
        }
        let filtered = level.condition.is_some() || level.having.is_some() || select.qualify.is_some();
        if scope.tables.is_empty() {
            return rows(!filtered, true);
        }
        rows(false, cardinality::at_most_one(scope))
    }
}
