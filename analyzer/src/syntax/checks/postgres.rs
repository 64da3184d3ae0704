//! Tokens that PostgreSQL does not support.

use sqlparser::tokenizer::Token;

use super::{Neighbors, double_equals, duplicate_key, insert, not_null};

pub(in crate::syntax) fn unsupported(here: &Neighbors<'_>) -> Option<String> {
    insert(here)
        .or_else(|| not_null(here))
        .or_else(|| interval(here))
        .or_else(|| double_equals(here).or_else(|| duplicate_key(here)).map(str::to_owned))
}

/// `interval 1 day`
fn interval(here: &Neighbors<'_>) -> Option<String> {
    let number = matches!(here.after(1), Some(Token::Number(..) | Token::Placeholder(_)));
    (here.is("interval") && number).then(|| {
        "`interval` requires a quoted literal; write `interval '1 day' * …`, or `make_interval(…)`".to_owned()
    })
}
