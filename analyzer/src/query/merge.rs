//! PostgreSQL's `merge`.

use aio_databases_sql::Span;
use sqlparser::ast::{
    Expr, Merge, MergeAction, MergeClause, MergeClauseKind, MergeInsertExpr, MergeInsertKind,
    MergeUpdateKind, OutputClause, SelectItem, TableWithJoins,
};

use super::{
    Infer,
    old_and_new::Versions,
    output::Output,
    scope::{Clause, Scope, Visible},
    term::{NullIf, Term},
};
use crate::{Relation, Rows, Type, diagnostics, syntax};

impl Infer<'_> {
    pub(crate) fn merge_statement(&mut self, merge: &Merge, outer: &Scope<'_>) -> Output {
        let start = syntax::span(merge.merge_token.0.span).unwrap_or_default();
        let mut scope = Scope::new(Some(outer));
        for relation in [&merge.table, &merge.source] {
            let item = TableWithJoins { relation: relation.clone(), joins: Vec::new() };
            self.table_with_joins(&mut scope, &item);
        }
        self.condition(&scope, &merge.on, Clause::On);
        let relation = scope.tables.first().and_then(|table| table.relation.clone());
        for clause in &merge.clauses {
            self.merge_clause(&scope, relation.as_deref(), clause);
        }
        match &merge.output {
            Some(OutputClause::Returning { select_items, returning_token }) => {
                let place = syntax::span(returning_token.0.span).unwrap_or(start);
                self.needs(17, "`merge … returning`", place);
                self.merge_returning(scope, merge, select_items, start)
            }
            _ => Output::none(),
        }
    }

    fn merge_clause(&mut self, scope: &Scope<'_>, relation: Option<&Relation>, clause: &MergeClause) {
        if clause.clause_kind == MergeClauseKind::NotMatchedBySource {
            let place = syntax::span(clause.when_token.0.span).unwrap_or_default();
            self.needs(17, "`when not matched by source`", place);
        }
        let seen = seen(scope, clause.clause_kind);
        if let Some(predicate) = &clause.predicate {
            self.condition(&seen, predicate, Clause::Where);
        }
        match &clause.action {
            MergeAction::Update(update) => {
                if let MergeUpdateKind::Set(assignments) = &update.kind {
                    self.assignments(&seen, relation, assignments);
                }
            }
            MergeAction::Insert(insert) => self.merge_insert(&seen, relation, insert),
            MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => {}
        }
    }

    /// The changed row always exists, but the source row may not.
    fn merge_returning(
        &mut self,
        mut scope: Scope<'_>,
        merge: &Merge,
        items: &[SelectItem],
        start: Span,
    ) -> Output {
        let acts = |clause: &MergeClause| !matches!(clause.action, MergeAction::DoNothing { .. });
        let unmatched = |clause: &MergeClause| clause.clause_kind == MergeClauseKind::NotMatchedBySource;
        if merge.clauses.iter().any(|clause| unmatched(clause) && acts(clause)) {
            let tables = scope.tables.len();
            self.nullable_side(&mut scope, 1..tables, "when not matched by source");
        }
        // `*` expands to the source's columns, followed by the target's.
        let target = |visible: &Visible| matches!(visible, Visible::Column(0, _));
        scope.visible.sort_by_key(target);
        let inserts = merge.clauses.iter().any(|clause| matches!(clause.action, MergeAction::Insert(_)));
        let deletes = merge.clauses.iter().any(|clause| matches!(clause.action, MergeAction::Delete { .. }));
        self.returning(&scope, Some(items), start, Versions::of_merge(inserts, deletes), Rows::Many)
    }

    /// `merge_action()`
    pub(crate) fn merge_action(&mut self, scope: &Scope<'_>, span: Span) -> Term {
        self.needs(17, "`merge_action()`", span);
        if !scope.levels().any(|level| level.clause.get() == Clause::MergeReturning) {
            self.report(diagnostics::misplaced_merge_action(span));
        }
        Term::new(Type::base("text"), NullIf::Never, span)
    }

    fn merge_insert(&mut self, scope: &Scope<'_>, relation: Option<&Relation>, insert: &MergeInsertExpr) {
        let MergeInsertKind::Values(values) = &insert.kind else { return };
        let items: Vec<&Expr> = values.rows.iter().flat_map(|row| &row.content).collect();
        let width = match (insert.columns.len(), relation) {
            (0, Some(relation)) => relation.shown().count(),
            (count, _) => count,
        };
        let wrong = items.len() > width || !insert.columns.is_empty() && items.len() < width;
        for (index, item) in items.iter().enumerate() {
            let mut term = self.stored_value(scope, item);
            let Some(relation) = relation else { continue };
            let column = match insert.columns.get(index) {
                Some(name) => self.target_column(relation, name),
                None if insert.columns.is_empty() => relation.shown().nth(index).cloned(),
                None => None,
            };
            if let Some(column) = column {
                self.store(relation, &column, true, &mut term);
            }
        }
        if let (Some(relation), true) = (relation, wrong) {
            let span = items.first().map_or_else(Default::default, |item| self.span(*item));
            let named = insert.columns.iter().filter_map(|name| self.target_column(relation, name));
            let names: Vec<String> = match insert.columns.is_empty() {
                true => relation.shown().map(|column| column.name.clone()).collect(),
                false => named.map(|column| column.name).collect(),
            };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.report(diagnostics::insert_arity(&relation.name, &names, items.len(), span));
        }
    }
}

/// The tables that a clause can use: without a match, only one of the two exists.
fn seen<'s>(scope: &'s Scope<'s>, kind: MergeClauseKind) -> Scope<'s> {
    let mut seen = Scope::new(scope.outer);
    // These belong to the source.
    seen.merged.clone_from(&scope.merged);
    match kind {
        MergeClauseKind::NotMatchedBySource => {
            seen.tables = scope.tables[..scope.tables.len().min(1)].to_vec();
            seen.visible =
                scope.visible.iter().filter(|v| matches!(v, Visible::Column(0, _))).copied().collect();
        }
        MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => {
            seen.tables = scope.tables.iter().skip(1).cloned().collect();
            let source = |visible: &Visible| match *visible {
                Visible::Column(0, _) => None,
                Visible::Column(table, column) => Some(Visible::Column(table - 1, column)),
                merged @ Visible::Merged(_) => Some(merged),
            };
            seen.visible = scope.visible.iter().filter_map(source).collect();
        }
        MergeClauseKind::Matched => {
            (seen.tables, seen.visible) = (scope.tables.clone(), scope.visible.clone());
        }
    }
    seen
}
