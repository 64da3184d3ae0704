//! `delete`.

use sqlparser::ast::{Delete, FromTable};

use super::{
    Infer,
    output::{Output, rows},
    rows as keys,
    scope::{Clause, Scope},
};

impl Infer<'_> {
    pub(crate) fn delete(&mut self, delete: &Delete, outer: &Scope<'_>) -> Output {
        let start = super::parse::span(delete.delete_token.0.span).unwrap_or_default();
        let mut scope = Scope::new(Some(outer));
        let (FromTable::WithFromKeyword(items) | FromTable::WithoutKeyword(items)) = &delete.from;
        self.from(&mut scope, items);
        if let Some(items) = &delete.using {
            self.from(&mut scope, items);
        }
        let before = self.bare.len();
        let condition =
            delete.selection.as_ref().map(|selection| self.condition(&scope, selection, Clause::Where));
        if let Some(condition) = &condition {
            scope.equations.extend(condition.equations().iter().cloned());
        }
        let facts = condition.as_ref().map_or_else(Vec::new, |condition| scope.close(condition.if_true()));
        for order in &delete.order_by {
            self.expr(&scope, &order.expr);
        }
        if let Some(limit) = &delete.limit {
            self.expr_as(&scope, limit, "integer");
        }
        self.bare.truncate(before);
        let single = keys::at_most_one(&scope);
        self.returning(&scope, delete.returning.as_deref(), start, &facts, rows(false, single))
    }
}
