//! Arguments as SQLite's values.

use rusqlite::Statement;

use crate::{EncodeError, EncodeProblem, Value};

/// Binds the arguments of a statement. `order` says which of the values stands for each of its placeholders.
pub(crate) fn bind(
    statement: &mut Statement<'_>,
    values: &[Value],
    order: &[u16],
) -> Result<(), EncodeError> {
    let _ = (statement, values, order);
    Err(EncodeError {
        param: 0,
        wanted: "".into(),
        given: "".into(),
        problem: EncodeProblem::WrongType,
    })
}
