//! The SQL standard's JSON functions. Clauses that the parser does not support become named arguments, or are removed
//! if they change neither types nor nulls.
//!
//! | written | becomes |
//! |---|---|
//! | `passing $1 as x, …` | `PASSING => $1, …` |
//! | `default 1 on empty` | `DEFAULT => 1` |
//! | `unknown on error` | `UNKNOWN => null` |
//! | `returning text` | the same, after everything else |
//! | `json_array(select …)` | `json_array(QUERY => (select …))` |
//! | `json_table(j, '$' passing $1 as x columns (…))` | `json_table(PASSING(j, $1), '$' columns (…))` |

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{SideTable, Sugar};
use crate::syntax::tokens::{self, is_any_word, is_word, name, word};

const NAMES: [&str; 11] = [
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
];

/// How deeply such calls can be nested. The parser rejects deeper ones.
const DEPTH: usize = 100;

/// The words that end a type.
const ENDS: [&str; 15] = [
    "format", "path", "exists", "null", "error", "default", "true", "false", "unknown", "empty", "keep",
    "omit", "absent", "with", "without",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    /// `json_array(select …)`
    Query,
    Table,
    /// The columns of `json_table`.
    Columns,
}

/// A surrounding call.
struct Frame {
    kind: Kind,
    /// The depth of the tokens in its parentheses.
    depth: i32,
    /// `returning` and the type.
    returning: Vec<TokenWithSpan>,
    /// Whether values are passed.
    passing: bool,
    /// For `json_table`: the start and end of its first argument, and the start of the passed values, in the output.
    context: (usize, Option<usize>, Option<usize>),
}

struct Pass<'t> {
    tokens: &'t [TokenWithSpan],
    at: usize,
    depth: i32,
    frames: Vec<Frame>,
    out: Vec<TokenWithSpan>,
    sugar: &'t mut SideTable,
}

/// Rewrites all such calls.
pub(super) fn rewrite(tokens: Vec<TokenWithSpan>, sugar: &mut SideTable) -> Vec<TokenWithSpan> {
    if !tokens.windows(2).any(|pair| opens(&pair[0].token, &pair[1].token)) {
        return tokens;
    }
    let out = Vec::with_capacity(tokens.len() + 16);
    let mut pass = Pass { tokens: &tokens, at: 0, depth: 0, frames: Vec::new(), out, sugar };
    while pass.at < tokens.len() {
        pass.step();
    }
    pass.out
}

fn opens(name: &Token, next: &Token) -> bool {
    *next == Token::LParen && is_any_word(name, &NAMES)
}

