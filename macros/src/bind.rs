//! Assigns the arguments to the parameters.

use aio_databases_sql::{Error, ErrorKind, Span, Style};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;

use crate::{
    check::Answer,
    ident,
    input::{Arg, Args},
    message::Mistake,
    unite::Param,
};

/// The expression for each parameter, in order.
pub(crate) fn bind(
    answers: &[Answer],
    params: &[Param],
    args: &Args,
) -> Result<Vec<TokenStream>, Vec<Mistake>> {
    for answer in answers {
        fits(answers, answer, args).map_err(|mistake| vec![mistake])?;
    }
    let named = |name: &str| args.list.iter().find(|arg| arg.name.as_deref() == Some(name));
    let bound = params.iter().enumerate().filter_map(|(place, param)| match &param.name {
        None => Some(args.list.get(place)?.expr.clone()),
        Some(name) => {
            Some(named(name).map_or_else(|| captured(answers, param, name), |arg| arg.expr.clone()))
        }
    });
    Ok(bound.collect())
}

/// Checks the arguments against the parameters of one of the texts.
fn fits(answers: &[Answer], answer: &Answer, args: &Args) -> Result<(), Mistake> {
    let template = &answer.template;
    let by_place = args.list.iter().any(|arg| arg.name.is_none());
    let named = template.style().is_some_and(Style::is_named);
    let (list, fit): (Vec<&Arg>, _) = if by_place || args.list.is_empty() && !named {
        (args.list.iter().collect(), template.bind_positional(args.list.len()))
    } else {
        // Arguments that only another backend's text uses are allowed.
        let knows = |answer: &Answer, arg: &Arg| {
            answer.template.params().iter().any(|param| param.name.is_some() && param.name == arg.name)
        };
        let elsewhere = |arg: &Arg| !knows(answer, arg) && answers.iter().any(|other| knows(other, arg));
        let list: Vec<&Arg> = args.list.iter().filter(|arg| !elsewhere(arg)).collect();
        let names: Vec<&str> = list.iter().filter_map(|arg| arg.name.as_deref()).collect();
        let fit = match template.style() {
            Some(style) if style != Style::Brace => template.bind_names(&names).map(drop),
            _ => template.bind_captured(&names).map(drop),
        };
        (list, fit)
    };
    fit.map_err(|error| mistake(answer, &list, error))
}

/// A mistake about a single argument points to that argument, any other to the SQL.
fn mistake(answer: &Answer, list: &[&Arg], error: Error) -> Mistake {
    let params = answer.template.params();
    let unknown = |arg: &&&Arg| arg.name.is_some() && params.iter().all(|param| param.name != arg.name);
    let whole = error.span == answer.template.statement();
    let culprit = match error.kind {
        ErrorKind::WrongCount if whole => list.get(params.len()),
        ErrorKind::UnusedName if whole => list.iter().find(unknown),
        ErrorKind::WrongArguments => list.first(),
        _ => None,
    };
    let mistake = match culprit {
        Some(arg) => Mistake::token(arg.span, error.message),
        None => Mistake::sql(&answer.text, error.span, error.message),
    };
    error.help.into_iter().fold(mistake, Mistake::help)
}

/// The variable that `{name}` captures, placed at the SQL.
fn captured(answers: &[Answer], param: &Param, name: &str) -> TokenStream {
    let Span { start, end } = param.span;
    let span = answers[param.answer].text.token(start, end);
    let keyword = !ident::is_name(name);
    let ident = if keyword && name != "self" { Ident::new_raw(name, span) } else { Ident::new(name, span) };
    ident.into_token_stream()
}
