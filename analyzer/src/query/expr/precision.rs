//! MySQL results that depend on the precision of a number, or on the fractional digits of a time.

use sqlparser::ast::Expr;

use super::super::{
    Infer,
    scope::Scope,
    term::{Form, Term},
};
use crate::{Type, resolve::Operand};

/// The precision and the scale.
pub(crate) type Digits = Option<(u16, u16)>;

/// With this many digits before the point, both servers round to a `bigint`.
const FEW: u16 = 15;
/// With this many, both round to a `decimal`.
const MANY: u16 = 24;

impl Infer<'_> {
    /// The type of a call that depends on more than its arguments' types.
    pub(crate) fn type_by_digits(&self, name: &str, args: &[Term]) -> Option<Type> {
        let first = args.first()?;
        let ty = first.known().and_then(Type::name).unwrap_or_default();
        let whole = match (name, ty) {
            ("unix_timestamp", "date") => true,
            ("unix_timestamp", "datetime" | "timestamp")
            | ("time_to_sec", "time" | "datetime" | "timestamp") => first.digits?.1 == 0,
            ("unix_timestamp", _) => match &first.form {
                Form::Literal(text) if is_date(text) => !text.contains('.'),
                Form::Literal(_) => return None,
                // It can have a fraction.
                _ if first.stored && (ty.contains("char") || ty.contains("text")) => false,
                _ => return None,
            },
            ("floor" | "ceil" | "ceiling", "decimal" | "decimal unsigned") => {
                match before_point(first)? {
                    ..=FEW => {}
                    MANY.. => return Some(Type::base("decimal")),
                    _ => return None,
                }
                // Unsigned numbers stay unsigned.
                return Some(Type::base(if ty == "decimal" { "bigint" } else { "bigint unsigned" }));
            }
            ("str_to_date", _) => {
                let Form::Literal(format) = &args.get(1)?.form else { return None };
                return Some(Type::base(date_by_format(format)));
            }
            _ => return None,
        };
        Some(Type::base(if whole { "bigint" } else { "decimal" }))
    }

    /// The precision of the result of a call, where it is needed.
    pub(crate) fn digits_of_call(&self, name: &str, args: &[Term]) -> Digits {
        match (name, args) {
            (
                "now" | "current_timestamp" | "localtime" | "localtimestamp" | "sysdate" | "utc_timestamp",
                [],
            ) => Some((0, 0)),
            ("min" | "max", [one]) => one.digits,
            ("sum", [one]) => {
                // A sum has 22 digits more than its argument.
                let (before, after) =
                    (before_point(one).or_else(|| is_bigint(one).then_some(19))?, after_point(one));
                Some((before + after + 22, after))
            }
            ("avg", [one]) => before_point(one).map(|before| (before + 4, 4)),
            _ => None,
        }
    }

    /// `match (…) against (value)`
    pub(super) fn match_against(&mut self, scope: &Scope<'_>, value: &Expr) -> Term {
        let text = self.expr_as(scope, value, "varchar");
        let mut term = Term::new(Type::base("double"), super::super::term::NullIf::maybe(), text.span);
        term = term.made_of([&text]);
        term
    }
}

/// The precision of a number computed from two others.
pub(crate) fn computed(name: &str, left: &Term, right: &Term) -> Digits {
    let (one, two) = (before_point(left)?, before_point(right)?);
    let (after, other) = (after_point(left), after_point(right));
    let (before, after) = match name {
        "+" | "-" => (one.max(two) + 1, after.max(other)),
        "*" => (one + two, after + other),
        "/" => (one + other, after + 4),
        _ => return None,
    };
    Some((before + after, after))
}

fn before_point(term: &Term) -> Option<u16> {
    if let Form::Number(text) = &term.form {
        let text = text.trim_start_matches('-');
        return text
            .split('.')
            .next()
            .filter(|_| !text.contains(['e', 'E', 'x']))
            .map(|whole| whole.len() as u16);
    }
    match term.known()?.name()? {
        "tinyint" | "tinyint(1)" | "tinyint unsigned" => Some(3),
        "smallint" | "smallint unsigned" => Some(5),
        "mediumint" | "mediumint unsigned" => Some(8),
        "int" | "int unsigned" => Some(10),
        "decimal" | "decimal unsigned" => term.digits.map(|(all, after)| all.saturating_sub(after)),
        _ => None,
    }
}

fn is_bigint(term: &Term) -> bool {
    matches!(term.known().and_then(Type::name), Some("bigint" | "bigint unsigned"))
}

fn after_point(term: &Term) -> u16 {
    match &term.form {
        Form::Number(text) => text.split_once('.').map_or(0, |(_, after)| after.len() as u16),
        _ => term.digits.map_or(0, |(_, after)| after),
    }
}

/// Whether a text starts with a date.
fn is_date(text: &str) -> bool {
    let fits = |(own, at): (u8, u8)| if at == b'-' { own == at } else { own.is_ascii_digit() };
    text.len() >= 10 && text.bytes().zip(*b"0000-00-00").all(fits)
}

/// The type of `str_to_date`, depending on its format.
fn date_by_format(format: &str) -> &'static str {
    let (mut date, mut time) = (false, false);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            continue;
        }
        let Some(field) = letters.next() else { break };
        time |= "HISThiklrsf".contains(field);
        date |= "MVUXYWabcjmvuxyw".contains(field);
    }
    match (date, time) {
        (true, true) => "datetime",
        (false, true) => "time",
        _ => "date",
    }
}

/// The known type of an operand.
pub(crate) fn is_unsigned(operand: &Operand) -> bool {
    matches!(operand, Operand::Known(ty) if ty.name().is_some_and(|name| name.ends_with(" unsigned") && name.contains("int")))
}
