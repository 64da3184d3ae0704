//! `*` without a table.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn nothing_to_select(span: Span) -> Diagnostic {
    error("nothing-to-select", "`*` requires a table in `from`", span).with_help("add `from …`")
}
