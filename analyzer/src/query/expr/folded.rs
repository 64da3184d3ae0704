//! Expressions that SQLite folds to constants while it parses a statement: `0 and …`, and an empty `in ()`.
//!
//! Their other parts are removed before names are resolved, including the columns of aggregates in them. Which parts
//! are removed depends on the release: 3.40 removes all, 3.51 keeps function calls.

use sqlparser::ast::{BinaryOperator, Expr, InTarget};

use super::{
    super::{Infer, term::Term},
    literals::whole_number,
};

impl Infer<'_> {
    /// Whether SQLite may fold a chain of operators.
    pub(super) fn folds(&self, expr: &Expr) -> bool {
        self.facts.values.constants_folded && is_false_and(expr)
    }

    /// Analyzes an expression that SQLite folds.
    pub(super) fn folded(&mut self, read: impl FnOnce(&mut Self) -> Term) -> Term {
        let (term, facts) = self.gather(read);
        self.level.unsure |= !facts.aggregates.is_empty();
        self.level.folded = true;
        self.level.add(facts);
        term
    }
}

/// Whether an `and` of the chain has a side that is the number 0.
fn is_false_and(mut expr: &Expr) -> bool {
    while let Expr::BinaryOp { left, op, right } = expr {
        // The start of the chain is checked last.
        let first = !matches!(**left, Expr::BinaryOp { .. });
        if *op == BinaryOperator::And && (is_false(right) || first && is_false(left)) {
            return true;
        }
        expr = left;
    }
    false
}

fn is_false(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_false(inner),
        Expr::In { target: InTarget::List(list), negated: false, .. } => list.is_empty(),
        Expr::BinaryOp { .. } => is_false_and(expr),
        _ => whole_number(expr) == Some(0),
    }
}
