//! What sets the dialects apart for the parser: its rules, what is rewritten before it, and what is checked.

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
    tokens::is_any_word,
};

/// How the text of a dialect is read.
pub(super) struct Grammar {
    /// The parser's rules.
    pub(super) parser: &'static dyn sqlparser::dialect::Dialect,
    /// The rules that the text is cut into tokens by.
    pub(super) lexer: &'static dyn sqlparser::dialect::Dialect,
    /// Numbers come in pieces, which are joined.
    pub(super) joins_numbers: bool,
    /// `pragma` is a statement.
    pub(super) pragmas: bool,
    /// The first words of statements.
    pub(super) statements: &'static str,
    pub(super) desugaring: &'static Desugaring,
    /// Why a token is not supported here, although the parser accepts it.
    pub(super) unsupported: fn(&Neighbors<'_>) -> Option<String>,
}

const POSTGRES: Grammar = Grammar {
    parser: &Postgres,
    lexer: &numbers::Lexer,
    joins_numbers: true,
    pragmas: false,
    statements: checks::POSTGRES_STATEMENTS,
    desugaring: &desugar::POSTGRES,
    unsupported: checks::postgres::unsupported,
};

const SQLITE: Grammar = Grammar {
    parser: &Sqlite,
    lexer: &Sqlite,
    joins_numbers: false,
    pragmas: true,
    statements: checks::SQLITE_STATEMENTS,
    desugaring: &desugar::SQLITE,
    unsupported: checks::sqlite::unsupported,
};

const MYSQL: Grammar = Grammar {
    parser: &Mysql,
    lexer: &Mysql,
    joins_numbers: false,
    pragmas: false,
    statements: checks::MYSQL_STATEMENTS,
    desugaring: &desugar::MYSQL,
    unsupported: checks::mysql::unsupported,
};

/// How the text of a dialect is read.
pub(super) fn grammar(dialect: Dialect) -> &'static Grammar {
    match dialect {
        Dialect::Postgres => &POSTGRES,
        Dialect::Sqlite => &SQLITE,
        Dialect::Mysql => &MYSQL,
    }
}

/// `a in (…)`: the parser would read what is in the parentheses as a query, and once more as a list if it is none. With
/// a mistake deep within, that would take twice the time for each level. `empty` is whether a list can be.
fn in_parentheses(parser: &mut Parser<'_>, expr: &Expr, empty: bool) -> Option<Result<Expr, ParserError>> {
    let negated = is_keyword(parser, 0, Keyword::NOT);
    let at = usize::from(negated);
    if !is_keyword(parser, at, Keyword::IN) || parser.peek_nth_token_ref(at + 1).token != Token::LParen {
        return None;
    }
    (0..at + 2).for_each(|_| drop(parser.next_token()));
    let expr = Box::new(expr.clone());
    let inside = match is_query(parser) {
        true => parser.parse_query().map(|subquery| Expr::InSubquery { expr, subquery, negated }),
        false => {
            let list = match empty && parser.peek_token_ref().token == Token::RParen {
                true => Ok(Vec::new()),
                false => parser.parse_comma_separated(Parser::parse_expr),
            };
            list.map(|list| Expr::InList { expr, list, negated })
        }
    };
    Some(inside.and_then(|inside| parser.expect_token(&Token::RParen).map(|_| inside)))
}

/// Whether what comes next in parentheses is a query: `select …`, or `(select …) union …`. The parser stays where it is.
fn is_query(parser: &mut Parser<'_>) -> bool {
    let mut read = 0;
    let answer = looks_like_query(|| {
        read += 1;
        parser.next_token().token
    });
    (0..read).for_each(|_| parser.prev_token());
    answer
}

fn looks_like_query(mut next: impl FnMut() -> Token) -> bool {
    const GO_ON: [&str; 9] =
        ["union", "except", "intersect", "minus", "order", "limit", "offset", "fetch", "for"];
    let (mut open, mut token) = (0, next());
    while token == Token::LParen {
        open += 1;
        token = next();
    }
    if !is_any_word(&token, &["select", "with", "values", "table"]) {
        return false;
    }
    // What follows each of its own parentheses says whether these are part of a query, or of an expression.
    let (mut depth, mut outermost) = (open, open);
    while depth > 0 {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::EOF => return true,
            _ => {}
        }
        token = next();
        if depth < outermost {
            outermost = depth;
            if !matches!(token, Token::RParen | Token::EOF) && !is_any_word(&token, &GO_ON) {
                return false;
            }
        }
    }
    true
}

fn is_keyword(parser: &Parser<'_>, at: usize, keyword: Keyword) -> bool {
    matches!(&parser.peek_nth_token_ref(at).token, Token::Word(word) if word.keyword == keyword)
}

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

/// `not` before `exists`, which the parser takes for a word of its own: `not exists (…) = 1` is `not (exists (…) = 1)`.
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
