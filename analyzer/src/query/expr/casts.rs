//! Casts.

use aio_databases_sql::Span;
use sqlparser::ast::{ArrayElemTypeDef, DataType, Expr, Spanned};

use super::super::{
    Infer,
    scope::Scope,
    term::{Form, NullIf, Term},
};
use crate::{
    Type, diagnostics,
    dialect::Collate,
    resolve::{self, CastContext, Nulls},
    syntax::{self, Sugar},
};

impl Infer<'_> {
    pub(super) fn cast(&mut self, scope: &Scope<'_>, inner: &Expr, name: &DataType, whole: &Expr) -> Term {
        let mut term = self.cast_operand(scope, inner, name);
        let span = self.cast_span(whole, term.span);
        if let (
            false,
            DataType::Text
            | DataType::TinyText
            | DataType::MediumText
            | DataType::LongText
            | DataType::Blob(_)
            | DataType::TinyBlob
            | DataType::MediumBlob
            | DataType::LongBlob,
        ) = (self.facts.values.casts_to_every_text, name)
        {
            self.report(diagnostics::no_cast_to_text(&name.to_string().to_lowercase(), span));
            return Term::unclear(span).made_of([&term]);
        }
        let Some(ty) = self.type_named(name, span) else { return Term::unclear(span).made_of([&term]) };
        if term.is_untyped() {
            self.take(&mut term, Some(&ty));
            if matches!(term.form, Form::Params(_) | Form::Negated(_))
                && self.facts.values.failed_cast_is_null
            {
                // `-$1` is a number and can't be a date.
                term.null = NullIf::maybe();
            }
        } else if let Some(from) = term.known()
            && !resolve::can_cast(self.catalog, from, &ty, CastContext::Explicit)
        {
            self.report(diagnostics::wrong_cast(from, &ty, span));
        }
        let null = after(resolve::cast_nulls(self.catalog, &term.ty, &ty), &term, &ty);
        Term::new(ty, null, span).made_of([&term]).strict_in([&term])
    }

    /// The type with a name. Reports a diagnostic if there is none.
    pub(crate) fn type_named(&mut self, name: &DataType, span: Span) -> Option<Type> {
        let found = resolve::cast_type_by_name(self.catalog, name);
        if found.is_none() {
            let place = self.type_span(name).unwrap_or(span);
            self.report(diagnostics::unknown_type(&name.to_string(), self.catalog, place));
        }
        found
    }

    /// `array[…]::int4[]` gives the elements their type.
    fn cast_operand(&mut self, scope: &Scope<'_>, inner: &Expr, name: &DataType) -> Term {
        let mut inner = inner;
        while let Expr::Nested(within) = inner {
            inner = within;
        }
        if let Expr::Array(array) = inner
            && let Some(Type::Array(element)) = resolve::cast_type_by_name(self.catalog, name)
        {
            self.array_word(array, inner);
            return self.array_of(scope, &array.elem, &element, self.span(inner));
        }
        self.expr(scope, inner)
    }

    /// The place of a cast, which is not in the syntax tree. It reaches from its operand to the end of the type's text.
    fn cast_span(&self, whole: &Expr, inner: Span) -> Span {
        match whole {
            Expr::Cast { .. } => inner,
            _ => self.span(whole),
        }
    }

    /// The place of a type that is not part of the grammar.
    fn type_span(&self, name: &DataType) -> Option<Span> {
        match name {
            DataType::Custom(name, _) => syntax::span(name.span()),
            DataType::Array(
                ArrayElemTypeDef::SquareBracket(element, _)
                | ArrayElemTypeDef::AngleBracket(element)
                | ArrayElemTypeDef::Parenthesis(element),
            ) => self.type_span(element),
            _ => None,
        }
    }

    /// `convert(x, type)` and `convert(x using charset)`.
    pub(super) fn convert(
        &mut self,
        scope: &Scope<'_>,
        inner: &Expr,
        name: Option<&DataType>,
        whole: &Expr,
    ) -> Term {
        match name {
            Some(name) => self.cast(scope, inner, name, whole),
            None => {
                let term = self.expr_as(scope, inner, "varchar");
                let text = term
                    .known()
                    .and_then(Type::name)
                    .is_some_and(|name| name.contains("char") || name.contains("text"));
                // Bytes may not be valid in that character set.
                let null = if text { term.null.clone() } else { NullIf::maybe() };
                Term::new(Type::base("varchar"), null, term.span).made_of([&term])
            }
        }
    }

    pub(super) fn collate(&mut self, scope: &Scope<'_>, inner: &Expr) -> Term {
        let mut term = match self.facts.calls.collate {
            Collate::Unchanged => self.expr(scope, inner),
            Collate::TextIfUntyped | Collate::Text => self.expr_as(scope, inner, self.facts.values.text),
        };
        if term.is_untyped() {
            return term;
        }
        if self.facts.calls.collate == Collate::Text
            && let Some(name) = term.known().and_then(Type::name)
            && !name.contains("char")
            && !name.contains("text")
        {
            term.ty =
                resolve::Operand::Known(Type::base(if name == "json" { "longtext" } else { "varchar" }));
        }
        // With another collation, equality differs from that of the column's keys.
        term.form = super::super::term::Form::Other;
        term
    }

    pub(super) fn at_time_zone(&mut self, scope: &Scope<'_>, time: &Expr, zone: &Expr) -> Term {
        let time = self.expr(scope, time);
        if let Expr::Identifier(local) = zone
            && matches!(self.text.sugar(local), Some(Sugar::Local))
        {
            let span = time.span;
            self.needs(17, "`at local`", span);
            if self.catalog.release.is_some_and(|release| release < 17) {
                return Term::unclear(span).made_of([&time]);
            }
            return self.special(scope, "timezone", vec![time], span);
        }
        let zone = self.expr(scope, zone);
        let span = super::joined([&time, &zone]);
        self.special(scope, "timezone", vec![zone, time], span)
    }
}

/// When a cast of `term` is null.
pub(super) fn after(nulls: Nulls, term: &Term, ty: &Type) -> NullIf {
    match nulls {
        Nulls::Never => NullIf::Never,
        Nulls::Strict => term.null.clone(),
        Nulls::Maybe => NullIf::because(format!("a value that is not a valid `{ty}` becomes null")),
    }
}
