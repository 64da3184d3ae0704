//! `update` without `where`, which changes every row.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

pub(crate) fn update_without_where(table: &str, span: Span) -> Diagnostic {
    warning(lints::UPDATE_WITHOUT_WHERE, format!("this updates every row of `{table}`"), span)
        .with_help("add `where …`")
}
