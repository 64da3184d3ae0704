//! `#[derive(Type)]`: user-defined types as arguments and in records.

use aio_databases_sql::did_you_mean;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Error, Fields, Item, ItemEnum, ItemStruct, LitStr, Result, spanned::Spanned as _};

use crate::project::Project;

/// Expands the derive.
pub(crate) fn run(input: TokenStream) -> TokenStream {
    let krate: TokenStream = Project::current().config.krate.parse().unwrap_or_default();
    expand(input, &quote!(#krate::__private)).unwrap_or_else(Error::into_compile_error)
}

fn expand(input: TokenStream, p: &TokenStream) -> Result<TokenStream> {
    match syn::parse2(input)? {
        Item::Struct(item) => newtype(&item, p),
        Item::Enum(item) => text_enum(&item, p),
        other => Err(Error::new(
            other.span(),
            "`Type` can only be derived for structs with one field and for enums",
        )),
    }
}

/// A struct with one field can be used like that field's type.
fn newtype(item: &ItemStruct, p: &TokenStream) -> Result<TokenStream> {
    settings(&item.attrs, &[])?;
    let mut fields = item.fields.iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        let message = "`Type` can only be derived for structs with one field, the column's value";
        return Err(Error::new(item.ident.span(), message));
    };
    if let Some(parameter) = item.generics.params.first() {
        let message = "not supported yet: `Type` for a struct with generic parameters";
        return Err(Error::new(parameter.span(), message));
    }
    let (name, ty) = (&item.ident, &field.ty);
    let (access, make) = match &field.ident {
        Some(field) => (quote!(self.#field), quote!(|value| #name { #field: value })),
        None => (quote!(self.0), quote!(#name)),
    };
    // A newtype of an `Option` can be null. The macro only sees the type's name, so it looks for that.
    let nullable = matches!(ty, syn::Type::Path(path)
        if path.path.segments.last().is_some_and(|segment| segment.ident == "Option"));
    let not_null = (!nullable).then(|| quote!(impl #p::NotNull for #name {}));
    Ok(quote_spanned! {ty.span().resolved_at(Span::call_site())=>
        impl<T> #p::Encode<T> for #name
        where
            #ty: #p::Encode<T>,
        {
            fn encode(&self) -> #p::Value {
                #p::Encode::<T>::encode(&#access)
            }
        }
        impl<T> #p::Decode<T> for #name
        where
            #ty: #p::Decode<T>,
        {
            fn decode(value: #p::Raw<'_>) -> ::core::result::Result<Self, #p::DecodeError> {
                ::core::result::Result::map(<#ty as #p::Decode<T>>::decode(value), #make)
            }
        }
        #not_null
    })
}

/// An enum is stored as the name of its variant: as text, or as an enum of the server.
fn text_enum(item: &ItemEnum, p: &TokenStream) -> Result<TokenStream> {
    if let Some(repr) = item.attrs.iter().find(|attr| attr.path().is_ident("repr")) {
        let message = "not supported yet: an enum that is stored as an integer; \
                       without `#[repr(…)]` it is kept as text";
        return Err(Error::new(repr.span(), message));
    }
    let rename_all = settings(&item.attrs, &["rename_all"])?;
    let case = match &rename_all {
        None => Case::AsIs,
        Some((_, style)) => Case::parse(style)?,
    };
    let mut variants = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    for variant in &item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new(variant.fields.span(), "a variant with fields can't be stored as text"));
        }
        let label = match settings(&variant.attrs, &["rename"])? {
            Some((_, label)) => label.value(),
            None => case.apply(&variant.ident.to_string()),
        };
        if labels.contains(&label) {
            return Err(Error::new(variant.span(), format!("two variants are named `{label}`")));
        }
        variants.push(&variant.ident);
        labels.push(label);
    }
    if variants.is_empty() {
        return Err(Error::new(item.ident.span(), "an enum without variants has no values"));
    }
    let name = &item.ident;
    let problem = format!("is not a variant of `{name}`");
    let markers = ["Text", "Enum", "Any"].map(|marker| Ident::new(marker, Span::call_site()));
    Ok(quote! {
        impl #name {
            const fn __label(&self) -> &'static ::core::primitive::str {
                match self { #(#name::#variants => #labels),* }
            }
            fn __decode(value: #p::Raw<'_>) -> ::core::result::Result<Self, #p::DecodeError> {
                let text = value.text()?;
                match ::core::convert::AsRef::<::core::primitive::str>::as_ref(&text) {
                    #(#labels => ::core::result::Result::Ok(#name::#variants),)*
                    other => ::core::result::Result::Err(
                        #p::DecodeError::other(::std::format!("`{}` {}", other, #problem)),
                    ),
                }
            }
        }
        #(
            impl #p::Encode<#p::#markers> for #name {
                fn encode(&self) -> #p::Value {
                    #p::Value::Text(::std::string::String::from(self.__label()))
                }
            }
            impl #p::Decode<#p::#markers> for #name {
                fn decode(value: #p::Raw<'_>) -> ::core::result::Result<Self, #p::DecodeError> {
                    #name::__decode(value)
                }
            }
        )*
        impl #p::NotNull for #name {}
    })
}

