//! A query that nests too deeply to be read.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    error("too-deep", "this nests too deeply", span)
        .with_help("give parts of it names: `with part as (…) select …`")
}
