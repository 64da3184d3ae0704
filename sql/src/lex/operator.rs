//! Separates operators from the placeholders that follow them.
//!
//! PostgreSQL joins consecutive operator characters to one operator, so it would read `a=?` as `a` and `=?`. This
//! module cuts such a sequence before a placeholder at its end. Operators that contain `?`, `@` or `%` themselves are
//! listed by name.

use super::{
    Lexer, TokenKind,
    chars::{in_operator, starts_name},
    operand::{self, Before},
    placeholder,
};
use crate::Style;

/// PostgreSQL operators with `?`, `@` or `%` in their names: the built-in ones, and those of hstore, ltree, intarray,
/// pg_trgm, cube, PostGIS, pgvector and PGroonga.
const KNOWN: &[&str] = &[
    "?", "?|", "?&", "?#", "?-", "?-|", "?||", "?@", "?@>", "?<@", "?~", "@", "@>", "<@", "@?", "@@", "@@@",
    "@-@", "^@", "^@>", "^<@", "&@", "&@~", "&@|", "&@*", "&@>", "&?", "&?|", "@>>", "<<@", "@~", "~@", "%",
    "%>", "<%", "%>>", "<<%", "%%", "%#", "<%>",
];

/// Operators of more than one character in SQLite and MySQL, longer ones first.
const LONG: &[&[u8]] =
    &[b"->>", b"<=>", b"->", b"<=", b">=", b"<>", b"!=", b"==", b"<<", b">>", b"||", b"&&", b":=", b"%%"];

/// PostgreSQL's names are at most 63 bytes long.
const LONGEST: usize = 63;

impl Lexer<'_> {
    /// Reads a token that starts with an operator character.
    pub(super) fn operator(&self) -> (TokenKind, usize) {
        match self.dialect.facts().marks.custom_operators {
            true => self.postgres_operator(),
            false => self.plain_operator(),
        }
    }

    fn plain_operator(&self) -> (TokenKind, usize) {
        let rest = &self.bytes[self.at..];
        let long =
            || LONG.iter().find(|operator| rest.starts_with(operator)).map_or(1, |operator| operator.len());
        match rest[0] {
            b'?' => {
                let (style, end) = placeholder::question(self.bytes, self.at);
                (TokenKind::Placeholder(style), end)
            }
            b'%' => self.percent().unwrap_or_else(|| (TokenKind::Operator, self.at + long())),
            _ => (TokenKind::Operator, self.at + long()),
        }
    }

    fn postgres_operator(&self) -> (TokenKind, usize) {
        let run = self.run();
        if !self.operator_name {
            let found = match run[0] {
                b'?' => self.question(run),
                b'@' if run.len() == 1 => self.at_name(),
                b'%' => self.percent(),
                _ => None,
            };
            if let Some(found) = found {
                return found;
            }
        }
        let end = if self.operator_name { run.len() } else { self.cut(run) };
        (TokenKind::Operator, self.at + without_sign(&run[..end]))
    }

    /// The consecutive operator characters from here, up to a comment.
    fn run(&self) -> &[u8] {
        let rest = &self.bytes[self.at..];
        let rest = &rest[..rest.len().min(LONGEST)];
        let end = (0..rest.len())
            .find(|&n| !in_operator(rest[n]) || rest[n..].starts_with(b"--") || rest[n..].starts_with(b"/*"))
            .unwrap_or(rest.len());
        &rest[..end.max(1)]
    }

    /// The length of the first operator in `run`, without a placeholder at its end.
    fn cut(&self, run: &[u8]) -> usize {
        let own = known_prefix(run);
        let is_placeholder = |n: usize| {
            let at = self.at + n;
            let last = n + 1 == run.len();
            match run[n] {
                b'?' => n >= own,
                b'@' => n >= own && last && self.bytes.get(at + 1).is_some_and(|&byte| starts_name(byte)),
                // `a<%s` is much more likely a placeholder than pg_trgm's `<%`.
                b'%' => last && run[n - 1] != b'%' && placeholder::percent(self.bytes, at).is_some(),
                _ => false,
            }
        };
        (1..run.len()).find(|&n| is_placeholder(n)).unwrap_or(run.len())
    }

    /// Reads `?` in PostgreSQL: an operator between two operands, or a placeholder if an operand is expected.
    fn question(&self, run: &[u8]) -> Option<(TokenKind, usize)> {
        let (style, end) = placeholder::question(self.bytes, self.at);
        let is_placeholder = match self.before() {
            Before::Opening => true,
            Before::Name if style == Style::QuestionNumber => true,
            Before::Name | Before::Operand => {
                known_prefix(run) < 2 && !operand::starts_after(self.sql, self.at + 1, self.dialect)
            }
        };
        if is_placeholder {
            Some((TokenKind::Placeholder(style), end))
        } else if known_prefix(run) < 2 {
            Some((TokenKind::Operator, self.at + 1))
        } else {
            None
        }
    }

    /// Reads `@name` in PostgreSQL. `@` is an operator after an operand, and before a space or a number.
    fn at_name(&self) -> Option<(TokenKind, usize)> {
        let (style, end) = placeholder::name(self.bytes, self.at, Style::At)?;
        (self.before() == Before::Opening).then_some((TokenKind::Placeholder(style), end))
    }

    /// Reads `%s` and `%(name)s` if an operand is expected. After an operand, `%` is modulo.
    fn percent(&self) -> Option<(TokenKind, usize)> {
        let before = self.before();
        match placeholder::percent(self.bytes, self.at) {
            Some((Style::Percent, _)) | None if before != Before::Opening => None,
            Some(_) if before == Before::Operand => None,
            Some((style, end)) => Some((TokenKind::Placeholder(style), end)),
            None => {
                // `%d`, `%1$s`, `%(a b)s`: no other SQL token starts with `%`.
                let next = self.bytes.get(self.at + 1).copied().unwrap_or(b' ');
                let almost = next.is_ascii_alphanumeric() || next == b'(';
                almost.then(|| (TokenKind::AlmostPlaceholder, self.at + 1 + char_len(self.sql, self.at + 1)))
            }
        }
    }
}

/// The length of the character at `at`.
pub(super) fn char_len(sql: &str, at: usize) -> usize {
    sql[at..].chars().next().map_or(0, char::len_utf8)
}

/// The length of the longest known operator that `run` starts with.
fn known_prefix(run: &[u8]) -> usize {
    KNOWN.iter().filter(|known| run.starts_with(known.as_bytes())).map(|known| known.len()).max().unwrap_or(0)
}

/// PostgreSQL's rule: `+` and `-` end an operator only if it has one of `~ ! @ # % ^ & | `` ` `` ?`: `a*-b` is `a * -b`.
fn without_sign(operator: &[u8]) -> usize {
    let may_end_in_sign = operator
        .iter()
        .any(|byte| matches!(byte, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?'));
    if may_end_in_sign {
        return operator.len();
    }
    let signs = operator.iter().rev().take_while(|&&byte| byte == b'+' || byte == b'-').count();
    (operator.len() - signs).max(1)
}
