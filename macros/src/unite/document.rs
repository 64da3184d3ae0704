//! Descriptions of a column: whether it can be null and why, and its field's documentation.

use aio_databases_analyzer::{Column, Nullability, Type};

use crate::{check::Answer, column_alias::Override};

/// Whether a column can be null, and why.
pub(super) fn nullability(answers: &[Answer], all: &[Column], over: &Override) -> (bool, Option<String>) {
    if let Some(nullable) = over.nullable {
        return (nullable, Some("as its alias says".to_owned()));
    }
    let mut nullable = false;
    for (answer, column) in answers.iter().zip(all) {
        if let Nullability::Nullable(reason) = &column.nullable {
            nullable = true;
            if let Some(reason) = reason {
                let on =
                    if answers.len() > 1 { format!(" ({})", answer.dialect.title()) } else { String::new() };
                return (true, Some(format!("{reason}{on}")));
            }
        }
    }
    (nullable, None)
}

/// The field's documentation: "`int8`, never null".
pub(super) fn document(
    answers: &[Answer],
    all: &[Column],
    nullable: bool,
    why: Option<String>,
    over: &Override,
) -> String {
    let mut types: Vec<(String, Vec<&str>)> = Vec::new();
    for (answer, column) in answers.iter().zip(all) {
        let ty =
            column.ty.as_ref().map_or_else(|| "a type that is not known".to_owned(), |ty| format!("`{ty}`"));
        match types.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, on)) => on.push(answer.dialect.title()),
            None => types.push((ty, vec![answer.dialect.title()])),
        }
    }
    let several = types.len() > 1;
    let types: Vec<_> = types
        .into_iter()
        .map(|(ty, on)| if several { format!("{ty} on {}", on.join(" and ")) } else { ty })
        .collect();
    let null = if nullable { "null where there is none" } else { "never null" };
    let null = match why {
        Some(why) if nullable && over.nullable.is_none() => why,
        Some(why) => format!("{} {why}", if nullable { "may be null" } else { "never null" }),
        None if nullable => "may be null".to_owned(),
        None => null.to_owned(),
    };
    let array = all.iter().any(|column| matches!(column.ty, Some(Type::Array(_))));
    let elements = if array && over.ty.is_none() { "; its elements may be null" } else { "" };
    format!("{}, {null}{elements}", types.join(", "))
}
