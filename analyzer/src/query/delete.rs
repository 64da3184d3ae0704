//! `delete`.

use sqlparser::ast::{Delete, FromTable, ObjectName, TableFactor};

use super::{
    Infer, cardinality,
    old_and_new::{Version, Versions},
    output::{Output, rows},
    scope::{Clause, Scope},
};
use crate::{diagnostics, syntax};

impl Infer<'_> {
    pub(crate) fn delete(&mut self, delete: &Delete, outer: &Scope<'_>) -> Output {
        let start = syntax::span(delete.delete_token.0.span).unwrap_or_default();
        let mut scope = Scope::new(Some(outer));
        if let (Some(table), false) = (delete.tables.first(), self.facts.changes.delete_names_tables) {
            self.report(diagnostics::delete_of_tables(self.span(table)));
        }
        let (FromTable::WithFromKeyword(items) | FromTable::WithoutKeyword(items)) = &delete.from;
        if let Some(TableFactor::Table { name, .. }) = items.first().map(|item| &item.relation)
            && self.is_reserved_target(name)
        {
            return Output::unclear();
        }
        if let Some(item) = items.first() {
            self.check_target_alias(&item.relation);
        }
        // MySQL names the tables first, and defines them after `using`.
        let named = self.facts.changes.delete_names_tables && delete.using.is_some();
        if !named {
            self.from(&mut scope, items);
        }
        let joined = items.iter().chain(delete.using.iter().flatten()).any(|item| !item.joins.is_empty());
        if let (false, None, None, Some(table)) =
            (joined, &delete.selection, &delete.limit, scope.tables.first())
        {
            let told = diagnostics::delete_without_where(&table.name, start);
            self.report(told);
        }
        if let Some(items) = &delete.using {
            self.from(&mut scope, items);
        }
        let targets = items.iter().filter(|_| named).filter_map(|item| match &item.relation {
            TableFactor::Table { name, .. } => Some(name),
            _ => None,
        });
        for name in delete.tables.iter().chain(targets) {
            self.deleted(&scope, name);
        }
        let condition =
            delete.selection.as_ref().map(|selection| self.condition(&scope, selection, Clause::Where));
        if let Some(condition) = &condition {
            scope.equations.extend(condition.equations().iter().cloned());
        }
        if delete.selection.is_some() {
            self.cross_joins(&scope, false);
        }
        let facts = condition.as_ref().map_or_else(Vec::new, |condition| scope.close(condition.if_true()));
        for order in &delete.order_by {
            self.expr(&scope, &order.expr);
        }
        if let Some(limit) = &delete.limit {
            self.expr_as(&scope, limit, "integer");
        }
        let single = cardinality::at_most_one(&scope);
        self.only_target(&mut scope);
        let versions = Versions {
            old: Version::There,
            new: Version::Missing("null if the row was deleted"),
            merges: false,
            facts: &facts,
            before: &facts,
        };
        self.returning(&scope, delete.returning.as_deref(), start, versions, rows(false, single))
    }

    /// One of several tables that rows are deleted from.
    fn deleted(&mut self, scope: &Scope<'_>, name: &ObjectName) {
        let (schema, own) = self.table_name(name);
        if scope.table(self.dialect, schema.as_deref(), &own).is_none() {
            let span = self.span(name);
            let alias = scope.alias_of(self.dialect, &own);
            self.report(diagnostics::unknown_alias(&own, &scope.table_names(), alias, span));
        }
    }
}
