//! The code that a macro call becomes: the user's expressions first, then a block with all that is ours, so that
//! neither sees the other's names. All weight is in functions of the library.

mod record;
mod rows;
mod statement;
mod value;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::{
    check::Answer,
    input::{Call, Macro},
    project::Project,
    track,
    types::Marker,
    unite::{Checked, ColumnOut, Param},
};

/// What all parts of an expansion need.
pub(crate) struct Context<'a> {
    pub(crate) call: &'a Call,
    pub(crate) answers: &'a [Answer],
    pub(crate) checked: &'a Checked,
    /// The path to `__private`.
    pub(crate) p: TokenStream,
}

impl Context<'_> {
    /// A type of ours, with `$p` for the path to `__private`.
    pub(crate) fn ty(&self, ty: &str) -> TokenStream {
        if !ty.contains('$') {
            return ty.parse().unwrap_or_default();
        }
        ty.replace("$p", &self.p.to_string()).parse().unwrap_or_default()
    }

    /// The path of a marker.
    pub(crate) fn marker(&self, marker: &Marker) -> TokenStream {
        let p = &self.p;
        let name = |name: &str| Ident::new(name, Span::call_site());
        match marker {
            Marker::Scalar(scalar) => {
                let name = name(scalar.name());
                quote!(#p::#name)
            }
            Marker::Array(element) => {
                let name = name(element.name());
                quote!(#p::Array<#p::#name>)
            }
            Marker::Any => quote!(#p::Any),
        }
    }

    /// Whether the query gives exactly one row: `OneRow` or `AnyRows`.
    pub(crate) fn shape(&self) -> TokenStream {
        let p = &self.p;
        if self.is_one() { quote!(#p::OneRow) } else { quote!(#p::AnyRows) }
    }

    pub(crate) fn is_one(&self) -> bool {
        self.checked.rows == aio_databases_analyzer::Rows::One
    }

    /// How a column of a row is read into `ty`: a `Result`.
    pub(crate) fn read(
        &self,
        names: &Names,
        column: &ColumnOut,
        index: usize,
        ty: &TokenStream,
    ) -> TokenStream {
        let (row, marker) = (&names.row, self.marker(&column.marker));
        let get = Ident::new(if column.nullable { "get_nullable" } else { "get" }, Span::call_site());
        let index = Literal::usize_unsuffixed(index);
        quote!(#row.#get::<#marker, #ty>(#index))
    }

    /// An expression as an argument.
    pub(crate) fn argument(&self, param: &Param, expr: &TokenStream) -> TokenStream {
        let p = &self.p;
        let marker = self.marker(&param.marker);
        let function = Ident::new(if param.not_null { "arg_not_null" } else { "arg" }, Span::call_site());
        quote!(#p::#function::<#marker, _>(&(#expr)))
    }
}

/// The expansion of a call.
pub(crate) fn expand(
    project: &Project,
    call: &Call,
    answers: &[Answer],
    checked: &Checked,
    bound: &[TokenStream],
) -> TokenStream {
    let krate: TokenStream = project.config.krate.parse().unwrap_or_default();
    let context = Context { call, answers, checked, p: quote!(#krate::__private) };
    let tracked = track::items(project, &call.sql);
    let statement = statement::item(&context);
    let names = Names::new();
    let Names { db, n, args, .. } = &names;

    if call.makro == Macro::Executemany {
        let run = rows::executemany(&context, &names);
        let (executor, rows) = (&call.executor, &call.args.list[0].expr);
        return quote!(match (&(#executor), #rows) { (#db, #args) => { #tracked #statement #run } });
    }

    let (items, query) = match call.makro {
        Macro::Execute => (TokenStream::new(), value::command(&context, &names)),
        Macro::Fetchval | Macro::QueryVal => (TokenStream::new(), value::query(&context, &names)),
        _ => record::query(&context, &names),
    };
    let p = &context.p;
    let values = checked.params.iter().zip(bound).map(|(param, expr)| context.argument(param, expr));
    let values = if bound.is_empty() { quote!([] as [#p::Value; 0]) } else { quote!([#(#values),*]) };
    let method = match call.makro {
        Macro::Query | Macro::QueryAs | Macro::QueryVal => {
            return quote!(match #values { #args => { #tracked #items #statement #query } });
        }
        Macro::Fetchmany => {
            let (executor, number) = (&call.executor, &call.n);
            return quote! {
                match (&(#executor), #number, #values) {
                    (#db, #n, #args) => { #tracked #items #statement #query.fetchmany(#db, #n) }
                }
            };
        }
        other => Ident::new(other.name(), Span::call_site()),
    };
    let executor = &call.executor;
    quote! {
        match (&(#executor), #values) {
            (#db, #args) => { #tracked #items #statement #query.#method(#db) }
        }
    }
}

/// Our own variables: no name of the user's can be one of them.
pub(crate) struct Names {
    pub(crate) db: Ident,
    pub(crate) n: Ident,
    pub(crate) args: Ident,
    pub(crate) row: Ident,
}

impl Names {
    fn new() -> Self {
        let name = |name| Ident::new(name, Span::mixed_site());
        Names { db: name("__db"), n: name("__n"), args: name("__args"), row: name("__row") }
    }
}

/// A field's name; `r#type` where it is a word of Rust's.
pub(crate) fn field(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => Ident::new(name, Span::call_site()),
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}
