//! A cast that the server does not know.

use super::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

pub(crate) fn wrong_cast(from: &Type, to: &Type, span: Span) -> Diagnostic {
    error("wrong-cast", format!("`{from}` cannot be cast to `{to}`"), span)
}
