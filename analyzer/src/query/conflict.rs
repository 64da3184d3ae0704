//! `on conflict`: its target, and its action instead of the insert.
//!
//! The parser only accepts columns as a target. Any other target, such as `(lower(name)) where active`, is replaced by
//! a column that refers to the place of the target, which is parsed separately.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::Span;
use sqlparser::ast::{AssignmentTarget, ConflictTarget, Ident, ObjectName, OnConflict, OnConflictAction};

use super::{
    Infer,
    scope::{Clause, Scope, fold, same},
};
use crate::{
    Relation, RelationKind, diagnostics,
    syntax::{Sugar, conflict::Target},
};

/// Whether all keys of a relation are known.
fn is_known(relation: &Relation) -> bool {
    relation.complete && relation.kind == RelationKind::Table
}

impl Infer<'_> {
    /// Whether each inserted row is returned.
    pub(super) fn on_conflict(
        &mut self,
        scope: &Scope<'_>,
        conflict: &OnConflict,
        relation: Option<&Arc<Relation>>,
    ) -> bool {
        match (&conflict.conflict_target, relation) {
            (Some(ConflictTarget::Columns { columns: names, .. }), Some(relation)) => {
                match names.first().and_then(|name| self.text.sugar(name)) {
                    Some(Sugar::ConflictTarget(at)) => self.conflict_expressions(scope, relation, *at),
                    _ => self.conflict_columns(relation, names),
                }
            }
            (Some(ConflictTarget::OnConstraint(name)), Some(relation)) => {
                self.conflict_constraint(relation, name);
            }
            _ => {}
        }
        let OnConflictAction::DoUpdate(update) = &conflict.action else { return false };
        if let (true, None, Some(first)) =
            (self.facts.changes.conflict_needs_target, &conflict.conflict_target, update.assignments.first())
        {
            let span = match &first.target {
                AssignmentTarget::ColumnName(name) => self.span(name),
                AssignmentTarget::Tuple(names) => {
                    names.first().map_or(Span::default(), |name| self.span(name))
                }
            };
            self.report(diagnostics::no_conflict_target(span));
        }
        let mut inner = Scope::new(scope.outer);
        for table in &scope.tables {
            inner.add(table.clone());
        }
        let visible = inner.visible.len();
        if let Some(relation) = relation {
            let mut table = self.relation_table(relation.clone(), Span::default());
            table.name = Rc::from("excluded");
            table.schema = None;
            inner.add(table);
        }
        // PostgreSQL sees both rows unqualified, so each name is ambiguous.
        if !self.facts.changes.conflict_sees_both {
            inner.visible.truncate(visible);
        }
        self.assignments(&inner, relation.map(|relation| &**relation), &update.assignments);
        if let Some(selection) = &update.selection {
            self.condition(&inner, selection, Clause::Where);
        }
        update.selection.is_none()
    }

    /// A target other than columns.
    fn conflict_expressions(&mut self, scope: &Scope<'_>, relation: &Relation, at: Span) {
        let target = match Target::read(self.text.sql(), at, self.dialect) {
            Ok(target) => target,
            Err((message, place)) => {
                let span = self.text.token_at(place);
                return self.report(diagnostics::syntax_error(&message, span, self.dialect));
            }
        };
        let outer = scope.clause.replace(Clause::Target);
        for item in &target.items {
            let mut term = self.expr(scope, item);
            self.as_text(&mut term);
        }
        if let Some(condition) = &target.condition {
            self.condition(scope, condition, Clause::Target);
        }
        scope.clause.set(outer);
        match target.columns() {
            Some(columns) => self.conflict_columns(relation, &columns),
            None if is_known(relation) && relation.partial_keys.is_empty() && !self.failed() => {
                let wanted = ["an expression".to_owned()];
                self.report(diagnostics::unknown_conflict_target(&relation.name, &wanted, &[], at));
            }
            None => {}
        }
    }

    /// `on conflict on constraint name`
    fn conflict_constraint(&mut self, relation: &Relation, name: &ObjectName) {
        let Some(ident) = name.0.last().and_then(|part| part.as_ident()) else { return };
        let own = fold(self.dialect, ident);
        let keys = relation.keys.iter().chain(&relation.partial_keys);
        let names: Vec<&str> = keys.filter_map(|key| key.name.as_deref()).collect();
        if is_known(relation) && !names.contains(&own.as_str()) {
            self.report(diagnostics::unknown_constraint(
                &relation.name,
                &own,
                &names,
                self.ident_span(ident),
            ));
        }
    }

    /// The columns of a conflict target must be those of a unique key.
    fn conflict_columns(&mut self, relation: &Relation, names: &[Ident]) {
        let mut wanted: Vec<String> = Vec::new();
        for name in names {
            let object = ObjectName::from(vec![name.clone()]);
            let Some(column) = self.target_column(relation, &object) else { return };
            if !wanted.contains(&column.name) {
                wanted.push(column.name);
            }
        }
        let fits = |key: &crate::Key| {
            key.columns.len() == wanted.len()
                && key.columns.iter().all(|own| wanted.iter().any(|name| same(self.dialect, own, name)))
        };
        let partial = relation
            .partial_keys
            .iter()
            .any(|key| !key.columns.is_empty() && key.columns.iter().all(|own| wanted.contains(own)));
        if is_known(relation) && !partial && !relation.keys.iter().any(fits) {
            let keys: Vec<String> = relation.keys.iter().map(|key| key.columns.join(", ")).collect();
            let span = match (names.first(), names.last()) {
                (Some(first), Some(last)) => {
                    Span::new(self.ident_span(first).start, self.ident_span(last).end)
                }
                _ => Span::default(),
            };
            self.report(diagnostics::unknown_conflict_target(&relation.name, &wanted, &keys, span));
        }
    }
}
