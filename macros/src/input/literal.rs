//! Converts a string literal to its value, and maps places in the value back to the literal.

/// The value of a string literal, and the mapping to its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unescaped {
    /// The value of the literal.
    pub(crate) value: String,
    /// The starts of the parts of the value: `(offset in the value, offset in the source)`. Within a part, both advance
    /// equally. A new part begins before and after each escape.
    parts: Vec<(usize, usize)>,
}

impl Unescaped {
    /// The offset in the source where the byte `offset` of the value comes from.
    pub(crate) fn to_source(&self, offset: usize) -> usize {
        let after = self.parts.partition_point(|part| part.0 <= offset);
        let (value, source) = self.parts[after.max(1) - 1];
        source + (offset - value)
    }
}

/// Reads the source of a string literal (`"…"`, `r"…"`, `r#"…"#`). Returns `None` for any other literal.
pub(crate) fn unescape(source: &str) -> Option<Unescaped> {
    match source.as_bytes() {
        [b'"', ..] => Some(unescape_plain(source)),
        [b'r', ..] => unescape_raw(source),
        _ => None,
    }
}

fn unescape_raw(source: &str) -> Option<Unescaped> {
    let hashes = source[1..].bytes().take_while(|&b| b == b'#').count();
    let start = 1 + hashes + 1;
    let end = source[start..].rfind('"')? + start;
    Some(Unescaped { value: source[start..end].to_owned(), parts: vec![(0, start)] })
}

fn unescape_plain(source: &str) -> Unescaped {
    if let (None, Some(end)) = (source.find('\\'), source.rfind('"')) {
        return Unescaped { value: source[1..end.max(1)].to_owned(), parts: vec![(0, 1)] };
    }
    let mut value = String::new();
    let mut parts = vec![(0, 1)];
    let mut at = 1;
    while let Some(c) = source[at..].chars().next() {
        match c {
            '"' => break,
            '\\' => {
                let (decoded, length) = escape(&source[at..]);
                parts.push((value.len(), at));
                value.extend(decoded);
                at += length;
                parts.push((value.len(), at));
            }
            _ => {
                value.push(c);
                at += c.len_utf8();
            }
        }
    }
    // If a part is empty (`\` at the end of a line), the later one counts.
    parts.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
    Unescaped { value, parts }
}

/// The character of the escape at the start of `text` (none for a line continuation), and the length of the escape. The
/// compiler has already checked the literal.
fn escape(text: &str) -> (Option<char>, usize) {
    let hex = |digits: &str| {
        let digits = digits.replace('_', "");
        u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
    };
    match text.as_bytes().get(1) {
        Some(b'n') => (Some('\n'), 2),
        Some(b't') => (Some('\t'), 2),
        Some(b'r') => (Some('\r'), 2),
        Some(b'0') => (Some('\0'), 2),
        Some(b'x') => (text.get(2..4).and_then(hex), 4.min(text.len())),
        Some(b'u') => {
            let end = text.find('}').unwrap_or(text.len() - 1);
            (text.get(3..end).and_then(hex), end + 1)
        }
        Some(b'\n' | b'\r') => {
            let rest = text[1..].trim_start_matches([' ', '\t', '\n', '\r']);
            (None, text.len() - rest.len())
        }
        Some(&other) if other.is_ascii() => (Some(other as char), 2),
        _ => (None, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, value: &str) {
        let unescaped = unescape(source).unwrap();
        assert_eq!(unescaped.value, value, "{source}");
        let compiled: syn::LitStr = syn::parse_str(source).unwrap();
        assert_eq!(compiled.value(), value, "{source}");
    }

    #[test]
    fn values_are_the_compilers() {
        check(r#""select 1""#, "select 1");
        check(r#""""#, "");
        check(r#""a\"b\"\\\t\x41\u{1F600}\u{00_41}é""#, "a\"b\"\\\tA😀Aé");
        check("\"a \\\n    b\\n\\\n\n  c\"", "a b\nc");
        check(r###"r"a\n""###, "a\\n");
        check(r###"r##"a"#b"##"###, "a\"#b");
        assert_eq!(unescape("b\"x\""), None);
        assert_eq!(unescape("1"), None);
    }

    #[test]
    fn every_character_is_found_again() {
        let source = "\"é\\\"x\\\" \\\n   y\\u{e9}z\"";
        let unescaped = unescape(source).unwrap();
        assert_eq!(unescaped.value, "é\"x\" yéz");
        let origin = |c: char| {
            let place = unescaped.to_source(unescaped.value.find(c).unwrap());
            &source[place..]
        };
        assert!(origin('x').starts_with("x\\\""));
        assert!(origin('y').starts_with("y\\u"));
        assert!(origin('z').starts_with("z\""));
        assert!(origin('"').starts_with("\\\"x"));
        assert_eq!(unescaped.to_source(unescaped.value.len()), source.len() - 1);
        let raw = unescape("r#\"abc\"#").unwrap();
        assert_eq!(raw.to_source(1), 4);
    }
}
