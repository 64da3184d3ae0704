//! An operator that does not accept these operands.

use super::parts::error;
use crate::{
    Diagnostic,
    resolve::{Operand, Unresolved},
};
use aio_databases_sql::Span;

/// `name` is the operator, `operands` are its operands.
pub(crate) fn wrong_operands(
    name: &str,
    operands: &[Operand],
    problem: &Unresolved,
    span: Span,
) -> Diagnostic {
    let types: Vec<String> = operands.iter().map(shown).collect();
    let name = written(name);
    let message = match (problem, types.as_slice()) {
        (Unresolved::NoSuchName { .. }, _) => format!("no operator `{name}`"),
        (Unresolved::Ambiguous { .. }, _) => {
            format!("`{name}` matches several operators here ({})", types.join(", "))
        }
        (_, [base]) if name == "[]" => format!("{base} can't be subscripted"),
        (_, [right]) => format!("`{name}` doesn't accept {right}"),
        (_, [left, right]) => format!("`{name}` doesn't accept {left} and {right}"),
        (_, all) => format!("`{name}` doesn't accept {}", all.join(", ")),
    };
    let help = match problem {
        Unresolved::NoMatch { hint: Some(hint), .. } => Some(hint.clone()),
        Unresolved::NoSuchName { similar: Some(name) } => Some(format!("did you mean `{name}`?")),
        _ => Some("cast one of them to the type of the other".to_owned()).filter(|_| types.len() > 1),
    };
    error("wrong-operands", message, span).maybe_help(help)
}

/// An operand's type, for people.
fn shown(operand: &Operand) -> String {
    match operand {
        Operand::Known(ty) => format!("`{ty}`"),
        Operand::Untyped | Operand::Unclear => "a value without a type".to_owned(),
    }
}

/// How an operator is written, if that differs from its name.
fn written(name: &str) -> &str {
    match name {
        "~~" => "like",
        "!~~" => "not like",
        "~~*" => "ilike",
        "!~~*" => "not ilike",
        other => other,
    }
}
