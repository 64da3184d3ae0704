//! `exclude` at the end of a window's frame.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Pass;
use crate::syntax::tokens::{is_any_word, is_word, word};

/// `exclude ties` and `exclude no others` keep the current row, so they change neither types nor nulls. With `current
/// row` and `group`, the frame can be empty: its last bound is moved to the other side of the row.
pub(super) fn exclude(pass: &mut Pass<'_>) -> bool {
    let (words, turns) = match () {
        _ if pass.is(1, "ties") => (1, false),
        _ if pass.is(1, "no") && pass.is(2, "others") => (2, false),
        _ if pass.is(1, "current") && pass.is(2, "row") => (2, true),
        _ if pass.is(1, "group") => (1, true),
        _ => return false,
    };
    if pass.ahead(1 + words) != Some(&Token::RParen) {
        return false;
    }
    if turns {
        turn_last_bound(&mut pass.out);
    }
    pass.skip(1 + words)
}

/// Makes a frame end before the row, or start after it if it only has a start.
fn turn_last_bound(out: &mut [TokenWithSpan]) {
    let between = out
        .iter()
        .rev()
        .take_while(|token| !is_any_word(&token.token, &["rows", "range", "groups"]))
        .any(|token| is_word(&token.token, "between"));
    let side = word(if between { "preceding" } else { "following" });
    match out {
        [.., current, row] if is_word(&current.token, "current") && is_word(&row.token, "row") => {
            (current.token, row.token) = (word("unbounded"), side);
        }
        [.., bound] => bound.token = side,
        [] => {}
    }
}
