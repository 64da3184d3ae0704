//! Generates code as text. The compiler's own lexer reads it all at once. In an unoptimised build, that is several
//! times faster than building tokens one by one. The user's own code stays tokens, so it keeps its places.

use std::fmt::Write as _;

use proc_macro2::{Delimiter, Group, Punct, Spacing, Span, TokenStream, TokenTree};

use super::lexer;

/// A text with holes for tokens.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) text: String,
    holes: Vec<TokenStream>,
}

const HOLE: &str = "__hole_";

impl Code {
    /// Adds a hole, which `tokens` fill later.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        let _ = write!(self.text, " {HOLE}{} ", self.holes.len());
        self.holes.push(tokens);
    }

    /// Converts the code to tokens.
    pub(super) fn finish(self) -> TokenStream {
        let tokens = parse(&self.text);
        if self.holes.is_empty() { tokens } else { fill(tokens, &self.holes) }
    }
}

/// Converts generated text to tokens. Inside the compiler, its own lexer reads the text. `proc_macro2` would first read
/// it itself, without optimisation if the macros are built that way.
fn parse(text: &str) -> TokenStream {
    let parsed = match proc_macro::is_available() {
        true => text.parse::<proc_macro::TokenStream>().map(Into::into).map_err(|error| error.to_string()),
        false => text.parse::<TokenStream>().map_err(|error| error.to_string()),
    };
    parsed.unwrap_or_else(|error| {
        let message = format!(
            "the expansion is not valid Rust ({error}); please report this bug of aio-databases: {text}"
        );
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

/// Generated text as tokens at the place of something that the user wrote: the compiler shows errors there.
pub(super) fn placed(text: &str, span: Span) -> TokenStream {
    // There are no places outside of a compiler.
    let inside = proc_macro::is_available();
    let span = if inside { span.resolved_at(Span::call_site()) } else { span };
    match lexer::tokens(text, span) {
        Some(tokens) => tokens,
        None if inside => respanned(parse(text).into(), span.unwrap()).into(),
        None => parse(text),
    }
}

/// Sets the place of all tokens. It uses the compiler's own tokens instead of `proc_macro2`'s wrappers, because there
/// can be many.
fn respanned(tokens: proc_macro::TokenStream, span: proc_macro::Span) -> proc_macro::TokenStream {
    use proc_macro::{Group, TokenTree};
    let respan = |mut tree: TokenTree| {
        if let TokenTree::Group(group) = &tree {
            tree = TokenTree::Group(Group::new(group.delimiter(), respanned(group.stream(), span)));
        }
        tree.set_span(span);
        tree
    };
    tokens.into_iter().map(respan).collect()
}

/// `&(…)`, at the place of the borrowed expression.
pub(super) fn borrowed(expr: &TokenStream) -> TokenStream {
    borrowed_at(expr, ends(expr))
}

fn borrowed_at(expr: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let mut and = Punct::new('&', Spacing::Alone);
    and.set_span(first);
    [TokenTree::Punct(and), parentheses(expr.clone(), last)].into_iter().collect()
}

/// `function(&(…))` at the place of the argument, so that the compiler shows type errors there.
pub(super) fn call(function: &str, argument: &TokenStream) -> TokenStream {
    let (first, last) = ends(argument);
    let mut tokens = placed(function, first);
    tokens.extend([parentheses(borrowed_at(argument, (first, last)), last)]);
    tokens
}

/// The places of the first and the last token, with the hygiene of generated code.
fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut trees = tokens.clone().into_iter();
    let own = Span::call_site();
    let first = trees.next().map_or(own, |tree| tree.span());
    let last = trees.last().map_or(first, |tree| tree.span());
    (first.resolved_at(own), last.resolved_at(own))
}

fn parentheses(tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    TokenTree::Group(group)
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
