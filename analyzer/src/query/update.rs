//! `update`.

use aio_databases_sql::Span;
use sqlparser::ast::{SelectItem, TableFactor, Update, UpdateTableFromKind};

use super::{
    Infer, cardinality,
    old_and_new::{Version, Versions},
    output::{Output, rows},
    scope::{Clause, Scope, same},
    term::Atom,
};
use crate::{diagnostics, syntax};

impl Infer<'_> {
    pub(crate) fn update(&mut self, update: &Update, outer: &Scope<'_>) -> Output {
        let start = syntax::span(update.update_token.0.span).unwrap_or_default();
        let mut scope = Scope::new(Some(outer));
        if let TableFactor::Table { name, .. } = &update.table.relation {
            if self.is_reserved_target(name) {
                return Output::unclear();
            }
            self.refuse_cte_target(&scope, name);
        }
        self.check_target_alias(&update.table.relation);
        self.table_with_joins(&mut scope, &update.table);
        if let (true, None, None, Some(table)) =
            (update.table.joins.is_empty(), &update.selection, &update.limit, scope.tables.first())
        {
            let told = diagnostics::update_without_where(&table.name, start);
            self.report(told);
        }
        scope.set_apart(0);
        let target = scope.tables.first().map(|table| (table.id, table.relation.clone()));
        if let Some(UpdateTableFromKind::BeforeSet(items) | UpdateTableFromKind::AfterSet(items)) =
            &update.from
        {
            // SQLite converts several tables to a separate query.
            let several = items.len() > 1 || items.iter().any(|item| !item.joins.is_empty());
            if self.facts.changes.update_from_is_query && several {
                scope.first = scope.tables.len();
            }
            self.from(&mut scope, items);
            scope.first = 0;
        }
        if let Some(UpdateTableFromKind::BeforeSet(_)) = &update.from {
            let span = self.text.word("from", start);
            self.report(diagnostics::from_before_set(span));
        }
        let condition =
            update.selection.as_ref().map(|selection| self.condition(&scope, selection, Clause::Where));
        if let Some(condition) = &condition {
            scope.equations.extend(condition.equations().iter().cloned());
        }
        if update.selection.is_some() {
            self.cross_joins(&scope, false);
        }
        let before_facts =
            condition.as_ref().map_or_else(Vec::new, |condition| scope.close(condition.if_true()));
        let relation = target.as_ref().and_then(|(_, relation)| relation.clone());
        let assigned = self.assignments_of(&scope, update, relation.as_deref(), start);
        // An assigned column has a new value in `returning`. A trigger can assign to any column.
        let triggers = relation.iter().any(|relation| relation.triggers.iter().any(|trigger| trigger.update));
        let facts = before_facts.iter().copied().filter(|atom| match (atom, &target) {
            (Atom::Column(id, _), Some((own, _))) if id == own && triggers => false,
            (Atom::Column(id, column), Some((own, Some(relation)))) if id == own => relation
                .columns
                .get(*column as usize)
                // Computed columns are computed again.
                .is_some_and(|column| {
                    let written = assigned.iter().any(|name| same(self.dialect, name, &column.name));
                    !written && !column.generated
                }),
            _ => true,
        });
        let facts: Vec<Atom> = facts.collect();
        let single = cardinality::at_most_one(&scope);
        for order in &update.order_by {
            self.expr(&scope, &order.expr);
        }
        if let Some(limit) = &update.limit {
            self.expr_as(&scope, limit, "integer");
        }
        self.only_target(&mut scope);
        let versions = Versions {
            old: Version::There,
            new: Version::There,
            merges: false,
            facts: &facts,
            before: &before_facts,
        };
        self.returning(&scope, update.returning.as_deref(), start, versions, rows(false, single))
    }

    /// PostgreSQL analyzes `where` and `returning` before `set`. Here `returning` is analyzed after both. Only items
    /// with parameters are analyzed before, for the types of the parameters.
    fn assignments_of(
        &mut self,
        scope: &Scope<'_>,
        update: &Update,
        relation: Option<&crate::Relation>,
        start: Span,
    ) -> Vec<String> {
        if self.facts.changes.returning_first {
            let places = self.text.returning_items(start.start);
            self.silently(|infer| {
                for (item, place) in update.returning.iter().flatten().zip(places) {
                    if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item
                        && infer.text.has_param(place)
                    {
                        let mut term = infer.expr(scope, expr);
                        infer.as_text(&mut term);
                    }
                }
            });
        }
        self.assignments(scope, relation, &update.assignments)
    }

    fn refuse_cte_target(&mut self, scope: &Scope<'_>, name: &sqlparser::ast::ObjectName) {
        let (schema, own) = self.table_name(name);
        if schema.is_none() && scope.cte(self.dialect, &own).is_some() && self.relation(None, &own).is_none()
        {
            self.target(scope, name);
        }
    }
}
