//! The arguments that the grammar of MySQL requires for some functions ("Built-In Functions and Operators" of its
//! manual, and of MariaDB's).

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Value, ValueWithSpan,
};

/// The functions whose argument is a literal number of fractional digits of a second.
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

/// The maximum number of fractional digits.
const MOST_DIGITS: u32 = 6;

/// Why the grammar rejects a call of `name`, if it does.
pub(super) fn problem(name: &str, function: &Function) -> Option<String> {
    let FunctionArguments::List(list) = &function.args else { return None };
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
        ("count", []) => Some("`count` requires an argument; write `count(*)`".to_owned()),
        ("count", [_, _, ..]) if !distinct => {
            Some("`count` accepts several values only as `count(distinct a, b)`".to_owned())
        }
        ("date_add" | "date_sub", [_, amount]) if !is_interval(amount) => {
            Some(format!("`{name}` requires an interval; write `{name}(x, interval 1 day)`"))
        }
        ("position", [_, _]) => Some("`position` requires `in`; write `position(part in whole)`".to_owned()),
        (_, [digits]) if DIGITS.contains(&name) && !is_digits(digits) => Some(format!(
            "`{name}` requires the number of fractional digits as a literal from 0 to {MOST_DIGITS}"
        )),
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
    // Other forms are accepted, such as `0x1`.
    text.parse::<u32>().map_or(!text.contains('.'), |digits| digits <= MOST_DIGITS)
}
