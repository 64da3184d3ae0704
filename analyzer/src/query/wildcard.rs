//! `*`, `table.*` and `(row).*`.

use aio_databases_sql::Span;
use sqlparser::ast::{Expr, Function, FunctionArguments, Ident, ObjectName, SelectItemQualifiedWildcardKind};

use super::{
    Infer,
    from::visible_term,
    output::OutputColumn,
    scope::{Found, Scope, Table, Visible, fold},
    term::{Atom, Form, NullIf, Term},
};
use crate::{Type, diagnostics, resolve::Operand};

impl Infer<'_> {
    pub(super) fn wildcard(
        &mut self,
        scope: &Scope<'_>,
        span: Span,
        columns: &mut Vec<OutputColumn>,
    ) -> bool {
        if scope.tables.is_empty() {
            self.report(diagnostics::nothing_to_select(span));
            return false;
        }
        for visible in &scope.visible {
            self.expand(scope, *visible, span, columns);
        }
        scope.tables.iter().all(|table| table.complete)
    }

    fn expand(&mut self, scope: &Scope<'_>, visible: Visible, span: Span, columns: &mut Vec<OutputColumn>) {
        let mut term = visible_term(self.dialect, scope, visible);
        term.span = span;
        if let Form::Column(table, column) = term.form {
            self.level.columns.push((Atom::Column(table, column), span));
        }
        let column = super::from::column_of(scope, visible);
        let origin = column.origin.as_deref().map(str::to_owned);
        columns.push(OutputColumn { name: column.name.to_string(), aliased: column.aliased, term, origin });
    }

    pub(super) fn qualified_wildcard(
        &mut self,
        scope: &Scope<'_>,
        kind: &SelectItemQualifiedWildcardKind,
        place: Option<Span>,
        columns: &mut Vec<OutputColumn>,
    ) -> bool {
        match kind {
            SelectItemQualifiedWildcardKind::ObjectName(name) => {
                let span = self.span(name);
                if self.is_reserved_target(name) {
                    return false;
                }
                let (schema, own) = self.table_name(name);
                let Some((table, true)) = scope.table(self.dialect, schema.as_deref(), &own) else {
                    self.report(diagnostics::unknown_alias(
                        &own,
                        &scope.table_names(),
                        scope.alias_of(self.dialect, &own),
                        span,
                    ));
                    return false;
                };
                let id = table.id;
                for level in scope.levels() {
                    let Some(at) = level.tables.iter().position(|table| table.id == id) else { continue };
                    for (index, column) in level.tables[at].columns.iter().enumerate() {
                        if !column.hidden {
                            let shown = level.shown_as.iter().rev().find(|(own, _)| *own == (at, index));
                            let visible = shown.map_or(Visible::Column(at, index), |(_, other)| *other);
                            self.expand(level, visible, place.unwrap_or(span), columns);
                        }
                    }
                }
                table.complete
            }
            SelectItemQualifiedWildcardKind::Expr(expr) => self.fields_of(scope, expr, columns),
        }
    }

    /// `(p).*`: the columns of a table, of the result of a function, or of a row.
    pub(super) fn fields(
        &mut self,
        scope: &Scope<'_>,
        call: &Function,
        place: Option<Span>,
        columns: &mut Vec<OutputColumn>,
    ) -> bool {
        match plain_arguments(call).as_deref() {
            Some([Expr::Identifier(name)]) if self.names_table(scope, name) => {
                let name = ObjectName::from(vec![name.clone()]);
                let kind = SelectItemQualifiedWildcardKind::ObjectName(name);
                self.qualified_wildcard(scope, &kind, place, columns)
            }
            Some([Expr::Function(inner)]) => self.fields_of_call(scope, inner, columns),
            Some([expr]) => self.fields_of(scope, expr, columns),
            _ => false,
        }
    }

    fn names_table(&self, scope: &Scope<'_>, name: &Ident) -> bool {
        matches!(scope.column(self.dialect, &fold(self.dialect, name)), Found::Row(_))
    }

    fn fields_of_call(
        &mut self,
        scope: &Scope<'_>,
        call: &Function,
        columns: &mut Vec<OutputColumn>,
    ) -> bool {
        let Some(table) = self.table_of_call(scope, call) else { return false };
        columns.extend(table.columns.into_iter().map(|column| {
            // A set can have fewer rows than another one beside it.
            let null = NullIf::because("a field of a row may be null");
            let mut term = Term::new(column.ty, null, table.span);
            term.steady = false;
            OutputColumn { name: column.name.to_string(), aliased: false, term, origin: None }
        }));
        table.complete
    }

    /// The table that a call returns if it is used as a value.
    pub(super) fn table_of_call(&mut self, scope: &Scope<'_>, call: &Function) -> Option<Table> {
        let FunctionArguments::List(list) = &call.args else { return None };
        let clause = scope.clause.get();
        let table = self.call_table(scope, &call.name, &list.args, None);
        scope.clause.set(clause);
        if !table.single {
            scope.expands.set(true);
        }
        Some(table)
    }

    fn fields_of(&mut self, scope: &Scope<'_>, expr: &Expr, columns: &mut Vec<OutputColumn>) -> bool {
        let term = self.expr(scope, expr);
        let Some(Type::Composite { fields, .. }) = term.known().map(Type::underlying) else {
            return false;
        };
        for field in fields.iter() {
            let ty = Operand::from(field.ty.clone());
            let null = NullIf::because("a field of a row may be null");
            let field_term = Term::new(ty, null, term.span).made_of([&term]);
            columns.push(OutputColumn {
                name: field.name.clone(),
                aliased: false,
                term: field_term,
                origin: None,
            });
        }
        true
    }
}

pub(super) fn plain_arguments(call: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &call.args else { return None };
    list.args.iter().map(super::from::plain_argument).collect()
}
