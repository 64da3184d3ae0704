//! Identifiers of Rust.

/// The keywords of all editions, which are only names as `r#word`. `syn` has the same list, but for `gen`.
const KEYWORDS: [&str; 53] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "_",
];

/// Whether a text is an identifier.
pub(crate) fn is_name(text: &str) -> bool {
    is_word(text) && !KEYWORDS.contains(&text)
}

/// Whether a text is an identifier, possibly as `r#name`.
pub(crate) fn is_raw_name(text: &str) -> bool {
    is_word(text) && !matches!(text, "self" | "Self" | "super" | "crate" | "_")
}

/// Whether a text has the form of an identifier. Parsing it as tokens would be a thousand times slower.
fn is_word(text: &str) -> bool {
    match text.as_bytes() {
        [] | [b'0'..=b'9', ..] => false,
        bytes if text.is_ascii() => bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        _ => syn::parse_str::<proc_macro2::Ident>(text).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_syn_takes() {
        let others = [
            "a",
            "_a",
            "__",
            "a1",
            "1a",
            "",
            "a b",
            "a-b",
            "é",
            "a\u{301}",
            "?column?",
            "r#a",
            "\u{1F600}",
            "union",
        ];
        assert!(!is_name("gen"), "a keyword of the edition 2024, which `syn` takes for a name");
        let keywords = KEYWORDS.into_iter().filter(|word| *word != "gen");
        for text in keywords.chain(others) {
            assert_eq!(
                is_name(text),
                text != "r#a" && syn::parse_str::<proc_macro2::Ident>(text).is_ok(),
                "{text}"
            );
            let raw = format!("r#{text}");
            let can_be_raw = !matches!(text, "self" | "Self" | "super" | "crate" | "_");
            assert_eq!(
                is_raw_name(text),
                can_be_raw && syn::parse_str::<proc_macro2::Ident>(&raw).is_ok(),
                "{text}"
            );
        }
    }
}