impl Pass<'_> {
    fn step(&mut self) {
        if self.frame(Kind::Columns) && self.starts_item() {
            return self.column();
        }
        match &self.tokens[self.at].token {
            Token::LParen | Token::LBracket => {
                self.depth += 1;
                self.push();
            }
            Token::RParen | Token::RBracket => {
                if self.here().is_some() {
                    self.close();
                }
                self.depth -= 1;
                self.push();
            }
            Token::Comma => self.comma(),
            Token::Word(_) if self.is_call() => self.open(),
            Token::Word(_) if self.here().is_some() => {
                if !self.clause() {
                    self.push();
                }
            }
            _ => self.push(),
        }
    }

    /// The call whose parentheses the next token is in.
    fn here(&mut self) -> Option<&mut Frame> {
        let depth = self.depth;
        self.frames.last_mut().filter(|frame| frame.depth == depth)
    }

    fn frame(&mut self, kind: Kind) -> bool {
        self.here().is_some_and(|frame| frame.kind == kind)
    }

    /// Copies the next token.
    fn push(&mut self) {
        self.out.push(self.tokens[self.at].clone());
        self.at += 1;
    }

    /// Writes a token at the place of the next one.
    fn write(&mut self, token: Token) {
        let place = self.tokens.get(self.at).or(self.tokens.last()).map(|token| token.span);
        self.out.extend(place.map(|span| TokenWithSpan { token, span }));
    }

    /// `, name => `
    fn write_argument(&mut self, sugar: Sugar) {
        self.write(Token::Comma);
        self.write_name(sugar);
        self.write(Token::RArrow);
    }

    /// A name that the side table explains, at the place of the next token.
    fn write_name(&mut self, sugar: Sugar) {
        let place = self.tokens.get(self.at).and_then(|token| tokens::span(token.span));
        self.sugar.put(place.unwrap_or_default(), sugar);
        self.write(name("argument"));
    }

    fn is(&self, ahead: usize, wanted: &str) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| is_word(&token.token, wanted))
    }

    fn is_any(&self, ahead: usize, wanted: &[&str]) -> bool {
        wanted.iter().any(|wanted| self.is(ahead, wanted))
    }

    fn is_call(&self) -> bool {
        let next = self.tokens.get(self.at + 1);
        self.frames.len() < DEPTH
            && next.is_some_and(|next| opens(&self.tokens[self.at].token, &next.token))
            && self.out.last().is_none_or(|before| before.token != Token::Period)
    }

    fn open(&mut self) {
        let table = self.is(0, "json_table");
        let query = self.is(0, "json_array") && self.is_any(2, &["select", "with", "values", "table"]);
        self.push();
        self.push();
        self.depth += 1;
        let kind = match (table, query) {
            (true, _) => Kind::Table,
            (_, true) => Kind::Query,
            _ => Kind::Call,
        };
        if query {
            self.write_name(Sugar::JsonQuery);
            self.write(Token::RArrow);
            self.write(Token::LParen);
        }
        self.enter(kind);
    }

    fn enter(&mut self, kind: Kind) {
        let context = (self.out.len(), None, None);
        self.frames.push(Frame { kind, depth: self.depth, returning: Vec::new(), passing: false, context });
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.kind == Kind::Query {
            self.write(Token::RParen);
        }
        self.out.extend(frame.returning);
    }

    fn comma(&mut self) {
        let end = self.out.len();
        let argument = match self.here() {
            Some(frame) if frame.kind == Kind::Table => {
                frame.context.1.get_or_insert(end);
                false
            }
            Some(frame) => frame.passing,
            None => false,
        };
        if argument {
            self.write_argument(Sugar::JsonPassing);
            self.at += 1;
        } else {
            self.push();
        }
    }

    /// A clause of a call, if one starts here.
    fn clause(&mut self) -> bool {
        let Some(kind) = self.here().map(|frame| frame.kind) else { return false };
        if self.is(0, "returning") && kind != Kind::Table {
            let length = 1 + self.type_length(1);
            let tokens = self.tokens[self.at..self.at + length].to_vec();
            if let Some(frame) = self.here() {
                (frame.returning, frame.passing) = (tokens, false);
            }
            self.at += length;
            return true;
        }
        if self.is(0, "format") && self.is(1, "json") {
            self.at += if self.is(2, "encoding") { 4.min(self.tokens.len() - self.at) } else { 2 };
            return true;
        }
        match kind {
            Kind::Query | Kind::Columns => false,
            Kind::Table => self.table_clause() || self.behavior(),
            Kind::Call => self.call_clause() || self.behavior(),
        }
    }

    fn call_clause(&mut self) -> bool {
        let first = self.out.last().is_some_and(|token| matches!(token.token, Token::LParen | Token::Comma));
        if self.is(0, "passing") && !first {
            self.write_argument(Sugar::JsonPassing);
            self.at += 1;
            self.here().into_iter().for_each(|frame| frame.passing = true);
            return true;
        }
        if self.is(0, "default") {
            self.write_argument(Sugar::JsonDefault);
            self.at += 1;
            self.here().into_iter().for_each(|frame| frame.passing = false);
            return true;
        }
        self.passed_name()
    }

    /// `as x` after a passed value.
    fn passed_name(&mut self) -> bool {
        let named = self.is(0, "as") && self.here().is_some_and(|frame| frame.passing);
        if named {
            self.at = (self.at + 2).min(self.tokens.len());
        }
        named
    }

    fn table_clause(&mut self) -> bool {
        let end = self.out.len();
        if self.is(0, "passing") && self.here().is_some_and(|frame| frame.context.1.is_some()) {
            self.here().into_iter().for_each(|frame| (frame.passing, frame.context.2) = (true, Some(end)));
            self.at += 1;
            return true;
        }
        let parenthesis = self.tokens.get(self.at + 1).is_some_and(|next| next.token == Token::LParen);
        if self.is(0, "columns") && parenthesis {
            self.wrap_context();
            self.push();
            self.push();
            self.depth += 1;
            self.enter(Kind::Columns);
            return true;
        }
        // `as name` after the path, or after a passed value.
        let named = self.is(0, "as") && self.here().is_some_and(|frame| frame.context.1.is_some());
        if named {
            self.at = (self.at + 2).min(self.tokens.len());
        }
        named
    }

    /// Moves the passed values of `json_table` next to its first argument.
    fn wrap_context(&mut self) {
        let Some((start, Some(end), Some(passed))) = self.here().map(|frame| frame.context) else { return };
        self.here().into_iter().for_each(|frame| frame.passing = false);
        let values: Vec<TokenWithSpan> = self.out.drain(passed..).collect();
        let span = self.tokens[self.at].span;
        let token = |token: Token| TokenWithSpan { token, span };
        let values = [token(Token::Comma)].into_iter().chain(values).chain([token(Token::RParen)]);
        self.out.splice(end..end, values);
        self.sugar.put(tokens::span(span).unwrap_or_default(), Sugar::JsonPassing);
        self.out.splice(start..start, [token(name("passing")), token(Token::LParen)]);
    }

    /// Clauses for missing values, errors, nulls, several values, quotes, and repeated keys.
    fn behavior(&mut self) -> bool {
        let length = self.behavior_length();
        if length == 0 {
            return false;
        }
        if self.is(0, "unknown") {
            self.write_argument(Sugar::JsonUnknown);
            self.write(word("null"));
        }
        self.here().into_iter().for_each(|frame| frame.passing = false);
        self.at += length;
        true
    }

    fn behavior_length(&self) -> usize {
        const ON: [&str; 2] = ["empty", "error"];
        let on = |ahead: usize| self.is(ahead, "on") && self.is_any(ahead + 1, &ON);
        if on(0) {
            return 2;
        }
        if self.is_any(0, &["error", "null", "true", "false", "unknown"]) && on(1) {
            return 3;
        }
        if self.is(0, "empty") {
            let named = usize::from(self.is_any(1, &["array", "object"]));
            return if on(1 + named) { 3 + named } else { 0 };
        }
        if self.is_any(0, &["null", "absent"]) && self.is(1, "on") && self.is(2, "null") {
            return 3;
        }
        if self.is_any(0, &["keep", "omit"]) && self.is(1, "quotes") {
            return if self.is(2, "on") { 5.min(self.tokens.len() - self.at) } else { 2 };
        }
        if self.is_any(0, &["with", "without"]) {
            if self.is(1, "unique") {
                return 2 + usize::from(self.is(2, "keys"));
            }
            let conditional = 1 + usize::from(self.is_any(1, &["conditional", "unconditional"]));
            let wrapper = conditional + usize::from(self.is(conditional, "array"));
            return if self.is(wrapper, "wrapper") { wrapper + 1 } else { 0 };
        }
        0
    }

    /// The number of tokens of a type.
    fn type_length(&self, ahead: usize) -> usize {
        let mut depth = 0;
        let rest = self.tokens.get(self.at + ahead..).unwrap_or_default();
        let ends = |index: usize| {
            let zone = self.is_any(ahead + index, &["with", "without"]) && self.is(ahead + index + 1, "time");
            self.is_any(ahead + index, &ENDS) && !zone
        };
        for (index, token) in rest.iter().enumerate() {
            match &token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::Comma if depth == 0 => return index,
                Token::RParen | Token::RBracket => depth -= 1,
                Token::Word(_) if depth == 0 && ends(index) => return index,
                _ => {}
            }
        }
        rest.len()
    }

    /// Whether a column of `json_table` starts here.
    fn starts_item(&self) -> bool {
        let before = self.out.last().map(|token| &token.token);
        matches!(before, Some(Token::LParen | Token::Comma))
            && matches!(self.tokens[self.at].token, Token::Word(_))
    }

    /// A column of `json_table`: its name, its type, whether it is an `exists` column, and its path.
    fn column(&mut self) {
        let text = |ahead: usize| {
            let token = self.tokens.get(self.at + ahead).map(|token| &token.token);
            matches!(token, Some(Token::SingleQuotedString(_)))
        };
        let path = 1 + usize::from(self.is(1, "path"));
        if self.is(0, "nested") && text(path) {
            (0..=path).for_each(|_| self.push());
            if self.is(0, "as") {
                self.at = (self.at + 2).min(self.tokens.len());
            }
            let open = self.tokens.get(self.at + 1).is_some_and(|next| next.token == Token::LParen);
            if self.is(0, "columns") && open && self.frames.len() < DEPTH {
                self.push();
                self.push();
                self.depth += 1;
                self.enter(Kind::Columns);
            }
            return;
        }
        self.push();
        let length = self.type_length(0);
        (0..length).for_each(|_| self.push());
        self.column_path();
    }

    /// The clauses after the type of a column: `exists path '…'`, and others, which are skipped.
    fn column_path(&mut self) {
        let (mut depth, mut path, mut any) = (0, None, false);
        while let Some(token) = self.tokens.get(self.at) {
            match &token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::Comma | Token::RParen if depth == 0 => break,
                Token::RParen | Token::RBracket => depth -= 1,
                _ if self.is(0, "exists") => any = true,
                _ if self.is(0, "path") => path = self.tokens.get(self.at + 1).cloned(),
                _ => {}
            }
            self.at += 1;
        }
        let ordinal = self.out.last().is_some_and(|last| is_word(&last.token, "ordinality"));
        if ordinal {
            return;
        }
        if any {
            self.write(word("exists"));
        }
        self.write(word("path"));
        let root = Token::SingleQuotedString("$".to_owned());
        self.write(path.map_or(root, |path| path.token));
    }
}
