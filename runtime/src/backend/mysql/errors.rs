//! The driver's errors in this crate's shape.

use std::io::ErrorKind;

use aio_databases_mysql::{ConnectProblem as DriverProblem, Error as DriverError, ServerError};

use crate::{
    Backend, ConnectError, ConnectProblem, ConstraintKind, DatabaseError, EncodeError, Error,
    backend::refusal,
    error::{Effect, ErrorClass},
};

/// An error of a command.
pub(super) fn error(error: DriverError) -> Error {
    match error {
        DriverError::Server(error) => Error::Database(Box::new(database_error(*error))),
        DriverError::Io(error) => Error::io(error),
        DriverError::Broken => Error::io(error),
        DriverError::Bind(error) => match error.downcast::<EncodeError>() {
            Ok(source) => Error::Encode { query: None, source },
            Err(other) => Error::protocol(other),
        },
        DriverError::ParameterCount { expected, given } => {
            let source = Box::new(refusal::count(expected, given));
            Error::Encode { query: None, source }
        }
        DriverError::TooLong { .. } => Error::Database(Box::new(too_long(&error))),
        // Nobody knows what is still running there.
        DriverError::Outstanding | DriverError::Cancelling | DriverError::OtherServer => {
            Error::Interrupted { query: None }
        }
        other => Error::protocol(other),
    }
}

/// The server's own error.
fn database_error(error: ServerError) -> DatabaseError {
    let said = said(error.code, error.sqlstate(), &error.message);
    DatabaseError { source: Some(Box::new(error)), ..said }
}

/// What the server said of a statement, whoever read it, without its source.
pub(in crate::backend) fn said(code: u16, sqlstate: &str, message: &str) -> DatabaseError {
    let violated = violated(code, sqlstate);
    DatabaseError {
        backend: Backend::Mysql,
        class: class(code),
        code: Some(code.to_string().into()),
        message: message.to_owned(),
        detail: None,
        hint: None,
        constraint: violated.and_then(|violated| constraint(violated, message)),
        at: None,
        violated,
        row: None,
        query: None,
        source: None,
    }
}

/// A command that was not sent, because the server would have closed the connection instead of reading it. The code is the one that
/// MySQL's own client library uses.
fn too_long(error: &DriverError) -> DatabaseError {
    DatabaseError {
        backend: Backend::Mysql,
        class: ErrorClass { is_of_a_row: true, ..ErrorClass::default() },
        code: Some("2020".into()),
        message: error.to_string(),
        detail: None,
        hint: Some(
            "send less at once, or raise `max_allowed_packet` in the server's configuration".to_owned(),
        ),
        constraint: None,
        at: None,
        violated: None,
        row: None,
        query: None,
        source: None,
    }
}

/// What a code means (MySQL's error reference, "Server Error Message Reference", and MariaDB's list of error codes).
fn class(code: u16) -> ErrorClass {
    ErrorClass {
        is_serialization_failure: matches!(code, 1205 | 1213),
        // Deadlocks and time-outs, interruptions, read-only transactions and servers.
        is_of_a_row: !matches!(
            code,
            1053 | 1205 | 1213 | 1290 | 1317 | 1792 | 1836 | 1927 | 1969 | 3024 | 4031
        ),
        ends_connection: matches!(code, 1053 | 1152..=1161 | 1184 | 1835 | 1927 | 3169 | 4031),
        // MySQL reports it for `kill`, too, and closes the session a moment later.
        may_end_connection: code == 1317,
        // The session had been idle for too long.
        effect: if code == 4031 { Effect::Nothing } else { Effect::Unknown },
    }
}

/// Which kind of constraint was violated.
fn violated(code: u16, sqlstate: &str) -> Option<ConstraintKind> {
    match code {
        1022 | 1062 | 1169 | 1586 | 1859 => Some(ConstraintKind::Unique),
        1216 | 1217 | 1451 | 1452 | 1830 | 1834 => Some(ConstraintKind::ForeignKey),
        // 1048: null was given; 1364: nothing was given, and there is no default.
        1048 | 1364 => Some(ConstraintKind::NotNull),
        3819 => Some(ConstraintKind::Check),
        // MariaDB's; MySQL uses the number for something else.
        4025 if sqlstate == "23000" => Some(ConstraintKind::Check),
        _ => None,
    }
}

