//! A cast that the server does not support.

use super::parts::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

pub(crate) fn wrong_cast(from: &Type, to: &Type, span: Span) -> Diagnostic {
    let help = match (from.name(), to.name()) {
        (
            Some("timestamptz" | "timestamp" | "date" | "time" | "interval"),
            Some("int2" | "int4" | "int8" | "numeric" | "float4" | "float8"),
        ) => Some("use `extract(epoch from …)` for seconds".to_owned()),
        _ => None,
    };
    error("wrong-cast", format!("can't cast `{from}` to `{to}`"), span).maybe_help(help)
}
