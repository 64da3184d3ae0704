//! How the dialects differ for the parser: its rules, the desugaring before it, and the checks.

mod mysql;
mod postgres;
mod sqlite;

use aio_databases_sql::Dialect;
use sqlparser::{
    ast::{Expr, UnaryOperator},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use self::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use super::{
    checks::{self, Neighbors},
    desugar::{self, Desugaring},
    numbers,
};

/// How the text of a dialect is parsed.
pub(super) struct Grammar {
    /// The parser's rules.
    pub(super) parser: &'static dyn sqlparser::dialect::Dialect,
    /// The rules of the tokenizer.
    pub(super) lexer: &'static dyn sqlparser::dialect::Dialect,
    /// The tokenizer splits numbers into pieces, which must be joined.
    pub(super) joins_numbers: bool,
    /// `pragma` is a statement.
    pub(super) pragmas: bool,
    /// Whether a word starts a statement.
    pub(super) starts_statement: fn(&str) -> bool,
    pub(super) desugaring: &'static Desugaring,
    /// Why a token is not supported here, although the parser accepts it.
    pub(super) unsupported: fn(&Neighbors<'_>) -> Option<String>,
}

const POSTGRES: Grammar = Grammar {
    parser: &Postgres,
    lexer: &numbers::Lexer,
    joins_numbers: true,
    pragmas: false,
    starts_statement: |word| checks::POSTGRES_STATEMENTS.has(word),
    desugaring: &desugar::POSTGRES,
    unsupported: checks::postgres::unsupported,
};

const SQLITE: Grammar = Grammar {
    parser: &Sqlite,
    lexer: &Sqlite,
    joins_numbers: false,
    pragmas: true,
    starts_statement: |word| checks::SQLITE_STATEMENTS.has(word),
    desugaring: &desugar::SQLITE,
    unsupported: checks::sqlite::unsupported,
};

const MYSQL: Grammar = Grammar {
    parser: &Mysql,
    lexer: &Mysql,
    joins_numbers: false,
    pragmas: false,
    starts_statement: |word| checks::MYSQL_STATEMENTS.has(word),
    desugaring: &desugar::MYSQL,
    unsupported: checks::mysql::unsupported,
};

/// How the text of a dialect is parsed.
pub(super) fn grammar(dialect: Dialect) -> &'static Grammar {
    match dialect {
        Dialect::Postgres => &POSTGRES,
        Dialect::Sqlite => &SQLITE,
        Dialect::Mysql => &MYSQL,
    }
}

/// Delegates to the parser's own dialect.
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

/// `not` before `exists`, which the parser reads as one keyword: `not exists (…) = 1` is `not (exists (…) = 1)`.
fn not_exists(parser: &mut Parser<'_>, not: u8) -> Option<Result<Expr, ParserError>> {
    let next = |at| match &parser.peek_nth_token_ref(at).token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    };
    if (next(0), next(1)) != (Keyword::NOT, Keyword::EXISTS) {
        return None;
    }
    parser.next_token();
    Some(parser.parse_subexpr(not).map(|expr| match expr {
        Expr::Exists { subquery, negated: false } => Expr::Exists { subquery, negated: true },
        expr => Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) },
    }))
}

/// `x isnull`, for which the parser has no keyword.
fn is_null(parser: &mut Parser<'_>, expr: &Expr) -> Option<Result<Expr, ParserError>> {
    if !is_null_word(&parser.peek_token_ref().token) {
        return None;
    }
    parser.next_token();
    Some(Ok(Expr::IsNull(Box::new(expr.clone()))))
}

fn is_null_word(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("isnull"))
}
