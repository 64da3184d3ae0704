//! The parser's rules for MySQL and MariaDB.

use sqlparser::{
    ast::{CastKind, DataType, Expr, Statement, UnaryOperator},
    dialect::{Dialect, MySqlDialect, Precedence},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use super::{as_base, not_exists};

/// [`MySqlDialect`] with `from (a)`, and the server's precedence of operators instead of PostgreSQL's: `^` binds
/// tightest, and `xor` comes between `and` and `or`.
#[derive(Debug)]
pub(crate) struct Mysql;

const BASE: MySqlDialect = MySqlDialect {};

// The precedence in the manual, starting with the loosest. The exceptions are `like`, `in` and `between`, which bind
// tighter in the grammar.
const OR: u8 = 5;
const XOR: u8 = 7;
const AND: u8 = 10;
const NOT: u8 = 15;
const EQUAL: u8 = 20;
const LIKE: u8 = 21;
const BIT_OR: u8 = 24;
const BIT_AND: u8 = 26;
const SHIFT: u8 = 28;
const SUM: u8 = 30;
const PRODUCT: u8 = 40;
const BIT_XOR: u8 = 45;
const SIGN: u8 = 48;
const TIGHTEST: u8 = 100;

impl Dialect for Mysql {
    as_base!(
        supports_string_literal_backslash_escape,
        supports_string_literal_concatenation,
        ignores_wildcard_escapes,
        supports_numeric_prefix,
        supports_hash_comment,
        supports_literal_prefix_in_qualified_name,
        supports_data_type_zerofill_suffix,
        supports_singular_value_keyword,
        supports_table_partitions,
        supports_bitwise_shift_operators,
        supports_multiline_comment_hints,
        require_interval_qualifier,
        supports_limit_comma,
        supports_create_table_select,
        supports_insert_set,
        supports_user_host_grantee,
        supports_table_hints,
        requires_single_line_comment_whitespace,
        supports_match_against,
        supports_select_modifiers,
        supports_set_names,
        supports_comma_separated_set_assignments,
        supports_update_order_by,
        supports_data_type_signed_suffix,
        supports_cross_join_constraint,
        supports_double_ampersand_operator,
        supports_comment_optimizer_hint,
        supports_constraint_keyword_without_name,
        supports_key_column_option,
        supports_group_by_with_modifier,
        supports_left_associative_joins_without_parens,
    );

    fn is_table_factor_alias(&self, explicit: bool, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
        BASE.is_table_factor_alias(explicit, keyword, parser)
    }

    fn parse_statement(&self, parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>> {
        BASE.parse_statement(parser)
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn prec_value(&self, prec: Precedence) -> u8 {
        match prec {
            Precedence::Or => OR,
            Precedence::Xor => XOR,
            Precedence::And => AND,
            Precedence::UnaryNot => NOT,
            Precedence::Is | Precedence::Eq => EQUAL,
            Precedence::Like | Precedence::Between => LIKE,
            Precedence::Pipe | Precedence::Colon => BIT_OR,
            Precedence::Ampersand => BIT_AND,
            Precedence::PlusMinus => SUM,
            Precedence::MulDivModOp | Precedence::AtTz => PRODUCT,
            Precedence::Caret => BIT_XOR,
            Precedence::PgOther => SIGN,
            Precedence::DoubleColon | Precedence::Period => TIGHTEST,
        }
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        match &parser.peek_token_ref().token {
            Token::ShiftLeft | Token::ShiftRight => Some(Ok(SHIFT)),
            Token::StringConcat => Some(Ok(OR)),
            Token::Overlap => Some(Ok(AND)),
            _ => None,
        }
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let op = match &parser.peek_token_ref().token {
            Token::Word(word) if word.keyword == Keyword::BINARY => {
                parser.next_token();
                return Some(parser.parse_subexpr(SIGN).map(binary));
            }
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
        between(parser, expr).or_else(|| BASE.parse_infix(parser, expr, precedence))
    }
}

/// `a between b and c`: in the grammar, `c` can be another such condition, but `b` can't.
fn between(parser: &mut Parser<'_>, expr: &Expr) -> Option<Result<Expr, ParserError>> {
    let negated = parser.parse_keywords(&[Keyword::NOT, Keyword::BETWEEN]);
    if !negated && !parser.parse_keyword(Keyword::BETWEEN) {
        return None;
    }
    let mut bounds = || {
        let low = parser.parse_subexpr(LIKE)?;
        parser.expect_keyword_is(Keyword::AND)?;
        Ok((Box::new(low), Box::new(parser.parse_subexpr(LIKE - 1)?)))
    };
    Some(bounds().map(|(low, high)| Expr::Between { expr: Box::new(expr.clone()), negated, low, high }))
}

/// `binary a`, which binds like a sign.
fn binary(expr: Expr) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr), data_type: DataType::Binary(None), format: None }
}
