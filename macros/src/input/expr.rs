//! The user's expressions, taken as they are.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, Result, Token, parse::ParseStream};

/// The tokens of an expression, up to a comma.
///
/// Commas that are not inside of brackets can only belong to generics or to a closure's parameters, so that most
/// expressions are taken without a look inside: quick, and half-written ones reach the compiler (and an editor's
/// completion) as they stand.
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
