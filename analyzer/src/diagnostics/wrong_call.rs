//! A function that does not exist, or does not accept these arguments.

use super::parts::error;
use crate::dialect::Described;
use crate::{
    Diagnostic,
    resolve::{Call, Operand, Unresolved},
};
use aio_databases_sql::{Dialect, Span};

pub(crate) fn wrong_call(call: &Call<'_>, problem: &Unresolved, dialect: Dialect, span: Span) -> Diagnostic {
    let name = match call.schema {
        Some(schema) => format!("{schema}.{}", call.name),
        None => call.name.to_owned(),
    };
    let types: Vec<String> = call.args.iter().map(Operand::to_string).collect();
    let written = if call.star { format!("{name}(*)") } else { format!("{name}({})", types.join(", ")) };
    match problem {
        Unresolved::NoSuchName { similar } => {
            let similar = || similar.as_ref().map(|name| format!("did you mean `{name}`?"));
            error("unknown-function", format!("no function `{name}`"), span)
                .maybe_help(own_name(&name, dialect).or_else(similar))
        }
        Unresolved::OtherRelease { since, until, here } => {
            let which = if *until == u8::MAX {
                format!("requires PostgreSQL {since}")
            } else {
                format!("was removed after PostgreSQL {until}")
            };
            error("unknown-function", format!("PostgreSQL {here} has no function `{name}`: it {which}"), span)
        }
        Unresolved::NoMatch { candidates, hint } => {
            let help = hint.clone().or_else(|| candidates_help(candidates));
            error("wrong-arguments", format!("no function `{written}`"), span).maybe_help(help)
        }
        Unresolved::Ambiguous { candidates } => {
            error("wrong-arguments", format!("`{written}` matches several functions"), span)
                .maybe_help(candidates_help(candidates).or_else(|| Some("cast its arguments".to_owned())))
        }
        Unresolved::Mismatch { left, right } => error(
            "wrong-arguments",
            format!("the arguments of `{name}` have different types: `{left}` and `{right}`"),
            span,
        )
        .with_help("cast one of them to the type of the other"),
    }
}

/// The name of another server's function on this server.
fn own_name(name: &str, dialect: Dialect) -> Option<String> {
    let (_, own) = dialect.facts().calls.replacements.iter().find(|(other, _)| *other == name)?;
    Some(format!("write `{own}`"))
}

fn candidates_help(candidates: &[String]) -> Option<String> {
    match candidates {
        [] => None,
        [one] => Some(format!("it is declared as `{one}`")),
        several => Some(format!(
            "it is declared as {}",
            several.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}
