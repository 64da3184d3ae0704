//! Window functions, and when aggregates are null.

use aio_databases_sql::Span;
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, Ident, NamedWindowExpr, Value, WindowFrame,
    WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use super::{
    super::{
        Infer,
        scope::{Clause, Scope, fold},
        term::{NullIf, Reason, Term},
    },
    functions::{Args, argument_list},
};
use crate::{
    Type,
    data::traits::{Group, Traits, Window, traits},
    diagnostics,
    resolve::{Kind, Nulls, Resolved},
    syntax,
};

impl Infer<'_> {
    /// `f(…) over (…)`
    #[allow(clippy::too_many_arguments)]
    pub(super) fn windowed(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        resolved: &Resolved,
        args: &Args,
        function: &Function,
        over: &WindowType,
        span: Span,
    ) -> Term {
        let clause = scope.clause.get();
        if !matches!(clause, Clause::Select | Clause::OrderBy | Clause::Returning | Clause::MergeReturning) {
            self.report(diagnostics::misplaced_window(name, clause.name(), span));
        }
        let filtered = function.filter.is_some();
        if let Some(filter) = &function.filter {
            self.truth(scope, filter, "`filter`");
        }
        let whole = self.over(scope, over);
        scope.windowed.set(true);
        self.level.windows = true;
        let traits = traits(self.dialect, name);
        let ty = self.kept_type(name, resolved, &args.terms);
        let mut term = Term::new(ty, NullIf::Never, span).made_of(&args.terms).given_by(traits, &args.terms);
        term.steady = false;
        term.null = match (resolved.kind, resolved.nulls) {
            (_, Nulls::Never) => NullIf::Never,
            (Kind::Aggregate, _) if !whole => {
                NullIf::because(format!("`{name}` is null if its frame has no rows"))
            }
            (Kind::Aggregate, _) if filtered => {
                self.aggregate_null(name, resolved, &args.terms, &args.order, true, scope.rows)
            }
            (Kind::Aggregate, _) => self.in_group(name, resolved, &args.terms, &args.order),
            _ => window_null(name, traits, &args.terms, whole),
        };
        term
    }

    /// Analyzes a window. Returns whether its frame certainly contains the current row.
    pub(super) fn over(&mut self, scope: &Scope<'_>, over: &WindowType) -> bool {
        match over {
            WindowType::WindowSpec(spec) => match &scope.later {
                Some(later) => {
                    later.borrow_mut().push(spec.clone());
                    spec.window_name.is_none() && holds_the_row(spec.window_frame.as_ref())
                }
                None => self.window(scope, spec),
            },
            WindowType::NamedWindow(name) => match self.named_window(scope, name) {
                Some(NamedWindowExpr::WindowSpec(spec)) => holds_the_row(spec.window_frame.as_ref()),
                Some(NamedWindowExpr::NamedWindow(_)) | None => false,
            },
        }
    }

    /// The window with a name. Reports a diagnostic if there is none.
    fn named_window<'s>(&mut self, scope: &Scope<'s>, name: &Ident) -> Option<&'s NamedWindowExpr> {
        let wanted = fold(self.dialect, name);
        let found = scope.windows.iter().find(|window| fold(self.dialect, &window.0) == wanted);
        if found.is_none() {
            let place = syntax::span(name.span).unwrap_or_default();
            let names: Vec<&str> = scope.windows.iter().map(|window| window.0.value.as_str()).collect();
            self.report(diagnostics::unknown_window(&wanted, &names, place));
        }
        found.map(|window| &window.1)
    }

    pub(crate) fn window(&mut self, scope: &Scope<'_>, spec: &WindowSpec) -> bool {
        if let Some(base) = &spec.window_name {
            self.named_window(scope, base);
        }
        let outer = scope.clause.replace(Clause::Window);
        // PostgreSQL analyzes the order first.
        for expr in spec.order_by.iter().map(|order| &order.expr).chain(&spec.partition_by) {
            let mut term = self.expr(scope, expr);
            self.as_text(&mut term);
        }
        if let Some(frame) = &spec.window_frame {
            self.frame(scope, frame);
        }
        scope.clause.set(outer);
        spec.window_name.is_none() && holds_the_row(spec.window_frame.as_ref())
    }

    fn frame(&mut self, scope: &Scope<'_>, frame: &WindowFrame) {
        if frame.units == WindowFrameUnits::Groups && !self.facts.select.group_frames {
            let place = self.text.word("groups", Span::default());
            self.report(diagnostics::no_group_frames(place));
        }
        let rows = !matches!(frame.units, WindowFrameUnits::Range);
        for bound in [Some(&frame.start_bound), frame.end_bound.as_ref()].into_iter().flatten() {
            if let WindowFrameBound::Preceding(Some(offset)) | WindowFrameBound::Following(Some(offset)) =
                bound
            {
                let mut term = self.expr(scope, offset);
                if rows {
                    self.take(&mut term, Some(&Type::base(self.facts.select.frame_offset)));
                }
            }
        }
    }

    /// When an aggregate is null over a group with rows.
    fn in_group(&self, name: &str, resolved: &Resolved, args: &[Term], order: &[Term]) -> NullIf {
        if resolved.nulls == Nulls::Never {
            return NullIf::Never;
        }
        let values = match traits(self.dialect, name).group() {
            None => return NullIf::because(format!("`{name}` can return null")),
            Some(Group::Never) => return NullIf::Never,
            Some(Group::First) => args.iter().take(1).chain(&[]),
            Some(Group::All) => args.iter().take(args.len()).chain(&[]),
            Some(Group::Order) => args.iter().take(1).chain(order),
        };
        NullIf::any(values.map(|term| term.null.clone()))
    }

    /// When an aggregate of a level is null; `rows` is the number of "the level has rows".
    pub(super) fn aggregate_null(
        &self,
        name: &str,
        resolved: &Resolved,
        args: &[Term],
        order: &[Term],
        filtered: bool,
        rows: u32,
    ) -> NullIf {
        if resolved.nulls == Nulls::Never {
            return NullIf::Never;
        }
        let empty = if filtered {
            NullIf::because(format!("`{name}` is null if no row passes the filter"))
        } else {
            NullIf::NoMatch(rows, Reason::text(format!("`{name}` is null over no rows")))
        };
        NullIf::any([self.in_group(name, resolved, args, order), empty])
    }
}

