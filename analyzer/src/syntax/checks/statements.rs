//! The keywords that start statements. The parser accepts those of all servers for every dialect.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{Grammar, Refusal};
use crate::{dialect::words, syntax::tokens};

words!(
    /// The commands in the reference manuals of 15 to 18.
    pub(in crate::syntax) POSTGRES, "\
    abort alter analyze analyse begin call checkpoint close cluster comment commit copy create deallocate declare delete \
    discard do drop end execute explain fetch grant import insert listen load lock merge move notify prepare reassign \
    refresh reindex release reset revoke rollback savepoint security select set show start table truncate unlisten \
    update vacuum values with");

words!(
    /// The statements in <https://sqlite.org/lang.html>.
    pub(in crate::syntax) SQLITE, "\
    alter analyze attach begin commit create delete detach drop end explain insert pragma reindex release replace \
    rollback savepoint select update vacuum values with");

words!(
    /// The statements of MySQL or MariaDB.
    pub(in crate::syntax) MYSQL, "\
    alter analyze backup begin binlog cache call change check checksum clone commit create deallocate delete desc \
    describe do drop execute explain flush get grant handler help import insert install kill load lock optimize prepare \
    purge release rename repair replace reset resignal restart revoke rollback savepoint select set show shutdown \
    signal slave start stop table truncate uninstall unlock update use values with xa");

/// Rejects a statement whose first word does not start a statement of the dialect.
pub(in crate::syntax) fn check(statement: &[TokenWithSpan], grammar: &Grammar) -> Option<Refusal> {
    let first = statement.first()?;
    let Token::Word(word) = &first.token else { return None };
    if (grammar.starts_statement)(&word.value) {
        return None;
    }
    let message = match word.value.eq_ignore_ascii_case("truncate") {
        true => "`truncate` is not supported here; write `delete from …`".to_owned(),
        false => format!("Expected: an SQL statement, found: {}", word.value),
    };
    Some(Refusal { message, span: tokens::span(first.span).unwrap_or_default() })
}
