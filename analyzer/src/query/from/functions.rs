//! Functions that return tables: calls, `unnest`, `rows from`.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, TableAlias};

use super::{
    super::{
        Infer, call,
        expr::functions::Args,
        scope::{Clause, Scope, Table, TableColumn, fold},
        term::{NullIf, Term},
    },
    plain_column,
};
use crate::{
    Type,
    data::traits::traits,
    diagnostics,
    resolve::{self, Call, Operand, Resolved},
    syntax::{self, Sugar},
};

impl Infer<'_> {
    pub(super) fn table_function(
        &mut self,
        scope: &mut Scope<'_>,
        name: &ObjectName,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) {
        let table = self.call_table(scope, name, list, alias);
        self.finish_function(scope, table, alias, ordinality);
    }

    /// The table that a call in `from` returns.
    pub(in crate::query) fn call_table(
        &mut self,
        scope: &Scope<'_>,
        name: &ObjectName,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
    ) -> Table {
        let span = self.text.call(self.span(name));
        let (schema, own) = self.function_name(name);
        if name.0.iter().filter_map(|part| part.as_ident()).any(|part| self.text_for_name(part).is_none()) {
            return self.unclear_table(Rc::from(own.as_str()), span);
        }
        if matches!(self.text.sugar_of(name), Some(Sugar::RowsFrom)) {
            return self.rows_from(scope, list, alias, span);
        }
        if let ("unnest", None, Some(arrays)) =
            (own.as_str(), &schema, list.iter().map(plain_argument).collect::<Option<Vec<&Expr>>>())
        {
            return self.unnest(scope, &arrays, alias);
        }
        let mut args = self.function_args(scope, list);
        if self.facts.from.virtual_functions {
            for arg in &mut args.terms {
                self.take(arg, Some(&Type::base("text")));
            }
            return self.sqlite_call_table(schema.as_deref(), &own, &args.terms, span);
        }
        match self.call(schema.as_deref(), &own, &args, self.span(name)) {
            Some(resolved) => {
                self.take_all(&mut args.terms, &resolved.operands);
                self.function_table(&own, &resolved, &args.terms, alias, span)
            }
            None => self.unclear_table(Rc::from(own.as_str()), span),
        }
    }

    /// `rows from (f(…), g(…))`: the tables of several calls side by side. Shorter ones are filled up with nulls.
    fn rows_from(
        &mut self,
        scope: &Scope<'_>,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Table {
        let alias = alias.filter(|_| list.len() == 1);
        let mut all = self.unclear_table(Rc::from(""), span);
        (all.complete, all.single) = (true, true);
        for item in list {
            let table = match item {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Function(call))) => {
                    let args = match &call.args {
                        FunctionArguments::List(list) => list.args.as_slice(),
                        _ => &[],
                    };
                    self.call_table(scope, &call.name, args, alias)
                }
                _ => {
                    self.report(diagnostics::unsupported("other items than calls in `rows from`", span));
                    self.unclear_table(Rc::from(""), span)
                }
            };
            all.complete &= table.complete;
            all.single &= table.single;
            all.columns.extend(table.columns);
        }
        if list.len() > 1 && !all.single {
            for column in &mut all.columns {
                column.null = NullIf::because("the functions may return different numbers of rows");
            }
        }
        all
    }

    /// The arguments of a function that returns a table, with their names.
    fn function_args(&mut self, scope: &Scope<'_>, list: &[FunctionArg]) -> Args {
        let outer = scope.clause.replace(Clause::From);
        let mut args = Args::default();
        self.argument_list(scope, list, &mut args);
        scope.clause.set(outer);
        args
    }

    pub(super) fn finish_function(
        &mut self,
        scope: &mut Scope<'_>,
        mut table: Table,
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) {
        if ordinality {
            table.columns.push(plain_column("ordinality", Operand::Known(Type::base("int8")), NullIf::Never));
        }
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// The table that a call returns.
    fn function_table(
        &mut self,
        name: &str,
        resolved: &Resolved,
        args: &[Term],
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Table {
        let mut table = self.unclear_table(Rc::from(name), span);
        table.single = !resolved.set;
        table.complete = true;
        let never = traits(self.dialect, name).has("set-never");
        let null = |never: bool| {
            if never { NullIf::Never } else { NullIf::because(format!("`{name}` can return null")) }
        };
        if let Some(defined) =
            alias.filter(|alias| alias.columns.iter().any(|column| column.data_type.is_some()))
        {
            table.columns = self.defined_columns(defined);
            return table;
        }
        if let Some(out) = &resolved.out {
            table.scalar = out.len() == 1;
            table.columns = out
                .iter()
                .map(|(column, ty)| {
                    plain_column(column, Operand::from(ty.clone()), null(never || column == "ordinality"))
                })
                .collect();
            return table;
        }
        match resolved.ty.as_ref().map(Type::underlying) {
            Some(Type::Composite { fields, .. }) => {
                table.columns = fields
                    .iter()
                    .map(|field| plain_column(&field.name, Operand::from(field.ty.clone()), null(false)))
                    .collect();
            }
            Some(Type::Record) => table.complete = false,
            _ => {
                let column = alias.map_or_else(|| name.to_owned(), |alias| fold(self.dialect, &alias.name));
                let null = match resolved.set {
                    true => null(never),
                    false => call::nulls(resolved, args, || format!("`{name}` can return null")),
                };
                // It may return a row; this depends on the release of the server.
                table.complete = resolved.ty.is_some();
                table.columns = vec![plain_column(&column, Operand::from(resolved.ty.clone()), null)];
            }
        }
        table
    }

    /// `as t(a int4, b text)`
    fn defined_columns(&mut self, alias: &TableAlias) -> Vec<TableColumn> {
        alias
            .columns
            .iter()
            .map(|column| {
                let ty = column.data_type.as_ref().and_then(|name| {
                    let ty = resolve::type_by_name(self.catalog, name);
                    if ty.is_none() {
                        let place = syntax::span(column.name.span).unwrap_or_default();
                        self.report(diagnostics::unknown_type(&name.to_string(), self.catalog, place));
                    }
                    ty
                });
                plain_column(&fold(self.dialect, &column.name), Operand::from(ty), NullIf::maybe())
            })
            .collect()
    }

    pub(super) fn unnest(
        &mut self,
        scope: &Scope<'_>,
        arrays: &[&Expr],
        alias: Option<&TableAlias>,
    ) -> Table {
        let outer = scope.clause.replace(Clause::From);
        let mut terms: Vec<Term> = arrays.iter().map(|array| self.expr(scope, array)).collect();
        scope.clause.set(outer);
        let span = terms.first().map_or(Span::default(), |term| term.span);
        let single = terms.len() == 1;
        let reason =
            if single { "an element of an array may be null" } else { "the arrays may differ in length" };
        let name = match (single, alias) {
            (true, Some(alias)) => fold(self.dialect, &alias.name),
            _ => "unnest".to_owned(),
        };
        let mut table = self.unclear_table(Rc::from("unnest"), span);
        table.complete = true;
        for term in &mut terms {
            let mut push = |name: &str, ty: Operand| {
                table.columns.push(plain_column(name, ty, NullIf::because(reason)));
            };
            let operands = [term.ty.clone()];
            let Some(resolved) = self.resolve_call(&Call::new("unnest", &operands), term.span) else {
                push(&name, Operand::Unclear);
                continue;
            };
            self.take(term, resolved.operands.first().and_then(Option::as_ref));
            match (&resolved.out, resolved.ty.as_ref()) {
                // A `tsvector` has a name for each of its parts.
                (Some(out), _) => out.iter().for_each(|(name, ty)| push(name, Operand::from(ty.clone()))),
                (None, Some(Type::Composite { fields, .. })) => {
                    fields.iter().for_each(|field| push(&field.name, Operand::from(field.ty.clone())));
                }
                (None, Some(Type::Record)) => table.complete = false,
                (None, _) => push(&name, Operand::from(resolved.ty.clone())),
            }
        }
        table
    }
}

pub(in crate::query) fn plain_argument(arg: &FunctionArg) -> Option<&Expr> {
    match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}
