//! `executemany!` and `copy_in!`: one statement for many rows of arguments.

use std::fmt::Write as _;

use aio_databases_analyzer::Batch;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;

use super::{Context, code, code::Code, field, statement};
use crate::{dialect::Described, input::RecordType, unite::Param};

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

/// The same, as a copy where there is one.
pub(super) fn copy_in(context: &Context<'_>, code: &mut Code) {
    code.text.push_str("__p::copy_in(__db, ");
    statement::write(context, &mut code.text);
    batches(context, &mut code.text);
    let copy = context.answers.iter().find_map(|answer| {
        let (before, after) = answer.dialect.facts().copy?;
        let target = context.call.target.as_ref()?.sql.text(answer.dialect)?;
        Some(format!("__p::Some({:?})", format!("{before}{}{after}", target.value)))
    });
    let _ = write!(code.text, ", {}, __args, ", copy.as_deref().unwrap_or("__p::Option::None"));
    let rows = &context.call.args.list[0].expr;
    code.tokens(match &context.call.ty {
        Some(RecordType::Struct(path)) => fields(context, path, rows.span()),
        _ => row(context, rows.span()),
    });
    code.text.push(')');
}

/// `, &[Batch { … }]`: how the backends do it for all rows at once, as far as that means the same.
fn batches(context: &Context<'_>, text: &mut String) {
    text.push_str(", &[");
    for (answer, params) in context.answers.iter().zip(&context.checked.order) {
        let schema = context.project.schema(answer.dialect);
        if context.call.target.is_some() && answer.dialect.facts().copy.is_some() {
            continue;
        }
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
    let names: Vec<String> = (0..context.checked.params.len()).map(|index| format!("__{index}")).collect();
    let pattern = match &names[..] {
        [name] => name.clone(),
        names => format!("({})", names.join(", ")),
    };
    code::placed(&format!("|{pattern}, __row| {{ {} }}", puts(context)), span)
}

/// The same for a struct: `|User { name: __0, email: __1, .. }, __row| { … }`.
fn fields(context: &Context<'_>, path: &TokenStream, span: Span) -> TokenStream {
    let columns = context.call.target.iter().flat_map(|target| &target.columns).enumerate();
    let fields: String = columns.map(|(index, name)| format!("{}: __{index}, ", field(name))).collect();
    let pattern = code::placed(&format!("{{ {fields}.. }}, __row"), span);
    let body = code::placed(&format!("{{ {} }}", puts(context)), span);
    quote!(|#path #pattern| #body)
}

/// What puts the arguments of a row, in their order.
fn puts(context: &Context<'_>) -> String {
    let params = &context.checked.params;
    if params.is_empty() {
        return "let _: &mut __p::Put<'_> = __row;".to_owned();
    }
    let put = |(index, param): (usize, &Param)| {
        let function = if param.not_null { "put_not_null" } else { "put" };
        format!("__p::{function}::<{}, _>(&__{index}, __row);", param.marker.path())
    };
    params.iter().enumerate().map(put).collect()
}