/// `#[aio_databases(key = "…")]`
fn settings(attrs: &[Attribute], keys: &[&str]) -> Result<Option<(Ident, LitStr)>> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("aio_databases")) {
        attr.parse_nested_meta(|meta| {
            let key = meta.path.require_ident()?.clone();
            if !keys.contains(&key.to_string().as_str()) {
                let hint =
                    did_you_mean(&key.to_string(), keys.iter().copied()).unwrap_or_else(|| match keys {
                        [] => "there are none for a struct".to_owned(),
                        keys => format!("there is `{}` here", keys.join("`, `")),
                    });
                return Err(meta.error(format!("no setting `{key}`: {hint}")));
            }
            found = Some((key, meta.value()?.parse()?));
            Ok(())
        })?;
    }
    Ok(found)
}

/// How variants' names are converted to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    AsIs,
    Lower,
    Upper,
    Snake,
    ScreamingSnake,
    Kebab,
    Camel,
    Pascal,
}

const CASES: [(&str, Case); 7] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
];

impl Case {
    fn parse(style: &LitStr) -> Result<Self> {
        let name = style.value();
        CASES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case).ok_or_else(|| {
            let names = CASES.map(|(name, _)| name);
            let hint =
                did_you_mean(&name, names).unwrap_or_else(|| format!("there are `{}`", names.join("`, `")));
            Error::new(style.span(), format!("no case `{name}`: {hint}"))
        })
    }

    fn apply(self, name: &str) -> String {
        let words = words(name);
        let lower = || words.iter().map(|word| word.to_lowercase());
        let title = |word: String| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        };
        match self {
            Case::AsIs => name.to_owned(),
            Case::Lower => name.to_lowercase(),
            Case::Upper => name.to_uppercase(),
            Case::Snake => lower().collect::<Vec<_>>().join("_"),
            Case::ScreamingSnake => lower().collect::<Vec<_>>().join("_").to_uppercase(),
            Case::Kebab => lower().collect::<Vec<_>>().join("-"),
            Case::Camel => lower().take(1).chain(lower().skip(1).map(title)).collect(),
            Case::Pascal => lower().map(title).collect(),
        }
    }
}

/// Splits a `PascalCase` name into words: `HTTPError2` is `HTTP`, `Error2`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.trim_start_matches("r#").chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, &letter) in letters.iter().enumerate() {
        if letter == '_' {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before.is_none_or(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (case, expected) in [
            (Case::AsIs, "VeryHTTPHappy2"),
            (Case::Lower, "veryhttphappy2"),
            (Case::Upper, "VERYHTTPHAPPY2"),
            (Case::Snake, "very_http_happy2"),
            (Case::ScreamingSnake, "VERY_HTTP_HAPPY2"),
            (Case::Kebab, "very-http-happy2"),
            (Case::Camel, "veryHttpHappy2"),
            (Case::Pascal, "VeryHttpHappy2"),
        ] {
            assert_eq!(case.apply("VeryHTTPHappy2"), expected);
        }
        assert_eq!(Case::Snake.apply("Sad"), "sad");
        assert_eq!(Case::Snake.apply("Very_Sad"), "very_sad");
    }

    #[test]
    fn mistakes() {
        for (item, message) in [
            ("struct A;", "`Type` can only be derived for structs with one field, the column's value"),
            (
                "struct A(i32, i32);",
                "`Type` can only be derived for structs with one field, the column's value",
            ),
            ("struct A<T>(T);", "not supported yet: `Type` for a struct with generic parameters"),
            ("union A { a: i32 }", "`Type` can only be derived for structs with one field and for enums"),
            ("enum A {}", "an enum without variants has no values"),
            ("enum A { B(i32) }", "a variant with fields can't be stored as text"),
            (
                "#[aio_databases(rename_al = \"lowercase\")] enum A { B }",
                "no setting `rename_al`: did you mean `rename_all`?",
            ),
            (
                "#[aio_databases(rename_all = \"snakecase\")] enum A { B }",
                "no case `snakecase`: did you mean `snake_case`?",
            ),
            ("enum A { B, #[aio_databases(rename = \"B\")] C }", "two variants are named `B`"),
            (
                "#[repr(i32)] enum A { B }",
                "not supported yet: an enum that is stored as an integer; without `#[repr(…)]` it is kept as text",
            ),
        ] {
            let error = expand(item.parse().unwrap(), &quote!(p)).unwrap_err();
            assert_eq!(error.to_string(), message, "{item}");
        }
    }

    #[test]
    fn derived() {
        for item in [
            "struct A(i32);",
            "struct A { id: Option<i32> }",
            "#[aio_databases(rename_all = \"snake_case\")] enum A { B, #[aio_databases(rename = \"c\")] C }",
        ] {
            let code = expand(item.parse().unwrap(), &quote!(::p)).unwrap();
            syn::parse2::<syn::File>(code).unwrap_or_else(|error| panic!("{item}: {error}"));
        }
    }
}
