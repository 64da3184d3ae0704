//! Queries that give a single value, and statements that give none: `fetchval!`, `query_val!`, `execute!`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, Names};
use crate::unite::ColumnOut;

/// A query of which only what it does is wanted.
pub(super) fn command(context: &Context<'_>, names: &Names) -> TokenStream {
    let (p, args) = (&context.p, &names.args);
    quote!(#p::command(&STATEMENT, #args))
}

/// A query of which the first column is wanted: its values are the records.
pub(super) fn query(context: &Context<'_>, names: &Names) -> TokenStream {
    let (p, args, row, shape) = (&context.p, &names.args, &names.row, context.shape());
    let Some(column) = context.checked.columns.first() else { return TokenStream::new() };
    let record = context.read(names, column, 0, &context.ty(&column.ty));
    let value = first(context, names, column);
    quote! {
        #p::query_with_value::<_, _, #shape>(&STATEMENT, #args, |#row| #record, |#row| #value)
    }
}

/// What `fetchval` gives for a row: the value where it and the row are always there, else an `Option`.
pub(super) fn first(context: &Context<'_>, names: &Names, column: &ColumnOut) -> TokenStream {
    let read = context.read(names, column, 0, &context.ty(&column.ty));
    if context.is_one() || column.nullable {
        return read;
    }
    quote!(::core::result::Result::map(#read, ::core::option::Option::Some))
}
