//! The SQL standard's JSON functions, which PostgreSQL supports since 16 and 17, and `json_table`.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArgumentClause,
    FunctionArgumentList, Ident, JsonTableColumn, TableAlias,
};

use super::{
    Infer,
    expr::{functions::argument_list, subqueries::subquery},
    from::plain_column,
    scope::{Scope, Table, fold},
    term::{Form, NullIf, Term},
};
use crate::{
    Rows, Type, diagnostics,
    resolve::{self, CastContext, Operand},
    syntax::Sugar,
};

/// The functions, their first release, and their type without `returning`.
const FUNCTIONS: [(&str, u8, &str); 10] = [
    ("json", 17, "json"),
    ("json_array", 16, "json"),
    ("json_arrayagg", 16, "json"),
    ("json_exists", 17, "bool"),
    ("json_object", 16, "json"),
    ("json_objectagg", 16, "json"),
    ("json_query", 17, "jsonb"),
    ("json_scalar", 17, "json"),
    ("json_serialize", 17, "text"),
    ("json_value", 17, "text"),
];

/// The arguments in the parentheses.
#[derive(Default)]
struct Args {
    /// The document and the path, or the values.
    plain: Vec<Term>,
    /// All other values that the result depends on.
    others: Vec<Term>,
    /// `unknown on error`
    unknown: bool,
    /// Whether the query of `json_array(select …)` certainly returns a row.
    query: Option<bool>,
    /// Whether there are keys with values.
    pairs: bool,
}

