//! Queries that return records: a generated struct, the user's struct, or a tuple.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned as _;

use super::{
    Context,
    code::{self, Code},
    field, statement, value,
};
use crate::{
    input::{Macro, RecordType},
    unite::{ColumnOut, Wanted},
};

/// The most elements of a tuple that can be compared with a record. This is also the limit for comparing tuples.
const TUPLE: usize = 12;

/// Writes the query.
pub(super) fn query(context: &Context<'_>, code: &mut Code) {
    let Some(first) = context.checked.columns.first() else { return value::command(context, code) };
    let has_value = context.call.makro == Macro::Query;
    let shape = context.shape();
    let _ = match has_value {
        true => write!(code.text, "__p::query_with_value::<_, _, {shape}>("),
        false => write!(code.text, "__p::query::<_, {shape}>("),
    };
    statement::write(context, &mut code.text);
    code.text.push_str(", __args, ");
    match &context.call.ty {
        None => own(context, code),
        Some(RecordType::Struct(path)) => ok(code, user(context, path)),
        Some(RecordType::Tuple(types)) => ok(code, tuple(context, types)),
    }
    if has_value {
        code.text.push_str(", ");
        value::first(context, code, first);
    }
    code.text.push(')');
}

/// The name of the generated struct, different from the types that the columns use.
fn name(columns: &[ColumnOut]) -> &'static str {
    let taken = columns.iter().any(|column| column.overridden && column.ty.contains("Record"));
    if taken { "QueryRecord" } else { "Record" }
}

/// Whether the library can implement the record's traits through the tuple of its fields. Types named by the user may
/// lack the required traits, and errors about them should point to their names. A record with such types derives its
/// traits, and is read column by column.
fn is_tuple(columns: &[ColumnOut]) -> bool {
    columns.len() <= TUPLE && columns.iter().all(|column| !column.overridden)
}

/// Writes a struct with a field for each column, unless the user named a type.
pub(super) fn item(context: &Context<'_>, code: &mut Code) {
    let columns = &context.checked.columns;
    if context.call.ty.is_some() || Wanted::of(context.call.makro) != Wanted::All || columns.is_empty() {
        return;
    }
    let text = &mut code.text;
    if is_tuple(columns) {
        return as_tuple(text, columns);
    }
    let name = name(columns);
    // A type named by the user may lack the derived traits. As a type parameter, it only restricts them.
    let parameters = columns.iter().enumerate().filter(|(_, column)| column.overridden);
    let parameters: String = parameters.map(|(index, _)| format!("T{index},")).collect();
    let types: Vec<String> = (columns.iter().enumerate())
        .map(
            |(index, column)| {
                if column.overridden { ty(column, &format!("T{index}")) } else { ty(column, &column.ty) }
            },
        )
        .collect();
    let _ =
        write!(text, "#[derive(__p::Clone, __p::Debug, __p::PartialEq)] pub struct {name}<{parameters}> {{");
    fields(text, columns, &types);
    if columns.len() <= TUPLE {
        compare(text, columns, name, &parameters, &types);
    }
}

/// The type of a column's field.
fn ty(column: &ColumnOut, ty: &str) -> String {
    if column.nullable { format!("__p::Option<{ty}>") } else { ty.to_owned() }
}

/// Writes the fields of a struct, and the closing brace.
fn fields(text: &mut String, columns: &[ColumnOut], types: &[String]) {
    for (column, ty) in columns.iter().zip(types) {
        let _ = write!(text, "#[doc = {:?}] pub {}: {ty},", column.doc, field(&column.name));
    }
    text.push('}');
}

