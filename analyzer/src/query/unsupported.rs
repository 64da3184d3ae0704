//! Checks the syntax tree for syntax that the parser accepts but the dialect's server rejects.
//! [`syntax`](crate::syntax) has already rejected what can be found in the tokens alone.

use aio_databases_sql::Span;
use sqlparser::ast::{
    Cte, Expr, GroupByExpr, Join, JoinOperator, Query, Select, SetExpr, Statement, TableFactor, Values,
};

use super::Infer;
use crate::{diagnostics, dialect::Described, syntax};

impl Infer<'_> {
    /// Reports an expression that the dialect does not support. Returns whether it did.
    pub(super) fn is_foreign(&mut self, expr: &Expr) -> bool {
        let Some(problem) = self.dialect.rules().unsupported_expr(expr) else { return false };
        self.report(diagnostics::syntax_error(problem, self.span(expr), self.dialect));
        true
    }

    /// Checks the clauses around a query's body.
    pub(super) fn check_tail(&mut self, query: &Query) {
        if let (false, Some(with), SetExpr::Insert(_)) =
            (self.facts.changes.with_before_insert, &query.with, &*query.body)
        {
            let place = syntax::span(with.with_token.0.span).unwrap_or_default();
            self.report(diagnostics::with_before_insert(place));
        }
        if let Some(unsupported) = self.dialect.rules().unsupported_tail(query) {
            let place = self.text.word(unsupported.word, self.span(&*query.body));
            self.report(diagnostics::syntax_error(unsupported.problem, place, self.dialect));
        }
    }

    pub(super) fn check_select(&mut self, select: &Select) {
        if matches!(select.group_by, GroupByExpr::All(_)) {
            self.report(diagnostics::group_by_all(self.span(&select.group_by)));
        }
    }

    pub(super) fn check_factor(&mut self, factor: &TableFactor) {
        if let Some(problem) = self.dialect.rules().unsupported_table(factor) {
            self.report(diagnostics::syntax_error(problem, self.span(factor), self.dialect));
        }
    }

    /// Checks the clauses of a statement that changes rows.
    pub(super) fn check_change(&mut self, tree: &Statement) {
        if let Some(unsupported) = self.dialect.rules().unsupported_change(tree) {
            let start = self.span(tree).start;
            let place = self.text.word(unsupported.word, Span::new(start, start));
            self.report(diagnostics::syntax_error(unsupported.problem, place, self.dialect));
        }
    }

    pub(super) fn check_values(&mut self, values: &Values, place: Span) {
        if values.explicit_row && !self.facts.changes.row_keyword {
            self.report(diagnostics::row_keyword(self.text.word("row", place)));
        }
    }

    pub(super) fn check_set_operation(&mut self, whole: &SetExpr) {
        if let Some(problem) = self.dialect.rules().unsupported_set_operation(whole) {
            self.report(diagnostics::syntax_error(problem, self.span(whole), self.dialect));
        }
    }

    pub(super) fn check_cte(&mut self, cte: &Cte) {
        let changes = matches!(
            *cte.query.body,
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
        );
        if changes && !self.facts.select.changes_in_with {
            self.report(diagnostics::change_in_with(self.ident_span(&cte.alias.name)));
        }
    }

    /// `place` is the place of the joined table.
    pub(super) fn check_join(&mut self, join: &Join, place: Span) {
        let full = matches!(join.join_operator, JoinOperator::FullOuter(_));
        if full && !self.facts.from.full_join {
            self.report(diagnostics::no_full_join(place));
        }
    }
}
