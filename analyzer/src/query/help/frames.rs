//! `exclude` at the end of a window's frame.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{is_word, significant, word};

/// How many tokens to pass over behind `exclude`. `ties` and `no others` keep the row itself, and so change no type and no
/// null. With `current row` and `group` the frame may have no rows: its last bound is turned to the other side of the row.
pub(super) fn excluded(tokens: &[TokenWithSpan], out: &mut [TokenWithSpan]) -> usize {
    let next: Vec<(usize, &Token)> = significant(tokens).take(3).collect();
    let words = next.iter().map_while(|(_, token)| match token {
        Token::Word(word) => Some(word.value.to_ascii_lowercase()),
        _ => None,
    });
    let words: Vec<String> = words.collect();
    let Some((end, Token::RParen)) = next.get(words.len()) else { return 0 };
    match words.join(" ").as_str() {
        "ties" | "no others" => {}
        "current row" | "group" => turn_last_bound(out),
        _ => return 0,
    }
    *end
}

/// Has a frame end before the row, or begin behind it where it has a beginning alone.
fn turn_last_bound(out: &mut [TokenWithSpan]) {
    let between = out
        .iter()
        .rev()
        .take_while(|token| !["rows", "range", "groups"].iter().any(|unit| is_word(&token.token, unit)))
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
