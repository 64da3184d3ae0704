//! A query's text for the server, the mapping to its author's text, and the text at a place.

use aio_databases_sql::{Rendered, Span, Template};
use sqlparser::{
    ast::{Ident, ObjectName},
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    sugar::{SideTable, Sugar},
    tokens,
};

/// The rendered text with its tokens, and the places of the parameters.
pub(crate) struct Source<'t> {
    rendered: Option<Rendered<'t>>,
    source: &'t str,
    tokens: Vec<Mark>,
    sugar: SideTable,
    /// The placeholders in the author's text: the first byte, and the parameter.
    places: Vec<(usize, usize)>,
    /// The places of each parameter.
    spans: Vec<Vec<Span>>,
}

/// A token, reduced to what is needed to find expressions in the text.
struct Mark {
    kind: Piece,
    span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Open,
    Close,
    Comma,
    /// A keyword that ends a list of expressions.
    Stop,
    /// A keyword that can come before a select list: `distinct`, `all`.
    Quantifier,
    Returning,
    With,
    As,
    Other,
}

impl<'t> Source<'t> {
    pub(crate) fn new(template: &'t Template) -> Self {
        let mut places: Vec<_> = template
            .params()
            .iter()
            .enumerate()
            .flat_map(|(index, param)| param.spans.iter().map(move |span| (span.start, index)))
            .collect();
        places.sort_unstable();
        Source {
            rendered: Some(template.render()),
            source: template.sql(),
            tokens: Vec::new(),
            sugar: SideTable::default(),
            places,
            spans: template.params().iter().map(|param| param.spans.clone()).collect(),
        }
    }

