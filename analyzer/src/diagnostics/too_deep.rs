//! A query that nests too deeply to be read.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    error("too-deep", "this is nested too deeply", span)
        .with_help("move parts of it to a `with` clause: `with part as (…) select …`")
}
