//! From a macro call to its expansion, step by step.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser as _};

use crate::{
    bind,
    check::{self, Answers},
    expand,
    input::{self, Call, Macro, RecordType},
    message::{self, Mistake},
    project::Project,
    types::Features,
    unite::{self, Checked, Naming, Wanted},
};

/// Expands a macro call.
pub(crate) fn run(makro: Macro, input: TokenStream) -> TokenStream {
    let call = match (|input: ParseStream<'_>| input::parse(makro, input)).parse2(input) {
        Ok(call) => call,
        Err(error) => return message::compile_error(&[error.into()], std::iter::empty()),
    };
    let project = Project::current();
    let expanded = expansion(&project, &call);
    expanded.unwrap_or_else(|mistakes| message::compile_error(&mistakes, call.expressions()))
}

fn expansion(project: &Project, call: &Call) -> Result<TokenStream, Vec<Mistake>> {
    settings(project)?;
    let Answers { answers, warnings } = check::check(project, call)?;
    let naming = match call.ty {
        Some(RecordType::Tuple(_)) => Naming::ByPlace,
        _ if Wanted::of(call.makro) != Wanted::All => Naming::ByPlace,
        _ => Naming::Fields,
    };
    let features = Features::enabled(project.config.datetime);
    let wanted = Wanted::of(call.makro);
    let checked = unite::unite(&answers, wanted, naming, call.ty.is_some(), features)
        .map_err(|mistakes| message::explained(mistakes, &warnings))?;
    shape(call, &checked, wanted).map_err(|mistake| vec![mistake])?;
    let bound = match call.makro {
        makro if makro.takes_rows() => Vec::new(),
        _ => bind::bind(&answers, &checked.params, &call.args)?,
    };
    Ok(expand::expand(project, call, &answers, &checked, &bound, &warnings))
}

/// Reports mistakes in the settings. Only the first query does so.
fn settings(project: &Project) -> Result<(), Vec<Mistake>> {
    let problems = &project.config.problems;
    if project.config.backends.is_empty() || !problems.is_empty() && project.tells_problems() {
        let mistakes = problems.iter().map(|problem| Mistake::token(Span::call_site(), problem));
        return Err(mistakes.collect());
    }
    Ok(())
}

/// Checks that the macro and the record's type fit the query's columns.
fn shape(call: &Call, checked: &Checked, wanted: Wanted) -> Result<(), Mistake> {
    let columns = checked.columns.len();
    let texts = call.sql.texts().next();
    let whole = |message: String| match texts {
        Some(text) => {
            Mistake::sql(text, aio_databases_sql::Span::new(0, text.value.trim_end().len()), message)
        }
        None => Mistake::token(call.sql.span(), message),
    };
    if columns == 0 && wanted != Wanted::None && call.makro != Macro::Query {
        let mistake = whole("the statement returns no rows to fetch".to_owned());
        return Err(mistake.help("use `execute!`, or add `returning …`"));
    }
    if let Some(RecordType::Tuple(types)) = &call.ty
        && types.len() != columns
    {
        let message = format!("the tuple has {} elements, but the query has {columns} columns", types.len());
        return Err(whole(message));
    }
    Ok(())
}
