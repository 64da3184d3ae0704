//! Arguments in PostgreSQL's binary format, each as the type that the server says the parameter has.

use sqlx::postgres::{PgArguments, PgTypeInfo};

use crate::{EncodeError, EncodeProblem, Value};

/// The arguments of a prepared statement. `params` are the types that the server gives its parameters, `order` says which of the
/// values stands for each.
pub(crate) fn arguments(
    params: &[PgTypeInfo],
    values: &[Value],
    order: &[u16],
) -> Result<PgArguments, EncodeError> {
    let _ = (params, values, order);
    Err(EncodeError {
        param: 0,
        wanted: "".into(),
        given: "".into(),
        problem: EncodeProblem::WrongType,
    })
}
