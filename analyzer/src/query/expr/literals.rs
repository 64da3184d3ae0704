//! Literals and parameters.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{Expr, Interval, TypedString, UnaryOperator, Value, ValueWithSpan};

use super::super::{
    Infer,
    scope::Scope,
    term::{Form, NullIf, Term},
};
use crate::{
    Type, diagnostics,
    dialect::Described,
    numbers,
    resolve::{self, Operand},
    syntax,
};

impl Infer<'_> {
    pub(super) fn value(&mut self, value: &ValueWithSpan) -> Term {
        let span = syntax::span(value.span).unwrap_or_default();
        match &value.value {
            Value::Number(text, _) => {
                let ty = resolve::number_type(self.catalog, text);
                if let Some(since) = self.facts.values.numbers_since
                    && numbers::is_new(span.of(self.text.sql()))
                {
                    self.needs(since, "numbers like this", span);
                }
                Term::new(Operand::from(ty), NullIf::Never, span)
                    .with_form(Form::Number(text.as_str().into()))
            }
            Value::Boolean(_) => self.boolean(NullIf::Never, span),
            Value::Null => {
                Term::new(Operand::Untyped, NullIf::because("it is `null`"), span).with_form(Form::Null)
            }
            Value::Placeholder(text) => match self.text.param_at(span.start) {
                Some(index) => self.param(index, span),
                None => {
                    self.report(diagnostics::not_a_parameter(text, span));
                    Term::unclear(span)
                }
            },
            Value::HexStringLiteral(_) | Value::SingleQuotedByteStringLiteral(_) => {
                self.bytes(&value.value, span)
            }
            other => match text_of(other) {
                Some(text) => Term::new(resolve::string_type(self.catalog), NullIf::Never, span)
                    .with_form(Form::Literal(text.into())),
                None => Term::unclear(span),
            },
        }
    }

    /// `x'1f'` and `b'01'`.
    fn bytes(&self, value: &Value, span: Span) -> Term {
        let hex = matches!(value, Value::HexStringLiteral(_));
        let values = &self.facts.values;
        let Some(ty) = (if hex { values.hex } else { values.bits }) else { return Term::unclear(span) };
        let form = if values.literals_adapt { Form::Bytes } else { Form::Other };
        Term::new(Type::base(ty), NullIf::Never, span).with_form(form)
    }

    /// `date '2024-01-31'`
    pub(super) fn typed_string(&mut self, typed: &TypedString) -> Term {
        let mut term = self.value(&typed.value);
        let named = resolve::cast_type_by_name(self.catalog, &typed.data_type);
        let ty = match (self.facts.values.timestamp_literal, named) {
            (Some(own), Some(ty)) if ty.name() == Some("timestamp") => Some(Type::base(own)),
            (_, ty) => ty,
        };
        match ty {
            Some(ty) if term.is_untyped() => self.take(&mut term, Some(&ty)),
            Some(ty) => {
                let null = resolve::cast_nulls(self.catalog, &term.ty, &ty);
                term.null = super::casts::after(null, &term, &ty);
                term.ty = Operand::Known(ty);
            }
            None => term.ty = Operand::Unclear,
        }
        term.form = Form::Other;
        term
    }

    pub(super) fn interval(&mut self, scope: &Scope<'_>, interval: &Interval) -> Term {
        let mut term = self.expr(scope, &interval.value);
        let ty = match (self.facts.values.interval_units, &interval.leading_field) {
            // The unit is part of the type: a date plus days is a date, but a date plus hours is not.
            (true, Some(unit)) => Type::Base(format!("interval {unit}").to_lowercase().into()),
            _ => Type::base("interval"),
        };
        match self.facts.values.interval_units {
            true => self.take(&mut term, Some(&resolve_interval_count())),
            false => self.take(&mut term, Some(&ty)),
        }
        let mut answer = Term::new(ty, term.null.clone(), term.span).made_of([&term]);
        answer.not_null = term.not_null;
        answer
    }
}

/// The number in MySQL's `interval ? day`.
fn resolve_interval_count() -> Type {
    Type::base("bigint")
}

/// The value of a quoted literal.
pub(super) fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::SingleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::UnicodeStringLiteral(text)
        | Value::NationalStringLiteral(text)
        | Value::DoubleQuotedString(text)
        | Value::TripleSingleQuotedString(text)
        | Value::TripleDoubleQuotedString(text) => Some(text),
        Value::DollarQuotedString(text) => Some(&text.value),
        _ => None,
    }
}

/// The number of a select-list item, if an item of `order by` or `group by` is one. PostgreSQL accepts `-1` as a
/// number, and SQLite any signed number.
pub(crate) fn ordinal(dialect: Dialect, expr: &Expr) -> Option<i64> {
    let written = dialect.facts().select.ordinals;
    let text = match expr {
        Expr::Nested(inner) => return ordinal(dialect, inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } if written.minus => {
            return ordinal(dialect, expr)?.checked_neg();
        }
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } if written.plus => {
            return ordinal(dialect, expr);
        }
        Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. }) => text,
        _ => return None,
    };
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if written.hex => i64::from_str_radix(digits, 16).ok(),
        _ => text.parse().ok(),
    }
}

/// The value of a literal, if it is a number: `limit 1`.
pub(crate) fn whole_number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. }) => text.parse().ok(),
        Expr::Nested(inner) => whole_number(inner),
        _ => None,
    }
}
