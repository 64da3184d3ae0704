//! Where a statement ends: at a `;` that is in no brackets and in no body of a function, procedure or trigger.

use crate::{Dialect, Token, TokenKind, dialect::facts::RoutineBody};

/// Follows the tokens of statements and tells which `;` ends one.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    dialect: Dialect,
    body: Body,
    /// Brackets that are open.
    brackets: usize,
    /// Blocks that are open: `begin`, `case` …
    depth: usize,
    /// The statement's body is a bare `if`, `while`, `loop` or `repeat`, so that these count too.
    bare: bool,
    /// What stands before the current token.
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
    Dot,
    CloseBracket,
    String,
    Other,
}

macro_rules! keywords {
    ($($keyword:ident $($text:literal)+;)*) => {
        /// A word that matters to where statements end.
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
    // What may stand right before a routine's body.
    Characteristic "data" "definer" "deterministic" "invoker" "sql";
    // What `create` makes that has no body.
    Plain "database" "index" "role" "schema" "sequence" "table" "type" "user" "view";
}

impl Blocks {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Blocks { dialect, body: Body::Unclear, brackets: 0, depth: 0, bare: false, last: Last::Start }
    }

    /// Whether `token`, one that is neither space nor comment, ends the statement. It is a `;` then.
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

    /// What the body of a routine is.
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

    /// A word of the statement's start: `create or replace definer = a@b procedure`.
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
        use Keyword::{Characteristic, Do, Row};
        match self.last {
            Last::Word(word) => matches!(word, Characteristic | Do | Row),
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
