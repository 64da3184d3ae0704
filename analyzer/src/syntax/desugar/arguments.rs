//! Arguments and lists.

use sqlparser::tokenizer::Token;

use super::{Pass, Sugar};
use crate::syntax::tokens::is_any_word;

/// `f(variadic x)` becomes a call with an argument of that name.
pub(super) fn variadic(pass: &mut Pass<'_>) -> bool {
    pass.put_name(0, "variadic", Sugar::Variadic);
    pass.put(Token::RArrow);
    pass.skip(1)
}

/// `in ((select …), …)`: an item is added before the first, so that the parser does not read a query.
pub(super) fn list_of_subqueries(pass: &mut Pass<'_>) -> bool {
    if pass.ahead(1) != Some(&Token::LParen) || pass.ahead(2) != Some(&Token::LParen) {
        return false;
    }
    let (mut depth, mut query) = (1, false);
    for token in &pass.tokens[pass.at + 3..] {
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::Comma if depth == 0 && query => {
                pass.push();
                pass.push();
                pass.at -= 1;
                pass.put_name(0, "item", Sugar::Item);
                pass.put(Token::Comma);
                return pass.skip(1);
            }
            _ if depth == 0 => return false,
            token if !query && depth > 0 && is_any_word(token, &["select", "with"]) => query = true,
            _ if !query => return false,
            _ => {}
        }
    }
    false
}
