//! The expansion of a macro call. The user's expressions come first, followed by a block with the generated items, so
//! neither can see the other's names. The library's functions do the actual work.
//!
//! ```text
//! match (&(db), [::aio_databases::__private::arg::<::aio_databases::__private::Int8, _>(&(2))]) {
//!     (__db, __args) => {
//!         use ::aio_databases::__private as __p;
//!         pub struct Record { pub res: i64 }
//!         impl __p::Fields for Record { … }   // and Clone, Debug and PartialEq, in terms of it
//!         __p::query::<_, __p::OneRow>(&__p::Statement { … }, __args, __p::record::<(__p::Int8,), Record>)
//!             .fetchone(__db)
//!     }
//! }
//! ```

mod code;
mod executor;
mod lexer;
mod number;
mod record;
#[cfg(feature = "verify")]
mod registry;
mod rows;
mod statement;
mod value;
mod warning;

use std::fmt::Write as _;

use aio_databases_analyzer::{Access, Rows};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;

use self::code::Code;
use crate::{
    check::Answer,
    ident,
    input::{Call, Macro},
    message::Mistake,
    project::Project,
    track,
    unite::{Checked, ColumnOut, Param},
};

/// The input of all parts of an expansion.
struct Context<'a> {
    project: &'a Project,
    call: &'a Call,
    answers: &'a [Answer],
    checked: &'a Checked,
}

impl Context<'_> {
    fn is_one(&self) -> bool {
        self.checked.rows == Rows::One
    }

    /// The type that says whether the query returns exactly one row, and whether it can write.
    fn shape(&self) -> &'static str {
        match (self.checked.access, self.is_one()) {
            (Access::Read, true) => "__p::OneRow",
            (Access::Read, false) => "__p::AnyRows",
            (Access::Write, true) => "__p::Writes<__p::OneRow>",
            (Access::Write, false) => "__p::Writes<__p::AnyRows>",
        }
    }

    /// Writes the expression that reads a column of a row, a `Result`.
    fn read(&self, code: &mut Code, column: &ColumnOut, index: usize) {
        let get = if column.nullable { "get_nullable" } else { "get" };
        let _ = write!(code.text, "__row.{get}::<{}, ", column.marker.path());
        self.ty(code, column);
        let _ = write!(code.text, ">({index})");
    }

    /// Writes the Rust type of a column's values.
    fn ty(&self, code: &mut Code, column: &ColumnOut) {
        if column.overridden {
            // The user named the type in the SQL.
            let text = &self.answers[0].text;
            let place = text.token(column.span.start, column.span.end);
            code.tokens(code::placed(&column.ty, place));
        } else {
            code.text.push_str(&column.ty);
        }
    }
}

/// The expansion of a call.
pub(crate) fn expand(
    project: &Project,
    call: &Call,
    answers: &[Answer],
    checked: &Checked,
    bound: &[TokenStream],
    warnings: &[Mistake],
) -> TokenStream {
    let context = Context { project, call, answers, checked };
    let private = format!("{}::__private", project.config.krate);
    let mut code = Code::default();
    track::items(&mut code.text, project, &call.sql);
    warning::items(warnings, &mut code);
    let _ = write!(code.text, "use {private} as __p;");
    let query = match call.makro {
        Macro::Executemany => rows::executemany,
        Macro::CopyIn => rows::copy_in,
        Macro::Execute => value::command,
        Macro::Fetchval | Macro::QueryVal => value::query,
        _ => record::query,
    };
    #[cfg(feature = "verify")]
    registry::item(&context, project, &mut code.text);
    record::item(&context, &mut code);
    query(&context, &mut code);
    let run = match call.makro {
        Macro::Query | Macro::QueryAs | Macro::QueryVal | Macro::Executemany | Macro::CopyIn => None,
        Macro::Fetchmany => Some(".fetchmany(__db, __n)".to_owned()),
        other => Some(format!(".{}(__db)", other.name())),
    };
    let mut block = code.finish();
    if let (Some(run), Some(executor)) = (run, &call.executor) {
        block.extend(code::placed(&run, executor.span()));
    }

    let (executor, number) = (&call.executor, &call.n);
    let executor = executor.as_ref().map(|executor| executor::lent(executor, &private));
    if call.makro.takes_rows() {
        let rows = &call.args.list[0].expr;
        return quote!(match (#executor, #rows) { (__db, __args) => { #block } });
    }
    let values = arguments(&private, &checked.params, bound);
    match call.makro {
        Macro::Query | Macro::QueryAs | Macro::QueryVal => quote!(match #values { __args => { #block } }),
        Macro::Fetchmany => {
            quote!(match (#executor, #number, #values) { (__db, __n, __args) => { #block } })
        }
        _ => quote!(match (#executor, #values) { (__db, __args) => { #block } }),
    }
}

/// The array of the arguments' values.
fn arguments(private: &str, params: &[Param], bound: &[TokenStream]) -> TokenStream {
    if bound.is_empty() {
        return code::placed(&format!("[] as [{private}::Value; 0]"), Span::call_site());
    }
    let values = params.iter().zip(bound).map(|(param, expr)| {
        let marker = param.marker.path().replace("__p", private);
        let expr = number::typed(expr, &param.marker);
        code::call(&format!("{private}::{}::<{marker}, _>", function(param)), &expr)
    });
    quote!([#(#values),*])
}

/// The function that converts an argument to a value.
fn function(param: &Param) -> &'static str {
    if param.not_null { "arg_not_null" } else { "arg" }
}

/// A field's name; `r#type` if it is a Rust keyword.
fn field(name: &str) -> String {
    if ident::is_name(name) { name.to_owned() } else { format!("r#{name}") }
}
