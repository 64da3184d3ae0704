//! Where a statement ends: at a `;` that is in no brackets and in no body of a function, procedure or trigger.

use crate::{Dialect, Token, TokenKind};

/// Follows the tokens of statements and tells which `;` ends one.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    dialect: Dialect,
    /// How many significant tokens the statement has had.
    count: usize,
    body: Body,
    /// Brackets that are open.
    brackets: usize,
    /// Blocks that are open: `begin`, `case` …
    depth: usize,
    /// The statement's body is a bare `if`, `while`, `loop` or `repeat`, so that these count too.
    bare: bool,
    /// The word (or what stands for another token) before the current one.
    last: Last,
}

/// Whether a statement may have a body with `;` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// So far only words that may come before the kind of what is created.
    Unclear,
    /// No.
    None,
    /// `create function` …
    Routine,
    /// SQLite's `create trigger`, which ends at `; end ;`.
    Trigger,
}

/// What the last significant token was, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// Nothing yet.
    Start,
    Word(Keyword),
    Semicolon,
    Colon,
    CloseBracket,
    String,
    Other,
}

macro_rules! keywords {
    ($($keyword:ident $text:literal)*) => {
        /// A word that matters to where statements end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Keyword { $($keyword,)* Other }

        impl Keyword {
            fn of(word: &str) -> Keyword {
                $(if word.eq_ignore_ascii_case($text) { return Keyword::$keyword; })*
                Keyword::Other
            }
        }
    };
}

keywords! {
    Atomic "atomic" Begin "begin" Case "case" Create "create" Data "data" Definer "definer" Deterministic "deterministic"
    Do "do" Else "else" End "end" Event "event" Explain "explain" For "for" Function "function" If "if" Invoker "invoker"
    Loop "loop" Not "not" Package "package" Procedure "procedure" Repeat "repeat" Row "row" Sql "sql" Then "then"
    Trigger "trigger" While "while"
}

