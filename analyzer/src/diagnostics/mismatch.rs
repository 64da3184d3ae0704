//! Types that have no common type.

use super::parts::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// `what` is the construct that needs a common type: `case`, `union`, `coalesce`, `array`, ….
pub(crate) fn mismatch(what: &str, left: &Type, right: &Type, span: Span) -> Diagnostic {
    let message = match what {
        "union" | "intersect" | "except" => {
            format!("the arms of `{what}` have different types here: `{left}` and `{right}`")
        }
        "case" => format!("the branches of `case` have different types: `{left}` and `{right}`"),
        "array" | "values" => {
            format!("the elements of `{what}` have different types: `{left}` and `{right}`")
        }
        _ => format!("the arguments of `{what}` have different types: `{left}` and `{right}`"),
    };
    error("mismatch", message, span).with_help("cast one of them to the type of the other")
}
