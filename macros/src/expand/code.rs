//! Code as text: the compiler's own lexer reads it in one go, which in an unoptimised build is several times quicker
//! than to put tokens together one by one. What the user has written stays tokens, with their places.

use std::fmt::Write as _;

use proc_macro2::{Group, Span, TokenStream, TokenTree};

/// A text with holes for tokens.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) text: String,
    holes: Vec<TokenStream>,
}

const HOLE: &str = "__hole_";

impl Code {
    /// Leaves a hole for tokens.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        let _ = write!(self.text, " {HOLE}{} ", self.holes.len());
        self.holes.push(tokens);
    }

    /// All of it as tokens.
    pub(super) fn finish(self) -> TokenStream {
        let tokens = parse(&self.text);
        if self.holes.is_empty() { tokens } else { fill(tokens, &self.holes) }
    }
}

/// Our own text as tokens.
fn parse(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| {
        let message = format!("aio-databases wrote what is no Rust ({error}), please report it: {text}");
        quote::quote!(::core::compile_error!(#message))
    })
}

fn fill(tokens: TokenStream, holes: &[TokenStream]) -> TokenStream {
    let fill_tree = |tree: TokenTree| match tree {
        TokenTree::Group(group) => {
            let mut filled = Group::new(group.delimiter(), fill(group.stream(), holes));
            filled.set_span(group.span());
            TokenTree::Group(filled).into()
        }
        TokenTree::Ident(ident) => {
            let name = ident.to_string();
            let hole = name.strip_prefix(HOLE).and_then(|number| holes.get(number.parse::<usize>().ok()?));
            hole.cloned().unwrap_or_else(|| TokenTree::Ident(ident).into())
        }
        other => other.into(),
    };
    tokens.into_iter().flat_map(fill_tree).collect()
}

/// Text of ours as tokens that stand where the user wrote something: what is wrong with it is shown there.
pub(super) fn placed(text: &str, span: Span) -> TokenStream {
    respanned(parse(text), span)
}

fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                tree = TokenTree::Group(Group::new(group.delimiter(), respanned(group.stream(), span)));
            }
            tree.set_span(span.resolved_at(tree.span()));
            tree
        })
        .collect()
}

/// The place from the first to the last of some tokens, as `&(…)` around them has it: the compiler shows what is
/// wrong with an argument there.
pub(super) fn borrowed(expr: &TokenStream) -> TokenStream {
    let mut trees = expr.clone().into_iter();
    let first = trees.next().map_or_else(Span::call_site, |tree| tree.span());
    let last = trees.last().map_or(first, |tree| tree.span());
    let own = Span::call_site();
    let mut group = Group::new(proc_macro2::Delimiter::Parenthesis, expr.clone());
    group.set_span(last.resolved_at(own));
    let mut and = proc_macro2::Punct::new('&', proc_macro2::Spacing::Alone);
    and.set_span(first.resolved_at(own));
    [TokenTree::Punct(and), TokenTree::Group(group)].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_at_any_depth() {
        let mut code = Code::default();
        code.text.push_str("{ f([");
        code.tokens("a + 1".parse().unwrap());
        code.text.push_str("], (__hole_7,");
        code.tokens("User :: < T >".parse().unwrap());
        code.text.push_str(")) }");
        let expected: TokenStream = "{ f([a + 1], (__hole_7, User :: < T >)) }".parse().unwrap();
        assert_eq!(code.finish().to_string(), expected.to_string());
    }

    #[test]
    fn arguments_are_borrowed() {
        assert_eq!(borrowed(&"x . y".parse().unwrap()).to_string().replace(' ', ""), "&(x.y)");
    }
}
