//! Arguments in MySQL's binary format.

use sqlx::mysql::MySqlArguments;

use crate::{EncodeError, EncodeProblem, Value};

/// The arguments of a statement. `order` says which of the values stands for each of its placeholders.
pub(crate) fn arguments(values: &[Value], order: &[u16]) -> Result<MySqlArguments, EncodeError> {
    let _ = (values, order);
    Err(EncodeError {
        param: 0,
        wanted: "".into(),
        given: "".into(),
        problem: EncodeProblem::WrongType,
    })
}
