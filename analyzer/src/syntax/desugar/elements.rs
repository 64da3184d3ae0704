//! `set column[1] = …`: an assignment to an element.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::{Pass, Sugar};
use crate::syntax::tokens::is_word;

/// `column[1] = …` as an item of `set`: an assignment for each subscript is added before it.
pub(super) fn assigned(pass: &mut Pass<'_>) -> bool {
    let item = pass.last().is_some_and(|before| is_word(before, "set") || *before == Token::Comma);
    if pass.assigning != Some(pass.depth)
        || !item
        || !matches!(pass.token(), Token::Word(_))
        || pass.ahead(1) != Some(&Token::LBracket)
    {
        return false;
    }
    let Some((places, slice, equals)) = places(pass) else { return false };
    for place in places {
        index(pass, place);
    }
    pair(pass, equals, if slice { Sugar::Slice } else { Sugar::Element });
    pass.skip(equals)
}

/// The subscripts, whether they select a slice, and the place of the `=`.
fn places(pass: &Pass<'_>) -> Option<(Vec<Range<usize>>, bool, usize)> {
    let (mut depth, mut slice, mut start) = (1, false, 1);
    let mut places = Vec::new();
    for (index, token) in pass.rest().iter().enumerate().skip(2) {
        match token.token {
            Token::LBracket if depth == 0 => (depth, start) = (1, index),
            Token::LBracket => depth += 1,
            Token::RBracket => {
                depth -= 1;
                if depth == 0 {
                    places.push(start..index);
                }
            }
            Token::Colon if depth == 1 => {
                slice = true;
                places.push(start..index);
                start = index;
            }
            Token::Eq if depth == 0 => return Some((places, slice, index)),
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// `(column, index) = place,` for the subscript after a bracket or colon.
fn index(pass: &mut Pass<'_>, place: Range<usize>) {
    let inside = pass.rest()[place.start + 1..place.end].to_vec();
    if inside.is_empty() {
        return;
    }
    pair(pass, place.start, Sugar::Index);
    pass.put(Token::Eq);
    pass.out.extend(inside);
    pass.put(Token::Comma);
}

/// `(column, name)`, with the name at the place of the token `count` places ahead.
fn pair(pass: &mut Pass<'_>, at: usize, sugar: Sugar) {
    pass.put(Token::LParen);
    pass.put(pass.token().clone());
    pass.put(Token::Comma);
    pass.put_name(at, "element", sugar);
    pass.put(Token::RParen);
}
