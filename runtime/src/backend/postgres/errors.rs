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

/// What the server said of a statement, whoever read it.
#[derive(Default)]
pub(in crate::backend) struct Said<'s> {
    pub(in crate::backend) code: &'s str,
    pub(in crate::backend) message: &'s str,
    pub(in crate::backend) detail: Option<&'s str>,
    pub(in crate::backend) hint: Option<&'s str>,
    pub(in crate::backend) table: Option<&'s str>,
    pub(in crate::backend) column: Option<&'s str>,
    pub(in crate::backend) constraint: Option<&'s str>,
    /// Where in the statement: a character, counted from 1.
    pub(in crate::backend) position: Option<usize>,
}

impl Said<'_> {
    /// The same in this crate's shape, without its source.
    pub(in crate::backend) fn error(&self) -> DatabaseError {
        let violated = match self.code {
            "23505" | "23P01" => Some(ConstraintKind::Unique),
            "23503" => Some(ConstraintKind::ForeignKey),
            "23502" => Some(ConstraintKind::NotNull),
            "23514" => Some(ConstraintKind::Check),
            _ => None,
        };
        let constraint = match violated {
            // It has no name before PostgreSQL 18, and the column is what people want to know.
            Some(ConstraintKind::NotNull) => {
                self.table.zip(self.column).map(|(table, column)| format!("{table}.{column}"))
            }
            _ => self.constraint.map(str::to_owned),
        };
        DatabaseError {
            backend: Backend::Postgres,
            class: class(self.code),
            code: Some(self.code.to_owned().into()),
            message: self.message.to_owned(),
            detail: self.detail.map(str::to_owned),
            hint: self.hint.map(str::to_owned),
            constraint,
            violated,
            at: self.position.map(|character| ErrorAt::Character(character.saturating_sub(1))),
            row: None,
            query: None,
            source: None,
        }
    }
}

fn database_error(error: driver::ServerError) -> DatabaseError {
    let shown = Said {
        code: &error.code,
        message: &error.message,
        detail: error.detail.as_deref(),
        hint: error.hint.as_deref().or_else(|| hint(&error)),
        table: error.table.as_deref(),
        column: error.column.as_deref(),
        constraint: error.constraint.as_deref(),
        position: error.position.map(|character| character as usize),
    }
    .error();
    DatabaseError { source: Some(Box::new(error)), ..shown }
}

/// What helps against errors that a pooler causes.
fn hint(error: &driver::ServerError) -> Option<&'static str> {
    let is_of_driver = matches!(&*error.code, "26000" | "42P05") && error.message.contains("aio_");
    is_of_driver.then_some("behind a pooler in transaction mode, write `pooler=transaction` in the URL")
}

/// What helps if a pooler rejects a setting of the log-in. Its messages are never translated.
fn help_for_pooler(error: &driver::ServerError) -> Option<String> {
    error.message.contains("unsupported startup parameter").then(|| {
        "a pooler such as PgBouncer accepts no settings of the session: with `pooler=transaction`, `statement_timeout` and \
         `lock_timeout` are set in each transaction; for others, leave out `options` and `schema`, and write `alter role … set …`"
            .to_owned()
    })
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
        _ => error.server().and_then(help_for_pooler),
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
