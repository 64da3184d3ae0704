//! Keywords of queries that have no effect on types and nulls, or that the parser supports under another name.

use sqlparser::tokenizer::Token;

use super::{Pass, Sugar};
use crate::syntax::tokens::{is_any_word, is_word, word};

/// `trim(leading from x)` trims spaces.
pub(super) fn trim_side(pass: &mut Pass<'_>) -> bool {
    if !pass.is(1, "from") {
        return false;
    }
    pass.put(pass.token().clone());
    pass.put(Token::SingleQuotedString(" ".to_owned()));
    pass.skip(1)
}

/// `for no key update` becomes `for update`, and `for key share` becomes `for share`.
pub(super) fn lock(pass: &mut Pass<'_>) -> bool {
    let words = match () {
        _ if pass.is(1, "no") && pass.is(2, "key") && pass.is(3, "update") => 2,
        _ if pass.is(1, "key") && pass.is(2, "share") => 1,
        _ => return false,
    };
    pass.push();
    pass.skip(words)
}

/// `group by distinct` and `group by all` change neither types nor nulls.
pub(super) fn grouping_quantifier(pass: &mut Pass<'_>) -> bool {
    let grouping = matches!(&pass.out[..], [.., group, by]
        if is_word(&group.token, "group") && is_word(&by.token, "by"));
    grouping && pass.skip(1)
}

/// `at local` is `at time zone` with the zone of the session.
pub(super) fn at_local(pass: &mut Pass<'_>) -> bool {
    if !pass.is(1, "local") {
        return false;
    }
    for text in ["at", "time", "zone"] {
        pass.put(word(text));
    }
    pass.put_name(0, "local", Sugar::Local);
    pass.skip(2)
}

/// `between symmetric`
pub(super) fn symmetric(pass: &mut Pass<'_>) -> bool {
    pass.skip(1)
}

/// `only` before a table, but not after `fetch first row`: a table without its children has the same columns.
pub(super) fn only(pass: &mut Pass<'_>) -> bool {
    let before = pass.at.checked_sub(1).map(|at| &pass.tokens[at].token);
    let after_rows = before.is_some_and(|token| is_any_word(token, &["row", "rows"]));
    !after_rows && matches!(pass.ahead(1), Some(Token::Word(_))) && pass.skip(1)
}

/// `table users` is `select * from users`.
pub(super) fn table(pass: &mut Pass<'_>) -> bool {
    let starts = match pass.last() {
        None | Some(Token::LParen) => true,
        Some(token) => is_any_word(token, &["union", "except", "intersect", "all"]),
    };
    if !starts {
        return false;
    }
    for token in [word("select"), Token::Mul, word("from")] {
        pass.put(token);
    }
    pass.skip(1)
}
