//! PostgreSQL's errors in this crate's shape.

use std::io::ErrorKind as IoErrorKind;

use aio_databases_postgres as driver;

use crate::{
    Backend, ConnectError, ConnectProblem, ConstraintKind, DatabaseError, EncodeError, Error,
    error::{Effect, ErrorAt, ErrorClass},
};

/// An error of a statement.
pub(super) fn error(error: driver::Error) -> Error {
    match error {
        driver::Error::Server(error) => Error::Database(Box::new(database_error(*error))),
        driver::Error::Encode(source) => match source.downcast::<EncodeError>() {
            Ok(source) => Error::Encode { query: None, source },
            Err(source) => Error::protocol(source),
        },
        driver::Error::ParameterCount { expected, given } => {
            Error::Encode { query: None, source: Box::new(crate::backend::refusal::count(expected, given)) }
        }
        driver::Error::Io(source) => Error::io(source),
        driver::Error::Closed => Error::io(error),
        driver::Error::Unsupported(message) => Error::Unsupported { message, query: None },
        other => Error::protocol(other),
    }
}

fn database_error(error: driver::ServerError) -> DatabaseError {
    let violated = match &*error.code {
        "23505" | "23P01" => Some(ConstraintKind::Unique),
        "23503" => Some(ConstraintKind::ForeignKey),
        "23502" => Some(ConstraintKind::NotNull),
        "23514" => Some(ConstraintKind::Check),
        _ => None,
    };
    let constraint = match violated {
        // It has no name before PostgreSQL 18, and the column is what people want to know.
        Some(ConstraintKind::NotNull) => {
            error.table.as_ref().zip(error.column.as_ref()).map(|(table, column)| format!("{table}.{column}"))
        }
        _ => error.constraint.clone(),
    };
    DatabaseError {
        backend: Backend::Postgres,
        class: class(&error.code),
        code: Some(error.code.clone().into()),
        message: error.message.clone(),
        detail: error.detail.clone(),
        hint: error.hint.clone(),
        constraint,
        violated,
        at: error.position.map(|character| ErrorAt::Character(character.saturating_sub(1) as usize)),
        row: None,
        query: None,
        source: Some(Box::new(error)),
    }
}

/// What a code means (PostgreSQL's manual, appendix A).
fn class(code: &str) -> ErrorClass {
    let not_of_a_row = ["08", "25", "40", "53", "55", "57", "58", "XX"];
    ErrorClass {
        is_serialization_failure: matches!(code, "40001" | "40P01"),
        is_of_a_row: !not_of_a_row.iter().any(|class| code.starts_with(class)),
        ends_connection: code.starts_with("08")
            || matches!(code, "57P01" | "57P02" | "57P05" | "25P03" | "25P04"),
        may_end_connection: false,
        // The server ended the session before the statement, or rolled the statement back.
        effect: if matches!(code, "57P01" | "57P05") { Effect::RolledBack } else { Effect::Unknown },
    }
}

/// An error of connecting to `target`. `without_user`: what to do if the server rejects the login.
pub(super) fn connect_error(target: &str, without_user: Option<&str>, error: driver::ConnectError) -> Error {
    let problem = match &error.source {
        // The resolver's errors have no kind of their own.
        _ if error.to_string().contains("lookup address") => ConnectProblem::NotFound,
        driver::ConnectSource::Io(source) => match source.kind() {
            IoErrorKind::ConnectionRefused => ConnectProblem::Refused,
            IoErrorKind::NotFound => ConnectProblem::NotFound,
            _ => ConnectProblem::Other,
        },
        _ => match error.kind {
            driver::ConnectProblem::Authentication => ConnectProblem::Authentication,
            driver::ConnectProblem::UnknownDatabase => ConnectProblem::UnknownDatabase,
            driver::ConnectProblem::TooMany => ConnectProblem::TooMany,
            driver::ConnectProblem::Tls => ConnectProblem::Tls,
            _ => ConnectProblem::Other,
        },
    };
    let help = match (problem, error.kind) {
        (ConnectProblem::Authentication, _) => without_user.map(str::to_owned),
        (ConnectProblem::NotFound, _) => Some("there is no such host, or no such socket".to_owned()),
        (ConnectProblem::Tls, _) if cfg!(not(feature = "tls")) => Some(
            "this program was built without encryption: add \"tls\" to the features of aio-databases"
                .to_owned(),
        ),
        (_, driver::ConnectProblem::Protocol) => Some(ConnectError::OTHER_SERVER.to_owned()),
        _ => None,
    };
    let message = match &error.source {
        driver::ConnectSource::Server(said) => said.message.clone(),
        _ => error.to_string(),
    };
    let (database, source) = match error.source {
        driver::ConnectSource::Server(said) => (Some(Box::new(database_error(*said))), None),
        _ => (None, Some(Box::new(error) as _)),
    };
    Error::Connect(Box::new(ConnectError {
        target: target.to_owned(),
        problem,
        message,
        help,
        database,
        source,
    }))
}
