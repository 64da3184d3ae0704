//! Quoted literals: finds those that are certainly not a value of their type.
//!
//! Every rule here accepts at least what the server accepts.

use crate::Type;

/// Why a text is certainly not a value of a type.
pub(crate) fn problem(text: &str, ty: &Type) -> Option<String> {
    let wrong = match ty {
        Type::Domain { base, .. } => return problem(text, base),
        Type::Enum { name, labels, .. } => {
            if labels.iter().any(|label| label == text) {
                return None;
            }
            let similar = aio_databases_sql::similar(text, labels.iter().map(String::as_str));
            let hint = match similar {
                Some(label) => format!("did you mean `{label}`?"),
                None => format!("it has {}", list(labels)),
            };
            return Some(format!("`{text}` is not a label of `{name}`; {hint}"));
        }
        Type::Array(_) => !is_array(text),
        Type::Composite { .. } | Type::Record => !text.trim().starts_with('('),
        Type::Base(name) => !may_be(text, name),
    };
    wrong.then(|| format!("`{}` is not a valid `{ty}`", shortened(text)))
}

fn list(labels: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = labels.iter().take(SHOWN).map(|label| format!("`{label}`")).collect();
    if labels.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        text.chars().take(SHOWN).chain(['…']).collect()
    }
}

fn is_array(text: &str) -> bool {
    let text = text.trim();
    // `[2:3]={1,2}` starts with bounds.
    let plain = !text.contains(['"', '\\']);
    (text.starts_with('{') || text.starts_with('['))
        && text.ends_with('}')
        && !(plain && (text.contains(",,") || text.contains("{,") || text.contains(",}")))
}

/// Whether a text might be a value of a built-in type.
fn may_be(text: &str, ty: &str) -> bool {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    match ty {
        "bool" => is_bool(trimmed),
        "int2" => is_integer(trimmed, i64::from(i16::MIN), i64::from(i16::MAX)),
        "oid" => is_integer(trimmed, i64::from(i32::MIN), i64::from(u32::MAX)),
        "int4" => is_integer(trimmed, i64::from(i32::MIN), i64::from(i32::MAX)),
        "int8" => is_integer(trimmed, i64::MIN, i64::MAX),
        "numeric" | "float4" | "float8" => is_number(trimmed),
        "uuid" => is_uuid(trimmed),
        "date" | "timestamp" | "timestamptz" => is_date(trimmed),
        "time" | "timetz" => {
            has_digit(trimmed) || ["now", "allballs"].contains(&trimmed.to_lowercase().as_str())
        }
        "interval" => is_interval(&trimmed.to_lowercase()),
        "json" | "jsonb" => json::is_valid(text),
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => {
            trimmed.eq_ignore_ascii_case("empty")
                || trimmed.starts_with(['[', '(']) && trimmed.ends_with([']', ')'])
        }
        "inet" | "cidr" => {
            !trimmed.is_empty()
                && trimmed.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:/".contains(&byte))
        }
        _ => true,
    }
}

/// Any prefix of a keyword that is not a prefix of both.
fn is_bool(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let starts = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    starts("true", 1)
        || starts("false", 1)
        || starts("yes", 1)
        || starts("no", 1)
        || starts("on", 2)
        || starts("off", 2)
        || text == "1"
        || text == "0"
}

/// Newer servers also take `0x1f` and `1_000`.
fn is_integer(text: &str, least: i64, most: i64) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.starts_with('0') && digits.get(1..2).is_some_and(|c| "xXoObB".contains(c)) {
        return true;
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let plain = text.replace('_', "");
    plain.parse::<i128>().is_ok_and(|value| (i128::from(least)..=i128::from(most)).contains(&value))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    if ["nan", "infinity", "inf"].contains(&digits.as_str()) {
        return true;
    }
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit() || b".+-_xop".contains(&byte))
}

