//! Splits text into tokens, as the servers of each dialect do.
//!
//! For MySQL, the default `sql_mode` applies: `"a"` is a string, and a backslash escapes. For PostgreSQL,
//! `standard_conforming_strings` is on.

pub(crate) mod chars;
mod operand;
mod operator;
mod placeholder;
mod quoted;
mod token;

pub use token::{Token, TokenKind, Unterminated};

use crate::{
    Dialect, Span, Style,
    dialect::facts::{Colon, Facts},
};
use chars::{end_of, in_name, in_operator, in_plain_name, is_punctuation, is_space, starts_name};
use operand::Before;

/// The tokens of `sql`. They cover it without gaps, whatever the text is.
pub fn lex(sql: &str, dialect: Dialect) -> Vec<Token> {
    Lexer::new(sql, dialect).collect()
}

/// The tokens of a text, one by one.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    dialect: Dialect,
    /// Where the next token starts.
    at: usize,
    /// The last two significant tokens (neither space nor comment).
    earlier: Option<Token>,
    last: Option<Token>,
    /// In PostgreSQL: the number of open `[`, in which `:` is part of a slice.
    brackets: usize,
    /// In PostgreSQL: inside of `operator( … )`, whose content is an operator's name.
    operator_name: bool,
    /// In MySQL: inside of `/*! … */`.
    code: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `sql`.
    pub fn new(sql: &'a str, dialect: Dialect) -> Self {
        Lexer {
            sql,
            bytes: sql.as_bytes(),
            dialect,
            at: 0,
            earlier: None,
            last: None,
            brackets: 0,
            operator_name: false,
            code: false,
        }
    }

    /// Where the next token starts.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Continues at `at`, as if a text started there.
    pub(crate) fn restart(&mut self, at: usize) {
        *self = Lexer { at, ..Lexer::new(self.sql, self.dialect) };
    }

    fn facts(&self) -> &'static Facts {
        self.dialect.facts()
    }

    /// What comes before the next token.
    fn before(&self) -> Before {
        operand::before(self.sql, self.dialect, self.earlier, self.last)
    }

    /// Whether `last` is a name that ends right where the next token starts.
    fn is_glued_to_name(&self) -> bool {
        self.last.is_some_and(|last| {
            last.span.end == self.at && matches!(last.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
        })
    }

    /// The next token's kind and end.
    fn read(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        let Facts { quotes, marks, .. } = self.facts();
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        if let Some(end) = chars::line_comment(bytes, at, self.dialect) {
            return (TokenKind::LineComment, end);
        }
        match bytes[at] {
            byte if is_space(byte) => (TokenKind::Space, end_of(bytes, at, is_space)),
            b'/' if next == b'*' => self.block_comment(),
            b'*' if next == b'/' && self.code => (TokenKind::CodeClose, at + 2),
            b'\'' => self.string(TokenKind::String, at),
            b'"' if quotes.double_is_string => self.string(TokenKind::String, at),
            b'"' => self.identifier(at, b'"'),
            b'`' if quotes.backquote => self.identifier(at, b'`'),
            b'[' if quotes.bracket => match bytes[at..].iter().position(|&byte| byte == b']') {
                Some(n) => (TokenKind::QuotedIdentifier, at + n + 1),
                None => (TokenKind::Unterminated(Unterminated::Identifier), bytes.len()),
            },
            b'$' => self.dollar(),
            b':' => self.colon(),
            b'@' if marks.variables => self.variable(),
            b'@' if marks.at_placeholder => match placeholder::name(bytes, at, Style::At) {
                Some((style, end)) => (TokenKind::Placeholder(style), end),
                None => self.almost_number(TokenKind::Unknown),
            },
            b'{' => self.brace(at),
            b'#' if next == b'{' => self.brace(at + 1),
            byte if byte.is_ascii_digit() => self.number(),
            b'.' if next.is_ascii_digit() && !self.is_glued_to_name() => self.number(),
            byte if starts_name(byte) => self.word(),
            byte if is_punctuation(byte) => (TokenKind::Punctuation, at + 1),
            byte if in_operator(byte) => self.operator(),
            _ => (TokenKind::Unknown, at + 1),
        }
    }

    fn block_comment(&self) -> (TokenKind, usize) {
        let rest = &self.bytes[self.at + 2..];
        let code = if rest.starts_with(b"!") {
            Some(1)
        } else if rest.starts_with(b"M!") {
            Some(2)
        } else {
            None
        };
        if let Some(mark) = code.filter(|_| self.facts().comments.code && !self.code) {
            // The version has five or six digits; the server reads what comes after it.
            let digits = rest[mark..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
            let version = if digits >= 5 { digits } else { 0 };
            return (TokenKind::CodeOpen, self.at + 2 + mark + version);
        }
        match chars::block_comment(self.bytes, self.at, self.dialect) {
            Ok(end) => (TokenKind::BlockComment, end),
            Err(end) => (TokenKind::Unterminated(Unterminated::Comment), end),
        }
    }

    /// Reads a string whose quote is at `quote`.
    fn string(&self, kind: TokenKind, quote: usize) -> (TokenKind, usize) {
        let end = match kind {
            TokenKind::EscapeString => quoted::escape_string(self.bytes, quote),
            _ => quoted::quoted(self.bytes, quote, self.bytes[quote], self.facts().quotes.backslash),
        };
        match end {
            Ok(end) => (kind, end),
            Err(end) => (TokenKind::Unterminated(Unterminated::String), end),
        }
    }

    /// Reads a name whose quote is at `at`.
    fn identifier(&self, at: usize, quote: u8) -> (TokenKind, usize) {
        match quoted::quoted(self.bytes, at, quote, false) {
            Ok(end) => (TokenKind::QuotedIdentifier, end),
            Err(end) => (TokenKind::Unterminated(Unterminated::Identifier), end),
        }
    }

    /// `$1`, `$name`, `$$ … $$`.
    fn dollar(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        if self.facts().quotes.dollar
            && let Some(open) = quoted::dollar_tag(bytes, at)
        {
            return match quoted::dollar_string(self.sql, at, open) {
                Ok(end) => (TokenKind::DollarString, end),
                Err(end) => (TokenKind::Unterminated(Unterminated::Dollar), end),
            };
        }
        if let Some(end) = placeholder::number(bytes, at) {
            (TokenKind::Placeholder(Style::Dollar), end)
        } else if let Some((style, end)) = placeholder::name(bytes, at, Style::DollarName) {
            (TokenKind::Placeholder(style), end)
        } else if bytes.get(at + 1) == Some(&b'{') {
            self.brace(at + 1)
        } else {
            (TokenKind::Unknown, at + 1)
        }
    }

    /// Reads `::`, `:=`, `:name`, or the `:` of a PostgreSQL slice or JSON constructor.
    fn colon(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        if matches!(bytes.get(at + 1), Some(b':' | b'=')) {
            return (TokenKind::Operator, at + 2);
        }
        let separates = match (self.facts().marks.colon, self.before()) {
            (Colon::Never, _) | (_, Before::Opening) => false,
            (_, Before::Operand) => true,
            (Colon::InSlices, Before::Name) => self.brackets > 0,
            (Colon::AfterLabels, Before::Name) => self.is_glued_to_name(),
        };
        match placeholder::name(bytes, at, Style::Colon) {
            _ if separates => (TokenKind::Punctuation, at + 1),
            Some((style, end)) => (TokenKind::Placeholder(style), end),
            // `a[:2]` is a slice.
            None if self.brackets > 0 => (TokenKind::Punctuation, at + 1),
            None => self.almost_number(TokenKind::Punctuation),
        }
    }

    /// Reads `:1` and `@1`. SQLite would take them for placeholders, so they must not reach it.
    fn almost_number(&self, otherwise: TokenKind) -> (TokenKind, usize) {
        match placeholder::number(self.bytes, self.at) {
            Some(end) => (TokenKind::AlmostPlaceholder, end),
            None => (otherwise, self.at + 1),
        }
    }

    /// MySQL's `@name`, `@'name'`, `@@name`.
    fn variable(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        let start = if bytes.get(at + 1) == Some(&b'@') { at + 2 } else { at + 1 };
        match bytes.get(start) {
            Some(&quote @ (b'\'' | b'"')) => match self.string(TokenKind::Variable, start) {
                (TokenKind::Unterminated(_), end) => (TokenKind::Unterminated(Unterminated::String), end),
                _ => {
                    (TokenKind::Variable, quoted::quoted(bytes, start, quote, true).unwrap_or_else(|end| end))
                }
            },
            Some(b'`') => match self.identifier(start, b'`') {
                (TokenKind::QuotedIdentifier, end) => (TokenKind::Variable, end),
                unterminated => unterminated,
            },
            Some(&byte) if in_name(byte) || byte == b'.' => {
                (TokenKind::Variable, end_of(bytes, start, |byte| in_name(byte) || byte == b'.'))
            }
            _ => (TokenKind::Unknown, start),
        }
    }

    /// Reads `{name}` at `at`. A `$` or `#` before it makes it wrong.
    fn brace(&self, at: usize) -> (TokenKind, usize) {
        if let Some((style, end)) = placeholder::brace(self.bytes, at) {
            let kind =
                if at == self.at { TokenKind::Placeholder(style) } else { TokenKind::AlmostPlaceholder };
            return (kind, end);
        }
        // ODBC's `{d '2020-01-01'}` and `{fn now()}`.
        let name_end = end_of(self.bytes, at + 1, in_plain_name);
        if at == self.at && name_end > at + 1 && self.bytes.get(name_end).is_some_and(|&byte| is_space(byte))
        {
            return (TokenKind::Punctuation, at + 1);
        }
        // It reaches to the closing brace, if that is near.
        let near = &self.bytes[..self.bytes.len().min(at + 64)];
        let end = end_of(near, at + 1, |byte| !matches!(byte, b'{' | b'}' | b'\n' | b'\''));
        (TokenKind::AlmostPlaceholder, if near.get(end) == Some(&b'}') { end + 1 } else { at + 1 })
    }

    fn number(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        let end = number_end(bytes, at);
        let after_dot = at > 0 && bytes[at - 1] == b'.' && self.last.is_some_and(|last| last.span.end == at);
        // `1st` and `t.1` can be names.
        if self.facts().marks.digits_in_names && bytes[at] != b'.' {
            let name_end = end_of(bytes, at, in_name);
            if after_dot || name_end > end {
                return (TokenKind::Word, name_end);
            }
        }
        (TokenKind::Number, end)
    }

    /// Reads a name, a keyword, or a string with such a prefix as `N`.
    fn word(&self) -> (TokenKind, usize) {
        let (bytes, at) = (self.bytes, self.at);
        let prefix = bytes[at].to_ascii_lowercase();
        let quotes = &self.facts().quotes;
        match (bytes.get(at + 1), prefix) {
            (Some(b'\''), b'e') if quotes.escape_prefix => {
                return self.string(TokenKind::EscapeString, at + 1);
            }
            (Some(b'\''), b'n') if quotes.national_prefix => {
                return self.string(TokenKind::String, at + 1);
            }
            (Some(b'\''), b'b') if quotes.bit_prefix => return self.string(TokenKind::BitString, at + 1),
            (Some(b'\''), b'x') => return self.string(TokenKind::BitString, at + 1),
            (Some(b'&'), b'u') if quotes.unicode_prefix => match bytes.get(at + 2) {
                Some(b'\'') => return self.string(TokenKind::String, at + 2),
                Some(b'"') => return self.identifier(at + 2, b'"'),
                _ => {}
            },
            _ => {}
        }
        if at == 0 && self.sql.starts_with('\u{feff}') {
            return (TokenKind::Space, 3);
        }
        (TokenKind::Word, end_of(bytes, at, in_name))
    }

    /// Updates the state on which later tokens depend.
    fn remember(&mut self, token: Token) {
        if !token.is_significant() {
            return;
        }
        match (token.kind, self.bytes[token.span.start]) {
            (TokenKind::CodeOpen, _) => self.code = true,
            (TokenKind::CodeClose, _) => self.code = false,
            (TokenKind::Punctuation, b'[') => self.brackets += 1,
            (TokenKind::Punctuation, b']') => self.brackets = self.brackets.saturating_sub(1),
            (TokenKind::Punctuation, b'(') if self.facts().marks.custom_operators => {
                let word = |last: Token| {
                    last.kind == TokenKind::Word && last.span.of(self.sql).eq_ignore_ascii_case("operator")
                };
                self.operator_name = self.last.is_some_and(word);
            }
            (TokenKind::Punctuation, b')') => self.operator_name = false,
            _ => {}
        }
        self.earlier = self.last.replace(token);
    }
}

/// The end of the number at `at`.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let digits = |at| end_of(bytes, at, |byte| byte.is_ascii_digit() || byte == b'_');
    if bytes[at] == b'0' {
        let is_digit: fn(u8) -> bool = match bytes.get(at + 1).map(u8::to_ascii_lowercase) {
            Some(b'x') => |byte| byte.is_ascii_hexdigit() || byte == b'_',
            Some(b'o') => |byte| matches!(byte, b'0'..=b'7' | b'_'),
            Some(b'b') => |byte| matches!(byte, b'0' | b'1' | b'_'),
            _ => |_| false,
        };
        let end = end_of(bytes, (at + 2).min(bytes.len()), is_digit);
        if end > at + 2 {
            return end;
        }
    }
    let mut end = digits(at);
    // The dots of `1..10` are not part of a number.
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-')) as usize;
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    end
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        let (kind, end) = self.read();
        self.at = end;
        let token = Token { kind, span: Span::new(start, end) };
        self.remember(token);
        Some(token)
    }
}
