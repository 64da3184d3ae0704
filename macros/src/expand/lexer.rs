//! Short generated texts, such as paths and calls, as tokens.
//!
//! The compiler's own lexer treats each text as a source file of its own. For a few tokens that costs more than the
//! tokens themselves.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// The tokens of a text, all at one place. Returns `None` if the text has anything but ASCII identifiers, whole numbers,
/// punctuation and brackets.
pub(super) fn tokens(text: &str, span: Span) -> Option<TokenStream> {
    let mut open: Vec<(u8, Vec<TokenTree>)> = Vec::new();
    let mut trees = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        let mut tree = match bytes[start] {
            b' ' => continue,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                at = end(bytes, at);
                let raw = bytes.get(at).is_some_and(|next| matches!(next, b'#' | b'"' | b'\''));
                if raw {
                    return None;
                }
                TokenTree::Ident(Ident::new(&text[start..at], span))
            }
            b'0'..=b'9' => {
                at = end(bytes, at);
                if bytes.get(at) == Some(&b'.') {
                    return None;
                }
                TokenTree::Literal(Literal::usize_unsuffixed(text[start..at].parse().ok()?))
            }
            byte @ (b'(' | b'[' | b'{') => {
                open.push((byte, std::mem::take(&mut trees)));
                continue;
            }
            byte @ (b')' | b']' | b'}') => {
                let (opened, outer) = open.pop()?;
                let delimiter = match (opened, byte) {
                    (b'(', b')') => Delimiter::Parenthesis,
                    (b'[', b']') => Delimiter::Bracket,
                    (b'{', b'}') => Delimiter::Brace,
                    _ => return None,
                };
                let inner = std::mem::replace(&mut trees, outer);
                TokenTree::Group(Group::new(delimiter, inner.into_iter().collect()))
            }
            byte if is_punct(byte) => {
                let joint = bytes.get(at).is_some_and(|next| is_punct(*next));
                TokenTree::Punct(Punct::new(
                    byte as char,
                    if joint { Spacing::Joint } else { Spacing::Alone },
                ))
            }
            _ => return None,
        };
        tree.set_span(span);
        trees.push(tree);
    }
    open.is_empty().then(|| trees.into_iter().collect())
}

fn end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        at += 1;
    }
    at
}

fn is_punct(byte: u8) -> bool {
    matches!(byte, b':' | b'<' | b'>' | b',' | b'.' | b';' | b'&' | b'?' | b'!' | b'=' | b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_compiler() {
        for text in [
            "::aio_databases::__private::arg::<::aio_databases::__private::Int8, _>",
            "__p::Array<__p::Array<__p::Int4>>",
            ".fetchmany(__db, __n)",
            "[] as [::aio_databases::__private::Value; 0]",
            "{ id: __row.get::<__p::Int8, _>(0)?, name: __p::nullable::<__p::Text, _>(__row, 10)?, }",
            "|(__0, __1), __row| { __p::put::<__p::Int8, _>(&__0, __row); }",
            "equals_null! {}",
        ] {
            let expected: TokenStream = text.parse().unwrap();
            assert_eq!(tokens(text, Span::call_site()).unwrap().to_string(), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn leaves_everything_else_to_the_compiler() {
        for text in ["r#type", "\"a\"", "b'a'", "&'a str", "é", "1.5", "1u8", "(]", "(", ")", "#[doc]"] {
            assert!(tokens(text, Span::call_site()).is_none(), "{text}");
        }
    }
}
