//! Queries that give records: a struct of the query's own, the user's struct, or a tuple.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Context, Names, field, value};
use crate::input::{Macro, RecordType};

/// Records are compared with tuples of up to so many elements, as tuples themselves are.
const TUPLE: usize = 12;

/// The items that a query needs, and the query.
pub(super) fn query(context: &Context<'_>, names: &Names) -> (TokenStream, TokenStream) {
    let (items, record) = match &context.call.ty {
        None => own(context, names),
        Some(RecordType::Struct(path)) => (TokenStream::new(), user(context, names, path)),
        Some(RecordType::Tuple(types)) => (TokenStream::new(), tuple(context, names, types)),
    };
    let (p, args, row, shape) = (&context.p, &names.args, &names.row, context.shape());
    let record = quote!(|#row| ::core::result::Result::Ok(#record));
    let makro = context.call.makro;
    let query = match context.checked.columns.first() {
        None => value::command(context, names),
        Some(column) if makro == Macro::Query => {
            let value = value::first(context, names, column);
            quote!(#p::query_with_value::<_, _, #shape>(&STATEMENT, #args, #record, |#row| #value))
        }
        Some(_) => quote!(#p::query::<_, #shape>(&STATEMENT, #args, #record)),
    };
    (items, query)
}

/// A struct with a field for each column. Its name is free of those that the columns' types use.
fn own(context: &Context<'_>, names: &Names) -> (TokenStream, TokenStream) {
    let columns = &context.checked.columns;
    if columns.is_empty() {
        return Default::default();
    }
    let taken = columns.iter().any(|column| column.overridden && column.ty.contains("Record"));
    let name = Ident::new(if taken { "QueryRecord" } else { "Record" }, Span::call_site());

    // A type that the user has named may lack what the record derives: as a parameter it decides for itself.
    let parameter = |index: usize| format_ident!("T{index}");
    let parameters: Vec<_> =
        (0..columns.len()).filter(|index| columns[*index].overridden).map(parameter).collect();
    let generics = if parameters.is_empty() { quote!() } else { quote!(<#(#parameters),*>) };
    let types: Vec<TokenStream> = (columns.iter().enumerate())
        .map(|(index, column)| {
            let ty = if column.overridden {
                let parameter = parameter(index);
                quote!(#parameter)
            } else {
                context.ty(&column.ty)
            };
            if column.nullable { quote!(::core::option::Option<#ty>) } else { ty }
        })
        .collect();
    let fields: Vec<_> = columns.iter().map(|column| field(&column.name)).collect();
    let docs = columns.iter().map(|column| &column.doc);
    let mut items = quote! {
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
        pub struct #name #generics {
            #(#[doc = #docs] pub #fields: #types),*
        }
    };
    if columns.len() <= TUPLE {
        items.extend(compare(&name, &generics, &parameters, &fields, &types));
    }
    let reads = reads(context, names);
    (items, quote!(#name { #(#fields: #reads),* }))
}

/// `record == (1, "a")`
fn compare(
    name: &Ident,
    generics: &TokenStream,
    parameters: &[Ident],
    fields: &[Ident],
    types: &[TokenStream],
) -> TokenStream {
    let others: Vec<_> = (0..fields.len()).map(|index| format_ident!("U{index}")).collect();
    let places = (0..fields.len()).map(Literal::usize_unsuffixed);
    quote! {
        impl<#(#parameters,)* #(#others),*> ::core::cmp::PartialEq<(#(#others,)*)> for #name #generics
        where #(#types: ::core::cmp::PartialEq<#others>),*
        {
            fn eq(&self, other: &(#(#others,)*)) -> ::core::primitive::bool {
                #(self.#fields == other.#places)&&*
            }
        }
    }
}

/// Each column's value, of the type that the record has there.
fn reads(context: &Context<'_>, names: &Names) -> Vec<TokenStream> {
    (context.checked.columns.iter().enumerate())
        .map(|(index, column)| {
            let read = context.read(names, column, index, &context.ty(&column.ty));
            quote!(#read?)
        })
        .collect()
}

/// The user's struct, field by field; what does not fit is shown at its name.
fn user(context: &Context<'_>, names: &Names, path: &TokenStream) -> TokenStream {
    let span = path.span();
    let fields = (context.checked.columns.iter().enumerate()).map(|(index, column)| {
        let mut name = field(&column.name);
        name.set_span(span.resolved_at(Span::call_site()));
        let read = inferred(context, names, index, span);
        quote_spanned!(span=> #name: #read)
    });
    quote_spanned!(span=> #path { #(#fields),* })
}

/// A tuple of the types that the user has named.
fn tuple(context: &Context<'_>, names: &Names, types: &[TokenStream]) -> TokenStream {
    let elements = types.iter().enumerate().map(|(index, ty)| {
        let span = ty.span();
        let read = inferred(context, names, index, span);
        quote_spanned!(span=> { let value: #ty = #read; value })
    });
    quote!((#(#elements,)*))
}

/// A column's value, of the type that is wanted where it goes.
fn inferred(context: &Context<'_>, names: &Names, index: usize, span: Span) -> TokenStream {
    let column = &context.checked.columns[index];
    let ty = if column.overridden { context.ty(&column.ty) } else { quote!(_) };
    let read = context.read(names, column, index, &ty);
    quote_spanned!(span=> #read?)
}
