//! An array without elements and without a type.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn empty_array(span: Span) -> Diagnostic {
    error("empty-array", "the type of an empty array is not known", span)
        .with_help("write a cast: `array[]::int4[]`")
}
