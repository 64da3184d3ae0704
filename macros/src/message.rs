//! What the author of a query reads: a mistake, the line of the SQL with a caret, the place, and what to type instead.

use std::{collections::HashMap, rc::Rc};

use aio_databases_sql::Span;
use proc_macro2::{Span as Token, TokenStream};
use quote::quote_spanned;

use crate::{input::sql::Text, place::Place};

/// A mistake.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    /// What is wrong, in one sentence without a full stop. Further lines are details.
    pub(crate) message: String,
    pub(crate) at: At,
    /// What to do, one suggestion an item.
    pub(crate) help: Vec<String>,
}

/// Where a mistake is.
#[derive(Clone, Debug)]
pub(crate) enum At {
    /// In the SQL.
    Sql(Rc<Text>, Span),
    /// At a token of the macro call.
    Token(Token),
}

impl Mistake {
    pub(crate) fn sql(text: &Rc<Text>, span: Span, message: impl Into<String>) -> Self {
        Mistake { message: message.into(), at: At::Sql(text.clone(), span), help: Vec::new() }
    }

    pub(crate) fn token(token: Token, message: impl Into<String>) -> Self {
        Mistake { message: message.into(), at: At::Token(token), help: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The token that the compiler points at.
    fn token_span(&self) -> Token {
        match &self.at {
            At::Sql(text, span) => text.token(span.start, span.end),
            At::Token(token) => *token,
        }
    }

    /// The whole message.
    fn render(&self) -> String {
        let mut lines = vec![self.message.clone()];
        let mut place = None;
        if let At::Sql(text, span) = &self.at {
            lines.push(String::new());
            lines.extend(snippet(&text.value, *span));
            lines.push(String::new());
            place = text.place(span.start);
        }
        lines.extend(self.help.iter().map(|help| format!("help: {help}")));
        lines.extend(place.as_ref().map(|place: &Place| format!("at {place}")));
        if lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n")
    }
}

/// A syntax error of the macro call. What follows its first line is help.
impl From<syn::Error> for Mistake {
    fn from(error: syn::Error) -> Self {
        Mistake::token(error.span(), error.to_string())
    }
}

/// All mistakes as one compile error: an expression of any type, so that nothing that follows is wrong because of it.
/// The expressions stand beside it, so that what they use counts as used.
pub(crate) fn compile_error<'e>(
    mistakes: &[Mistake],
    expressions: impl Iterator<Item = &'e TokenStream>,
) -> TokenStream {
    let message = mistakes.iter().map(Mistake::render).collect::<Vec<_>>().join("\n\n");
    let span = mistakes.first().map_or_else(Token::call_site, Mistake::token_span);
    let error = quote_spanned!(span=> ::core::compile_error!(#message));
    let expressions: Vec<_> = expressions.collect();
    if expressions.is_empty() { error } else { quote_spanned!(span=> { _ = (#(&(#expressions),)*); #error }) }
}

/// How wide a line may be before its ends are left out.
const WIDTH: usize = 100;

/// The lines of the SQL that `span` is on, without what all of them are indented by, and carets below.
fn snippet(sql: &str, span: Span) -> Vec<String> {
    let start = boundary(sql, span.start);
    let end = boundary(sql, span.end).max(start);
    let line_start = sql[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = sql[start..].find('\n').map_or(sql.len(), |at| start + at);
    let line = sql[line_start..line_end].trim_end_matches('\r');
    let indent = line.len() - line.trim_start().len();
    let indent = indent.min(start - line_start);
    let before = cells(&sql[line_start + indent..start]);
    let marked = cells(&sql[start..end.min(line_start + line.len()).max(start)]);
    let after = cells(&sql[(start + marked.source).min(line_start + line.len())..line_start + line.len()]);

    let mut shown = [before.text, marked.text, after.text].concat();
    let mut column = before.width;
    if shown.chars().count() > WIDTH && column > WIDTH / 2 {
        // Cut what is far before the caret, then what is far after.
        let cut = column - WIDTH / 2;
        shown = format!("…{}", shown.chars().skip(cut + 1).collect::<String>());
        column -= cut;
    }
    if shown.chars().count() > WIDTH {
        let keep = WIDTH.max(column + marked.width).min(2 * WIDTH);
        let short: String = shown.chars().take(keep).collect();
        if short.len() < shown.len() {
            shown = format!("{short}…");
        }
    }
    let carets = "^".repeat(marked.width.max(1));
    vec![format!("    {}", shown.trim_end()), format!("    {}{carets}", " ".repeat(column))]
}

fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

struct Cells {
    text: String,
    width: usize,
    source: usize,
}

/// A text as a terminal shows it: tabs as four spaces, no other control characters, and its width in cells.
fn cells(source: &str) -> Cells {
    let mut cells = Cells { text: String::new(), width: 0, source: source.len() };
    for c in source.chars() {
        if c == '\t' {
            cells.text.push_str("    ");
            cells.width += 4;
        } else {
            let c = if c.is_control() { '\u{fffd}' } else { c };
            cells.text.push(c);
            cells.width += width(c);
        }
    }
    cells
}

/// How many cells a character takes: the blocks that terminals show wide, and those that take none.
fn width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The same mistakes that several backends have told become one, with the backends' names where not all have.
pub(crate) fn merge(told: Vec<(&'static str, Mistake)>, backends: usize) -> Vec<Mistake> {
    let mut merged: Vec<(Mistake, Vec<&'static str>)> = Vec::new();
    let mut known: HashMap<(String, usize, usize), usize> = HashMap::new();
    for (backend, mistake) in told {
        let key = match &mistake.at {
            At::Sql(text, span) => (mistake.message.clone(), Rc::as_ptr(text) as usize, span.start),
            At::Token(_) => (mistake.message.clone(), 0, 0),
        };
        let at = *known.entry(key).or_insert_with(|| {
            merged.push((mistake, Vec::new()));
            merged.len() - 1
        });
        merged[at].1.push(backend);
    }
    merged
        .into_iter()
        .map(|(mut mistake, told)| {
            if told.len() < backends {
                mistake.message = format!("{}: {}", told.join(" and "), mistake.message);
            }
            mistake
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of the part between `«` and `»` is shown like this.
    #[track_caller]
    fn check(marked: &str, expected: &[&str]) {
        let start = marked.find('«').unwrap();
        let end = marked.replace('«', "").find('»').unwrap();
        let sql = marked.replace(['«', '»'], "");
        assert_eq!(snippet(&sql, Span::new(start, end)), expected);
    }

    #[test]
    fn snippets() {
        check("select «nmae» from t", &["    select nmae from t", "           ^^^^"]);
        check("select\n    «nmae»,\n  x", &["    nmae,", "    ^^^^"]);
        check("select a,\n\t\tb + «c»\nfrom t", &["    b + c", "        ^"]);
        check("select a\t«b»", &["    select a    b", "                ^"]);
        check("select 'é', '日本', «x»", &["    select 'é', '日本', x", "                        ^"]);
        check("select 1 from«»", &["    select 1 from", "                 ^"]);
        check("select «1\nfrom» t", &["    select 1", "           ^"]);
    }

    #[test]
    fn long_lines_are_cut() {
        let sql = format!("select {}nmae, {}", "a, ".repeat(100), "b, ".repeat(100));
        let start = sql.find("nmae").unwrap();
        let lines = snippet(&sql, Span::new(start, start + 4));
        assert!(lines[0].starts_with("    …") && lines[0].ends_with('…'), "{lines:?}");
        let column = lines[1].find('^').unwrap();
        assert_eq!(lines[0].chars().skip(column).take(4).collect::<String>(), "nmae");
        assert!(lines[0].chars().count() < 120);
    }

    #[test]
    fn backends_are_named_where_not_all_agree() {
        let mistake = |message: &str| Mistake::token(Token::call_site(), message);
        let told = vec![("SQLite", mistake("a")), ("SQLite", mistake("b")), ("PostgreSQL", mistake("a"))];
        let merged: Vec<_> = merge(told, 2).into_iter().map(|mistake| mistake.message).collect();
        assert_eq!(merged, ["a", "SQLite: b"]);
    }
}
