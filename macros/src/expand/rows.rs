//! `executemany!`: one statement for many rows of arguments.

use std::fmt::Write as _;

use aio_databases_analyzer::Batch;
use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned as _;

use super::{Context, code, code::Code, statement};
use crate::dialect::Described;

/// Each row, a tuple or (for one parameter) a value, becomes the statement's arguments.
pub(super) fn executemany(context: &Context<'_>, code: &mut Code) {
    code.text.push_str("__p::executemany(__db, ");
    statement::write(context, &mut code.text);
    batches(context, &mut code.text);
    code.text.push_str(", __args, ");
    let rows = &context.call.args.list[0].expr;
    code.tokens(row(context, rows.span()));
    code.text.push(')');
}

/// Writes `, &[Batch { … }]`: statements for many rows at once, for each backend where they are equivalent.
fn batches(context: &Context<'_>, text: &mut String) {
    text.push_str(", &[");
    for (answer, params) in context.answers.iter().zip(&context.checked.order) {
        let schema = context.project.schema(answer.dialect);
        let Some(batch) = schema.batch(&answer.template, &answer.analysis) else { continue };
        let args = |order: &[usize]| order.iter().map(|param| params[*param]).collect::<Vec<_>>();
        let dialect = answer.dialect.facts().variant;
        let (before, row, after, order, never_null) = match &batch {
            Batch::Arrays { sql } => (sql, "", "", params.clone(), Vec::new()),
            Batch::Rows { before, row, after, order, never_null } => {
                (before, row.as_str(), after.as_str(), args(order), args(never_null))
            }
        };
        let _ = write!(
            text,
            "__p::Batch {{ dialect: __p::Dialect::{dialect}, before: {before:?}, row: {row:?}, after: {after:?}, order: &{order:?}, \
             never_null: &{never_null:?} }},"
        );
    }
    text.push(']');
}

/// `|(__0, __1), __row| { put(&__0, __row); put(&__1, __row); }`. Type errors are shown at the rows.
fn row(context: &Context<'_>, span: Span) -> TokenStream {
    let params = &context.checked.params;
    let names: Vec<String> = (0..params.len()).map(|index| format!("__{index}")).collect();
    let mut text = match &names[..] {
        [name] => format!("|{name}, __row| {{"),
        names => format!("|({}), __row| {{", names.join(", ")),
    };
    for (param, name) in params.iter().zip(&names) {
        let function = if param.not_null { "put_not_null" } else { "put" };
        let _ = write!(text, "__p::{function}::<{}, _>(&{name}, __row);", param.marker.path());
    }
    text.push_str(if params.is_empty() { "let _: &mut __p::Put<'_> = __row; }" } else { "}" });
    code::placed(&text, span)
}
