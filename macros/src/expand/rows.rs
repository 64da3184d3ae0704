//! `executemany!`: one statement for many rows of arguments.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use super::{Context, Names};

/// Each row, a tuple or (for one parameter) a value, becomes the statement's arguments.
pub(super) fn executemany(context: &Context<'_>, names: &Names) -> TokenStream {
    let (p, db, args, row) = (&context.p, &names.db, &names.args, &names.row);
    let params = &context.checked.params;
    let (pattern, expressions) = match params.len() {
        0 => (quote!(()), Vec::new()),
        1 => (quote!(#row), vec![quote!(#row)]),
        count => {
            let elements: Vec<_> =
                (0..count).map(|index| format_ident!("__{index}", span = Span::mixed_site())).collect();
            (quote!((#(#elements),*)), elements.into_iter().map(|element| quote!(#element)).collect())
        }
    };
    let values = params.iter().zip(&expressions).map(|(param, expr)| context.argument(param, expr));
    let values = if params.is_empty() { quote!([] as [#p::Value; 0]) } else { quote!([#(#values),*]) };
    quote! {
        #p::executemany(
            #db,
            &STATEMENT,
            ::core::iter::Iterator::map(::core::iter::IntoIterator::into_iter(#args), |#pattern| #values),
        )
    }
}
