//! Expressions, with a file for each family.

use aio_databases_sql::Span;
use sqlparser::ast::Expr;

use super::{
    Infer,
    cross_join::is_and,
    scope::{Clause, Scope},
    term::{Form, NullIf, Term},
};
use crate::{
    Type, diagnostics,
    resolve::{self, CastContext, Operand},
};

mod arrays;
mod call_checks;
mod case;
mod casts;
mod columns;
mod folded;
pub(super) mod functions;
pub(super) mod literals;
pub(super) mod operators;
pub(super) mod precision;
mod predicates;
mod special;
pub(super) mod subqueries;
pub(super) mod windows;

impl Infer<'_> {
    /// Analyzes an expression.
    pub(crate) fn expr(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        // Expressions that the level is grouped by can be used unchanged.
        let grouped = !scope.grouped.is_empty()
            && !is_leaf(expr)
            && scope.grouped.contains(&super::grouping::spelling(expr));
        let read = |infer: &mut Self| infer.deeper(Span::default(), |infer| infer.dispatch(scope, expr));
        let answer = if grouped { self.ungrouped(read) } else { read(self) };
        let mut term = answer.unwrap_or_else(|| Term::unclear(self.span(expr)));
        if term.span == Span::default() {
            term.span = self.span(expr);
        }
        term
    }

    fn dispatch(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        match expr {
            foreign if self.is_foreign(foreign) => Term::unclear(self.span(foreign)),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column(scope, expr),
            Expr::CompoundFieldAccess { root, access_chain } => self.access_chain(scope, root, access_chain),
            Expr::Value(value) => self.value(value),
            Expr::TypedString(typed) => self.typed_string(typed),
            Expr::Interval(interval) => self.interval(scope, interval),
            Expr::Prefixed { prefix, value } => {
                let mut term = self.expr(scope, value);
                if prefix.value.eq_ignore_ascii_case("_binary") {
                    (term.ty, term.form) = (Operand::Known(Type::base("varbinary")), Form::Bytes);
                }
                term
            }
            Expr::Nested(inner) => {
                let mut term = self.expr(scope, inner);
                term.span = self.text.with_parentheses(term.span);
                term
            }
            Expr::Collate { expr, .. } => self.collate(scope, expr),
            Expr::BinaryOp { .. } => self.binary(scope, expr),
            Expr::UnaryOp { op, expr: inner } => self.unary(scope, *op, inner, expr),
            Expr::Like { negated, any: true, expr, pattern, .. } => {
                self.quantified(scope, expr, if *negated { "!~~" } else { "~~" }, pattern, true)
            }
            Expr::ILike { negated, any: true, expr, pattern, .. } => {
                self.quantified(scope, expr, if *negated { "!~~*" } else { "~~*" }, pattern, true)
            }
            Expr::Like { negated, expr, pattern, escape_char, .. } => {
                self.like(scope, if *negated { "!~~" } else { "~~" }, expr, pattern, escape_char.as_deref())
            }
            Expr::ILike { negated, expr, pattern, escape_char, .. } => {
                self.like(scope, if *negated { "!~~*" } else { "~~*" }, expr, pattern, escape_char.as_deref())
            }
            Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                self.like(scope, if *negated { "!~" } else { "~" }, expr, pattern, escape_char.as_deref())
            }
            Expr::RLike { expr, pattern, .. } => self.like(scope, "regexp", expr, pattern, None),
            Expr::AnyOp { left, compare_op, right, .. } | Expr::AllOp { left, compare_op, right } => self
                .quantified(
                    scope,
                    left,
                    &operators::operator_name(compare_op),
                    right,
                    matches!(expr, Expr::AnyOp { .. }),
                ),
            Expr::Between { expr, negated, low, high } => self.between(scope, expr, *negated, low, high),
            Expr::In { expr, target, negated, .. } => self.is_in(scope, expr, target, *negated),
            Expr::Exists { subquery, .. } => self.exists(scope, subquery),
            Expr::Subquery(query) => self.scalar_subquery(scope, query),
            Expr::IsNull(inner) => self.is_null(scope, inner, false),
            Expr::IsNotNull(inner) => self.is_null(scope, inner, true),
            Expr::IsUnknown(inner) => self.is_unknown(scope, inner, false),
            Expr::IsNotUnknown(inner) => self.is_unknown(scope, inner, true),
            Expr::IsTrue(inner) => self.is_truth(scope, inner, true, false),
            Expr::IsNotTrue(inner) => self.is_truth(scope, inner, true, true),
            Expr::IsFalse(inner) => self.is_truth(scope, inner, false, false),
            Expr::IsNotFalse(inner) => self.is_truth(scope, inner, false, true),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.is_distinct(scope, left, right)
            }
            Expr::IsJson { expr, .. } => self.is_json(scope, expr),
            Expr::IsNormalized { expr, .. } => {
                let term = self.expr_as(scope, expr, "text");
                self.boolean(term.null.clone(), term.span).made_of([&term])
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(scope, operand.as_deref(), conditions, else_result.as_deref(), self.span(expr))
            }
            Expr::Cast { kind: _, expr: inner, data_type, .. } => self.cast(scope, inner, data_type, expr),
            Expr::Convert { expr: inner, data_type, .. } => {
                self.convert(scope, inner, data_type.as_ref(), expr)
            }
            Expr::Function(function) => self.function(scope, function),
            Expr::AtTimeZone { timestamp, time_zone } => self.at_time_zone(scope, timestamp, time_zone),
            Expr::Extract { field, expr, .. } => self.extract(scope, field, expr),
            Expr::Ceil { expr, .. } => self.named(scope, "ceil", &[expr]),
            Expr::Floor { expr, .. } => self.named(scope, "floor", &[expr]),
            Expr::Position { expr, r#in } => self.named(scope, "position", &[r#in, expr]),
            Expr::Substring { expr, substring_from, substring_for, shorthand, .. } => {
                let (from, length) = (substring_from.as_deref(), substring_for.as_deref());
                self.substring(scope, expr, from, length, *shorthand)
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                self.trim(scope, *trim_where, trim_what.as_deref(), expr, trim_characters.as_deref())
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let mut args: Vec<&Expr> = vec![expr, overlay_what, overlay_from];
                args.extend(overlay_for.as_deref());
                self.named(scope, "overlay", &args)
            }
            Expr::Array(array) => {
                self.array_word(array, expr);
                self.array(scope, &array.elem, self.span(expr))
            }
            Expr::Tuple(items) => self.row(scope, items, self.span(expr)),
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
                for item in sets.iter().flatten() {
                    self.expr(scope, item);
                }
                Term::unclear(self.span(expr))
            }
            Expr::MatchAgainst { match_value, .. } => {
                self.match_against(scope, &Expr::Value(match_value.clone()))
            }
            Expr::MemberOf(member) => {
                let value = self.expr(scope, &member.value);
                let array = self.expr(scope, &member.array);
                self.boolean(NullIf::maybe(), value.span).made_of([&value, &array])
            }
            Expr::Named { expr, .. } => self.expr(scope, expr),
            _ => self.unsupported(expr),
        }
    }

    /// An unsupported expression, whose type is unknown.
    fn unsupported(&mut self, expr: &Expr) -> Term {
        let span = self.span(expr);
        self.report(diagnostics::unsupported(&expr.to_string(), span));
        Term::unclear(span)
    }

    /// A boolean of the dialect.
    pub(crate) fn boolean(&self, null: NullIf, span: Span) -> Term {
        Term::new(resolve::bool_type(self.catalog), null, span)
    }

    /// An expression in a place with a built-in type, which untyped parameters and literals adopt.
    pub(crate) fn expr_as(&mut self, scope: &Scope<'_>, expr: &Expr, ty: &'static str) -> Term {
        let mut term = self.expr(scope, expr);
        self.take(&mut term, Some(&Type::base(ty)));
        term
    }

    /// A clause that must be a boolean expression.
    pub(crate) fn condition(&mut self, scope: &Scope<'_>, expr: &Expr, clause: Clause) -> Term {
        let outer = scope.clause.replace(clause);
        let before = self.level.named.len();
        let term = self.truth(scope, expr, clause.name());
        if !is_and(expr) {
            self.relate(scope, before..self.level.named.len());
        }
        scope.clause.set(outer);
        term
    }

    /// An expression that must be boolean.
    pub(crate) fn truth(&mut self, scope: &Scope<'_>, expr: &Expr, place: &str) -> Term {
        let mut term = self.expr(scope, expr);
        self.as_truth(&mut term, place);
        term
    }

    pub(crate) fn as_truth(&mut self, term: &mut Term, place: &str) {
        let wanted = resolve::bool_type(self.catalog);
        self.take(term, Some(&wanted));
        if let Some(ty) = term.known()
            && self.facts.values.conditions_are_boolean
            && !resolve::can_cast(self.catalog, ty, &wanted, CastContext::Implicit)
        {
            self.report(diagnostics::not_a_condition(place, ty, term.span));
        }
    }

    /// Updates a term after its parameter's type was determined elsewhere.
    pub(crate) fn again(&self, term: &Term) -> Term {
        let mut term = term.clone();
        if !term.is_untyped() {
            return term;
        }
        match &term.form {
            Form::Param(index) => {
                if let Some(ty) = self.sent(*index) {
                    term.ty = Operand::Known(ty);
                }
            }
            // Some of them may have one type, and others another.
            Form::Params(indices) | Form::Negated(indices)
                if !self.facts.values.places_agree_on_params
                    && indices.iter().any(|index| self.params[*index].ty.is_some()) =>
            {
                term.ty = self.final_type(&term).map_or(Operand::Unclear, Operand::Known);
            }
            _ => {}
        }
        term
    }

    /// Updates parameters before a common type is determined, because their types may have been determined since. In
    /// PostgreSQL, each place determines the type by itself, and must agree with the first place.
    pub(crate) fn look_again<'t>(&self, terms: impl IntoIterator<Item = &'t mut Term>) {
        if !self.facts.values.places_agree_on_params {
            terms.into_iter().for_each(|term| *term = self.again(term));
        }
    }
}

fn is_leaf(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_))
}

/// The span from the first to the last of several terms.
pub(crate) fn joined<'t>(terms: impl IntoIterator<Item = &'t Term>) -> Span {
    terms
        .into_iter()
        .map(|term| term.span)
        .filter(|span| *span != Span::default())
        .reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end)))
        .unwrap_or_default()
}