/// Whether MariaDB may compute an item of a grouped level before the window function in it. `concat(rank() over ())` is
/// then null. An item isn't null if it is the function itself, or if it isn't null for any result of the function.
pub(crate) fn is_early(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_early(inner),
        Expr::IsNull(_) | Expr::IsNotNull(_) => false,
        Expr::Function(function) => {
            let name = function.name.to_string().to_lowercase();
            let settled = matches!(name.as_str(), "coalesce" | "ifnull") && has_value(function);
            function.over.is_none() && !settled
        }
        _ => true,
    }
}

/// Whether a function has an argument that is never null.
fn has_value(function: &Function) -> bool {
    let value = |arg: &FunctionArg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) => value.value != Value::Null,
        _ => false,
    };
    argument_list(function).is_some_and(|list| list.args.iter().any(value))
}

/// Whether a frame certainly contains the current row.
fn holds_the_row(frame: Option<&WindowFrame>) -> bool {
    let Some(frame) = frame else { return true };
    let before = matches!(frame.start_bound, WindowFrameBound::Preceding(_) | WindowFrameBound::CurrentRow);
    let after = match &frame.end_bound {
        None => true,
        Some(bound) => matches!(bound, WindowFrameBound::Following(_) | WindowFrameBound::CurrentRow),
    };
    before && after
}

/// When a function that is only a window function is null.
fn window_null(name: &str, traits: Traits, args: &[Term], whole: bool) -> NullIf {
    let of_args = || NullIf::any(args.iter().map(|term| term.null.clone()));
    match (traits.window(), args.len()) {
        (Some(Window::Never), _) => NullIf::Never,
        (Some(Window::Arguments), _) | (Some(Window::Default), 3) => of_args(),
        (Some(Window::Default), _) => NullIf::because(format!("`{name}` is null if there is no such row")),
        (Some(Window::Frame), _) if whole => of_args(),
        _ => NullIf::because(format!("`{name}` can return null")),
    }
}
