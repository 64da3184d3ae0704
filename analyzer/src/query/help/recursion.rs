//! `search … set …` and `cycle … set … using …` behind a recursive query: the columns that they add come as one more
//! `with` query, the name of which says what they are.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{is_word, marker, significant, word};
use crate::Type;

/// What the name of such a `with` query starts with; its parts follow, set apart by the same sign.
const EXTRA: &str = "\u{1}extra";

/// A column that `search` or `cycle` adds.
pub(crate) struct Extra {
    pub(crate) name: String,
    /// Not known where a mark's values are no plain literals.
    pub(crate) ty: Option<Type>,
}

/// The columns that the name of a `with` query stands for; none where it is a name like any other.
pub(crate) fn extra_columns(name: &str) -> Option<Vec<Extra>> {
    let mut parts = name.strip_prefix(EXTRA)?.split('\u{1}').skip(1);
    let mut columns = Vec::new();
    while let (Some(name), Some(ty)) = (parts.next(), parts.next()) {
        let ty = match ty {
            "" => None,
            "record" => Some(Type::Record),
            "record[]" => Some(Type::Record.array()),
            "bool" => Some(Type::base("bool")),
            "text" => Some(Type::base("text")),
            _ => Some(Type::base("int4")),
        };
        columns.push(Extra { name: name.to_owned(), ty });
    }
    Some(columns)
}

/// Rewrites such a clause; how many tokens it has.
pub(super) fn rewrite(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let read = match &tokens.first()?.token {
        first if is_word(first, "search") => search,
        first if is_word(first, "cycle") => cycle,
        _ => return None,
    };
    let words: Vec<(usize, &Token)> = significant(tokens).collect();
    let (name, length) = read(&words)?;
    let value = Token::make_word("1", None);
    let query = [Token::LParen, word("select"), value, Token::RParen];
    let more = [Token::Comma, Token::Word(marker(&name)), word("as")].into_iter().chain(query);
    out.extend(more.map(|token| TokenWithSpan { token, span: tokens[0].span }));
    Some(length)
}

/// `search depth first by a, b set c`
fn search(words: &[(usize, &Token)]) -> Option<(String, usize)> {
    let ty = match words.get(1)?.1 {
        how if is_word(how, "depth") => "record[]",
        how if is_word(how, "breadth") => "record",
        _ => return None,
    };
    let set = words.iter().position(|(_, token)| is_word(token, "set"))?;
    let (last, name) = words.get(set + 1)?;
    Some((format!("{EXTRA}\u{1}{}\u{1}{ty}", stored(name)?), last + 1))
}

/// `cycle a, b set c [to 'y' default 'n'] using d`
fn cycle(words: &[(usize, &Token)]) -> Option<(String, usize)> {
    let set = words.iter().position(|(_, token)| is_word(token, "set"))?;
    let using = words.iter().position(|(_, token)| is_word(token, "using")).filter(|using| *using > set)?;
    let mark = stored(words.get(set + 1)?.1)?;
    let ty = match words.get(set + 2..using)? {
        [] => "bool",
        [(_, to), (_, yes), (_, default), (_, no)] if is_word(to, "to") && is_word(default, "default") => {
            literal_type(yes, no)
        }
        _ => "",
    };
    let (last, path) = words.get(using + 1)?;
    Some((format!("{EXTRA}\u{1}{mark}\u{1}{ty}\u{1}{}\u{1}record[]", stored(path)?), last + 1))
}

/// The type in which two literals come together.
fn literal_type(yes: &Token, no: &Token) -> &'static str {
    let truth = |token: &Token| is_word(token, "true") || is_word(token, "false");
    match (yes, no) {
        (Token::SingleQuotedString(_), Token::SingleQuotedString(_)) => "text",
        (Token::Number(one, false), Token::Number(other, false))
            if one.parse::<i32>().is_ok() && other.parse::<i32>().is_ok() =>
        {
            "int4"
        }
        (yes, no) if truth(yes) && truth(no) => "bool",
        _ => "",
    }
}

/// A name as the server stores it.
fn stored(token: &Token) -> Option<String> {
    let Token::Word(word) = token else { return None };
    Some(if word.quote_style.is_some() { word.value.clone() } else { word.value.to_lowercase() })
}
