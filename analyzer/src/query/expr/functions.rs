//! Function calls.

use aio_databases_sql::Span;
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident, ObjectName, ObjectNamePart,
    OrderByExpr,
};

use super::super::{
    Infer,
    call::operands,
    level::LevelFacts,
    scope::{Clause, Scope, fold},
    term::{Form, NullIf, Term, Truth, intersection},
};
use crate::{
    Type,
    data::{builtin, traits::traits},
    diagnostics,
    dialect::{AggregateLevel, Construct},
    resolve::{self, Call, Kind, Operand, Resolved},
    syntax::Sugar,
};

/// A call's analyzed arguments.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) terms: Vec<Term>,
    pub(crate) names: Vec<Option<String>>,
    pub(crate) star: bool,
    /// The terms that `order by` or `within group` add.
    pub(crate) order: Vec<Term>,
    pub(crate) variadic: bool,
    /// Whether the ordered values are arguments of the function: `within group`.
    pub(crate) within: bool,
}

impl Infer<'_> {
    pub(super) fn function(&mut self, scope: &Scope<'_>, function: &Function) -> Term {
        let (schema, name) = self.function_name(&function.name);
        let span = self.text.call(self.span(&function.name));
        if !self.check_call(schema.as_deref(), &name, function, span) {
            return Term::unclear(span);
        }
        if schema.is_none()
            && self.facts.calls.json_grammar
            && let Some(term) = self.json_function(scope, &name, function, span)
        {
            return term;
        }
        if schema.is_none()
            && let Some(term) = self.construct(scope, &name, function, span)
        {
            return term;
        }
        self.ordinary(scope, schema.as_deref(), &name, function, span)
    }

    /// A function's schema and name, folded as in the server's lookup.
    pub(crate) fn function_name(&self, name: &ObjectName) -> (Option<String>, String) {
        let parts: Vec<&Ident> = name
            .0
            .iter()
            .filter_map(|part| match part {
                ObjectNamePart::Identifier(ident) => Some(ident),
                ObjectNamePart::Function(_) => None,
            })
            .collect();
        let folded = |ident: &Ident| self.facts.names.fold_function(ident);
        match parts.as_slice() {
            [.., schema, name] => (Some(folded(schema)), folded(name)),
            [name] => (None, folded(name)),
            [] => (None, String::new()),
        }
    }

    /// Calls that are part of the grammar, or have special rules for types and nulls.
    fn construct(&mut self, scope: &Scope<'_>, name: &str, function: &Function, span: Span) -> Option<Term> {
        if let FunctionArguments::Subquery(query) = &function.args {
            return (name == "array").then(|| self.array_subquery(scope, query, span));
        }
        if matches!(function.args, FunctionArguments::None) {
            return self.keyword_value(scope, name, span);
        }
        let list = argument_list(function)?;
        let constructs = self.facts.calls.constructs;
        let (_, construct) = constructs.iter().find(|(own, _)| *own == name)?;
        if matches!(construct, Construct::Row) {
            return self.row_with_columns(scope, &list.args, span);
        }
        let args: Vec<&Expr> = list
            .args
            .iter()
            .map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect::<Option<_>>()?;
        Some(match (construct, args.as_slice()) {
            (Construct::Coalesce(fewest), [_, ..]) if args.len() >= *fewest => {
                self.coalesce(scope, "coalesce", &args, span)
            }
            (Construct::IfNull, [_, _]) => self.coalesce(scope, "ifnull", &args, span),
            (Construct::NullIf, [left, right]) => self.nullif(scope, left, right, span),
            (Construct::Extreme, [_, ..]) => self.extreme(scope, name, &args, span),
            (Construct::If, [condition, yes, rest @ ..]) if rest.len() == 1 => {
                self.iif(scope, condition, yes, rest, span)
            }
            (Construct::IfChain, [condition, yes, rest @ ..]) => self.iif(scope, condition, yes, rest, span),
            (Construct::IsNull, [value]) => {
                let term = self.expr(scope, value);
                let truth = Truth { no: term.not_null.clone(), ..Truth::default() };
                self.boolean(NullIf::Never, span).made_of([&term]).with_truth(truth)
            }
            (Construct::MergeAction, []) => self.merge_action(scope, span),
            (Construct::Grouping, [_, ..]) => {
                for arg in &args {
                    self.expr(scope, arg);
                }
                Term::new(Type::base("int4"), NullIf::Never, span)
            }
            (Construct::UnitFirst, [Expr::Identifier(unit), first, second]) => {
                let unit = Term::new(resolve::string_type(self.catalog), NullIf::Never, span)
                    .with_form(Form::Literal(unit.value.to_lowercase().into()));
                let args = vec![unit, self.expr(scope, first), self.expr(scope, second)];
                self.special(scope, name, args, span)
            }
            (Construct::InsertedValue, [column]) => {
                let mut term = self.expr(scope, column);
                term.span = span;
                term.form = Form::Other;
                // It is null outside of `on duplicate key update`.
                term.null = NullIf::because("`values()` may be null");
                term.not_null = Vec::new();
                term
            }
            _ => return None,
        })
    }

    /// `greatest(…)` and `least(…)`, which are null only if every argument is.
    fn extreme(&mut self, scope: &Scope<'_>, name: &str, args: &[&Expr], span: Span) -> Term {
        let mut terms: Vec<Term> = args.iter().map(|arg| self.expr(scope, arg)).collect();
        let ty = self.common(if name == "greatest" { "greatest" } else { "least" }, &mut terms);
        Term::new(ty, NullIf::all(terms.iter().map(|term| term.null.clone())), span).made_of(&terms)
    }

    pub(super) fn coalesce(
        &mut self,
        scope: &Scope<'_>,
        what: &'static str,
        args: &[&Expr],
        span: Span,
    ) -> Term {
        let mut terms: Vec<Term> = args.iter().map(|arg| self.expr(scope, arg)).collect();
        if let [first @ .., _] = &terms[..] {
            for term in first {
                self.null_is_meant(term);
            }
        }
        let ty = self.common(what, &mut terms);
        let mut term = Term::new(ty, NullIf::all(terms.iter().map(|term| term.null.clone())), span)
            .made_of(&terms)
            .one_of(&terms);
        if let Some((first, rest)) = terms.split_first() {
            term.not_null =
                rest.iter().fold(first.not_null.clone(), |all, term| intersection(&all, &term.not_null));
        }
        term
    }

    fn nullif(&mut self, scope: &Scope<'_>, left: &Expr, right: &Expr, span: Span) -> Term {
        let mut left = self.expr(scope, left);
        let right = self.expr(scope, right);
        self.look_again([&mut left]);
        let taken = resolve::operator(self.catalog, "=", Some(&left.ty), &right.ty).ok();
        let right_unclear = right.is_unclear();
        let compared = self.operator("=", Some(left.clone()), right, span);
        let ty = match (&left.ty, taken.and_then(|taken| taken.operands.into_iter().next().flatten())) {
            // The type depends on the other operand, which is unknown: `nullif(1, 2.5)` is numeric.
            _ if self.facts.values.places_agree_on_params && right_unclear => Operand::Unclear,
            (Operand::Untyped, None) if right_unclear => Operand::Unclear,
            // MySQL keeps a null without a type.
            (own, _) if self.facts.values.literals_adapt && left.form == Form::Null => own.clone(),
            (_, Some(ty)) if self.facts.values.places_agree_on_params => Operand::Known(ty),
            // It has the type with which it is sent.
            (Operand::Untyped, Some(ty)) => {
                let both = [Operand::Untyped, Operand::Known(ty.clone())];
                let sent = resolve::common_type(self.catalog, &both).ok().flatten();
                Operand::Known(sent.unwrap_or(ty))
            }
            (own, _) => own.clone(),
        };
        let term = Term::new(ty, NullIf::because("`nullif` returns null if both are equal"), span)
            .made_of([&left, &compared])
            .strict_in([&left]);
        match left.form {
            Form::Bytes | Form::Uuid => term.with_form(left.form),
            _ => term,
        }
    }

    /// `rest` is the rest of the arguments: nothing, a default value, or further conditions with their values.
    fn iif(&mut self, scope: &Scope<'_>, condition: &Expr, yes: &Expr, rest: &[&Expr], span: Span) -> Term {
        let condition = self.truth(scope, condition, "`if`");
        let mut terms = vec![self.expr(scope, yes)];
        terms[0].null = terms[0].null.clone().given(&scope.close(condition.if_true()));
        let missing = rest.is_empty().then(|| {
            NullIf::because("it is possible that no condition of `iif` holds, and there is no default")
        });
        let no = match rest {
            [] => None,
            [no] => Some(self.expr(scope, no)),
            [condition, yes, rest @ ..] => Some(self.iif(scope, condition, yes, rest, span)),
        };
        if let Some(mut term) = no {
            if condition.null.is_never() {
                term.null = term.null.given(&scope.close(condition.if_false()));
            }
            terms.push(term);
        }
        let ty = self.common("if", &mut terms);
        let null = NullIf::any(terms.iter().map(|term| term.null.clone()).chain(missing));
        Term::new(ty, null, span).made_of(terms.iter().chain([&condition])).one_of(&terms)
    }

    pub(crate) fn ordinary(
        &mut self,
        scope: &Scope<'_>,
        schema: Option<&str>,
        name: &str,
        function: &Function,
        span: Span,
    ) -> Term {
        // This only matters for MySQL's `having`.
        let aggregates = self.facts.select.having_sees_selected
            && function.over.is_none()
            && builtin::is_aggregate(self.dialect, name);
        let (mut args, facts) = self.gather(|infer| match aggregates {
            true => scope.in_aggregate(|| infer.arguments(scope, function)),
            false => infer.arguments(scope, function),
        });
        self.look_again(args.terms.iter_mut().chain(&mut args.order));
        let called = self.facts.calls.internal_name(name);
        if let (true, Some(value)) = (called != name, args.terms.last_mut()) {
            self.take(value, Some(&Type::base("text")));
        }
        let Some(resolved) = self.call(schema, called, &args, self.span(&function.name)) else {
            self.level.add(facts);
            self.outside_of_call(scope, function);
            return Term::unclear(span).made_of(&args.terms);
        };
        // A call with parameters that are not typed yet. The context may still determine their type.
        let one_of = self.facts.calls.scalar_extremes && matches!(called, "min" | "max");
        let untyped = (one_of && !args.terms.is_empty() && args.terms.iter().all(Term::is_untyped))
            .then(|| Term::new(Operand::Untyped, NullIf::Never, span).made_of(&args.terms).form);
        self.take_arguments(&mut args, &resolved, !function.within_group.is_empty());
        let call = Resolution { name, function, resolved: &resolved, args: &args, span };
        let term = self.resolved(scope, &call, facts);
        match untyped {
            Some(form) => Term { ty: Operand::Untyped, form, ..term },
            None => term,
        }
    }

    /// A call of a known function.
    fn resolved(&mut self, scope: &Scope<'_>, call: &Resolution<'_>, facts: LevelFacts) -> Term {
        let Resolution { name, function, resolved, args, span } = *call;
        self.check_call_clauses(name, function, resolved.kind, span);
        if let (Kind::Aggregate, None) = (resolved.kind, &function.over) {
            return self.aggregate(scope, call, facts);
        }
        self.level.add(facts);
        match (resolved.kind, &function.over) {
            (Kind::Plain, None) => self.plain(scope, name, function, resolved, args, span),
            (Kind::Plain, Some(_)) => {
                self.report(diagnostics::no_window_function(name, span));
                Term::unclear(span)
            }
            (Kind::Procedure, _) => {
                self.report(diagnostics::procedure(name, span));
                Term::unclear(span)
            }
            (Kind::Window, None) => {
                self.report(diagnostics::window_without_over(name, span));
                Term::unclear(span)
            }
            (_, Some(over)) => self.windowed(scope, name, resolved, args, function, over, span),
            (Kind::Aggregate, None) => Term::unclear(span),
        }
    }

    /// The function that the server chooses for these arguments.
    pub(crate) fn call(
        &mut self,
        schema: Option<&str>,
        name: &str,
        args: &Args,
        span: Span,
    ) -> Option<Resolved> {
        let names: Vec<Option<&str>> = match args.names.iter().any(Option::is_some) {
            true => args.names.iter().map(Option::as_deref).collect(),
            false => Vec::new(),
        };
        let ordered = if args.within { args.order.as_slice() } else { &[] };
        let types = operands(args.terms.iter().chain(ordered));
        let constant = matches!(&args.terms[..], [one] if matches!(one.form, Form::Literal(_) | Form::Null));
        let (variadic, star) = (args.variadic, args.star);
        let call = Call { schema, name, args: &types, names: &names, variadic, star, constant };
        let mut resolved = self.resolve_call(&call, span)?;
        if traits(self.dialect, name).has("subseconds") {
            resolved.ty = seconds(&args.terms);
        }
        Some(resolved)
    }

    fn take_arguments(&mut self, args: &mut Args, resolved: &Resolved, within: bool) {
        let direct = args.terms.len();
        self.take_all(&mut args.terms, &resolved.operands);
        if within {
            let rest = resolved.operands.get(direct..).unwrap_or_default().to_vec();
            self.take_all(&mut args.order, &rest);
        }
    }

    fn plain(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        function: &Function,
        resolved: &Resolved,
        args: &Args,
        span: Span,
    ) -> Term {
        if let Some(filter) = &function.filter {
            self.report(diagnostics::no_aggregate(name, "filter", self.span(&**filter)));
        }
        let mut term = self.called(name, resolved, &args.terms, span);
        if args.variadic && !resolved.set {
            // This applies even to a function that is otherwise never null, if the array is null.
            let array = args.terms.last().map(|term| term.null.clone());
            term.null = NullIf::any([term.null].into_iter().chain(array));
        }
        if resolved.set {
            scope.expands.set(true);
            term.steady = false;
            // A set may have fewer rows than another one beside it, and an array can contain nulls.
            term.null = NullIf::because(format!("an element of `{name}` may be null"));
            term.not_null = Vec::new();
        }
        if resolved.ty == Some(Type::base("void")) {
            term.null = NullIf::maybe();
        }
        term
    }

    /// The arguments of a call, `order by` and `within group` included.
    pub(crate) fn arguments(&mut self, scope: &Scope<'_>, function: &Function) -> Args {
        let mut args = Args::default();
        if let Some(list) = argument_list(function) {
            self.argument_list(scope, &list.args, &mut args);
            for clause in &list.clauses {
                self.argument_clause(scope, clause, &mut args);
            }
        }
        args.within = !function.within_group.is_empty();
        for order in &function.within_group {
            let term = self.expr(scope, &order.expr);
            args.order.push(term);
        }
        args
    }

    pub(crate) fn argument_list(&mut self, scope: &Scope<'_>, list: &[FunctionArg], args: &mut Args) {
        for arg in list {
            let mut variadic = false;
            let (name, value) = match arg {
                FunctionArg::ExprNamed { name: Expr::Identifier(name), arg, .. }
                    if matches!(self.text.sugar(name), Some(Sugar::Variadic)) =>
                {
                    variadic = true;
                    (None, arg)
                }
                FunctionArg::Named { name, arg, .. } => (Some(fold(self.dialect, name)), arg),
                // `f(name => value)` is also parsed like this.
                FunctionArg::ExprNamed { name: Expr::Identifier(name), arg, operator }
                    if !matches!(operator, FunctionArgOperator::Colon | FunctionArgOperator::Value) =>
                {
                    (Some(fold(self.dialect, name)), arg)
                }
                FunctionArg::ExprNamed { name, arg, .. } => {
                    // `json_object('key': value)`: keys are arguments.
                    let key = self.expr(scope, name);
                    args.terms.push(key);
                    args.names.push(None);
                    (None, arg)
                }
                // `f(name := value)` is parsed as an expression.
                FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::BinaryOp {
                    left,
                    op: BinaryOperator::Assignment,
                    right,
                })) if matches!(**left, Expr::Identifier(_)) => {
                    let Expr::Identifier(name) = &**left else { continue };
                    let term = self.expr(scope, right);
                    args.terms.push(term);
                    args.names.push(Some(fold(self.dialect, name)));
                    continue;
                }
                FunctionArg::Unnamed(arg) => (None, arg),
            };
            match value {
                FunctionArgExpr::Expr(expr) => {
                    let term = self.expr(scope, expr);
                    args.terms.push(term);
                    args.variadic |= variadic;
                    args.names.push(name);
                }
                FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => args.star = true,
                FunctionArgExpr::QualifiedWildcard(table) => {
                    let term = self.qualified_row(scope, table);
                    args.terms.push(term);
                    args.names.push(name);
                }
            }
        }
    }

    /// `row(a, t.*)`.
    fn row_with_columns(&mut self, scope: &Scope<'_>, args: &[FunctionArg], span: Span) -> Option<Term> {
        let mut terms = Vec::with_capacity(args.len());
        for arg in args {
            terms.push(match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.expr(scope, expr),
                FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(table)) => {
                    self.qualified_row(scope, table)
                }
                _ => return None,
            });
        }
        Some(self.row_of(terms, span))
    }

    fn qualified_row(&mut self, scope: &Scope<'_>, table: &ObjectName) -> Term {
        let span = self.span(table);
        let (schema, name) = self.function_name(table);
        match scope.table(self.dialect, schema.as_deref(), &name) {
            Some((table, true)) => super::columns::whole_row(table, span),
            _ => {
                self.report(diagnostics::unknown_alias(
                    &name,
                    &scope.table_names(),
                    scope.alias_of(self.dialect, &name),
                    span,
                ));
                Term::unclear(span)
            }
        }
    }

    fn argument_clause(&mut self, scope: &Scope<'_>, clause: &FunctionArgumentClause, args: &mut Args) {
        match clause {
            FunctionArgumentClause::OrderBy(order) => self.order_terms(scope, order, args),
            FunctionArgumentClause::Where(expr) => {
                self.truth(scope, expr, "`where`");
            }
            FunctionArgumentClause::Limit(expr) => {
                self.expr(scope, expr);
            }
            _ => {}
        }
    }

    fn order_terms(&mut self, scope: &Scope<'_>, order: &[OrderByExpr], args: &mut Args) {
        for item in order {
            let mut term = self.expr(scope, &item.expr);
            self.as_text(&mut term);
            args.order.push(term);
        }
    }

    /// The rest of an unresolved call. Its parts are analyzed for further mistakes.
    fn outside_of_call(&mut self, scope: &Scope<'_>, function: &Function) {
        if let Some(filter) = &function.filter {
            self.truth(scope, filter, "`filter`");
        }
        if let Some(over) = &function.over {
            self.over(scope, over);
        }
    }

    /// A call of an aggregate over the rows or groups of a level.
    fn aggregate(&mut self, scope: &Scope<'_>, call: &Resolution<'_>, mut facts: LevelFacts) -> Term {
        let Resolution { name, function, resolved, args, span } = *call;
        let clause = scope.clause.get();
        let (filter, of_filter) = self
            .gather(|infer| function.filter.as_ref().map(|filter| infer.truth(scope, filter, "`filter`")));
        facts.add(of_filter);
        let filtered = filter.is_some();
        // The columns in it determine the level that the aggregate belongs to.
        let parts = args.terms.iter().chain(&args.order).chain(&filter);
        let tables: Vec<u32> = parts.flat_map(|term| term.tables.iter().copied()).collect();
        let here = scope.aggregates(&tables);
        if matches!(clause, Clause::Select | Clause::Having | Clause::OrderBy | Clause::Window) {
            if !facts.aggregates.is_empty() && here {
                self.report(diagnostics::nested_aggregate(name, span));
            }
        } else if here {
            self.level.add(facts);
            self.report(diagnostics::misplaced_aggregate(name, clause.name(), span));
            return Term::unclear(span);
        }
        let around = self.misplaced_around(scope, &tables);
        if let (Some(clause), false) = (around, !self.facts.select.outer_aggregates_checked) {
            self.level.add(facts);
            self.report(diagnostics::misplaced_aggregate(name, clause.name(), span));
            return Term::unclear(span);
        }
        self.level.unsure |= self.may_be_of_another_level(scope, &tables, &facts);
        self.level.add(LevelFacts { aggregates: Vec::new(), ..facts.without_columns() });
        // In MySQL, an aggregate that isn't allowed in the level of its columns belongs to this level.
        self.level.aggregates.push((span, if around.is_some() { Vec::new() } else { tables }));
        let ty = self.kept_type(name, resolved, &args.terms);
        let parts = args.terms.iter().chain(&args.order).chain(&filter);
        let mut term = Term::new(ty, NullIf::Never, span)
            .made_of(parts)
            .given_by(traits(self.dialect, name), &args.terms);
        term.steady = false;
        term.digits = self.digits_of_call(name, &args.terms);
        term.null = self.aggregate_null(name, resolved, &args.terms, &args.order, filtered, scope.rows);
        term
    }

    /// Whether the server may assign an aggregate to another level than that of its columns, `tables`. MariaDB ignores
    /// the aggregates of a subquery in its argument, and assigns some aggregates of outer levels to the inner one.
    /// SQLite ignores expressions that it folds, and may ignore the order of another query. A name can belong to either
    /// level if the columns of a table are unknown.
    fn may_be_of_another_level(&self, scope: &Scope<'_>, tables: &[u32], facts: &LevelFacts) -> bool {
        let around = tables.iter().any(|table| !scope.owns(*table));
        let own = scope.aggregates(tables);
        let by_dialect = match self.facts.select.aggregate_level {
            AggregateLevel::Arguments => false,
            AggregateLevel::UnfoldedArguments => around && (facts.folded || self.sorts_around(scope, tables)),
            AggregateLevel::OwnArguments => !own || around && facts.subqueries,
        };
        by_dialect || facts.unclear
    }

    /// Whether it is in the `order by` of an outer level whose columns it uses.
    fn sorts_around(&self, scope: &Scope<'_>, tables: &[u32]) -> bool {
        scope.levels().skip(1).any(|level| {
            level.clause.get() == Clause::OrderBy && tables.iter().any(|table| level.owns(*table))
        })
    }

    /// The clause of the outer level that contains an aggregate of that level, if aggregates are not allowed there.
    /// `tables` are the tables of its columns.
    fn misplaced_around(&self, scope: &Scope<'_>, tables: &[u32]) -> Option<Clause> {
        let level = scope.levels().find(|level| tables.iter().any(|table| level.owns(*table)))?;
        let clause = level.clause.get();
        (!std::ptr::eq(level, scope)
            && !matches!(clause, Clause::Select | Clause::Having | Clause::OrderBy | Clause::Window))
        .then_some(clause)
    }
}

/// A call, and the function that it calls.
struct Resolution<'c> {
    name: &'c str,
    function: &'c Function,
    resolved: &'c Resolved,
    args: &'c Args,
    span: Span,
}

/// The list in the parentheses.
pub(crate) fn argument_list(function: &Function) -> Option<&FunctionArgumentList> {
    match &function.args {
        FunctionArguments::List(list) => Some(list),
        _ => None,
    }
}

/// The type of SQLite's `unixepoch`: whole seconds, unless the modifier `subsec` is given.
fn seconds(args: &[Term]) -> Option<Type> {
    let literal = |term: &Term| match &term.form {
        Form::Literal(text) => Some(text.to_ascii_lowercase().starts_with("subsec")),
        _ => None,
    };
    let modifiers: Option<Vec<bool>> = args.iter().skip(1).map(literal).collect();
    let fraction = args.first().and_then(literal) == Some(true) || modifiers?.contains(&true);
    Some(Type::base(if fraction { "real" } else { "integer" }))
}
