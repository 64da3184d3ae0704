//! Literals and parameters.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{Expr, Interval, TypedString, UnaryOperator, Value, ValueWithSpan};

use super::super::{
    Infer, numbers, parse,
    scope::Scope,
    term::{Form, NullIf, Term},
};
use crate::{
    Type, diagnostics,
    resolve::{self, Operand},
};

impl Infer<'_> {
    pub(super) fn value(&mut self, value: &ValueWithSpan) -> Term {
        let span = parse::span(value.span).unwrap_or_default();
        match &value.value {
            Value::Number(text, _) => {
                let ty = resolve::number_type(self.catalog, text);
                if self.dialect == Dialect::Postgres && numbers::is_new(span.of(self.text.sql())) {
                    self.needs(16, "number like this", span);
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
                    self.report(diagnostics::syntax_error(
                        &format!("`{text}` is no parameter"),
                        span,
                        self.dialect,
                    ));
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
        let (ty, form) = match (self.dialect, hex) {
            (Dialect::Postgres, _) => ("bit", Form::Other),
            (Dialect::Sqlite, true) => ("blob", Form::Other),
            (Dialect::Mysql, _) => ("varbinary", Form::Bytes),
            _ => return Term::unclear(span),
        };
        Term::new(Type::base(ty), NullIf::Never, span).with_form(form)
    }

    /// `date '2024-01-31'`
    pub(super) fn typed_string(&mut self, typed: &TypedString) -> Term {
        let mut term = self.value(&typed.value);
        let ty = match (self.dialect, resolve::cast_type_by_name(self.catalog, &typed.data_type)) {
            (Dialect::Mysql, Some(ty)) if ty.name() == Some("timestamp") => Some(Type::base("datetime")),
            (_, ty) => ty,
        };
        match ty {
            Some(ty) if term.is_untyped() => self.take(&mut term, Some(&ty)),
            Some(ty) => {
                // MySQL's `timestamp '…'` is a `datetime`.
                let instant =
                    self.dialect == aio_databases_sql::Dialect::Mysql && ty == Type::base("timestamp");
                let ty = if instant { Type::base("datetime") } else { ty };
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
        let ty = match (self.dialect, &interval.leading_field) {
            // With its unit: a date plus days is a date, a date plus hours is not.
            (Dialect::Mysql, Some(unit)) => Type::Base(format!("interval {unit}").to_lowercase().into()),
            _ => Type::base("interval"),
        };
        match self.dialect {
            Dialect::Postgres => self.take(&mut term, Some(&ty)),
            _ => self.take(&mut term, Some(&resolve_interval_count())),
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

/// What a quoted literal means.
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

/// The number of an item of the select list that an item of `order by` or `group by` is: PostgreSQL takes `-1` for one,
/// and SQLite any number with signs.
pub(crate) fn ordinal(dialect: Dialect, expr: &Expr) -> Option<i64> {
    let text = match expr {
        Expr::Nested(inner) => return ordinal(dialect, inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } if dialect != Dialect::Mysql => {
            return ordinal(dialect, expr)?.checked_neg();
        }
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } if dialect == Dialect::Sqlite => {
            return ordinal(dialect, expr);
        }
        Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. }) => text,
        _ => return None,
    };
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if dialect == Dialect::Sqlite => i64::from_str_radix(digits, 16).ok(),
        _ => text.parse().ok(),
    }
}

/// The number that a literal is, where it is one: `limit 1`.
pub(crate) fn whole_number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. }) => text.parse().ok(),
        Expr::Nested(inner) => whole_number(inner),
        _ => None,
    }
}