/// Hyphens after each four digits, and braces around it, are optional.
fn is_uuid(text: &str) -> bool {
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let digits = text.bytes().filter(|byte| *byte != b'-').count();
    digits == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Numbers and units. A text that starts with `p` is in the format of ISO 8601.
fn is_interval(text: &str) -> bool {
    const UNITS: &str = " @ ago c cent centuries century d day days dec decade decades decs h hour hours hr hrs m \
        microsecon mil mils millennia millennium millisecon min mins minute minutes mon mons month months ms msec msecond \
        mseconds msecs qtr quarter s sec second seconds secs timezone us usec usecond useconds usecs \
        w week weeks y year years yr yrs infinity ";
    // The server looks at the first ten letters of a word.
    let known = |word: &str| UNITS.contains(&format!(" {} ", word.get(..10).unwrap_or(word)));
    let words = || text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    text.starts_with('p') || words().all(known) && (has_digit(text) || words().any(|word| word == "infinity"))
}

fn is_date(text: &str) -> bool {
    const WORDS: [&str; 8] =
        ["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "+infinity", "-infinity"];
    let lower = text.to_lowercase();
    if WORDS.iter().any(|word| lower.starts_with(word)) {
        return true;
    }
    has_digit(text)
        && iso_date(text).is_none_or(|(month, day)| (1..=12).contains(&month) && (1..=31).contains(&day))
}

/// Month and day of `2020-01-31…`.
fn iso_date(text: &str) -> Option<(u32, u32)> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    (bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-').then_some(())?;
    digits(0..4)?;
    Some((digits(5..7)?, digits(8..10)?))
}

/// Whether a text is JSON.
mod json {
    /// Deeper nesting is not checked.
    const DEPTH: usize = 100;

    pub(super) fn is_valid(text: &str) -> bool {
        let mut rest = text.as_bytes();
        value(&mut rest, 0) && {
            space(&mut rest);
            rest.is_empty()
        }
    }

    fn space(rest: &mut &[u8]) {
        while let [b' ' | b'\t' | b'\n' | b'\r', tail @ ..] = rest {
            *rest = tail;
        }
    }

    fn take(rest: &mut &[u8], byte: u8) -> bool {
        space(rest);
        match rest {
            [first, tail @ ..] if *first == byte => {
                *rest = tail;
                true
            }
            _ => false,
        }
    }

    fn value(rest: &mut &[u8], depth: usize) -> bool {
        space(rest);
        if depth > DEPTH {
            *rest = &[];
            return true;
        }
        match rest.first() {
            Some(b'{') => items(rest, b'{', b'}', |rest| {
                space(rest);
                string(rest) && take(rest, b':') && value(rest, depth + 1)
            }),
            Some(b'[') => items(rest, b'[', b']', |rest| value(rest, depth + 1)),
            Some(b'"') => string(rest),
            Some(b'-' | b'0'..=b'9') => number(rest),
            _ => ["true", "false", "null"].iter().any(|word| match rest.strip_prefix(word.as_bytes()) {
                Some(tail) => {
                    *rest = tail;
                    true
                }
                None => false,
            }),
        }
    }

    fn items(rest: &mut &[u8], open: u8, close: u8, item: impl Fn(&mut &[u8]) -> bool) -> bool {
        if !take(rest, open) {
            return false;
        }
        if take(rest, close) {
            return true;
        }
        loop {
            if !item(rest) {
                return false;
            }
            if take(rest, close) {
                return true;
            }
            if !take(rest, b',') {
                return false;
            }
        }
    }

    fn string(rest: &mut &[u8]) -> bool {
        let [b'"', tail @ ..] = rest else { return false };
        *rest = tail;
        loop {
            match rest {
                [b'"', tail @ ..] => {
                    *rest = tail;
                    return true;
                }
                [b'\\', b'u', a, b, c, d, tail @ ..]
                    if [a, b, c, d].iter().all(|byte| byte.is_ascii_hexdigit()) =>
                {
                    *rest = tail;
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', tail @ ..] => *rest = tail,
                [b'\\' | 0..=0x1f, ..] | [] => return false,
                [_, tail @ ..] => *rest = tail,
            }
        }
    }

    fn number(rest: &mut &[u8]) -> bool {
        let digits = |rest: &mut &[u8]| {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            *rest = &rest[count..];
            count
        };
        if let [b'-', tail @ ..] = rest {
            *rest = tail;
        }
        let leading_zero = rest.first() == Some(&b'0');
        let whole = digits(rest);
        if whole == 0 || leading_zero && whole > 1 {
            return false;
        }
        if let [b'.', tail @ ..] = rest {
            *rest = tail;
            if digits(rest) == 0 {
                return false;
            }
        }
        if let [b'e' | b'E', tail @ ..] = rest {
            *rest = tail.strip_prefix(b"+").or(tail.strip_prefix(b"-")).unwrap_or(tail);
            return digits(rest) > 0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, process::Command};

    use super::problem;
    use crate::Type;

    /// A type, a text, and whether the text is certainly none of the type's.
    const CASES: [(&str, &str, bool); 78] = [
        ("bool", "t", false),
        ("bool", " TRUE ", false),
        ("bool", "of", false),
        ("bool", "o", true),
        ("bool", "2", true),
        ("bool", "", true),
        ("int2", "32767", false),
        ("int2", "32768", true),
        ("int4", " 12 ", false),
        ("int4", "-2147483648", false),
        ("int4", "2147483648", true),
        ("int4", "1.5", true),
        ("int4", "", true),
        ("int4", "abc", true),
        ("int4", "+5", false),
        ("int4", "- 5", true),
        ("int8", "9223372036854775807", false),
        ("int8", "9223372036854775808", true),
        ("numeric", "1e5", false),
        ("numeric", ".5", false),
        ("numeric", "5.", false),
        ("numeric", "NaN", false),
        ("numeric", "1,5", true),
        ("numeric", "", true),
        ("float8", "-Infinity", false),
        ("float8", "inf", false),
        ("float8", "1.5e-3", false),
        ("float8", "x", true),
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", false),
        ("uuid", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", false),
        ("uuid", "A0EEBC999C0B4EF8BB6D6BB9BD380A11", false),
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", true),
        ("uuid", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", true),
        ("date", "2020-02-29", false),
        ("date", "today", false),
        ("date", "January 8, 1999", false),
        ("date", "19990108", false),
        ("date", "infinity", false),
        ("date", "2020-13-01", true),
        ("date", "2020-01-32", true),
        ("date", "x", true),
        ("date", "", true),
        ("timestamp", "2020-01-01 12:00", false),
        ("timestamp", "now", false),
        ("timestamp", "epoch", false),
        ("timestamp", "hello", true),
        ("timestamptz", "2020-01-01 12:00+02", false),
        ("timestamptz", "tomorrow 10:00", false),
        ("timestamptz", "2020-00-01", true),
        ("time", "12:00", false),
        ("time", "allballs", false),
        ("time", "noon", true),
        ("interval", "1 day", false),
        ("interval", "P1Y", false),
        ("interval", "a day", true),
        ("json", "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\"]}", false),
        ("json", " 1 ", false),
        ("json", "", true),
        ("json", "{a: 1}", true),
        ("json", "[1,]", true),
        ("json", "'a'", true),
        ("json", "01", true),
        ("json", "\"a", true),
        ("jsonb", "{}", false),
        ("jsonb", "{} x", true),
        ("jsonb", "nul", true),
        ("int4[]", "{1,2}", false),
        ("int4[]", " {} ", false),
        ("int4[]", "[0:1]={1,2}", false),
        ("int4[]", "1,2", true),
        ("int4[]", "", true),
        ("int4range", "[1,2)", false),
        ("int4range", "empty", false),
        ("int4range", "1", true),
        ("inet", "127.0.0.1/8", false),
        ("inet", "::1", false),
        ("inet", "localhost", true),
        ("text", "anything", false),
    ];

    fn ty(name: &'static str) -> Type {
        name.strip_suffix("[]").map_or(Type::base(name), |element| Type::base(element).array())
    }

    #[test]
    fn says_what_is_certainly_wrong() {
        for (name, text, wrong) in CASES {
            assert_eq!(problem(text, &ty(name)).is_some(), wrong, "{name} {text:?}");
        }
    }

    #[test]
    fn names_the_label_that_was_meant() {
        let mood =
            Type::Enum { schema: None, name: "mood".into(), labels: ["sad".into(), "happy".into()].into() };
        assert_eq!(problem("happy", &mood), None);
        assert_eq!(problem("hapy", &mood).unwrap(), "`hapy` is not a label of `mood`; did you mean `happy`?");
        assert_eq!(
            problem("angry!", &mood).unwrap(),
            "`angry!` is not a label of `mood`; it has `sad`, `happy`"
        );
    }

    /// What is called wrong is refused by the server.
    #[test]
    fn live() {
        let Ok(url) = std::env::var("AIO_DATABASES_POSTGRES_URL") else { return };
        let mut script = String::new();
        for (name, text, _) in CASES {
            script.push_str(&format!("select '{}'::{name};\n\\echo # :SQLSTATE\n", text.replace('\'', "''")));
        }
        let file = std::env::temp_dir().join(format!("aio-databases-literals-{}.sql", std::process::id()));
        std::fs::write(&file, script).expect("the script is written");
        let output =
            Command::new("psql").args(["-XqAt", "-d", &url, "-f"]).arg(&file).output().expect("psql runs");
        std::fs::remove_file(&file).expect("the script is removed");
        let output = String::from_utf8(output.stdout).expect("UTF-8");
        let codes: Vec<&str> = output.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        let found: HashMap<_, _> = CASES.iter().map(|(name, text, _)| (*name, *text)).zip(&codes).collect();
        assert_eq!(codes.len(), CASES.len());
        for (name, text, wrong) in CASES {
            assert_eq!(*found[&(name, text)] != "00000", wrong, "{name} {text:?}");
        }
    }
}
