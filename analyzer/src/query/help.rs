//! Help for the parser: what it does not take is put, token by token, into words that it does, where that means the
//! same to types, nullability and rows.

use aio_databases_sql::Dialect;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::parse::is_space;

/// The tokens with such parts rewritten.
pub(crate) fn rewrite(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Vec<TokenWithSpan> {
    if dialect != Dialect::Postgres {
        return tokens;
    }
    let mut kept: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let skipped = lock_words(&tokens, at);
        kept.push(tokens[at].clone());
        at += 1;
        if let Some(words) = skipped {
            at = after_words(&tokens, at, words);
        }
    }
    kept
}

/// `for no key update` is a lock as `for update` is, `for key share` as `for share`.
fn lock_words(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    if !is_word(&tokens[at].token, "for") {
        return None;
    }
    let next: Vec<&Token> =
        tokens[at + 1..].iter().map(|token| &token.token).filter(|token| !is_space(token)).take(3).collect();
    match next.as_slice() {
        [no, key, update] if is_word(no, "no") && is_word(key, "key") && is_word(update, "update") => Some(2),
        [key, share, ..] if is_word(key, "key") && is_word(share, "share") => Some(1),
        _ => None,
    }
}

fn after_words(tokens: &[TokenWithSpan], mut at: usize, words: usize) -> usize {
    let mut left = words;
    while left > 0 && at < tokens.len() {
        if !is_space(&tokens[at].token) {
            left -= 1;
        }
        at += 1;
    }
    at
}

pub(crate) fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}
