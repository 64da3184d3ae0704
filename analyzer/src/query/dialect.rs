//! The parser's SQLite, with what it leaves out.

use std::any::TypeId;

use sqlparser::{
    ast::{Expr, Statement},
    dialect::{Dialect, SQLiteDialect},
    parser::{Parser, ParserError},
};

/// [`SQLiteDialect`] with `<<` and `>>`, and `insert into a as b`.
#[derive(Debug)]
pub(crate) struct Sqlite;

const BASE: SQLiteDialect = SQLiteDialect {};

impl Dialect for Sqlite {
    fn dialect(&self) -> TypeId {
        BASE.dialect()
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_insert_table_alias(&self) -> bool {
        true
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

    fn supports_filter_during_aggregation(&self) -> bool {
        BASE.supports_filter_during_aggregation()
    }

    fn supports_start_transaction_modifier(&self) -> bool {
        BASE.supports_start_transaction_modifier()
    }

    fn parse_statement(&self, parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>> {
        BASE.parse_statement(parser)
    }

    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        BASE.parse_infix(parser, expr, precedence)
    }

    fn supports_in_empty_list(&self) -> bool {
        BASE.supports_in_empty_list()
    }

    fn supports_limit_comma(&self) -> bool {
        BASE.supports_limit_comma()
    }

    fn supports_asc_desc_in_column_definition(&self) -> bool {
        BASE.supports_asc_desc_in_column_definition()
    }

    fn supports_dollar_placeholder(&self) -> bool {
        BASE.supports_dollar_placeholder()
    }

    fn supports_notnull_operator(&self) -> bool {
        BASE.supports_notnull_operator()
    }

    fn supports_comma_separated_trim(&self) -> bool {
        BASE.supports_comma_separated_trim()
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        BASE.supports_numeric_literal_underscores()
    }
}
