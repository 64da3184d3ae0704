//! `set column[1] = …`: what is assigned to an element, and its place.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, ELEMENT, INDEX, SLICE, is_word, marker, significant};

/// `column[1] = ` as an item of `set`: its tokens, rewritten; how many there were.
pub(super) fn element_target(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let Token::Word(_) = &tokens[0].token else { return None };
    let mut next = significant(&tokens[1..]);
    let (open, Token::LBracket) = next.next()? else { return None };
    let before = out.iter().rev().map(|token| &token.token).find(|token| !is_space(token))?;
    if !(is_word(before, "set") || *before == Token::Comma) {
        return None;
    }
    let (mut depth, mut slice, mut start) = (1, false, open + 1);
    let mut places = Vec::new();
    for (index, token) in next {
        // Places in `tokens`.
        let index = index + 1;
        match token {
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
            Token::Eq if depth == 0 => {
                for place in places {
                    stored_at(tokens, place, out);
                }
                pair(&tokens[0], if slice { SLICE } else { ELEMENT }, out);
                return Some(index);
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// `(column, index) = place,` for what stands behind the bracket or colon at the start of a range.
fn stored_at(tokens: &[TokenWithSpan], place: std::ops::Range<usize>, out: &mut Vec<TokenWithSpan>) {
    let inside = &tokens[place.start + 1..place.end];
    if significant(inside).next().is_none() {
        return;
    }
    let span = tokens[0].span;
    pair(&tokens[0], INDEX, out);
    out.push(TokenWithSpan { token: Token::Eq, span });
    out.extend_from_slice(inside);
    out.push(TokenWithSpan { token: Token::Comma, span });
}

/// `(column, marker)`
fn pair(column: &TokenWithSpan, name: &str, out: &mut Vec<TokenWithSpan>) {
    let token = |token: Token| TokenWithSpan { token, span: column.span };
    out.extend([
        token(Token::LParen),
        column.clone(),
        token(Token::Comma),
        token(Token::Word(marker(name))),
        token(Token::RParen),
    ]);
}
