//! `insert` and MySQL's `replace`.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::Span;
use sqlparser::ast::{
    Insert, ObjectName, OnConflict, OnConflictAction, OnInsert, Query, SetExpr, SqliteOnConflict,
    TableObject, Values,
};

use super::{
    Infer,
    old_and_new::Versions,
    output::{Output, bounds, rows},
    scope::{Clause, Scope, fold},
    select::Untyped,
    term::Term,
};
use crate::{Relation, RelationColumn, RelationKind, Returns, Rows, diagnostics, syntax};

impl Infer<'_> {
    pub(crate) fn insert(&mut self, insert: &Insert, outer: &Scope<'_>) -> Output {
        let start = syntax::span(insert.insert_token.0.span).unwrap_or_default();
        let TableObject::TableName(name) = &insert.table else {
            self.report(diagnostics::unsupported("an insert into something other than a table", start));
            return Output::unclear();
        };
        if let Some(alias) = insert.table_alias.as_ref().filter(|alias| !alias.explicit) {
            self.needs_as(&alias.alias);
        }
        let relation = self.target(outer, name);
        let overriding = insert.overriding.is_some();
        if overriding && !self.facts.changes.overriding {
            self.report(diagnostics::no_overriding(self.text.word("overriding", start)));
        }
        let columns =
            relation.as_ref().and_then(|relation| self.insert_columns(relation, &insert.columns, overriding));
        let given =
            self.insert_source(outer, insert, relation.as_deref(), columns.as_deref(), self.span(name));
        if let (Some(relation), Some(columns)) = (&relation, &columns)
            && insert.assignments.is_empty()
        {
            self.check_left_out(relation, columns, insert, self.span(name));
        }
        let mut scope = Scope::new(Some(outer));
        match &relation {
            Some(relation) => {
                let mut table = self.relation_table(relation.clone(), self.span(name));
                if let Some(alias) = &insert.table_alias {
                    table.name = Rc::from(fold(self.dialect, &alias.alias));
                }
                scope.add(table);
            }
            None => {
                scope.add(self.unclear_table(Rc::from(""), Span::default()));
            }
        }
        if let (Some(relation), false) = (&relation, insert.assignments.is_empty()) {
            self.assignments(&scope, Some(relation), &insert.assignments);
        }
        if let (false, None, Some(OnInsert::OnConflict(_)), true) = (
            self.facts.changes.defaults_with_conflict,
            &insert.source,
            &insert.on,
            insert.assignments.is_empty(),
        ) {
            self.report(diagnostics::conflict_of_defaults(self.text.word("conflict", start)));
        }
        let always = self.on_insert(&scope, insert, relation.as_ref());
        let ignores = insert.ignore || matches!(insert.or, Some(SqliteOnConflict::Ignore));
        let skips = relation.as_ref().is_some_and(|relation| self.catalog.may_skip_inserts(relation));
        let (some, single) = bounds(given);
        self.only_target(&mut scope);
        self.returning(
            &scope,
            insert.returning.as_deref(),
            start,
            Versions::of_insert(matches!(
                &insert.on,
                Some(OnInsert::OnConflict(OnConflict { action: OnConflictAction::DoUpdate(_), .. }))
            )),
            rows(some && always && !ignores && !skips, single),
        )
    }

    /// The columns that values are written to, in order; `None` if a name is wrong.
    fn insert_columns(
        &mut self,
        relation: &Arc<Relation>,
        names: &[ObjectName],
        overriding: bool,
    ) -> Option<Vec<RelationColumn>> {
        if names.is_empty() {
            let visible = relation.columns.iter().filter(|column| !column.hidden);
            // SQLite skips computed columns if no columns are named.
            let written =
                visible.filter(|column| !self.facts.changes.generated_left_out || !column.generated);
            return relation.complete.then(|| written.cloned().collect());
        }
        let mut columns = Vec::new();
        let mut whole = true;
        for name in names {
            match self.target_column(relation, name) {
                Some(column) => {
                    if columns.iter().any(|other: &RelationColumn| other.name == column.name) {
                        self.report(diagnostics::column_twice(&column.name, self.span(name)));
                    }
                    columns.push(column);
                }
                None => whole = false,
            }
        }
        if overriding {
            columns.iter_mut().for_each(|column| column.generated = false);
        }
        whole.then_some(columns)
    }

    /// Analyzes the inserted rows, and returns their number.
    fn insert_source(
        &mut self,
        outer: &Scope<'_>,
        insert: &Insert,
        relation: Option<&Relation>,
        columns: Option<&[RelationColumn]>,
        place: Span,
    ) -> Rows {
        let Some(source) = &insert.source else { return Rows::One };
        let mut scope = Scope::new(Some(outer));
        if let Some(with) = &source.with {
            self.with(&mut scope, with);
        }
        match &*source.body {
            SetExpr::Values(values) => self.insert_values(&scope, values, insert, relation, columns, place),
            _ => self.insert_query(outer, source, insert, relation, columns, place),
        }
    }

    fn insert_values(
        &mut self,
        scope: &Scope<'_>,
        values: &Values,
        insert: &Insert,
        relation: Option<&Relation>,
        columns: Option<&[RelationColumn]>,
        place: Span,
    ) -> Rows {
        scope.clause.set(Clause::Values);
        self.check_values(values, place);
        if values.value_keyword && !self.facts.changes.value_keyword {
            self.report(diagnostics::value_keyword(self.text.word("value", place)));
        }
        for row in &values.rows {
            let mut terms: Vec<Term> =
                row.content.iter().map(|item| self.stored_value(scope, item)).collect();
            let span = super::expr::joined(&terms);
            self.store_row(
                &mut terms,
                insert,
                relation,
                columns,
                if span == Span::default() { place } else { span },
            );
        }
        rows(!values.rows.is_empty(), values.rows.len() < 2)
    }

    fn insert_query(
        &mut self,
        outer: &Scope<'_>,
        source: &Query,
        insert: &Insert,
        relation: Option<&Relation>,
        columns: Option<&[RelationColumn]>,
        place: Span,
    ) -> Rows {
        let output = self.query_with(source, outer, Untyped::Keep);
        let mut terms: Vec<Term> = output.columns.into_iter().map(|column| column.term).collect();
        if output.complete {
            let span = super::expr::joined(&terms);
            self.store_row(
                &mut terms,
                insert,
                relation,
                columns,
                if span == Span::default() { place } else { span },
            );
        }
        output.rows
    }

    fn store_row(
        &mut self,
        terms: &mut [Term],
        insert: &Insert,
        relation: Option<&Relation>,
        columns: Option<&[RelationColumn]>,
        span: Span,
    ) {
        let (Some(relation), Some(columns)) = (relation, columns) else {
            terms.iter_mut().for_each(|term| self.take(term, None));
            return;
        };
        let few =
            terms.len() < columns.len() && (!insert.columns.is_empty() || !self.facts.changes.fewer_values);
        // MySQL accepts `values ()` for the defaults of all columns.
        let none = terms.is_empty() && self.facts.changes.no_values;
        if terms.len() > columns.len() || few && !none {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            self.report(diagnostics::insert_arity(&relation.name, &names, terms.len(), span));
        }
        for (term, column) in terms.iter_mut().zip(columns) {
            self.store(relation, column, true, term);
        }
    }

    /// Reports left-out columns that can't be null and have no default.
    fn check_left_out(
        &mut self,
        relation: &Relation,
        columns: &[RelationColumn],
        insert: &Insert,
        span: Span,
    ) {
        if insert.columns.is_empty() && insert.source.is_some()
            || !relation.complete
            || relation.kind != RelationKind::Table
            // MySQL then inserts an implicit default.
            || insert.ignore
        {
            return;
        }
        let missing: Vec<&str> = relation
            .columns
            .iter()
            .filter(|column| column.not_null && !column.has_default && !column.generated && !column.hidden)
            .filter(|column| {
                let given = |other: &RelationColumn| {
                    other.name == column.name || other.name.starts_with(&format!("{}.", column.name))
                };
                insert.columns.is_empty() || !columns.iter().any(given)
            })
            .map(|column| column.name.as_str())
            .collect();
        if !missing.is_empty() {
            let triggers = self.has_triggers();
            self.report(diagnostics::left_out(&relation.name, &missing, triggers, span));
        }
    }

    /// Whether a trigger may set the left-out columns before the server checks them. Triggers are known by their
    /// functions.
    pub(crate) fn has_triggers(&self) -> bool {
        let mut functions = self.catalog.functions.values().flatten();
        functions.any(|function| function.args.is_empty() && function.returns == Returns::Nothing)
    }

    /// `on conflict` and `on duplicate key update`; returns whether each inserted row is returned.
    fn on_insert(&mut self, scope: &Scope<'_>, insert: &Insert, relation: Option<&Arc<Relation>>) -> bool {
        match &insert.on {
            None => true,
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                let mut inner = self.with_new_row(scope, insert, relation);
                inner.visible.truncate(scope.visible.len());
                self.assignments(&inner, relation.map(|relation| &**relation), assignments);
                true
            }
            Some(OnInsert::OnConflict(conflict)) => self.on_conflict(scope, conflict, relation),
            Some(_) => true,
        }
    }

    /// MySQL's `insert … as new on duplicate key update a = new.a`.
    fn with_new_row<'s>(
        &mut self,
        scope: &'s Scope<'s>,
        insert: &Insert,
        relation: Option<&Arc<Relation>>,
    ) -> Scope<'s> {
        let mut inner = Scope::new(scope.outer);
        for table in &scope.tables {
            inner.add(table.clone());
        }
        if let (Some(alias), Some(relation)) = (&insert.insert_alias, relation) {
            let mut table = self.relation_table(relation.clone(), Span::default());
            let (_, name) = self.table_name(&alias.row_alias);
            table.name = Rc::from(name);
            for (column, name) in table.columns.iter_mut().zip(alias.col_aliases.iter().flatten()) {
                column.name = Rc::from(fold(self.dialect, name));
            }
            inner.add(table);
        }
        inner
    }
}
