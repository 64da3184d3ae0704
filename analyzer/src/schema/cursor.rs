//! A statement's tokens, read from left to right.
//!
//! Data definition is parsed here by hand and not by `sqlparser`, because the supported parts of a statement count even
//! if others are not supported: an unknown storage option must not lose a table. `sqlparser` parses the types and
//! queries inside.

use std::collections::BTreeSet;

use aio_databases_sql::{Dialect, Span};

use super::names::{self, Name};
use crate::Diagnostic;
use crate::dialect::{Described, Facts};

/// The kinds of tokens that data definition distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or an unquoted name.
    Word,
    /// A quoted name.
    Quoted,
    /// A literal in single quotes, with its prefix if it has one.
    Str,
    /// A dollar-quoted literal.
    Dollar,
    /// Anything else: numbers, operators, punctuation.
    Other,
}

/// A token that is neither white space nor a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tok {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// A position in a sequence of tokens.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    toks: &'a [Tok],
    at: usize,
    dialect: Dialect,
}

/// Why and where parsing a statement failed.
#[derive(Debug)]
pub(super) struct Stuck {
    pub(super) offset: usize,
    pub(super) message: String,
    /// The server's error, if it certainly rejects the statement.
    pub(super) mistake: Option<Diagnostic>,
}

pub(super) type Read<T> = Result<T, Stuck>;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, toks: &'a [Tok], dialect: Dialect) -> Self {
        Cursor { text, toks, at: 0, dialect }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The facts about the dialect.
    pub(super) fn facts(&self) -> &'static Facts {
        self.dialect.facts()
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.toks.len()
    }

    /// The start of the next token, or the end of the last one.
    pub(super) fn offset(&self) -> usize {
        match (self.toks.get(self.at), self.toks.last()) {
            (Some(tok), _) => tok.span.start,
            (None, Some(last)) => last.span.end,
            (None, None) => 0,
        }
    }

    /// The place of the next token; empty at the end.
    pub(super) fn span(&self) -> Span {
        self.nth(0).map_or_else(|| Span::new(self.offset(), self.offset()), |tok| tok.span)
    }

    /// The place of the previous token.
    pub(super) fn behind(&self) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.toks.get(at));
        last.map_or_else(|| self.span(), |tok| tok.span)
    }

    /// The text from here up to `other`, a later position in the same sequence.
    pub(super) fn span_to(&self, other: &Cursor<'a>) -> Span {
        let last = self.toks[self.at.min(self.toks.len())..other.at.min(self.toks.len())].last();
        Span::new(self.offset(), last.map_or_else(|| self.offset(), |tok| tok.span.end))
    }

    pub(super) fn stuck<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Stuck { offset: self.offset(), message: message.into(), mistake: None })
    }

    /// The token `n` places ahead.
    pub(super) fn nth(&self, n: usize) -> Option<Tok> {
        self.toks.get(self.at + n).copied()
    }

    fn text_of(&self, tok: Tok) -> &'a str {
        tok.span.of(self.text)
    }

    /// The next token's text.
    pub(super) fn peek(&self) -> &'a str {
        self.nth(0).map_or("", |tok| self.text_of(tok))
    }

    /// The next token as a lowercase keyword; empty if it isn't one.
    pub(super) fn word(&self) -> String {
        match self.nth(0) {
            Some(tok) if tok.kind == Kind::Word => self.text_of(tok).to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// Whether these words (or signs) come next: `if not exists`, `(`.
    pub(super) fn is(&self, phrase: &str) -> bool {
        self.length_of(phrase).is_some()
    }

    /// Skips these words if they come next.
    pub(super) fn eat(&mut self, phrase: &str) -> bool {
        let length = self.length_of(phrase);
        self.at += length.unwrap_or(0);
        length.is_some()
    }

    /// Skips the first of these phrases that comes next.
    pub(super) fn eat_any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.eat(phrase))
    }

    fn length_of(&self, phrase: &str) -> Option<usize> {
        let mut length = 0;
        for word in phrase.split(' ') {
            let tok = self.nth(length)?;
            let literal = !matches!(tok.kind, Kind::Word | Kind::Other);
            if literal || !self.text_of(tok).eq_ignore_ascii_case(word) {
                return None;
            }
            length += 1;
        }
        Some(length)
    }

    /// Skips one token. If it opens a group, continues inside of it.
    pub(super) fn advance(&mut self) {
        self.at = (self.at + 1).min(self.toks.len());
    }

    /// Skips one token, or a whole group in parentheses or brackets.
    pub(super) fn skip(&mut self) {
        let open = match self.peek() {
            "(" | "[" => self.nth(0).is_some_and(|tok| tok.kind == Kind::Other),
            _ => false,
        };
        self.at = if open { self.closing() + 1 } else { self.at + 1 };
        self.at = self.at.min(self.toks.len());
    }

    /// Skips to the first of these phrases outside of parentheses, or to the end. Returns whether there is one.
    pub(super) fn skip_to(&mut self, phrases: &[&str]) -> bool {
        while !self.done() {
            if phrases.iter().any(|phrase| self.is(phrase)) {
                return true;
            }
            self.skip();
        }
        false
    }

    /// The index of the token that closes the group that the next token opens.
    fn closing(&self) -> usize {
        let mut depth = 0usize;
        for (at, &tok) in self.toks.iter().enumerate().skip(self.at) {
            if tok.kind != Kind::Other {
                continue;
            }
            match self.text_of(tok) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 {
                return at;
            }
        }
        self.toks.len()
    }

    /// The contents of the parentheses that come next, which are skipped.
    pub(super) fn group(&mut self) -> Option<Cursor<'a>> {
        if !self.is("(") {
            return None;
        }
        let (start, end) = (self.at + 1, self.closing());
        self.at = (end + 1).min(self.toks.len());
        Some(self.part(start.min(end), end))
    }

    /// The tokens from one index up to another, as a separate sequence.
    fn part(&self, start: usize, end: usize) -> Cursor<'a> {
        Cursor { toks: &self.toks[start..end], at: 0, ..*self }
    }

    /// The rest, split at the commas outside of parentheses.
    pub(super) fn items(mut self) -> Vec<Cursor<'a>> {
        let mut items = Vec::new();
        while !self.done() {
            let start = self.at;
            self.skip_to(&[","]);
            items.push(self.part(start, self.at));
            self.eat(",");
        }
        items
    }

    /// The tokens up to the position of `other`, a later one in the same sequence.
    pub(super) fn until(&self, other: &Cursor<'a>) -> Cursor<'a> {
        self.part(self.at, other.at.max(self.at))
    }

    /// The text from here to the end.
    pub(super) fn rest(&self) -> &'a str {
        match (self.nth(0), self.toks.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end).of(self.text),
            _ => "",
        }
    }

    /// The next few words, for a message.
    pub(super) fn excerpt(&self) -> String {
        let toks = &self.toks[self.at.min(self.toks.len())..];
        let words: Vec<&str> = toks.iter().take(4).map(|&tok| self.text_of(tok)).collect();
        let more = if toks.len() > words.len() { " …" } else { "" };
        format!("{}{more}", words.join(" "))
    }

    /// The whole text that this is a part of.
    pub(super) fn script(&self) -> &'a str {
        self.text
    }

    /// A name without its schema, as the server stores it.
    pub(super) fn ident(&mut self) -> Option<String> {
        let tok = self.nth(0)?;
        let name = names::stored(self.text_of(tok), tok.kind, self.dialect)?;
        self.at += 1;
        Some(name)
    }

    /// Like [`Cursor::ident`], without skipping it.
    pub(super) fn peek_ident(&self) -> Option<String> {
        let mut ahead = *self;
        ahead.ident()
    }

    /// Like [`Cursor::ident`], but a missing name is an error.
    pub(super) fn need_ident(&mut self) -> Read<String> {
        match self.ident() {
            Some(name) => Ok(name),
            None => self.stuck("a name is missing here"),
        }
    }

    /// A name with or without its schema. If there are three parts, the first one, the database, is ignored.
    pub(super) fn name(&mut self) -> Read<Name> {
        let mut name = Name { schema: None, name: self.need_ident()? };
        while self.eat(".") {
            let next = self.need_ident()?;
            name.schema = Some(std::mem::replace(&mut name.name, next));
        }
        Ok(name)
    }

    /// The names in the parentheses that come next; `None` if there are no parentheses.
    pub(super) fn names_in_group(&mut self) -> Read<Option<Vec<String>>> {
        let Some(group) = self.group() else { return Ok(None) };
        group.items().into_iter().map(|mut item| item.need_ident()).collect::<Read<_>>().map(Some)
    }

    /// All words from here that can be names, as the server stores them.
    pub(super) fn words(mut self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        while let Some(tok) = self.nth(0) {
            if matches!(tok.kind, Kind::Word | Kind::Quoted) {
                words.extend(self.peek_ident());
            }
            self.advance();
        }
        words
    }

    /// The content of a literal that comes next, which is skipped.
    pub(super) fn literal(&mut self) -> Option<String> {
        let tok = self.nth(0)?;
        let content = match tok.kind {
            Kind::Str => names::unquoted(self.text_of(tok), self.dialect)?,
            Kind::Dollar => self.dollar_content()?.of(self.text).to_owned(),
            _ => return None,
        };
        self.at += 1;
        Some(content)
    }

    /// The place of the content of a dollar-quoted literal, if one comes next.
    pub(super) fn dollar_content(&self) -> Option<Span> {
        let tok = self.nth(0).filter(|tok| tok.kind == Kind::Dollar)?;
        let quote = self.text_of(tok).get(1..)?.find('$')? + 2;
        let (start, end) = (tok.span.start + quote, tok.span.end.checked_sub(quote)?);
        (start <= end).then(|| Span::new(start, end))
    }
}
