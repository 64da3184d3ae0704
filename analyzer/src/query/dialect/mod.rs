//! The parser's dialects, with what they leave out, and with the servers' own precedence of operators.

mod mysql;
mod postgres;
mod sqlite;

pub(crate) use self::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};

/// Answers as the parser's own dialect does.
macro_rules! as_base {
    ($($name:ident),* $(,)?) => {
        fn dialect(&self) -> std::any::TypeId {
            BASE.dialect()
        }

        fn is_delimited_identifier_start(&self, ch: char) -> bool {
            BASE.is_delimited_identifier_start(ch)
        }

        fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
            BASE.identifier_quote_style(identifier)
        }

        fn is_identifier_start(&self, ch: char) -> bool {
            BASE.is_identifier_start(ch)
        }

        fn is_identifier_part(&self, ch: char) -> bool {
            BASE.is_identifier_part(ch)
        }

        $(fn $name(&self) -> bool {
            BASE.$name()
        })*
    };
}
use as_base;
