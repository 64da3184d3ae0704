//! How an expansion lends the executor to the query.
//!
//! A `Database` and all else that several queries can use at a time is borrowed: `&(db)`. A reference is handed on as it is: sqlx's
//! connections and transactions can only be borrowed mutably, and are written as `&mut …`. A variable or a field can be either: with the feature `sqlx`,
//! the compiler finds out by looking for a method (`reach` in `runtime/src/execute/executor.rs`).

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::code;

/// The executor, borrowed.
pub(super) fn lent(executor: &TokenStream, private: &str) -> TokenStream {
    let trees: Vec<TokenTree> = executor.clone().into_iter().collect();
    match &trees[..] {
        // What a macro of the user's was handed, or what stands in parentheses.
        [TokenTree::Group(group)]
            if matches!(group.delimiter(), Delimiter::None | Delimiter::Parenthesis)
                && is_reference(&group.stream().into_iter().collect::<Vec<_>>()) =>
        {
            group.stream()
        }
        trees if is_reference(trees) => executor.clone(),
        trees if cfg!(feature = "sqlx") && is_place(trees) => {
            let reach = code::placed(&format!("{private}::reach"), executor_span(trees));
            quote!({ use #reach::*; (#executor).__executor() })
        }
        _ => code::borrowed(executor),
    }
}

/// Whether it begins with `&`.
fn is_reference(trees: &[TokenTree]) -> bool {
    matches!(trees, [TokenTree::Punct(and), _, ..] if and.as_char() == '&')
}

/// Whether it is a variable or a field, perhaps behind a reference: its value lives on after the expression.
fn is_place(trees: &[TokenTree]) -> bool {
    !trees.is_empty()
        && trees.iter().all(|tree| match tree {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => matches!(punct.as_char(), '.' | ':' | '*'),
            TokenTree::Literal(literal) => {
                literal.to_string().chars().all(|digit| digit.is_ascii_digit() || digit == '.')
            }
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::None
                    && is_place(&group.stream().into_iter().collect::<Vec<_>>())
            }
        })
        && !trees.iter().any(|tree| matches!(tree, TokenTree::Ident(word) if *word == "await"))
        && matches!(&trees[0], TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Group(_))
}

fn executor_span(trees: &[TokenTree]) -> proc_macro2::Span {
    trees.first().map_or_else(proc_macro2::Span::call_site, TokenTree::span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is<T>(test: fn(&[TokenTree]) -> T, text: &str) -> T {
        let tokens: TokenStream = text.parse().unwrap();
        test(&tokens.into_iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_handed_on_as_it_is() {
        for (text, expected) in [
            ("&mut tx", true),
            ("&mut *tx", true),
            ("&mut *pool.acquire().await?", true),
            ("&db", true),
            ("mutex", false),
            ("db", false),
        ] {
            assert_eq!(is(is_reference, text), expected, "{text}");
        }
    }

    #[test]
    fn variables_and_fields() {
        for (text, expected) in [
            ("db", true),
            ("self.db", true),
            ("state.0.db", true),
            ("*db", true),
            ("crate::DB", true),
            ("5", false),
            ("db()", false),
            ("state.db()", false),
            ("open().await", false),
            ("opening.await", false),
            ("pools[0]", false),
            ("db!()", false),
            ("&db", false),
        ] {
            assert_eq!(is(is_place, text), expected, "{text}");
        }
    }
}