/// Writes the struct, and its conversions from and to a tuple. The library does the rest.
fn as_tuple(text: &mut String, columns: &[ColumnOut]) {
    let types: Vec<String> = columns.iter().map(|column| ty(column, &column.ty)).collect();
    text.push_str("pub struct Record {");
    fields(text, columns, &types);
    let (mut tuple, mut names, mut made, mut lent, mut shown) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    for (index, (column, ty)) in columns.iter().zip(&types).enumerate() {
        let (name, field) = (&column.name, field(&column.name));
        let _ = write!(tuple, "{ty},");
        let _ = write!(names, "__{index},");
        let _ = write!(made, "{field}: __{index},");
        let _ = write!(lent, "&self.{field},");
        let _ = write!(shown, "{name:?},");
    }
    let _ = write!(
        text,
        "impl __p::Fields for Record {{ \
             type Columns = ({tuple}); \
             fn make(({names}): Self::Columns) -> Self {{ Record {{ {made} }} }} \
             fn refs(&self) -> __p::Refs<'_, Self> {{ ({lent}) }} \
         }} \
         impl __p::Clone for Record {{ fn clone(&self) -> Self {{ __p::copy(self) }} }} \
         impl __p::Debug for Record {{ \
             fn fmt(&self, f: &mut __p::Formatter<'_>) -> __p::Shown {{ __p::show(self, &[{shown}], f) }} \
         }} \
         impl<T: __p::Same<Self>> __p::PartialEq<T> for Record {{ \
             fn eq(&self, other: &T) -> __p::bool {{ __p::same(self, other) }} \
         }}"
    );
}

/// `record == (1, "a")`
fn compare(text: &mut String, columns: &[ColumnOut], name: &str, parameters: &str, types: &[String]) {
    let others: String = (0..columns.len()).map(|index| format!("U{index},")).collect();
    let _ =
        write!(text, "impl<{parameters}{others}> __p::PartialEq<({others})> for {name}<{parameters}> where ");
    for (index, ty) in types.iter().enumerate() {
        let _ = write!(text, "{ty}: __p::PartialEq<U{index}>,");
    }
    let _ = write!(text, "{{ fn eq(&self, other: &({others})) -> __p::bool {{");
    for (index, column) in columns.iter().enumerate() {
        let and = if index == 0 { "" } else { " && " };
        let _ = write!(text, "{and}self.{} == other.{index}", field(&column.name));
    }
    text.push_str("}}");
}

/// Writes the function that converts a row to the generated struct.
fn own(context: &Context<'_>, code: &mut Code) {
    let columns = &context.checked.columns;
    if is_tuple(columns) {
        let markers: String = columns.iter().map(|column| format!("{},", column.marker.path())).collect();
        let _ = write!(code.text, "__p::record::<({markers}), Record>");
        return;
    }
    let _ = write!(code.text, "|__row| __p::Ok({} {{", name(columns));
    for (index, column) in columns.iter().enumerate() {
        let _ = write!(code.text, "{}: ", field(&column.name));
        context.read(code, column, index);
        code.text.push_str("?,");
    }
    code.text.push_str("})");
}

fn ok(code: &mut Code, record: TokenStream) {
    code.text.push_str("|__row| __p::Ok(");
    code.tokens(record);
    code.text.push(')');
}

/// The user's struct, field by field. Type errors are shown at its name.
fn user(context: &Context<'_>, path: &TokenStream) -> TokenStream {
    let mut text = String::new();
    for (index, column) in context.checked.columns.iter().enumerate() {
        let _ = write!(text, "{}: {},", field(&column.name), inferred(column, index));
    }
    let fields = code::placed(&format!("{{ {text} }}"), path.span());
    quote!(#path #fields)
}

/// A tuple of the types named by the user.
fn tuple(context: &Context<'_>, types: &[TokenStream]) -> TokenStream {
    let elements = types.iter().zip(&context.checked.columns).enumerate().map(|(index, (ty, column))| {
        let read = code::placed(&inferred(column, index), ty.span());
        quote!({ let value: #ty = #read; value })
    });
    quote!((#(#elements,)*))
}

/// A column's value, converted to the type that its place requires.
fn inferred(column: &ColumnOut, index: usize) -> String {
    let ty = if column.overridden { &column.ty } else { "_" };
    let marker = column.marker.path();
    match column.nullable {
        true if column.overridden => format!("__row.get_nullable::<{marker}, {ty}>({index})?"),
        true => format!("__p::nullable::<{marker}, _>(__row, {index})?"),
        false => format!("__row.get::<{marker}, {ty}>({index})?"),
    }
}
