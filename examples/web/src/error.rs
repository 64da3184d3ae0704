//! What a client is told when something fails.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Why a request failed.
pub(crate) enum Error {
    /// There is no such thing.
    NotFound,
    /// The database said no.
    Database(aio_databases::Error),
}

impl From<aio_databases::Error> for Error {
    fn from(error: aio_databases::Error) -> Self {
        Error::Database(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Error::NotFound => (StatusCode::NOT_FOUND, "not found"),
            Error::Database(e) if e.is_unique_violation() => {
                (StatusCode::CONFLICT, "there is one of that name")
            }
            Error::Database(e) if e.is_foreign_key_violation() => {
                (StatusCode::UNPROCESSABLE_ENTITY, "no such author")
            }
            Error::Database(e) => {
                eprintln!("{e}");
                (StatusCode::INTERNAL_SERVER_ERROR, "the database failed")
            }
        };
        (status, message).into_response()
    }
}
