//! `returning with (old as o, new as n) …`: the names come as the first item.

use sqlparser::{
    ast::{Expr, SelectItem},
    tokenizer::{Token, TokenWithSpan},
};

use super::{is_word, marker, significant};

/// What that item starts with; `old` or `new`, and the name, follow, each set apart by the same sign.
const NAMES: &str = "\u{1}names";

/// The names that `old` and `new` get, each with what it is of, and the items behind them.
pub(crate) fn row_names(items: &[SelectItem]) -> (Vec<(String, String)>, &[SelectItem]) {
    if let Some((SelectItem::UnnamedExpr(Expr::Identifier(first)), rest)) = items.split_first()
        && let Some(names) = first.value.strip_prefix(NAMES)
    {
        let parts: Vec<&str> = names.split('\u{1}').skip(1).collect();
        let pairs = parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
        return (pairs.collect(), rest);
    }
    (Vec::new(), items)
}

/// Rewrites it; how many tokens it has.
pub(super) fn rewrite(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let mut next = significant(tokens).skip(1);
    let (with, first) = next.next()?;
    if !is_word(first, "with") || !matches!(next.next(), Some((_, Token::LParen))) {
        return None;
    }
    let mut names = NAMES.to_owned();
    loop {
        let (Token::Word(of), Token::Word(name)) = (next.next()?.1, {
            let (_, as_word) = next.next()?;
            if !is_word(as_word, "as") {
                return None;
            }
            next.next()?.1
        }) else {
            return None;
        };
        let of = of.value.to_lowercase();
        if !["old", "new"].contains(&of.as_str()) {
            return None;
        }
        let name = if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() };
        names.extend(["\u{1}", &of, "\u{1}", &name]);
        match next.next()? {
            (_, Token::Comma) => {}
            (last, Token::RParen) => {
                out.push(tokens[0].clone());
                let span = tokens[with].span;
                let item = [Token::Word(marker(&names)), Token::Comma];
                out.extend(item.map(|token| TokenWithSpan { token, span }));
                return Some(last + 1);
            }
            _ => return None,
        }
    }
}
