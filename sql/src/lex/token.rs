//! The tokens of SQL.

use crate::{Span, Style};

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// The kind of token.
    pub kind: TokenKind,
    /// The place of the token.
    pub span: Span,
}

impl Token {
    /// Whether the token is significant: neither space nor comment.
    pub const fn is_significant(self) -> bool {
        !matches!(self.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// The kind of a [`Token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces and line ends.
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
    /// A keyword or an unquoted name.
    Word,
    /// A quoted name: `"a"`, `` `a` ``, `[a]`, `U&"a"`.
    QuotedIdentifier,
    /// `'a'`, `N'a'`, `U&'a'`; `"a"` in MySQL.
    String,
    /// PostgreSQL's `E'a\n'`, including its continuation on the next lines.
    EscapeString,
    /// PostgreSQL's `$$a$$` or `$tag$a$tag$`.
    DollarString,
    /// `B'01'` or `X'1f'`.
    BitString,
    /// `1`, `1.5e3`, `0x1f`, `1_000`.
    Number,
    /// MySQL's `@a` and `@@a`.
    Variable,
    /// A placeholder, and its style.
    Placeholder(Style),
    /// Something that looks like a placeholder but isn't one: `{}`, `{0}`, `${a}`, `:1`, `%d`.
    AlmostPlaceholder,
    /// An operator; this includes `::` and `:=`.
    Operator,
    /// One of `( ) [ ] , ; . : { }`.
    Punctuation,
    /// A token that is incomplete at the end of the text.
    Unterminated(Unterminated),
    /// A character that no SQL token starts with.
    Unknown,
}

/// The kind of token that is incomplete at the end of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unterminated {
    /// A string of any kind except a dollar-quoted one.
    String,
    /// A quoted name.
    Identifier,
    /// A dollar-quoted string.
    Dollar,
    /// A block comment.
    Comment,
}