impl Blocks {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Blocks {
            dialect,
            count: 0,
            body: Body::Unclear,
            brackets: 0,
            depth: 0,
            bare: false,
            last: Last::Start,
        }
    }

    /// Whether `token`, one that is neither space nor comment, ends the statement. It is a `;` then.
    pub(crate) fn ends_at(&mut self, token: Token, sql: &str) -> bool {
        let text = token.span.of(sql);
        let now = match (token.kind, text) {
            (TokenKind::Word, word) => Last::Word(Keyword::of(word)),
            (TokenKind::Punctuation, ";") => Last::Semicolon,
            (TokenKind::Punctuation, ":") => Last::Colon,
            (TokenKind::Punctuation, ")") => Last::CloseBracket,
            (TokenKind::String, _) => Last::String,
            _ => Last::Other,
        };
        match (token.kind, text) {
            (TokenKind::Punctuation, "(") => self.brackets += 1,
            (TokenKind::Punctuation, ")") => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        if let Last::Word(keyword) = now {
            self.word(keyword, text);
        } else if self.count == 0 && token.kind != TokenKind::CodeOpen {
            self.body = Body::None;
        }
        let ends = now == Last::Semicolon && self.is_end();
        self.count += usize::from(token.kind != TokenKind::CodeOpen);
        self.last = now;
        if ends {
            *self = Blocks::new(self.dialect);
        }
        ends
    }

    /// Whether a `;` here ends the statement.
    fn is_end(&self) -> bool {
        match self.body {
            Body::Trigger => self.depth == 1,
            // PostgreSQL's `create rule … do (a; b)`.
            Body::None | Body::Unclear => {
                self.depth == 0 && (self.brackets == 0 || self.dialect != Dialect::Postgres)
            }
            Body::Routine => self.depth == 0,
        }
    }

    fn word(&mut self, keyword: Keyword, text: &str) {
        match self.body {
            Body::None => {}
            Body::Unclear => self.start(keyword, text),
            // The `end` that closes the body is the one after a `;`.
            Body::Trigger => {
                let closes = keyword == Keyword::End && self.last == Last::Semicolon;
                self.depth = usize::from(closes);
            }
            Body::Routine if self.dialect == Dialect::Postgres => self.atomic(keyword),
            Body::Routine => self.routine(keyword),
        }
    }

    /// A word of the statement's start: `create or replace definer = a@b procedure`.
    fn start(&mut self, keyword: Keyword, text: &str) {
        let mysql = self.dialect == Dialect::Mysql;
        match keyword {
            Keyword::Explain if self.count == 0 => self.count = usize::MAX,
            Keyword::Create if self.last == Last::Start || self.last == Last::Word(Keyword::Explain) => {}
            // MariaDB's `begin not atomic`.
            Keyword::Begin if mysql && self.count == 0 => {}
            Keyword::Not if mysql && self.last == Last::Word(Keyword::Begin) => {}
            Keyword::Atomic if mysql && self.last == Last::Word(Keyword::Not) => {
                self.body = Body::Routine;
                self.depth = 1;
            }
            _ if self.count == 0 => self.body = Body::None,
            Keyword::Trigger if self.dialect == Dialect::Sqlite => self.body = Body::Trigger,
            Keyword::Function | Keyword::Procedure if self.dialect == Dialect::Postgres => {
                self.body = Body::Routine
            }
            Keyword::Function | Keyword::Procedure | Keyword::Trigger | Keyword::Event | Keyword::Package
                if mysql =>
            {
                self.body = Body::Routine;
            }
            _ if ["table", "view", "index", "type", "schema", "database"]
                .iter()
                .any(|kind| text.eq_ignore_ascii_case(kind)) =>
            {
                self.body = Body::None;
            }
            _ => {}
        }
    }

    /// PostgreSQL: `begin atomic … end`, with `case … end` in it.
    fn atomic(&mut self, keyword: Keyword) {
        match keyword {
            Keyword::Atomic if self.last == Last::Word(Keyword::Begin) => self.depth += 1,
            Keyword::Case if self.depth > 0 => self.depth += 1,
            Keyword::End => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// MySQL: `begin … end`, `case … end [case]`; `if … end if` and loops are always inside of one, unless they are
    /// the whole body.
    fn routine(&mut self, keyword: Keyword) {
        let after_end = self.last == Last::Word(Keyword::End);
        match keyword {
            Keyword::Case if after_end => {}
            Keyword::If | Keyword::Loop | Keyword::While | Keyword::Repeat | Keyword::For if after_end => {
                // It closes what was not counted, so `end` must not have closed anything.
                self.depth += usize::from(!self.bare);
            }
            Keyword::Begin | Keyword::Case => self.depth += 1,
            Keyword::End => self.depth = self.depth.saturating_sub(1),
            Keyword::If | Keyword::Loop | Keyword::While | Keyword::Repeat => {
                if self.depth == 0 && self.starts_body() {
                    self.bare = true;
                    self.depth = 1;
                } else if self.bare && self.starts_statement() {
                    self.depth += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether the last token is one that stands before a routine's body.
    fn starts_body(&self) -> bool {
        use Keyword::{Data, Definer, Deterministic, Do, Invoker, Row, Sql};
        match self.last {
            Last::Word(word) => matches!(word, Data | Definer | Deterministic | Do | Invoker | Row | Sql),
            last => matches!(last, Last::CloseBracket | Last::String | Last::Colon),
        }
    }

    /// Whether the last token is one after which a statement of a body starts.
    fn starts_statement(&self) -> bool {
        use Keyword::{Begin, Do, Else, Loop, Repeat, Then};
        match self.last {
            Last::Word(word) => matches!(word, Begin | Do | Else | Loop | Repeat | Then),
            last => matches!(last, Last::Semicolon | Last::Colon),
        }
    }
}
