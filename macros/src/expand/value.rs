//! Queries that give a single value, and statements that give none: `fetchval!`, `query_val!`, `execute!`.

use std::fmt::Write as _;

use super::{Context, code::Code};
use crate::unite::ColumnOut;

/// A query of which only what it does is wanted.
pub(super) fn command(_: &Context<'_>, code: &mut Code) {
    code.text.push_str("__p::command(&STATEMENT, __args)");
}

/// A query of which the first column is wanted: its values are the records.
pub(super) fn query(context: &Context<'_>, code: &mut Code) {
    let Some(column) = context.checked.columns.first() else { return };
    let shape = context.shape();
    let _ = write!(code.text, "__p::query_with_value::<_, _, {shape}>(&STATEMENT, __args, |__row| ");
    context.read(code, column, 0);
    code.text.push_str(", |__row| ");
    first(context, code, column);
    code.text.push(')');
}

/// What `fetchval` gives for a row: the value where it and the row are always there, else an `Option`.
pub(super) fn first(context: &Context<'_>, code: &mut Code, column: &ColumnOut) {
    if context.is_one() || column.nullable {
        return context.read(code, column, 0);
    }
    code.text.push_str("__p::Result::map(");
    context.read(code, column, 0);
    code.text.push_str(", __p::Some)");
}
