//! What MySQL's grammar asks of the arguments of some functions, where it has rules for them ("Built-In Functions and
//! Operators" of its manual, and MariaDB's).

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, Value, ValueWithSpan,
};

use super::{super::Infer, functions::argument_list};
use crate::diagnostics;

/// The functions whose argument is the number of digits behind a second's point, as it stands.
const DIGITS: [&str; 9] = [
    "current_time",
    "current_timestamp",
    "curtime",
    "localtime",
    "localtimestamp",
    "now",
    "sysdate",
    "utc_time",
    "utc_timestamp",
];

/// The most of them.
const MOST_DIGITS: u32 = 6;

impl Infer<'_> {
    /// Tells of a call that the grammar has no rule for.
    pub(super) fn check_mysql_call(&mut self, name: &str, function: &Function, span: Span) {
        if self.dialect == Dialect::Mysql
            && let Some(problem) = problem(name, function)
        {
            self.report(diagnostics::syntax_error(&problem, span, self.dialect));
        }
    }
}

fn problem(name: &str, function: &Function) -> Option<String> {
    let list = argument_list(function)?;
    let args: Vec<&FunctionArgExpr> = list
        .args
        .iter()
        .filter_map(|arg| match arg {
            FunctionArg::Unnamed(arg) => Some(arg),
            _ => None,
        })
        .collect();
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    match (name, &args[..]) {
        ("count", []) => Some("`count` counts something: `count(*)`".to_owned()),
        ("count", [_, _, ..]) if !distinct => {
            Some("`count` takes several values as `count(distinct a, b)` alone".to_owned())
        }
        ("date_add" | "date_sub", [_, amount]) if !is_interval(amount) => {
            Some(format!("`{name}` takes an interval: `{name}(x, interval 1 day)`"))
        }
        ("position", [_, _]) => Some("`position` is written `position(part in whole)`".to_owned()),
        (_, [digits]) if DIGITS.contains(&name) && !is_digits(digits) => {
            Some(format!("`{name}` takes the number of a second's digits, 0 to {MOST_DIGITS}, as it stands"))
        }
        _ => None,
    }
}

fn is_interval(arg: &FunctionArgExpr) -> bool {
    matches!(arg, FunctionArgExpr::Expr(Expr::Interval(_)))
}

fn is_digits(arg: &FunctionArgExpr) -> bool {
    let FunctionArgExpr::Expr(Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. })) = arg else {
        return false;
    };
    // Others are there, as `0x1`.
    text.parse::<u32>().map_or(!text.contains('.'), |digits| digits <= MOST_DIGITS)
}
