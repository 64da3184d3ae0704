//! Makes the compiler know the files that were read, so that a changed one compiles the crate anew.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    input::sql::Sql,
    project::{MANIFEST_DIR, Project},
};

/// Items that name the files: the schema's and `Cargo.toml` once a compilation, the query's own always.
pub(crate) fn items(project: &Project, sql: &Sql) -> TokenStream {
    let mut items = TokenStream::new();
    let path = |path: &Path| path.to_string_lossy().into_owned();
    if project.is_first() {
        let files = project.files().into_iter().map(path);
        items.extend(quote! {
            const _: &[&[::core::primitive::u8]] = &[#(::core::include_bytes!(#files)),*];
            const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#MANIFEST_DIR);
        });
    }
    for file in sql.texts().flat_map(|text| text.files()) {
        let file = path(file);
        items.extend(quote! { const _: &[::core::primitive::u8] = ::core::include_bytes!(#file); });
    }
    items
}
