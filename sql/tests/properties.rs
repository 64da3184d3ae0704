//! What holds for any text.

use aio_databases_sql::{Dialect, Position, Rendered, Span, Style, Template, TokenKind, lex, similar, split};
use proptest::prelude::*;

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(&Dialect::ALL[..])
}

/// Pieces of SQL in any order: more likely than random letters to be something.
fn sql() -> impl Strategy<Value = String> {
    let pieces = [
        "select",
        "where",
        "limit",
        "and",
        "a",
        "b1",
        "ñ",
        "begin",
        "end",
        "case",
        "create",
        "trigger",
        "function",
        "procedure",
        "atomic",
        "if",
        "loop",
        "not",
        "operator",
        "delimiter",
        "copy a from stdin",
        "explain",
        "1",
        "2.5",
        "0x1f",
        "1e5",
        "'",
        "''",
        "\"",
        "`",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "$",
        "$$",
        "$t$",
        "$1",
        "$2",
        "$0",
        "$a",
        "?",
        "?1",
        "?|",
        "?&",
        "%",
        "%%",
        "%s",
        "%(a)s",
        "%(",
        ":",
        "::",
        ":=",
        ":a",
        ":1",
        "@",
        "@@",
        "@>",
        "@a",
        "{a}",
        "{}",
        "e'",
        "n'",
        "x'",
        "u&'",
        "u&\"",
        "\\",
        "\\'",
        "--",
        "-- ",
        "#",
        "/*",
        "*/",
        "/*!",
        "/*!50100 ",
        "//",
        "\\.",
        ";",
        ",",
        ".",
        "..",
        "+",
        "-",
        "*",
        "/",
        "<",
        ">",
        "=",
        "~",
        "!",
        "&",
        "|",
        "^",
        "_",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\u{feff}",
        "\u{a0}",
        "\0",
        "漢",
    ];
    let piece = prop_oneof![8 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// A value's place in a query, and what is around it.
fn values() -> impl Strategy<Value = (Vec<usize>, Vec<&'static str>)> {
    let noise = [
        "'$1 ? %s :a {a}'",
        "/* $1 ? %s :a {a} */",
        "-- $1 ? %s :a {a}\n",
        "\"$1 ? %s :a {a}\"",
        "a.b",
        "1.5",
        "f(x, 'y')",
        "count(*)",
        "(select 1)",
        "x",
        "null",
    ];
    (prop::collection::vec(0..4usize, 1..8), prop::collection::vec(prop::sample::select(noise.to_vec()), 8))
}

/// The text between placeholders.
fn rest(sql: &str, dialect: Dialect) -> Vec<String> {
    let tokens = lex(sql, dialect).into_iter().filter(|token| token.kind != TokenKind::Space);
    tokens
        .map(|token| match token.kind {
            TokenKind::Placeholder(_) => "<param>".to_owned(),
            _ => token.span.of(sql).to_owned(),
        })
        .collect()
}

fn check_places(template: &Template, rendered: &Rendered<'_>) -> Result<(), TestCaseError> {
    let mut last = 0;
    for offset in 0..=rendered.sql.len() {
        let source = rendered.to_source(offset);
        prop_assert!(source >= last && source <= template.sql().len());
        last = source;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_cover_any_text(sql in prop_oneof![sql(), any::<String>()], dialect in dialect()) {
        let mut at = 0;
        for token in lex(&sql, dialect) {
            prop_assert_eq!(token.span.start, at);
            prop_assert!(token.span.end > at);
            prop_assert!(sql.is_char_boundary(token.span.end), "{:?}", token);
            at = token.span.end;
        }
        prop_assert_eq!(at, sql.len());
    }

    #[test]
    fn statements_are_parts_in_order(sql in sql(), dialect in dialect()) {
        let mut at = 0;
        for span in split(&sql, dialect) {
            prop_assert!(span.start >= at && span.end > span.start && span.end <= sql.len(), "{:?}", span);
            let statement = sql.get(span.start..span.end);
            prop_assert!(statement.is_some_and(|text| !text.starts_with([' ', '\t', '\n', '\r'])), "{:?}", statement);
            at = span.end;
        }
    }

    /// What is parsed can be rendered, and the rendered text has the same parameters at the same places.
    #[test]
    fn rendering_keeps_what_is_no_placeholder(sql in sql(), dialect in dialect()) {
        let template = match Template::parse(&sql, dialect) {
            Ok(template) => template,
            Err(error) => {
                prop_assert!(sql.get(error.span.start..error.span.end).is_some(), "{:?}", error);
                prop_assert_eq!(error.position, Position::of(&sql, error.span.start));
                prop_assert!(!error.message.is_empty() && error.help.is_some());
                return Ok(());
            }
        };
        let rendered = template.render();
        check_places(&template, &rendered)?;
        for hint in template.hints() {
            prop_assert!(sql.get(hint.span.start..hint.span.end).is_some(), "{:?}", hint);
        }
        let percent = matches!(template.style(), Some(Style::Percent | Style::PercentName));
        if !percent {
            prop_assert_eq!(rest(&rendered.sql, dialect), rest(&sql, dialect));
        }
        let uses: Vec<Span> = template.params().iter().flat_map(|param| param.spans.iter().copied()).collect();
        if !(percent && sql.contains("%%")) {
            let again = Template::parse(&rendered.sql, dialect);
            prop_assert!(again.is_ok(), "{}: {:?}", rendered.sql, again);
            let again = again.unwrap();
            let places: Vec<usize> =
                again.params().iter().flat_map(|param| param.spans.iter().map(|span| span.start)).collect();
            let mut sources: Vec<usize> = places.iter().map(|&at| rendered.to_source(at)).collect();
            let mut expected: Vec<usize> = uses.iter().map(|span| span.start).collect();
            if dialect == Dialect::Mysql {
                // Each `?` is its own parameter there, in the order of the text.
                sources.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(rendered.order.len(), expected.len());
            } else {
                prop_assert_eq!(again.params().len(), template.params().len());
                prop_assert_eq!(rendered.order.len(), template.params().len());
            }
            prop_assert_eq!(sources, expected);
        }
    }

    /// A query is the same in any style, and what looks like placeholders in quotes and comments stays.
    #[test]
    fn styles_are_the_same((uses, noise) in values(), dialect in dialect()) {
        let write = |style: Style| {
            let mut sql = "select ".to_owned();
            for (n, (&index, noise)) in uses.iter().zip(&noise).enumerate() {
                let name = ["a", "b", "c", "d"][index];
                let placeholder = match style {
                    Style::Dollar => format!("${}", index + 1),
                    Style::QuestionNumber => format!("?{}", index + 1),
                    Style::PercentName => format!("%({name})s"),
                    Style::Colon => format!(":{name}"),
                    Style::DollarName => format!("${name}"),
                    Style::Brace => format!("{{{name}}}"),
                    _ => style.example().to_owned(),
                };
                sql += if n == 0 { "" } else { ", " };
                sql += &format!("{noise} , {placeholder} + 1");
            }
            sql
        };
        let complete = (0..*uses.iter().max().unwrap()).all(|index| uses.contains(&index));
        for style in [Style::Dollar, Style::Question, Style::QuestionNumber, Style::Percent, Style::PercentName, Style::Colon, Style::DollarName, Style::Brace] {
            let sql = write(style);
            let template = Template::parse(&sql, dialect);
            if style.is_numbered() && !complete {
                prop_assert!(template.is_err());
                continue;
            }
            prop_assert!(template.is_ok(), "{}: {:?}", sql, template);
            let template = template.unwrap();
            let rendered = template.render();
            prop_assert!(rendered.order.iter().all(|&param| param < template.params().len()));
            let slots: usize = template.params().iter().map(|param| param.spans.len()).sum();
            prop_assert_eq!(slots, uses.len());
            prop_assert_eq!(rest(&rendered.sql, dialect), rest(&sql, dialect));
            for noise in noise.iter().take(uses.len()) {
                prop_assert!(rendered.sql.contains(noise));
            }
        }
    }

    #[test]
    fn the_nearest_name_is_one_of_them(name in ".{0,12}", candidates in prop::collection::vec(".{0,12}", 0..5)) {
        let found = similar(&name, candidates.iter().map(String::as_str));
        prop_assert!(found.is_none_or(|found| candidates.iter().any(|candidate| candidate == found)));
        if candidates.contains(&name) {
            prop_assert_eq!(found.map(str::to_lowercase), Some(name.to_lowercase()));
        }
    }
}