/// The constraint's name, which only the message has.
fn constraint(violated: ConstraintKind, message: &str) -> Option<String> {
    let (before, quote) = match violated {
        // Duplicate entry 'Ada' for key 'users.name'
        ConstraintKind::Unique => ("for key '", '\''),
        // … a foreign key constraint fails (`db`.`orders`, CONSTRAINT `orders_user` FOREIGN KEY …
        ConstraintKind::ForeignKey => ("CONSTRAINT `", '`'),
        // Column 'name' cannot be null; Field 'name' doesn't have a default value
        ConstraintKind::NotNull => ("'", '\''),
        // CONSTRAINT `positive` failed for `db`.`t`; Check constraint 'positive' is violated.
        ConstraintKind::Check if message.starts_with("CONSTRAINT `") => ("`", '`'),
        ConstraintKind::Check => ("'", '\''),
    };
    // A duplicate value can contain anything, so its key is the last.
    let (_, rest) = match violated {
        ConstraintKind::Unique => message.rsplit_once(before)?,
        _ => message.split_once(before)?,
    };
    rest.split_once(quote).map(|(name, _)| name.to_owned())
}

/// An error of connecting to `target`. `without_user` is the advice if the URL names no user.
pub(super) fn connect_error(target: &str, without_user: Option<&str>, error: DriverError) -> Error {
    let problem = connect_problem(&error);
    let help = match (problem, &error) {
        (ConnectProblem::Authentication, DriverError::Server(_)) => without_user,
        (ConnectProblem::NotFound, DriverError::Io(error)) if error.kind() == ErrorKind::NotFound => {
            Some("there is no such socket, or no such file of certificates")
        }
        (ConnectProblem::Tls, _) if cfg!(not(feature = "tls")) => {
            Some("this program was built without encryption: add \"tls\" to the features of aio-databases")
        }
        (_, DriverError::Protocol(_)) => Some(ConnectError::OTHER_SERVER),
        _ => None,
    };
    let mut shown = ConnectError {
        target: target.to_owned(),
        problem,
        message: error.to_string(),
        help: help.map(str::to_owned),
        database: None,
        source: None,
    };
    match error {
        DriverError::Server(error) => {
            shown.message.clone_from(&error.message);
            shown.database = Some(Box::new(database_error(*error)));
        }
        DriverError::Io(error) => shown.source = Some(Box::new(error)),
        DriverError::Tls(error) => shown.source = Some(error),
        other => shown.source = Some(Box::new(other)),
    }
    Error::Connect(Box::new(shown))
}

fn connect_problem(error: &DriverError) -> ConnectProblem {
    match (error.connect_problem(), error) {
        (DriverProblem::Authentication, _) => ConnectProblem::Authentication,
        (DriverProblem::UnknownDatabase, _) => ConnectProblem::UnknownDatabase,
        (DriverProblem::TooManyConnections, _) => ConnectProblem::TooMany,
        (DriverProblem::Tls, _) => ConnectProblem::Tls,
        (_, DriverError::Io(error)) => match error.kind() {
            ErrorKind::ConnectionRefused => ConnectProblem::Refused,
            ErrorKind::NotFound => ConnectProblem::NotFound,
            // The resolver's errors have no kind of their own.
            _ if error.to_string().contains("lookup address") => ConnectProblem::NotFound,
            _ => ConnectProblem::Other,
        },
        _ => ConnectProblem::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_constraints() {
        use ConstraintKind::{Check, ForeignKey, NotNull, Unique};
        for (violated, message, name) in [
            (Unique, "Duplicate entry 'Ada' for key 'users.name'", "users.name"),
            (Unique, "Duplicate entry 'for key 'x'' for key 'name'", "name"),
            (
                ForeignKey,
                "Cannot add or update a child row: a foreign key constraint fails (`a`.`orders`, CONSTRAINT `orders_user` \
                 FOREIGN KEY (`user_id`) REFERENCES `users` (`id`))",
                "orders_user",
            ),
            (NotNull, "Column 'name' cannot be null", "name"),
            (NotNull, "Field 'name' doesn't have a default value", "name"),
            (Check, "CONSTRAINT `positive` failed for `a`.`t`", "positive"),
            (Check, "Check constraint 'positive' is violated.", "positive"),
        ] {
            assert_eq!(constraint(violated, message).as_deref(), Some(name), "{message}");
        }
    }

    #[test]
    fn what_was_not_sent_leaves_the_connection() {
        let shown = error(DriverError::TooLong { length: 20, limit: 10 });
        assert_eq!(shown.code(), Some("2020"));
        assert!(!shown.ends_connection(), "{shown}");
        assert!(error(DriverError::Broken).ends_connection());
        let shown = error(DriverError::ParameterCount { expected: 2, given: 1 });
        assert_eq!(shown.to_string(), "the query takes 2 arguments, 1 were given");
    }
}
