//! The table that a statement writes to, and the values for its columns.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::Span;
use sqlparser::ast::{
    Assignment, AssignmentTarget, Expr, Ident, ObjectName, ObjectNamePart, SelectItem, TableFactor,
};

use super::{
    Infer,
    expr::{operators::row_items, subqueries::subquery},
    old_and_new::Versions,
    output::Output,
    scope::{Clause, Scope, Table, Visible, fold, same},
    select::Untyped,
    term::{Atom, Form, NullIf, Term},
    wildcard::plain_arguments,
};
use crate::{
    Relation, RelationColumn, Rows, Type, diagnostics,
    dialect::{Described, DottedTarget},
    resolve::{self, Operand},
    syntax::{self, Sugar},
};

impl Infer<'_> {
    /// The relation that is written to. Reports a diagnostic if there is none.
    pub(crate) fn target(&mut self, scope: &Scope<'_>, name: &ObjectName) -> Option<Arc<Relation>> {
        if self.is_reserved_target(name) {
            return None;
        }
        let (schema, own) = self.table_name(name);
        for part in name.0.iter().filter_map(|part| part.as_ident()) {
            self.text_for_name(part)?;
        }
        let system = || self.dialect.rules().writable_system_table(&own).map(Arc::new);
        let found = self.relation(schema.as_deref(), &own).or_else(system);
        if found.is_none() {
            let names: Vec<String> =
                self.catalog.relations.values().map(|relation| relation.name.clone()).collect();
            let _ = scope;
            let span = self.name_span(name);
            self.report(diagnostics::unknown_table(schema.as_deref(), &own, &names, span));
        }
        found
    }

    /// Reports an alias without `as`, if the server requires it.
    pub(crate) fn needs_as(&mut self, alias: &Ident) {
        let span = self.ident_span(alias);
        self.report(diagnostics::alias_without_as(span));
    }

    /// SQLite's `update` and `delete` only accept an alias after `as`.
    pub(crate) fn check_target_alias(&mut self, target: &TableFactor) {
        if let (true, TableFactor::Table { alias: Some(alias), .. }) =
            (self.facts.changes.alias_needs_as, target)
            && !alias.explicit
        {
            self.needs_as(&alias.name);
        }
    }

    /// Whether a table's name is a reserved keyword.
    pub(crate) fn is_reserved_target(&mut self, name: &ObjectName) -> bool {
        matches!(&name.0[..], [ObjectNamePart::Identifier(word)] if self.reserved(word))
    }

    /// The column with a name in a relation. Reports a diagnostic if there is none.
    pub(crate) fn target_column(&mut self, relation: &Relation, name: &ObjectName) -> Option<RelationColumn> {
        let parts: Vec<&Ident> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        let dotted = self.facts.changes.dotted_target;
        let (ident, fields) = match (dotted, parts.as_slice()) {
            // After a dot there is a field, because a column has no table name before it here.
            (DottedTarget::Field, [first, fields @ ..]) => (*first, fields),
            (_, [.., last]) => (*last, &[][..]),
            (_, []) => return None,
        };
        self.text_for_name(ident)?;
        if let (DottedTarget::Rejected, [table, column, ..]) = (dotted, parts.as_slice()) {
            let span = self.ident_span(table);
            self.report(diagnostics::assigned_with_table(&table.value, &column.value, span));
            return None;
        }
        if self.reserved(ident) {
            return None;
        }
        let own = fold(self.dialect, ident);
        let found = relation.columns.iter().find(|column| same(self.dialect, &column.name, &own));
        match (found, fields) {
            (Some(column), []) => Some(column.clone()),
            (Some(column), fields) => self.target_field(relation, column, fields),
            (None, [column, ..]) if own == relation.name => {
                let span = self.ident_span(ident);
                self.report(diagnostics::assigned_with_table(&own, &column.value, span));
                None
            }
            (None, _) => {
                if relation.complete {
                    let names: Vec<&str> = relation.shown().map(|column| column.name.as_str()).collect();
                    let span = self.ident_span(ident);
                    self.report(diagnostics::unknown_column(&own, Some(&relation.name), &names, false, span));
                }
                None
            }
        }
    }

    /// A field of a row column as the target of an assignment.
    fn target_field(
        &mut self,
        relation: &Relation,
        column: &RelationColumn,
        fields: &[&Ident],
    ) -> Option<RelationColumn> {
        let mut target = RelationColumn { not_null: false, ..column.clone() };
        for ident in fields {
            let name = fold(self.dialect, ident);
            let span = self.ident_span(ident);
            match target.ty.as_ref().map(Type::underlying) {
                Some(Type::Composite { fields, .. }) => {
                    let Some(field) = fields.iter().find(|field| field.name == name) else {
                        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                        self.report(diagnostics::unknown_column(
                            &name,
                            Some(&target.name),
                            &names,
                            false,
                            span,
                        ));
                        return None;
                    };
                    target.ty = field.ty.clone();
                    target.name = format!("{}.{name}", target.name);
                }
                Some(_) => {
                    self.report(diagnostics::field_of_no_row(&target.name, &relation.name, &name, span));
                    return None;
                }
                None => return None,
            }
        }
        Some(target)
    }

    /// Reports a string literal used as a name, and returns `None`. SQLite accepts it as a name.
    pub(crate) fn text_for_name(&mut self, ident: &Ident) -> Option<()> {
        if ident.quote_style == Some('\'') && !self.facts.names.string_is_name {
            let span = self.ident_span(ident);
            self.report(diagnostics::string_as_name(span));
            return None;
        }
        Some(())
    }

    /// The place of a name with several parts.
    pub(crate) fn name_span(&self, name: &ObjectName) -> Span {
        match (
            syntax::span(sqlparser::ast::Spanned::span(name)),
            name.0.last().and_then(|part| part.as_ident()),
        ) {
            (None, Some(ident)) => self.ident_span(ident),
            (span, _) => span.unwrap_or_default(),
        }
    }

    /// The place of a name. The parser does not provide it for names in single quotes.
    pub(crate) fn ident_span(&self, ident: &Ident) -> Span {
        syntax::span(ident.span).or_else(|| self.text.literal(&ident.value)).unwrap_or_default()
    }

    /// A value that is written to a column. `new` says whether its row is new.
    pub(crate) fn store(&mut self, relation: &Relation, column: &RelationColumn, new: bool, term: &mut Term) {
        if term.form == Form::Default {
            // In an insert, it is as if the column were left out, which `insert ignore` allows.
            let lacks = column.not_null && !column.has_default && !column.generated;
            if lacks && !new && relation.complete {
                let triggers = self.has_triggers();
                self.report(diagnostics::left_out(&relation.name, &[&column.name], triggers, term.span));
            }
            return;
        }
        if column.generated {
            self.report(diagnostics::generated_column(&relation.name, &column.name, term.span));
        }
        let ty = column.ty.as_ref().filter(|_| relation.complete);
        self.assign(term, &column.name, ty);
        let forgiving =
            new && column.has_default && self.dialect.rules().null_becomes_default(relation, column);
        if column.not_null && relation.complete && !forgiving {
            if let [Atom::Param(index)] = term.not_null[..]
                && matches!(term.null, NullIf::Atom(Atom::Param(_)))
            {
                self.params[index as usize].not_null = true;
            }
            if term.form == Form::Null {
                self.report(diagnostics::null_into_not_null(&relation.name, &column.name, term.span));
            }
        }
    }

    /// A value of an insert or update, which can be `default`.
    pub(crate) fn stored_value(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        if let Expr::Identifier(word) = expr
            && word.quote_style.is_none()
            && word.value.eq_ignore_ascii_case("default")
        {
            if !self.facts.changes.default_value {
                self.report(diagnostics::no_default(self.span(expr)));
            }
            return Term::unclear(self.span(expr)).with_form(Form::Default);
        }
        self.expr(scope, expr)
    }

    /// `set a = 1, (b, c) = (2, 3)`; returns the names of the assigned columns.
    pub(crate) fn assignments(
        &mut self,
        scope: &Scope<'_>,
        relation: Option<&Relation>,
        list: &[Assignment],
    ) -> Vec<String> {
        let outer = scope.clause.replace(Clause::Set);
        let mut assigned = Vec::new();
        for assignment in list {
            match &assignment.target {
                AssignmentTarget::ColumnName(name) => {
                    let mut term = self.stored_value(scope, &assignment.value);
                    self.assign_to(scope, relation, name, &mut term, &mut assigned);
                }
                AssignmentTarget::Tuple(names) => {
                    if !self.facts.changes.assigns_rows {
                        let span = names.first().map_or(Span::default(), |name| self.span(name));
                        self.report(diagnostics::assigned_row(span));
                    }
                    self.assign_row(scope, relation, names, &assignment.value, &mut assigned)
                }
            }
        }
        scope.clause.set(outer);
        assigned
    }

    fn assign_to(
        &mut self,
        scope: &Scope<'_>,
        relation: Option<&Relation>,
        name: &ObjectName,
        term: &mut Term,
        assigned: &mut Vec<String>,
    ) {
        // MySQL can update several tables at once. The column determines the table.
        let other = match (self.facts.changes.dotted_target, &name.0[..]) {
            (DottedTarget::Table, [.., table, _]) => table.as_ident().and_then(|table| {
                let (table, _) = scope.table(self.dialect, None, &fold(self.dialect, table))?;
                table.relation.clone()
            }),
            (DottedTarget::Table, [name]) => name.as_ident().and_then(|name| {
                let has = |relation: &&Arc<Relation>| {
                    relation.columns.iter().any(|c| same(self.dialect, &c.name, &name.value))
                };
                scope.tables.iter().filter_map(|table| table.relation.as_ref()).find(has).cloned()
            }),
            _ => None,
        };
        let Some(relation) = other.as_deref().or(relation) else {
            self.take(term, None);
            return;
        };
        if let Some(column) = self.target_column(relation, name) {
            if assigned.contains(&column.name) && self.facts.changes.assigns_once {
                self.report(diagnostics::column_twice(&column.name, self.span(name)));
            }
            // The column of an assigned field also has a new value.
            if let Some(first) = name.0.first().and_then(|part| part.as_ident()).filter(|_| name.0.len() > 1)
            {
                assigned.push(fold(self.dialect, first));
            }
            assigned.push(column.name.clone());
            self.store(relation, &column, false, term);
        } else {
            self.take(term, None);
        }
    }

    fn assign_row(
        &mut self,
        scope: &Scope<'_>,
        relation: Option<&Relation>,
        names: &[ObjectName],
        value: &Expr,
        assigned: &mut Vec<String>,
    ) {
        if let [column, marker] = names
            && let Some(sugar @ (Sugar::Element | Sugar::Slice | Sugar::Index)) = self.text.sugar_of(marker)
        {
            let mut term = self.stored_value(scope, value);
            let found = relation.and_then(|relation| self.target_column(relation, column));
            if matches!(sugar, Sugar::Index) {
                return self.place_in(found.as_ref(), &mut term);
            }
            return self.store_element(found.as_ref(), matches!(sugar, Sugar::Slice), &mut term, assigned);
        }
        let listed = row_items(value).map(|items| items.iter().collect()).or_else(|| self.row_call(value));
        let mut terms: Vec<Term> = match (listed, subquery(value)) {
            (Some(items), _) => items.into_iter().map(|item| self.stored_value(scope, item)).collect(),
            (None, Some(query)) => {
                let untyped = if self.facts.values.untyped_is_text { Untyped::Text } else { Untyped::Keep };
                let output = self.query_with(query, scope, untyped);
                let nullable = !matches!(output.rows, Rows::One);
                let terms = output.columns.into_iter().map(|column| column.term);
                terms
                    .map(|mut term| {
                        if nullable {
                            term.null = NullIf::because("the subquery may return no row");
                        }
                        term
                    })
                    .collect()
            }
            (None, None) => vec![self.stored_value(scope, value)],
        };
        if terms.len() != names.len() {
            self.report(diagnostics::different_widths(names.len(), terms.len(), self.span(value)));
        }
        for (name, term) in names.iter().zip(&mut terms) {
            self.assign_to(scope, relation, name, term, assigned);
        }
    }

    /// The items of PostgreSQL's `row(…)`.
    fn row_call<'e>(&self, value: &'e Expr) -> Option<Vec<&'e Expr>> {
        match value {
            Expr::Function(call) if self.facts.values.rows_are_values => {
                let is_row = matches!(&call.name.0[..], [ObjectNamePart::Identifier(name)]
                    if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("row"));
                plain_arguments(call).filter(|_| is_row)
            }
            _ => None,
        }
    }

    /// The subscripts of `set column[…] = …`.
    fn place_in(&mut self, column: Option<&RelationColumn>, term: &mut Term) {
        let base = Operand::from(column.and_then(|column| column.ty.clone()));
        let resolved = resolve::subscript(self.catalog, &base, false).ok();
        let ty = resolved.and_then(|resolved| resolved.operands.get(1).cloned().flatten());
        self.take(term, ty.as_ref());
    }

    /// `set column[1] = …`
    fn store_element(
        &mut self,
        column: Option<&RelationColumn>,
        slice: bool,
        term: &mut Term,
        assigned: &mut Vec<String>,
    ) {
        let Some(column) = column else {
            self.take(term, None);
            return;
        };
        assigned.push(column.name.clone());
        let ty = match column.ty.as_ref().map(Type::underlying) {
            Some(Type::Array(element)) if !slice => Some((**element).clone()),
            Some(array @ Type::Array(_)) => Some(array.clone()),
            Some(json) if json.name() == Some("jsonb") => Some(json.clone()),
            _ => None,
        };
        self.assign(term, &column.name, ty.as_ref());
    }

    /// SQLite: `returning` only sees the table itself, by its own name.
    pub(crate) fn only_target(&self, scope: &mut Scope<'_>) {
        if !self.facts.changes.returning_sees_target {
            return;
        }
        scope.tables.truncate(1);
        scope.visible.retain(|column| matches!(column, Visible::Column(0, _)));
        if let Some(Table { name, relation: Some(relation), .. }) = scope.tables.first_mut() {
            *name = Rc::from(relation.name.as_str());
        }
    }

    /// `returning`
    pub(crate) fn returning(
        &mut self,
        scope: &Scope<'_>,
        items: Option<&[SelectItem]>,
        start: Span,
        versions: Versions<'_>,
        rows: Rows,
    ) -> Output {
        let Some(items) = items else { return Output::none() };
        let (names, items) = self.row_names(items);
        let places = self.text.returning_items(start.start);
        let place = places.first().copied().unwrap_or(start);
        scope.clause.set(if versions.merges { Clause::MergeReturning } else { Clause::Returning });
        let around = self.versions(scope, versions, names, place);
        let ((mut columns, complete), read) = self.gather(|infer| match &around {
            Some((around, _)) => infer.items(&scope.within(around), items, &places),
            None => infer.items(scope, items, &places),
        });
        let mut facts = versions.facts.to_vec();
        if let (Some((_, pair)), Some(target)) = (&around, scope.tables.first()) {
            let mut named = read.named;
            named.extend(columns.iter().flat_map(|column| column.term.tables.iter().copied()));
            self.versions_named(pair, &named, place);
            facts.extend(pair.facts(target.id, versions));
        }
        for column in &mut columns {
            self.as_text(&mut column.term);
            column.term.null = scope.settle(&column.term.null, &facts);
            if let Some((around, _)) = &around {
                column.term.null = around.settle(&column.term.null, &facts);
            }
            column.term.not_null.clear();
            column.term.truth = None;
            column.term.tables.clear();
            if matches!(column.term.form, Form::Column(..)) {
                column.term.form = Form::Other;
            }
        }
        Output::new(columns, rows, complete)
    }
}
