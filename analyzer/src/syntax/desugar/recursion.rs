//! `search … set …` and `cycle … set … using …` after a recursive query: the columns that they add become another
//! `with` query.

use sqlparser::tokenizer::Token;

use super::{Pass, Sugar};
use crate::{
    Type,
    syntax::{
        sugar::RecursionColumn,
        tokens::{folded, is_word, word},
    },
};

/// `search depth first by a, b set c`
pub(super) fn search(pass: &mut Pass<'_>) -> bool {
    let ty = match () {
        _ if pass.is(1, "depth") => Type::Record.array(),
        _ if pass.is(1, "breadth") => Type::Record,
        _ => return false,
    };
    let Some(set) = find(pass, "set") else { return false };
    let Some(name) = pass.ahead(set + 1).and_then(folded) else { return false };
    add(pass, vec![RecursionColumn { name, ty: Some(ty) }], set + 2)
}

/// `cycle a, b set c [to 'y' default 'n'] using d`
pub(super) fn cycle(pass: &mut Pass<'_>) -> bool {
    let (Some(set), Some(using)) = (find(pass, "set"), find(pass, "using")) else { return false };
    let mark = pass.ahead(set + 1).and_then(folded);
    let path = pass.ahead(using + 1).and_then(folded);
    let (Some(mark), Some(path), true) = (mark, path, using > set + 1) else { return false };
    let ty = match &pass.rest()[set + 2..using] {
        [] => Some(Type::base("bool")),
        [to, yes, default, no] if is_word(&to.token, "to") && is_word(&default.token, "default") => {
            literal_type(&yes.token, &no.token)
        }
        _ => None,
    };
    let columns = vec![
        RecursionColumn { name: mark, ty },
        RecursionColumn { name: path, ty: Some(Type::Record.array()) },
    ];
    add(pass, columns, using + 2)
}

/// Writes `, columns as (select 1)` instead of `count` tokens.
fn add(pass: &mut Pass<'_>, columns: Vec<RecursionColumn>, length: usize) -> bool {
    if pass.last() != Some(&Token::RParen) {
        return false;
    }
    pass.put(Token::Comma);
    pass.put_name(0, "columns", Sugar::RecursionColumns(columns));
    let one = Token::make_word("1", None);
    for token in [word("as"), Token::LParen, word("select"), one, Token::RParen] {
        pass.put(token);
    }
    pass.skip(length)
}

/// The distance to the first such word.
fn find(pass: &Pass<'_>, wanted: &str) -> Option<usize> {
    pass.rest().iter().position(|token| is_word(&token.token, wanted))
}

/// The common type of two literals.
fn literal_type(yes: &Token, no: &Token) -> Option<Type> {
    let truth = |token: &Token| is_word(token, "true") || is_word(token, "false");
    let name = match (yes, no) {
        (Token::SingleQuotedString(_), Token::SingleQuotedString(_)) => "text",
        (Token::Number(one, false), Token::Number(other, false))
            if one.parse::<i32>().is_ok() && other.parse::<i32>().is_ok() =>
        {
            "int4"
        }
        (yes, no) if truth(yes) && truth(no) => "bool",
        _ => return None,
    };
    Some(Type::base(name))
}
