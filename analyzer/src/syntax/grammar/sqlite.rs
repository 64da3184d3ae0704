//! The parser's rules for SQLite.

use sqlparser::{
    ast::{Expr, Statement, UnaryOperator, Value},
    dialect::{Dialect, Precedence, SQLiteDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use super::{as_base, is_null, is_null_word, not_exists};

/// [`SQLiteDialect`] with `<<` and `>>`, `insert into a as b`, `from (a)`, and SQLite's own precedence of operators, where the parser has
/// PostgreSQL's: `a is b || c` is `a is (b || c)`.
#[derive(Debug)]
pub(crate) struct Sqlite;

const BASE: SQLiteDialect = SQLiteDialect {};

// As <https://sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes> has them, from the loosest on.
const OR: u8 = 5;
const AND: u8 = 10;
const NOT: u8 = 15;
const EQUAL: u8 = 20;
const ORDER: u8 = 22;
const BITS: u8 = 25;
const SUM: u8 = 30;
const PRODUCT: u8 = 40;
const CONCAT: u8 = 50;
const SIGN: u8 = 60;
const TIGHTEST: u8 = 100;

impl Dialect for Sqlite {
    as_base!(
        supports_filter_during_aggregation,
        supports_aggregate_order_by_with_empty_args,
        supports_over_keyword_as_column_alias,
        supports_comma_join_constraint,
        supports_start_transaction_modifier,
        supports_in_empty_list,
        supports_limit_comma,
        supports_asc_desc_in_column_definition,
        supports_dollar_placeholder,
        supports_notnull_operator,
        supports_comma_separated_trim,
        supports_numeric_literal_underscores,
    );

    fn parse_statement(&self, parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>> {
        BASE.parse_statement(parser)
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    /// Inference reports that `value` is not supported.
    fn supports_singular_value_keyword(&self) -> bool {
        true
    }

    fn supports_cross_join_constraint(&self) -> bool {
        true
    }

    fn supports_insert_table_alias(&self) -> bool {
        true
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn prec_value(&self, prec: Precedence) -> u8 {
        match prec {
            Precedence::Or => OR,
            Precedence::And => AND,
            Precedence::UnaryNot => NOT,
            Precedence::Is | Precedence::Like | Precedence::Between | Precedence::Eq => EQUAL,
            Precedence::Ampersand | Precedence::Caret | Precedence::Pipe | Precedence::Colon => BITS,
            Precedence::Xor | Precedence::PlusMinus => SUM,
            Precedence::MulDivModOp | Precedence::AtTz => PRODUCT,
            Precedence::PgOther => CONCAT,
            Precedence::DoubleColon | Precedence::Period => TIGHTEST,
        }
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        match &parser.peek_token_ref().token {
            Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => Some(Ok(ORDER)),
            Token::StringConcat => Some(Ok(CONCAT)),
            token if is_null_word(token) => Some(Ok(EQUAL)),
            _ => None,
        }
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let op = match &parser.peek_token_ref().token {
            Token::Plus => UnaryOperator::Plus,
            Token::Minus => UnaryOperator::Minus,
            Token::Tilde => UnaryOperator::BitwiseNot,
            _ => return not_exists(parser, NOT),
        };
        parser.next_token();
        Some(parser.parse_subexpr(SIGN).map(|expr| Expr::UnaryOp { op, expr: Box::new(expr) }))
    }

    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        if let Some(asked) = is_null(parser, expr) {
            return Some(asked);
        }
        if parser.parse_keyword(Keyword::IS) {
            return Some(is(parser, expr.clone(), precedence));
        }
        BASE.parse_infix(parser, expr, precedence)
    }
}

/// The right side of `is`, which compares any two values in SQLite.
fn is(parser: &mut Parser<'_>, left: Expr, precedence: u8) -> Result<Expr, ParserError> {
    let mut negated = parser.parse_keyword(Keyword::NOT);
    let distinct = parser.parse_keywords(&[Keyword::DISTINCT, Keyword::FROM]);
    negated ^= distinct;
    let (left, right) = (Box::new(left), parser.parse_subexpr(precedence)?);
    let literal = match &right {
        Expr::Value(value) if !distinct => Some(&value.value),
        _ => None,
    };
    Ok(match (literal, negated) {
        (Some(Value::Null), false) => Expr::IsNull(left),
        (Some(Value::Null), true) => Expr::IsNotNull(left),
        (Some(Value::Boolean(true)), false) => Expr::IsTrue(left),
        (Some(Value::Boolean(true)), true) => Expr::IsNotTrue(left),
        (Some(Value::Boolean(false)), false) => Expr::IsFalse(left),
        (Some(Value::Boolean(false)), true) => Expr::IsNotFalse(left),
        (_, false) => Expr::IsNotDistinctFrom(left, Box::new(right)),
        (_, true) => Expr::IsDistinctFrom(left, Box::new(right)),
    })
}
