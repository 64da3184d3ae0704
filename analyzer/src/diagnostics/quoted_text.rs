//! A double-quoted name that no column has, which SQLite reads as a string.

use super::parts::{similar, warning};
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `where name = "ann"`
pub(crate) fn quoted_text(text: &str, names: &[&str], span: Span) -> Diagnostic {
    let close = similar(text, names.iter().copied());
    let help =
        close.unwrap_or_else(|| format!("use single quotes for a string: `'{}'`", text.replace('\'', "''")));
    warning(
        lints::QUOTED_TEXT,
        format!("`\"{text}\"` is read as a string, because no column has that name"),
        span,
    )
    .with_help(help)
}