impl Infer<'_> {
    /// A call of one of these functions in PostgreSQL; `None` for an ordinary call.
    pub(super) fn json_function(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        function: &Function,
        span: Span,
    ) -> Option<Term> {
        let (_, since, own) = FUNCTIONS.iter().find(|(own, ..)| *own == name)?;
        let list = argument_list(function)?;
        let older = self.catalog.release.is_some_and(|release| release < *since);
        let users = older && self.catalog.functions.contains_key(name);
        if users || name == "json_object" && is_call_of_old(list) {
            return None;
        }
        self.needs(*since, &format!("`{name}` like this"), span);
        let ty = match returning(list) {
            Some(ty) => Operand::from(self.type_named(ty, span)),
            None => Operand::Known(Type::base(own)),
        };
        let mut term = match name {
            "json_arrayagg" | "json_objectagg" => self.ordinary(scope, None, name, function, span),
            _ => self.json_constructor(scope, name, list, span),
        };
        term.ty = ty;
        Some(term)
    }

    fn json_constructor(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        list: &FunctionArgumentList,
        span: Span,
    ) -> Term {
        let path = matches!(name, "json_exists" | "json_query" | "json_value");
        let mut args = self.json_arguments(scope, list);
        let untyped = matches!(name, "json" | "json_exists" | "json_scalar") && returning(list).is_some();
        let problem = untyped.then_some("no `returning`").or_else(|| shape(name, &args));
        if let Some(problem) = problem {
            self.report(diagnostics::wrong_json_arguments(name, problem, span));
            return Term::unclear(span).made_of(args.plain.iter().chain(&args.others));
        }
        match args.plain.first_mut() {
            Some(document) if path => self.json_input(document, "jsonb"),
            Some(text) if name == "json" => self.json_input(text, "json"),
            Some(json) if name == "json_serialize" => self.json_text(json),
            _ => {}
        }
        if let (true, Some(path)) = (path, args.plain.get_mut(1)) {
            self.json_input(path, "jsonpath");
        }
        for value in &mut args.plain {
            self.take(value, Some(&Type::base("text")));
        }
        let null = json_null(name, &args);
        let term = Term::new(Operand::Unclear, null, span).made_of(args.plain.iter().chain(&args.others));
        if matches!(name, "json_array" | "json_object") { term } else { term.strict_in(&args.plain) }
    }

    /// A document or a path, of a type that can be cast to JSON.
    fn json_input(&mut self, term: &mut Term, wanted: &'static str) {
        let wanted = Type::base(wanted);
        if term.is_untyped() {
            let text = Type::base("text");
            let ty = if wanted == Type::base("jsonpath") { &wanted } else { &text };
            return self.take(term, Some(ty));
        }
        // `json` also accepts text as bytes.
        let bytes = wanted == Type::base("json") && term.known().and_then(Type::name) == Some("bytea");
        if let Some(ty) = term.known()
            && !bytes
            && !resolve::can_cast(self.catalog, ty, &wanted, CastContext::Explicit)
        {
            self.report(diagnostics::wrong_cast(ty, &wanted, term.span));
        }
    }

    /// A value that can contain JSON: text, bytes, or JSON itself.
    pub(super) fn json_text(&mut self, term: &Term) {
        let wanted = ["text", "json", "jsonb"].map(Type::base);
        if let Some(ty) = term.known()
            && ty.underlying().name() != Some("bytea")
            && !wanted.iter().any(|to| resolve::can_cast(self.catalog, ty, to, CastContext::Implicit))
        {
            self.report(diagnostics::wrong_cast(ty, &Type::base("json"), term.span));
        }
    }

    fn json_arguments(&mut self, scope: &Scope<'_>, list: &FunctionArgumentList) -> Args {
        let mut args = Args::default();
        for arg in &list.args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => args.plain.push(self.expr(scope, expr)),
                FunctionArg::ExprNamed {
                    name: Expr::Identifier(mark),
                    arg: FunctionArgExpr::Expr(value),
                    operator: FunctionArgOperator::RightArrow,
                } if self.text.sugar(mark).is_some() => self.json_clause(scope, mark, value, &mut args),
                FunctionArg::ExprNamed { name, arg: FunctionArgExpr::Expr(value), .. } => {
                    args.pairs = true;
                    let key = self.expr(scope, name);
                    args.others.push(key);
                    args.others.push(self.expr_as(scope, value, "text"));
                }
                _ => args.others.push(Term::unclear(Span::default())),
            }
        }
        args
    }

    fn json_clause(&mut self, scope: &Scope<'_>, mark: &Ident, value: &Expr, args: &mut Args) {
        match self.text.sugar(mark) {
            Some(Sugar::JsonUnknown) => args.unknown = true,
            Some(Sugar::JsonQuery) => {
                let Some(query) = subquery(value) else { return };
                let (output, _) = self.inner(scope, query);
                if output.complete && output.columns.len() != 1 {
                    self.report(diagnostics::not_one_column(output.columns.len(), self.span(query)));
                }
                args.query = Some(output.rows == Rows::One);
                args.others.extend(output.columns.into_iter().map(|column| column.term));
            }
            Some(Sugar::JsonDefault) => {
                let term = self.expr(scope, value);
                let variable = !term.tables.is_empty() || matches!(term.form, Form::Param(_));
                if variable {
                    self.report(diagnostics::variable_default(term.span));
                }
                args.others.push(term);
            }
            Some(Sugar::JsonPassing) => args.others.push(self.expr_as(scope, value, "text")),
            _ => args.others.push(self.expr(scope, value)),
        }
    }

    /// `json_table`
    pub(super) fn json_table(
        &mut self,
        scope: &mut Scope<'_>,
        json: &Expr,
        columns: &[JsonTableColumn],
        alias: Option<&TableAlias>,
    ) {
        let mut table = self.unclear_table(Rc::from(""), Span::default());
        if self.facts.calls.json_grammar {
            let span = self.json_document(scope, json);
            self.needs(17, "`json_table`", span);
            table.name = Rc::from("json_table");
        } else {
            self.expr_as(scope, json, "json");
        }
        table.complete = true;
        self.json_columns(columns, false, &mut table);
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// The document of `json_table`, and the values that are passed to it.
    fn json_document(&mut self, scope: &Scope<'_>, json: &Expr) -> Span {
        let passed = match json {
            Expr::Function(function)
                if matches!(self.text.sugar_of(&function.name), Some(Sugar::JsonPassing)) =>
            {
                argument_list(function)
            }
            _ => None,
        };
        let Some(list) = passed else {
            let mut term = self.expr(scope, json);
            self.json_input(&mut term, "jsonb");
            return term.span;
        };
        let args = self.json_arguments(scope, list);
        let mut span = Span::default();
        for (index, mut term) in args.plain.into_iter().enumerate() {
            if index == 0 {
                span = term.span;
                self.json_input(&mut term, "jsonb");
            } else {
                self.take(&mut term, Some(&Type::base("text")));
            }
        }
        span
    }

    fn json_columns(&self, columns: &[JsonTableColumn], nested: bool, table: &mut Table) {
        let number = self.facts.values.ordinality;
        for column in columns {
            match column {
                JsonTableColumn::Named(named) => {
                    let ty = resolve::type_by_name(self.catalog, &named.r#type);
                    let null = NullIf::because("the path may not exist");
                    let name = fold(self.dialect, &named.name);
                    table.columns.push(plain_column(&name, Operand::from(ty), null));
                }
                JsonTableColumn::ForOrdinality(name) => {
                    // If there is nothing, a nested path returns one row without values.
                    let null = match nested {
                        true => NullIf::because("the nested path may not exist"),
                        false => NullIf::Never,
                    };
                    let ty = Operand::Known(Type::base(number));
                    table.columns.push(plain_column(&fold(self.dialect, name), ty, null));
                }
                JsonTableColumn::Nested(inner) => self.json_columns(&inner.columns, true, table),
            }
        }
    }
}

/// When such a function is null.
fn json_null(name: &str, args: &Args) -> NullIf {
    let given = args.plain.iter().map(|term| term.null.clone());
    match name {
        "json_value" | "json_query" => NullIf::because("the path may not exist"),
        "json_exists" => {
            NullIf::any(given.chain(args.unknown.then(|| NullIf::because("an error becomes `unknown`"))))
        }
        "json_array" if args.query == Some(false) => {
            NullIf::because("`json_array` is null if its query returns no row")
        }
        "json_array" | "json_object" => NullIf::Never,
        _ => NullIf::any(given),
    }
}

/// The required arguments, if the given ones are wrong.
fn shape(name: &str, args: &Args) -> Option<&'static str> {
    match (name, args.plain.len()) {
        ("json_exists" | "json_query" | "json_value", count) if count != 2 => Some("a document and a path"),
        ("json" | "json_scalar" | "json_serialize", count) if count != 1 => Some("one value"),
        ("json_object", count) if count > 0 => Some("keys with values: `json_object('key': value)`"),
        ("json_object", _) => None,
        _ if args.pairs => Some("values without keys"),
        _ => None,
    }
}

/// Whether `json_object` is the older function of texts that all releases have.
fn is_call_of_old(list: &FunctionArgumentList) -> bool {
    let plain = |arg: &FunctionArg| matches!(arg, FunctionArg::Unnamed(_));
    !list.args.is_empty() && list.args.iter().all(plain) && returning(list).is_none()
}

fn returning(list: &FunctionArgumentList) -> Option<&sqlparser::ast::DataType> {
    list.clauses.iter().find_map(|clause| match clause {
        FunctionArgumentClause::JsonReturningClause(returning) => Some(&returning.data_type),
        _ => None,
    })
}
