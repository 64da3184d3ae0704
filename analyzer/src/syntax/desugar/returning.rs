//! `returning with (old as o, new as n) …`: the names become the first item.

use sqlparser::tokenizer::Token;

use super::{Pass, Sugar};
use crate::syntax::tokens::{folded, is_word};

pub(super) fn with_names(pass: &mut Pass<'_>) -> bool {
    if !pass.is(1, "with") || pass.ahead(2) != Some(&Token::LParen) {
        return false;
    }
    let Some((names, length)) = names(pass) else { return false };
    pass.push();
    pass.put_name(0, "names", Sugar::RowNames(names));
    pass.put(Token::Comma);
    pass.skip(length - 1)
}

/// The names and what they name, and the number of tokens up to the closing parenthesis.
fn names(pass: &Pass<'_>) -> Option<(Vec<(String, String)>, usize)> {
    let mut names = Vec::new();
    let mut at = 3;
    loop {
        let Token::Word(of) = pass.ahead(at)? else { return None };
        let of = of.value.to_lowercase();
        if !["old", "new"].contains(&of.as_str())
            || !pass.ahead(at + 1).is_some_and(|word| is_word(word, "as"))
        {
            return None;
        }
        names.push((of, folded(pass.ahead(at + 2)?)?));
        match pass.ahead(at + 3)? {
            Token::Comma => at += 4,
            Token::RParen => return Some((names, at + 4)),
            _ => return None,
        }
    }
}
