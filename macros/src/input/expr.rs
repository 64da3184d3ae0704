//! Reads the user's expressions without parsing them.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, Result, Token, parse::ParseStream};

/// The tokens of an expression, up to a comma.
///
/// A comma outside of brackets can only belong to generics or to a closure's parameters, so most expressions don't need
/// to be parsed. This is fast, and incomplete expressions reach the compiler (and an editor's completion) unchanged.
pub(crate) fn parse(input: ParseStream<'_>) -> Result<TokenStream> {
    let fork = input.fork();
    let mut tokens = TokenStream::new();
    while !fork.is_empty() && !fork.peek(Token![,]) {
        if fork.peek(Token![<]) || fork.peek(Token![|]) {
            return Ok(input.parse::<Expr>()?.into_token_stream());
        }
        tokens.extend([fork.parse::<TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(input.error("expected an expression"));
    }
    syn::parse::discouraged::Speculative::advance_to(input, &fork);
    Ok(tokens)
}
