//! Finds the end of a statement: a `;` outside of brackets and of the bodies of functions, procedures and triggers.

use crate::{Dialect, Token, TokenKind, dialect::facts::RoutineBody};

/// Reads the tokens of statements and decides which `;` ends a statement.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    dialect: Dialect,
    body: Body,
    /// The number of open brackets.
    brackets: usize,
    /// The number of open blocks: `begin`, `case` …
    depth: usize,
    /// The statement's body is a bare `if`, `while`, `loop` or `repeat`, so these count as blocks too.
    bare: bool,
    /// The last significant token before the current one.
    last: Last,
}

/// Whether a statement can have a body that contains `;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// Not known yet: only words that can come before the kind of the created object.
    Unclear,
    /// It can't.
    None,
    /// `create function` …
    Routine,
    /// SQLite's `create trigger`, which ends at `; end ;`.
    Trigger,
}

/// The kinds of significant tokens that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// There was none.
    Start,
    Word(Keyword),
    Semicolon,
    Colon,
    Dot,
    CloseBracket,
    String,
    Other,
}

macro_rules! keywords {
    ($($keyword:ident $($text:literal)+;)*) => {
        /// A keyword that matters for the end of a statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Keyword { $($keyword,)* Other }

        impl Keyword {
            fn of(word: &str) -> Keyword {
                $($(if word.eq_ignore_ascii_case($text) { return Keyword::$keyword; })+)*
                Keyword::Other
            }
        }
    };
}

keywords! {
    Atomic "atomic";
    Begin "begin";
    Case "case";
    Create "create";
    Do "do";
    Else "else";
    End "end";
    Event "event";
    Explain "explain";
    For "for";
    Function "function";
    If "if";
    Loop "loop";
    Not "not";
    Package "package";
    Procedure "procedure";
    Repeat "repeat";
    Row "row";
    Then "then";
    Trigger "trigger";
    While "while";
    // The keywords that can come right before a routine's body.
    Characteristic "data" "definer" "deterministic" "invoker" "sql";
    // The kinds of objects that have no body.
    Plain "database" "index" "role" "schema" "sequence" "table" "type" "user" "view";
}

impl Blocks {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Blocks { dialect, body: Body::Unclear, brackets: 0, depth: 0, bare: false, last: Last::Start }
    }

    /// Whether `token` is a `;` that ends the statement. `token` must be neither space nor comment.
    pub(crate) fn ends_at(&mut self, token: Token, sql: &str) -> bool {
        let byte = sql.as_bytes()[token.span.start];
        let now = match token.kind {
            TokenKind::Word if self.body == Body::None || self.last == Last::Dot => Last::Other,
            TokenKind::Word => Last::Word(Keyword::of(token.span.of(sql))),
            TokenKind::CodeOpen => return false,
            TokenKind::String => Last::String,
            TokenKind::Punctuation => self.punctuation(byte),
            _ => Last::Other,
        };
        match now {
            Last::Word(keyword) => self.word(keyword),
            _ if self.last == Last::Start => self.body = Body::None,
            _ => {}
        }
        let ends = now == Last::Semicolon && self.is_end();
        if ends {
            *self = Blocks::new(self.dialect);
        } else if now != Last::Word(Keyword::Explain) {
            self.last = now;
        }
        ends
    }

    fn punctuation(&mut self, byte: u8) -> Last {
        match byte {
            b';' => return Last::Semicolon,
            b':' => return Last::Colon,
            b'.' => return Last::Dot,
            b'(' => self.brackets += 1,
            b')' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        if byte == b')' { Last::CloseBracket } else { Last::Other }
    }

    /// Whether a `;` here ends the statement.
    fn is_end(&self) -> bool {
        match self.body {
            // The `end` that closes the body is the one after a `;`.
            Body::Trigger => self.depth == 1 && self.last == Last::Word(Keyword::End),
            // PostgreSQL's `create rule … do (a; b)`.
            _ => self.depth == 0 && (self.brackets == 0 || !self.dialect.facts().blocks.parentheses),
        }
    }

    /// The form of a routine's body.
    fn routines(&self) -> RoutineBody {
        self.dialect.facts().blocks.body
    }

    fn word(&mut self, keyword: Keyword) {
        match self.body {
            Body::None => {}
            Body::Unclear => self.start(keyword),
            Body::Trigger => {
                self.depth = usize::from(keyword == Keyword::End && self.last == Last::Semicolon);
            }
            Body::Routine if self.routines() == RoutineBody::Atomic => self.atomic(keyword),
            Body::Routine => self.routine(keyword),
        }
    }

    /// Reads a keyword at the start of a statement: `create or replace definer = a@b procedure`.
    fn start(&mut self, keyword: Keyword) {
        use Keyword::{Atomic, Begin, Create, Event, Explain, Function, Not, Package, Procedure, Trigger};
        use RoutineBody::{Atomic as AtomicBody, Blocks as BlockBody, Trigger as TriggerBody};
        match (keyword, self.routines()) {
            (Create | Explain, _) if self.last == Last::Start => {}
            // MariaDB's `begin not atomic`.
            (Begin, BlockBody) if self.last == Last::Start => {}
            (Not, BlockBody) if self.last == Last::Word(Begin) => {}
            (Atomic, BlockBody) if self.last == Last::Word(Not) => {
                self.body = Body::Routine;
                self.depth = 1;
            }
            _ if matches!(self.last, Last::Start | Last::Word(Begin)) => self.body = Body::None,
            (Trigger, TriggerBody) => self.body = Body::Trigger,
            (Function | Procedure, AtomicBody) => self.body = Body::Routine,
            (Function | Procedure | Trigger | Event | Package, BlockBody) => self.body = Body::Routine,
            (Keyword::Plain, _) => self.body = Body::None,
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
                // This `end` closes a block that was not counted, so it must not close another one.
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

    /// Whether a routine's body can start after the last token.
    fn starts_body(&self) -> bool {
        use Keyword::{Characteristic, Do, Row};
        match self.last {
            Last::Word(word) => matches!(word, Characteristic | Do | Row),
            last => matches!(last, Last::CloseBracket | Last::String | Last::Colon),
        }
    }

    /// Whether a statement of a body starts after the last token.
    fn starts_statement(&self) -> bool {
        use Keyword::{Begin, Do, Else, Loop, Repeat, Then};
        match self.last {
            Last::Word(word) => matches!(word, Begin | Do | Else | Loop | Repeat | Then),
            last => matches!(last, Last::Semicolon | Last::Colon),
        }
    }
}