    /// No text, for a query that is only a syntax tree.
    pub(crate) fn none(sugar: SideTable) -> Self {
        Source {
            rendered: None,
            source: "",
            tokens: Vec::new(),
            sugar,
            places: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// The side table's entry for a name, if desugaring created the name.
    pub(crate) fn sugar(&self, ident: &Ident) -> Option<&Sugar> {
        self.sugar.of(ident)
    }

    /// The side table's entry for the last part of a name, if desugaring created it.
    pub(crate) fn sugar_of(&self, name: &ObjectName) -> Option<&Sugar> {
        self.sugar.of_name(name)
    }

    /// Whether desugaring created a name at a part of the text.
    pub(crate) fn is_sugar(&self, place: Span) -> bool {
        self.sugar.at(place).is_some()
    }

    pub(super) fn set_sugar(&mut self, sugar: SideTable) {
        self.sugar = sugar;
    }

    /// The server's text.
    pub(crate) fn sql(&self) -> &str {
        self.rendered.as_ref().map_or("", |rendered| &rendered.sql)
    }

    /// The places of the statements in it, if there are several.
    pub(crate) fn statements(&self) -> &[Span] {
        self.rendered.as_ref().map_or(&[], |rendered| &rendered.statements)
    }

    /// The author's text.
    pub(crate) fn source(&self) -> &str {
        self.source
    }

    /// The places of a parameter in the author's text.
    pub(crate) fn param_spans(&self, index: usize) -> Vec<Span> {
        self.spans.get(index).cloned().unwrap_or_default()
    }

    /// A parameter as its author wrote it.
    pub(crate) fn placeholder(&self, index: usize) -> &str {
        self.spans.get(index).and_then(|spans| spans.first()).map_or("", |span| span.of(self.source))
    }

    pub(crate) fn params(&self) -> usize {
        self.spans.len()
    }

    pub(crate) fn set_tokens(&mut self, tokens: &[TokenWithSpan]) {
        self.tokens = tokens
            .iter()
            .filter_map(|token| Some(Mark { kind: piece(&token.token), span: tokens::span(token.span)? }))
            .collect();
    }

    /// The parameter whose placeholder is at a byte of the rendered text.
    pub(crate) fn param_at(&self, offset: usize) -> Option<usize> {
        let source = self.to_source(offset);
        let at = self.places.partition_point(|(start, _)| *start <= source);
        self.places.get(at.checked_sub(1)?).map(|(_, index)| *index)
    }

    /// Whether a part of the rendered text has a placeholder.
    pub(crate) fn has_param(&self, part: Span) -> bool {
        let (start, end) = (self.to_source(part.start), self.to_source(part.end));
        let at = self.places.partition_point(|(place, _)| *place < start);
        self.places.get(at).is_some_and(|(place, _)| *place < end)
    }

    /// Maps a byte of the rendered text to the author's text.
    pub(crate) fn to_source(&self, offset: usize) -> usize {
        self.rendered.as_ref().map_or(offset, |rendered| rendered.to_source(offset))
    }

    /// Maps a part of the rendered text to the author's text.
    pub(crate) fn span_to_source(&self, span: Span) -> Span {
        self.rendered.as_ref().map_or(span, |rendered| rendered.to_source_span(span))
    }

    /// The token at a byte; an empty span at the end of the text.
    pub(crate) fn token_at(&self, offset: usize) -> Span {
        let at = self.tokens.partition_point(|mark| mark.span.end <= offset);
        match self.tokens.get(at) {
            Some(mark) if mark.span.start <= offset => mark.span,
            _ => Span::new(offset, offset),
        }
    }

    /// Whether `as` comes before a place; also if there is no text.
    pub(crate) fn is_after_as(&self, place: Span) -> bool {
        let at = self.tokens.partition_point(|mark| mark.span.start < place.start);
        at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_none_or(|mark| mark.kind == Piece::As)
    }

    /// The last words up to a byte, in reverse order.
    pub(crate) fn words_up_to(&self, offset: usize) -> Vec<&str> {
        const TOKENS: usize = 3;
        let end = self.tokens.partition_point(|mark| mark.span.start <= offset);
        let tokens = self.tokens[end.saturating_sub(TOKENS)..end].iter().rev();
        tokens
            .map(|mark| mark.span.of(self.sql()))
            .filter(|word| word.starts_with(char::is_alphabetic))
            .collect()
    }

    /// The expressions of the select list after the `select` at a byte, each with its alias.
    pub(crate) fn select_items(&self, select: usize) -> Vec<Span> {
        let mut at = self.tokens.partition_point(|mark| mark.span.start <= select);
        while self.tokens.get(at).is_some_and(|mark| mark.kind == Piece::Quantifier) {
            at += 1;
        }
        self.items(at)
    }

    /// The expressions after the `returning` that is not nested deeper than `start`.
    pub(crate) fn returning_items(&self, start: usize) -> Vec<Span> {
        let from = self.tokens.partition_point(|mark| mark.span.start < start);
        let mut depth = 0i32;
        for (index, mark) in self.tokens.iter().enumerate().skip(from) {
            match mark.kind {
                Piece::Open => depth += 1,
                Piece::Close if depth == 0 => break,
                Piece::Close => depth -= 1,
                Piece::Returning if depth == 0 => return self.items(self.after_names(index + 1)),
                _ => {}
            }
        }
        Vec::new()
    }

    /// The start of the items of `returning with (old as o) …`.
    fn after_names(&self, from: usize) -> usize {
        if !self.tokens.get(from).is_some_and(|mark| mark.kind == Piece::With) {
            return from;
        }
        let close = self.tokens.iter().skip(from).position(|mark| mark.kind == Piece::Close);
        close.map_or(from, |close| from + close + 1)
    }

    fn items(&self, from: usize) -> Vec<Span> {
        let mut items: Vec<Span> = Vec::new();
        let (mut depth, mut open) = (0i32, false);
        let mut before = Piece::Other;
        for mark in &self.tokens[from.min(self.tokens.len())..] {
            let last = std::mem::replace(&mut before, mark.kind);
            match mark.kind {
                Piece::Close if depth == 0 => break,
                // `is distinct from` does not end the list.
                Piece::Stop if depth == 0 && last != Piece::Quantifier => break,
                Piece::Comma if depth == 0 => {
                    open = false;
                    continue;
                }
                Piece::Open => depth += 1,
                Piece::Close => depth -= 1,
                _ => {}
            }
            match items.last_mut() {
                Some(item) if open => item.end = mark.span.end,
                _ => items.push(mark.span),
            }
            open = true;
        }
        items
    }

    /// The first occurrence of a word after a place; the place itself if there is none.
    pub(crate) fn word(&self, word: &str, behind: Span) -> Span {
        let mut spans = self.tokens.iter().map(|mark| mark.span).skip_while(|span| span.start < behind.end);
        spans.find(|span| span.of(self.sql()).eq_ignore_ascii_case(word)).unwrap_or(behind)
    }

    /// The first lock after a place, such as `for no key update`; an empty span if there is none.
    pub(crate) fn lock(&self, behind: Span) -> Span {
        const WORDS: usize = 3;
        let from = self.tokens.partition_point(|mark| mark.span.start < behind.end);
        let is = |mark: &Mark, word: &str| mark.span.of(self.sql()).eq_ignore_ascii_case(word);
        let ends = |mark: &Mark| is(mark, "update") || is(mark, "share");
        let found = (from..self.tokens.len()).filter(|at| is(&self.tokens[*at], "for")).find_map(|at| {
            let last = self.tokens[at..].iter().take(1 + WORDS).find(|mark| ends(mark))?;
            Some(Span::new(self.tokens[at].span.start, last.span.end))
        });
        found.unwrap_or_default()
    }

    /// The first `array[]`, whose place the parser does not provide.
    pub(crate) fn empty_array(&self) -> Span {
        let is = |at: usize, text: &str| {
            self.tokens.get(at).is_some_and(|mark| mark.span.of(self.sql()).eq_ignore_ascii_case(text))
        };
        let first = (0..self.tokens.len()).find(|at| is(*at, "array") && is(at + 1, "[") && is(at + 2, "]"));
        first
            .map_or(Span::default(), |at| Span::new(self.tokens[at].span.start, self.tokens[at + 2].span.end))
    }

    /// From the first to the last token.
    pub(crate) fn whole(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::default(),
        }
    }

    /// The first quoted literal with this value.
    pub(crate) fn literal(&self, value: &str) -> Option<Span> {
        let quoted = format!("'{}'", value.replace('\'', "''"));
        self.tokens.iter().map(|mark| mark.span).find(|span| span.of(self.sql()) == quoted)
    }

    /// A span with the parentheses around it, if nothing else is between.
    pub(crate) fn with_parentheses(&self, span: Span) -> Span {
        let before = self.tokens.partition_point(|mark| mark.span.end <= span.start);
        let after = self.tokens.partition_point(|mark| mark.span.start < span.end);
        match (before.checked_sub(1).and_then(|at| self.tokens.get(at)), self.tokens.get(after)) {
            (Some(open), Some(close)) if open.kind == Piece::Open && close.kind == Piece::Close => {
                Span::new(open.span.start, close.span.end)
            }
            _ => span,
        }
    }

    /// A call's span from its name up to its closing parenthesis.
    pub(crate) fn call(&self, span: Span) -> Span {
        let from = self.tokens.partition_point(|mark| mark.span.start < span.start);
        let mut depth = 0i32;
        for mark in &self.tokens[from..] {
            match mark.kind {
                Piece::Open => depth += 1,
                Piece::Close if depth <= 1 => {
                    let end = if depth == 1 { mark.span.end } else { span.end };
                    return Span::new(span.start, end.max(span.end));
                }
                Piece::Close => depth -= 1,
                _ if depth == 0 && mark.span.start >= span.end => break,
                _ => {}
            }
        }
        span
    }
}

fn piece(token: &Token) -> Piece {
    match token {
        Token::LParen | Token::LBracket | Token::LBrace => Piece::Open,
        Token::RParen | Token::RBracket | Token::RBrace => Piece::Close,
        Token::Comma => Piece::Comma,
        Token::SemiColon => Piece::Stop,
        Token::Word(word) => word_piece(word.keyword),
        _ => Piece::Other,
    }
}

fn word_piece(word: Keyword) -> Piece {
    use Keyword::{
        ALL, AS, DISTINCT, DISTINCTROW, EXCEPT, FETCH, FOR, FROM, GROUP, HAVING, HIGH_PRIORITY, INTERSECT,
        INTO, LIMIT, OFFSET, ON, ORDER, RETURNING, SQL_BIG_RESULT, SQL_BUFFER_RESULT, SQL_CALC_FOUND_ROWS,
        SQL_NO_CACHE, SQL_SMALL_RESULT, STRAIGHT_JOIN, UNION, WHERE, WINDOW, WITH,
    };
    match word {
        DISTINCT | ALL | DISTINCTROW | HIGH_PRIORITY | SQL_BIG_RESULT | SQL_BUFFER_RESULT
        | SQL_CALC_FOUND_ROWS | SQL_NO_CACHE | SQL_SMALL_RESULT | STRAIGHT_JOIN => Piece::Quantifier,
        RETURNING => Piece::Returning,
        WITH => Piece::With,
        AS => Piece::As,
        FROM | WHERE | GROUP | HAVING | WINDOW | UNION | INTERSECT | EXCEPT | ORDER | LIMIT | OFFSET
        | FETCH | FOR | INTO | ON => Piece::Stop,
        _ => Piece::Other,
    }
}
