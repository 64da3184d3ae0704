//! Parses targets of `on conflict` other than columns, which the parser does not support.

use aio_databases_sql::{Dialect, Span};
use sqlparser::{
    ast::{Expr, Ident},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use super::{message, parser, tokenize::tokenize_part};
use crate::dialect::Described;

/// `(lower(name), age) where active`
pub(crate) struct Target {
    pub(crate) items: Vec<Expr>,
    /// Whether an operator class follows one of them.
    classes: bool,
    pub(crate) condition: Option<Expr>,
}

impl Target {
    /// Parses the target at a place of the text. The error is a message and the byte of the mistake.
    pub(crate) fn read(sql: &str, at: Span, dialect: Dialect) -> Result<Self, (String, usize)> {
        let tokens = tokenize_part(sql, at, dialect).map_err(|refusal| (refusal.message, at.start))?;
        let mut parser = parser(dialect).with_tokens_with_locations(tokens);
        Self::parse(&mut parser, dialect).map_err(|error| match error {
            ParserError::RecursionLimitExceeded => (message(error).0, at.end),
            error => {
                let (message, place) = message(error);
                (message, place.unwrap_or(at.end))
            }
        })
    }

    fn parse(parser: &mut Parser<'_>, dialect: Dialect) -> Result<Self, ParserError> {
        parser.expect_token(&Token::LParen)?;
        let (mut items, mut classes) = (Vec::new(), false);
        loop {
            let start = parser.peek_token();
            let item = parser.parse_expr()?;
            if dialect.facts().changes.conflict_parentheses && !may_be_indexed(&item, dialect) {
                return parser.expected("a column, a call, or an expression in parentheses", start);
            }
            items.push(item);
            // An operator class.
            while let Token::Word(_) | Token::Period = parser.peek_token().token {
                parser.next_token();
                classes = true;
            }
            if !parser.consume_token(&Token::Comma) {
                break;
            }
        }
        parser.expect_token(&Token::RParen)?;
        let condition = if parser.parse_keyword(Keyword::WHERE) { Some(parser.parse_expr()?) } else { None };
        let end = parser.peek_token();
        if end.token == Token::EOF {
            Ok(Target { items, classes, condition })
        } else {
            parser.expected("do", end)
        }
    }

    /// The columns, if it only consists of columns.
    pub(crate) fn columns(&self) -> Option<Vec<Ident>> {
        let column = |item: &Expr| match item {
            Expr::Identifier(name) => Some(name.clone()),
            _ => None,
        };
        self.items.iter().map(column).collect::<Option<_>>().filter(|_| !self.classes)
    }
}

/// Whether an index can be over an expression without parentheses.
fn may_be_indexed(expr: &Expr, dialect: Dialect) -> bool {
    match expr {
        Expr::Collate { expr, .. } => may_be_indexed(expr, dialect),
        Expr::Identifier(name) => {
            name.quote_style.is_some() || !dialect.facts().names.is_reserved(&name.value)
        }
        Expr::Nested(_) | Expr::Tuple(_) | Expr::Function(_) | Expr::Substring { .. } | Expr::Trim { .. } => {
            true
        }
        Expr::Extract { .. } | Expr::Position { .. } | Expr::Overlay { .. } | Expr::Cast { .. } => {
            !expr.to_string().contains("::")
        }
        _ => false,
    }
}
