//! Queries that return a single value, and statements that return nothing: `fetchval!`, `query_val!`, `execute!`.

use std::fmt::Write as _;

use super::{Context, code::Code, statement};
use crate::unite::ColumnOut;

/// Writes a statement that is only run for its effect.
pub(super) fn command(context: &Context<'_>, code: &mut Code) {
    let _ = write!(code.text, "__p::command::<{}>(", context.shape());
    statement::write(context, &mut code.text);
    code.text.push_str(", __args)");
}

/// Writes a query whose records are the values of its first column.
pub(super) fn query(context: &Context<'_>, code: &mut Code) {
    let Some(column) = context.checked.columns.first() else { return };
    let _ = write!(code.text, "__p::query_with_value::<_, _, {}>(", context.shape());
    statement::write(context, &mut code.text);
    code.text.push_str(", __args, ");
    read(context, code, column, if column.nullable { "first_nullable" } else { "first" });
    code.text.push_str(", ");
    first(context, code, column);
    code.text.push(')');
}

/// Writes the function that `fetchval` uses: it returns the value if the row and the value always exist, or else an
/// `Option`.
pub(super) fn first(context: &Context<'_>, code: &mut Code, column: &ColumnOut) {
    let function = match column.nullable {
        true => "first_nullable",
        false if context.is_one() => "first",
        false => "first_some",
    };
    read(context, code, column, function);
}

/// Writes the function that reads the first column.
fn read(context: &Context<'_>, code: &mut Code, column: &ColumnOut, function: &str) {
    let _ = write!(code.text, "__p::{function}::<{}, ", column.marker.path());
    context.ty(code, column);
    code.text.push('>');
}
