//! The query's arguments: by position, or by name (`name = expression`).

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Error, Result, Token, ext::IdentExt as _, parse::ParseStream, spanned::Spanned as _};

use super::expr;

/// The arguments of a call.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) list: Vec<Arg>,
}

/// An argument.
#[derive(Debug)]
pub(crate) struct Arg {
    /// Its name, if it was given with one.
    pub(crate) name: Option<String>,
    pub(crate) expr: TokenStream,
    pub(crate) span: Span,
}

/// Reads arguments up to the end.
pub(crate) fn parse(input: ParseStream<'_>) -> Result<Args> {
    let mut args = Args::default();
    while !input.is_empty() {
        let span = input.span();
        let mut name = None;
        if input.peek(Ident::peek_any)
            && input.peek2(Token![=])
            && !input.peek2(Token![==])
            && !input.peek2(Token![=>])
        {
            name = Some(input.call(Ident::parse_any)?.unraw().to_string());
            input.parse::<Token![=]>()?;
        }
        let arg = Arg { span, expr: expr::parse(input)?, name };
        let known = |known: &Arg| known.name.is_some() && known.name == arg.name;
        if args.list.iter().any(known) {
            return Err(Error::new(span, "this argument is named twice"));
        }
        if arg.name.is_none() && args.list.iter().any(|known| known.name.is_some()) {
            let span = arg.expr.span();
            return Err(Error::new(span, "positional and named arguments (`name = …`) can't be mixed"));
        }
        args.list.push(arg);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(args)
}
