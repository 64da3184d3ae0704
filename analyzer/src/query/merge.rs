//! PostgreSQL's `merge`.

use sqlparser::ast::{
    Expr, Merge, MergeAction, MergeInsertExpr, MergeInsertKind, MergeUpdateKind, OutputClause, TableWithJoins,
};

use super::{
    Infer,
    output::Output,
    scope::{Clause, Scope},
};
use crate::{Relation, Rows, diagnostics};

impl Infer<'_> {
    pub(crate) fn merge_statement(&mut self, merge: &Merge, outer: &Scope<'_>) -> Output {
        let start = super::parse::span(merge.merge_token.0.span).unwrap_or_default();
        let mut scope = Scope::new(Some(outer));
        for relation in [&merge.table, &merge.source] {
            let item = TableWithJoins { relation: relation.clone(), joins: Vec::new() };
            self.table_with_joins(&mut scope, &item);
        }
        let before = self.bare.len();
        self.condition(&scope, &merge.on, Clause::On);
        let relation = scope.tables.first().and_then(|table| table.relation.clone());
        for clause in &merge.clauses {
            if let Some(predicate) = &clause.predicate {
                self.condition(&scope, predicate, Clause::Where);
            }
            match &clause.action {
                MergeAction::Update(update) => {
                    if let MergeUpdateKind::Set(assignments) = &update.kind {
                        self.assignments(&scope, relation.as_deref(), assignments);
                    }
                }
                MergeAction::Insert(insert) => self.merge_insert(&scope, relation.as_deref(), insert),
                MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => {}
            }
        }
        self.bare.truncate(before);
        match &merge.output {
            Some(OutputClause::Returning { select_items, .. }) => {
                let output = self.returning(&scope, Some(select_items), start, &[], Rows::Many);
                // Either side may be missing: what was deleted, or not matched.
                output.map_null(|_| super::term::NullIf::maybe())
            }
            _ => Output::none(),
        }
    }

    fn merge_insert(&mut self, scope: &Scope<'_>, relation: Option<&Relation>, insert: &MergeInsertExpr) {
        let MergeInsertKind::Values(values) = &insert.kind else { return };
        let items: Vec<&Expr> = values.rows.iter().flat_map(|row| &row.content).collect();
        let width = match (insert.columns.len(), relation) {
            (0, Some(relation)) => relation.columns.iter().filter(|column| !column.hidden).count(),
            (count, _) => count,
        };
        let wrong = items.len() > width || !insert.columns.is_empty() && items.len() < width;
        for (index, item) in items.iter().enumerate() {
            let mut term = self.stored_value(scope, item);
            let Some(relation) = relation else { continue };
            let column = match insert.columns.get(index) {
                Some(name) => self.target_column(relation, name),
                None if insert.columns.is_empty() => {
                    relation.columns.iter().filter(|column| !column.hidden).nth(index)
                }
                None => None,
            };
            if let Some(column) = column {
                self.store(relation, column, true, &mut term);
            }
        }
        if let (Some(relation), true) = (relation, wrong) {
            let span = items.first().map_or_else(Default::default, |item| self.span(*item));
            self.report(diagnostics::insert_arity(&relation.name, width, items.len(), span));
        }
    }
}
