//! `delete` without `where`, which deletes every row.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

pub(crate) fn delete_without_where(table: &str, span: Span) -> Diagnostic {
    warning(lints::DELETE_WITHOUT_WHERE, format!("this deletes every row of `{table}`"), span)
        .with_help("add `where …`")
}
