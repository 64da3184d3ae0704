//! What is known of the query, as a `static`.

use aio_databases_analyzer::{Access, Rows};
use aio_databases_sql::Dialect;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::Context;

/// `static STATEMENT: Statement = …;`
pub(super) fn item(context: &Context<'_>) -> TokenStream {
    let Context { p, answers, checked, .. } = context;
    let name = |name| Ident::new(name, Span::call_site());
    let sql = answers.iter().zip(&checked.order).map(|(answer, params)| {
        let backend = name(match answer.dialect {
            Dialect::Sqlite => "Sqlite",
            Dialect::Postgres => "Postgres",
            Dialect::Mysql => "Mysql",
        });
        let rendered = answer.template.render();
        let text = &*rendered.sql;
        let order = rendered.order.iter().map(|slot| Literal::usize_unsuffixed(params[*slot]));
        quote!(#p::Sql { backend: #p::Backend::#backend, text: #text, order: &[#(#order),*] })
    });
    let access = name(match checked.access {
        Access::Read => "Read",
        Access::Write => "Write",
    });
    let rows = name(match checked.rows {
        Rows::None => "None",
        Rows::One => "One",
        Rows::AtMostOne => "AtMostOne",
        Rows::Many => "Many",
    });
    let columns = checked.columns.iter().map(|column| &column.name);
    quote! {
        static STATEMENT: #p::Statement = #p::Statement {
            sql: &[#(#sql),*],
            access: #p::Access::#access,
            rows: #p::Rows::#rows,
            columns: &[#(#columns),*],
            file: ::core::file!(),
            line: ::core::line!(),
        };
    }
}
