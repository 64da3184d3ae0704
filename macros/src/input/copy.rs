//! The table and columns of `copy_in!`: its rows are checked as those of an insert.

use aio_databases_sql::{Dialect, Lexer, Token, TokenKind};
use syn::{Error, Result};

use super::sql::{Sql, Text};

/// Where `copy_in!` puts its rows.
#[derive(Debug)]
pub(crate) struct Target {
    /// The table and its columns, as written: `users (name, email)`.
    pub(crate) sql: Sql,
    /// The columns' names, without quotes.
    pub(crate) columns: Vec<String>,
}

/// The insert of a row, and the target.
pub(crate) fn target(sql: &Sql) -> Result<(Sql, Target)> {
    let mut columns = Vec::new();
    let mut read = |of: Option<Dialect>, text: &Text| -> Result<Found> {
        // Only quotes differ.
        let dialect = of.unwrap_or(Dialect::ALL[0]);
        let found = read(&text.value, dialect).ok_or_else(|| {
            Error::new(text.span, "expected a table and its columns: `users (name, email)`")
        })?;
        if columns.is_empty() {
            columns.clone_from(&found.columns);
        }
        Ok(found)
    };
    let target = sql.map(|of, text| Ok(text.within("", read(of, text)?.end, "")))?;
    let insert = sql.map(|of, text| {
        let found = read(of, text)?;
        let values: Vec<String> = (1..=found.columns.len()).map(|number| format!("${number}")).collect();
        Ok(text.within("insert into ", found.end, &format!(" values ({})", values.join(", "))))
    })?;
    Ok((insert, Target { sql: target, columns }))
}

struct Found {
    columns: Vec<String>,
    /// Where the last parenthesis ends.
    end: usize,
}

fn read(sql: &str, dialect: Dialect) -> Option<Found> {
    let blank = |token: &Token| {
        matches!(token.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
    };
    let tokens: Vec<Token> = Lexer::new(sql, dialect).filter(|token| !blank(token)).collect();
    let text = |token: &Token| token.span.of(sql);
    let open = tokens.iter().position(|token| text(token) == "(")?;
    let (table, list) = (&tokens[..open], &tokens[open + 1..]);
    let (close, list) = list.split_last()?;
    // In another statement, a word and the table follow.
    let is_statement = table.len() > 1 && is_name(&table[0]) && is_name(&table[1]);
    if table.is_empty() || is_statement || text(close) != ")" {
        return None;
    }
    let columns = list.split(|token| text(token) == ",").map(|column| match column {
        [name] if is_name(name) => Some(unquoted(text(name), name.kind)),
        _ => None,
    });
    Some(Found { columns: columns.collect::<Option<_>>()?, end: close.span.end })
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
}

fn unquoted(name: &str, kind: TokenKind) -> String {
    match kind {
        TokenKind::QuotedIdentifier => name[1..name.len() - 1].replace("\"\"", "\""),
        _ => name.to_lowercase(),
    }
}
