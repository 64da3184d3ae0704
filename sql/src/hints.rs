//! Finds text inside quotes that looks like a placeholder.

use crate::{
    Lexer, Span, Style, Template, Token, TokenKind,
    lex::chars::{end_of, in_plain_name, starts_name},
};

/// A part of a query's text that was possibly meant differently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// The kind of hint.
    pub kind: HintKind,
    /// The text that looks like a placeholder.
    pub span: Span,
    /// The name of that placeholder, in a named style.
    pub name: Option<String>,
    /// How the server reads it, without a full stop: "`$1` is inside quotes, so it is text and not a placeholder".
    pub message: String,
    /// A suggestion of what to type instead.
    pub help: String,
}

/// A kind of [`Hint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HintKind {
    /// A placeholder inside a string: `'%$1%'`.
    InString,
    /// A placeholder inside a quoted name: `"$1"`.
    InIdentifier,
    /// MySQL's `@name`, a variable of the session.
    Variable,
}

impl Hint {
    /// The message and the help.
    pub(crate) fn sentence(&self) -> String {
        format!("{}: {}", self.message, self.help)
    }
}

impl Template {
    /// Finds text that looks like a placeholder but isn't one, because it is inside quotes or is a MySQL variable. This
    /// is only a mistake if the arguments don't fit without it.
    ///
    /// If the query has placeholders, only text in their style counts.
    pub fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for token in Lexer::new(&self.sql, self.dialect) {
            match token.kind {
                TokenKind::String | TokenKind::EscapeString | TokenKind::QuotedIdentifier => {
                    self.quoted(token, &mut hints)
                }
                TokenKind::Variable => self.variable(token, &mut hints),
                _ => {}
            }
        }
        hints
    }

    fn quoted(&self, token: Token, hints: &mut Vec<Hint>) {
        let mut found: Vec<(Style, Span)> = Vec::new();
        let mut at = token.span.start;
        while let Some((style, span)) = find(&self.sql, Span::new(at, token.span.end)) {
            at = span.end;
            // If the query has no placeholders, a `?` inside quotes is most likely text.
            let expected = match self.style {
                Some(own) => own == style,
                None => {
                    style != Style::Question || span.end - span.start + 2 == token.span.end - token.span.start
                }
            };
            if expected {
                found.push((style, span));
            }
        }
        if found.is_empty() {
            return;
        }
        let (kind, what, help) = if token.kind == TokenKind::QuotedIdentifier {
            let help = "write the name in the SQL; a placeholder is a value";
            (HintKind::InIdentifier, "part of a name", help.to_owned())
        } else {
            (HintKind::InString, "text", format!("write `{}`", self.outside_of_quotes(token, &found)))
        };
        hints.extend(found.into_iter().map(|(style, span)| {
            let text = span.of(&self.sql);
            let name = style.is_named().then(|| style.inside(text).to_owned());
            let message = format!("`{text}` is inside quotes, so it is {what} and not a placeholder");
            Hint { kind, span, name, message, help: help.clone() }
        }));
    }

    /// The string with its placeholders moved out of it: `'%' || $1 || '%'`.
    fn outside_of_quotes(&self, token: Token, placeholders: &[(Style, Span)]) -> String {
        let text = token.span.of(&self.sql);
        // The prefix of `N'…'` and the like, with the quote.
        let open = &text[..text.find(['\'', '"']).map_or(0, |n| n + 1)];
        let (mut at, end) = (token.span.start + open.len(), token.span.end - 1);
        let close = &self.sql[end..=end];
        let mut pieces = Vec::new();
        let literal = |start: usize, end: usize| {
            let text = &self.sql[start..end];
            (!text.is_empty()).then(|| format!("{open}{text}{close}"))
        };
        for &(_, span) in placeholders {
            pieces.extend(literal(at, span.start));
            pieces.push(span.of(&self.sql).to_owned());
            at = span.end;
        }
        pieces.extend(literal(at, end));
        match self.dialect.facts().joins_by_pipes || pieces.len() < 2 {
            true => pieces.join(" || "),
            false => format!("concat({})", pieces.join(", ")),
        }
    }

    fn variable(&self, token: Token, hints: &mut Vec<Hint>) {
        let text = token.span.of(&self.sql);
        let name = &text[1..];
        if matches!(self.style, None | Some(Style::At)) && !name.is_empty() && name.bytes().all(in_plain_name)
        {
            hints.push(Hint {
                kind: HintKind::Variable,
                span: token.span,
                name: Some(name.to_owned()),
                message: format!("`{text}` is a session variable in MySQL"),
                help: format!("write `:{name}`"),
            });
        }
    }
}

/// The first part of a quoted text that looks like a placeholder.
fn find(sql: &str, span: Span) -> Option<(Style, Span)> {
    let bytes = &sql.as_bytes()[..span.end];
    let mut sigils =
        (span.start..span.end).filter(|&at| matches!(bytes[at], b'$' | b'?' | b'%' | b':' | b'@' | b'{'));
    sigils.find_map(|at| {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let digits = end_of(bytes, at + 1, |byte| byte.is_ascii_digit());
        let letters = if starts_name(next) { end_of(bytes, at + 1, in_plain_name) } else { at + 1 };
        let glued = at > span.start && in_plain_name(bytes[at - 1]);
        let (style, end) = match bytes[at] {
            b'$' if digits > at + 1 => (Style::Dollar, digits),
            b'$' if letters > at + 1 => (Style::DollarName, letters),
            b'?' if digits > at + 1 => (Style::QuestionNumber, digits),
            b'?' => (Style::Question, at + 1),
            b'%' if next == b's' && letters == at + 2 => (Style::Percent, at + 2),
            b'%' if next == b'(' => {
                let end = end_of(bytes, at + 2, in_plain_name);
                (bytes.get(end..end + 2)? == b")s").then_some((Style::PercentName, end + 2))?
            }
            b':' if letters > at + 1 && !glued => (Style::Colon, letters),
            b'@' if letters > at + 1 && !glued => (Style::At, letters),
            b'{' if letters > at + 1 && bytes.get(letters) == Some(&b'}') => (Style::Brace, letters + 1),
            _ => return None,
        };
        Some((style, Span::new(at, end)))
    })
}
