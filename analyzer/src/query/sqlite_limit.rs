//! Literals other than numbers after SQLite's `limit` and `offset`, which SQLite rejects when the query runs.
//!
//! Those of a subquery are only evaluated if it runs, so they aren't reported.

use sqlparser::ast::{Expr, LimitClause, Statement, UnaryOperator, Value, ValueWithSpan};

use super::{Infer, expr::literals::whole_number};
use crate::{Type, diagnostics};

impl Infer<'_> {
    /// Checks those of the statement itself.
    pub(super) fn sqlite_limit(&mut self, statement: &Statement) {
        let Statement::Query(query) = statement else { return };
        if !self.facts.select.limit_checked {
            return;
        }
        let (limit, offset) = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => (Some(limit), Some(offset)),
            None => (None, None),
        };
        // Without a row to return, it does not evaluate the offset.
        let some = limit.and_then(whole_number).is_some_and(|limit| limit > 0);
        for expr in limit.into_iter().chain(offset.filter(|_| some)) {
            if let Some(ty) = no_number(expr) {
                let span = self.span(expr);
                self.report(diagnostics::not_a_count(&Type::base(ty), span));
            }
        }
    }
}

/// The type of a literal that certainly isn't a number.
fn no_number(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Nested(inner) | Expr::UnaryOp { op: UnaryOperator::Plus, expr: inner } => no_number(inner),
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(text), .. }) => {
            text.trim().parse::<f64>().is_err().then_some("text")
        }
        Expr::Value(ValueWithSpan { value: Value::Null, .. }) => Some("null"),
        _ => None,
    }
}
