//! An array without elements and without a type.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn empty_array(span: Span) -> Diagnostic {
    error("empty-array", "the type of this empty array is unknown", span)
        .with_help("add a cast: `array[]::int4[]`")
}
