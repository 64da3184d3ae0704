//! What a text consists of.

use crate::{Span, Style};

/// A piece of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

impl Token {
    /// Whether the server sees it: neither space nor comment.
    pub const fn is_significant(self) -> bool {
        !matches!(self.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// What a piece of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks and line ends.
    Space,
    /// `-- …` or MySQL's `# …`, without the line's end.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// MySQL's `/*!` or `/*!50100`: what follows, up to [`CodeClose`](TokenKind::CodeClose), is read by the server
    /// (if it is of that version).
    CodeOpen,
    /// The `*/` of a [`CodeOpen`](TokenKind::CodeOpen).
    CodeClose,
    /// A keyword or a name without quotes.
    Word,
    /// A name in quotes: `"a"`, `` `a` ``, `[a]`, `U&"a"`.
    QuotedIdentifier,
    /// `'a'`, `N'a'`, `U&'a'`; `"a"` in MySQL.
    String,
    /// PostgreSQL's `E'a\n'`, with what continues it on the next lines.
    EscapeString,
    /// PostgreSQL's `$$a$$` or `$tag$a$tag$`.
    DollarString,
    /// `B'01'` or `X'1f'`.
    BitString,
    /// `1`, `1.5e3`, `0x1f`, `1_000`.
    Number,
    /// MySQL's `@a` and `@@a`.
    Variable,
    /// A placeholder, with the style it is written in.
    Placeholder(Style),
    /// What looks like a placeholder and is none: `{}`, `{0}`, `${a}`, `:1`, `%d`.
    AlmostPlaceholder,
    /// An operator, `::` and `:=` too.
    Operator,
    /// One of `( ) [ ] , ; . : { }`.
    Punctuation,
    /// Something that ends with the text before it is complete.
    Unterminated(Unterminated),
    /// A character that SQL has no use for.
    Unknown,
}

/// What is not complete where the text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unterminated {
    /// A string of any kind, but for a dollar-quoted one.
    String,
    /// A name in quotes.
    Identifier,
    /// A dollar-quoted string.
    Dollar,
    /// A block comment.
    Comment,
}
