//! Number literals as arguments. Without a suffix, Rust infers `i32` or `f64`. The query knows the wanted type: `1` for
//! a `smallint` means `1_i16`.

use proc_macro2::{Literal, TokenStream, TokenTree};

use crate::types::{Marker, Scalar};

/// The expression, with the suffix of the query's type if it is a number literal without a suffix. If the number
/// doesn't fit, the compiler reports it at the literal.
pub(super) fn typed(expr: &TokenStream, marker: &Marker) -> TokenStream {
    let mut trees: Vec<TokenTree> = expr.clone().into_iter().collect();
    if let [TokenTree::Literal(literal)] | [TokenTree::Punct(_), TokenTree::Literal(literal)] = &trees[..]
        && is_negation(&trees[0])
        && let Some(literal) = suffixed(literal, marker)
    {
        trees.pop();
        trees.push(TokenTree::Literal(literal));
    }
    trees.into_iter().collect()
}

fn is_negation(first: &TokenTree) -> bool {
    match first {
        TokenTree::Punct(punct) => punct.as_char() == '-',
        _ => true,
    }
}

fn suffixed(literal: &Literal, marker: &Marker) -> Option<Literal> {
    let Marker::Scalar(scalar) = marker else { return None };
    let text = literal.to_string();
    if let Some(mut typed) = whole(&text, *scalar) {
        typed.set_span(literal.span());
        return Some(typed);
    }
    let (whole, real) = match scalar {
        Scalar::Int1 => ("i8", None),
        Scalar::Int2 => ("i16", None),
        Scalar::Int8 | Scalar::Numeric => ("i64", None),
        Scalar::UInt1 => ("u8", None),
        Scalar::UInt2 => ("u16", None),
        Scalar::UInt4 => ("u32", None),
        Scalar::UInt8 => ("u64", None),
        Scalar::Float4 => ("f32", Some("f32")),
        Scalar::Float8 => ("f64", Some("f64")),
        _ => return None,
    };
    let suffix = match syn::parse_str::<syn::Lit>(&text).ok()? {
        // `0x1` followed by `f32` is a different number.
        syn::Lit::Int(number) if number.suffix().is_empty() && (real.is_none() || plain(&text)) => whole,
        syn::Lit::Float(number) if number.suffix().is_empty() && !text.ends_with('.') => real?,
        _ => return None,
    };
    let mut typed: Literal = format!("{text}{suffix}").parse().ok()?;
    typed.set_span(literal.span());
    Some(typed)
}

/// A literal of digits only, if its type can hold it. Parsing it as a Rust literal would be much slower.
fn whole(text: &str, scalar: Scalar) -> Option<Literal> {
    Some(match scalar {
        Scalar::Int1 => Literal::i8_suffixed(text.parse().ok()?),
        Scalar::Int2 => Literal::i16_suffixed(text.parse().ok()?),
        Scalar::Int8 | Scalar::Numeric => Literal::i64_suffixed(text.parse().ok()?),
        Scalar::UInt1 => Literal::u8_suffixed(text.parse().ok()?),
        Scalar::UInt2 => Literal::u16_suffixed(text.parse().ok()?),
        Scalar::UInt4 => Literal::u32_suffixed(text.parse().ok()?),
        Scalar::UInt8 => Literal::u64_suffixed(text.parse().ok()?),
        _ => return None,
    })
}

fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_type_that_the_query_wants() {
        for (expr, scalar, expected) in [
            ("1", Scalar::Int2, "1i16"),
            ("- 1", Scalar::Int8, "- 1i64"),
            ("1_000", Scalar::UInt8, "1_000u64"),
            ("0x1f", Scalar::Int1, "0x1fi8"),
            ("7", Scalar::Numeric, "7i64"),
            ("1", Scalar::Float4, "1f32"),
            ("1.5", Scalar::Float4, "1.5f32"),
            ("- 1e3", Scalar::Float8, "- 1e3f64"),
            // These stay unchanged.
            ("1", Scalar::Int4, "1"),
            ("1u8", Scalar::Int2, "1u8"),
            ("0x1f", Scalar::Float8, "0x1f"),
            ("1.5", Scalar::Int8, "1.5"),
            ("! 1", Scalar::Int2, "! 1"),
            ("1 + 1", Scalar::Int2, "1 + 1"),
            ("\"1\"", Scalar::Text, "\"1\""),
            ("x", Scalar::Int2, "x"),
        ] {
            let typed = typed(&expr.parse().unwrap(), &Marker::Scalar(scalar));
            assert_eq!(typed.to_string().replace(' ', ""), expected.replace(' ', ""), "{expr} as {scalar:?}");
        }
    }
}
