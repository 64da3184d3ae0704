//! SQLite's errors in this crate's shape.

use rusqlite::ffi;

use crate::{
    Backend, ConstraintKind, DatabaseError, Error,
    error::{ErrorAt, ErrorClass},
};

/// An error of SQLite's.
pub(super) fn error(error: rusqlite::Error) -> Error {
    Error::Database(Box::new(database_error(error)))
}

/// An error about one of several statements, which starts at a byte of the text.
pub(super) fn error_in(error: rusqlite::Error, start: usize) -> Error {
    let mut error = database_error(error);
    if let Some(ErrorAt::Byte(byte)) = &mut error.at {
        *byte += start;
    }
    Error::Database(Box::new(error))
}

/// An error of a script, which SQLite reads statement by statement: its places count from where it then stood.
pub(super) fn error_in_script(error: rusqlite::Error, script: &str) -> Error {
    let rest = match &error {
        rusqlite::Error::SqlInputError { sql, .. } => sql.len(),
        _ => script.len(),
    };
    error_in(error, script.len().saturating_sub(rest))
}

pub(super) fn database_error(error: rusqlite::Error) -> DatabaseError {
    let at = match &error {
        rusqlite::Error::SqlInputError { offset, .. } => usize::try_from(*offset).ok().map(ErrorAt::Byte),
        _ => None,
    };
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(code, message) => (Some(*code), message.clone()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (Some(*error), Some(msg.clone())),
        _ => (None, None),
    };
    let message = match (message, code) {
        (Some(message), _) => message,
        (None, Some(code)) => ffi::code_to_str(code.extended_code).to_owned(),
        (None, None) => error.to_string(),
    };
    DatabaseError { at, source: Some(Box::new(error)), ..said(code, message) }
}

/// What SQLite said of a statement, whoever called it, without its source.
pub(in crate::backend) fn said(code: Option<ffi::Error>, message: String) -> DatabaseError {
    let violated = code.and_then(|code| violated(code.extended_code));
    // `UNIQUE constraint failed: users.name`
    let constraint = violated.and_then(|_| message.split_once(": ")).map(|(_, name)| name.to_owned());
    DatabaseError {
        backend: Backend::Sqlite,
        class: code.map_or_else(ErrorClass::default, |code| class(code.extended_code, &message)),
        code: code.map(|code| code.extended_code.to_string().into()),
        hint: hint(code, &message),
        message,
        detail: None,
        constraint,
        violated,
        at: None,
        row: None,
        query: None,
        source: None,
    }
}

/// What an extended result code means (SQLite's "Result and Error Codes").
fn class(code: i32, message: &str) -> ErrorClass {
    ErrorClass {
        is_serialization_failure: code == ffi::SQLITE_BUSY_SNAPSHOT,
        is_of_a_row: match code & 0xff {
            ffi::SQLITE_TOOBIG | ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => true,
            // A function rejected its arguments; or a table is gone since the statement was prepared.
            ffi::SQLITE_ERROR => !message.starts_with("no such "),
            _ => false,
        },
        ..ErrorClass::default()
    }
}

fn violated(extended_code: i32) -> Option<ConstraintKind> {
    match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Some(ConstraintKind::Unique)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(ConstraintKind::ForeignKey),
        ffi::SQLITE_CONSTRAINT_NOTNULL => Some(ConstraintKind::NotNull),
        ffi::SQLITE_CONSTRAINT_CHECK => Some(ConstraintKind::Check),
        _ => None,
    }
}

/// What to do where SQLite's message does not tell.
fn hint(code: Option<ffi::Error>, message: &str) -> Option<String> {
    let hint = match code?.code {
        rusqlite::ErrorCode::DatabaseBusy => {
            "another connection was writing for longer than `busy_timeout` (5 seconds if the URL does not say)"
        }
        rusqlite::ErrorCode::ReadOnly => {
            "the database was opened for reading only, or its file or folder is read-only"
        }
        _ if message.starts_with("no such table") => {
            "is this the right database, and has its schema been created?"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_errors_are_of_a_row() {
        for (code, message, of_a_row) in [
            (1, "malformed JSON", true),
            (1, "no such table: users", false),
            (18, "string or blob too big", true),
            (19, "constraint failed", true),
            (20, "datatype mismatch", true),
            (787, "FOREIGN KEY constraint failed", true),
            (1811, "raised by a trigger", true),
            (2067, "UNIQUE constraint failed: users.email", true),
            (5, "database is locked", false),
            (7, "out of memory", false),
            (8, "attempt to write a readonly database", false),
            (9, "interrupted", false),
            (13, "database or disk is full", false),
            (517, "database is locked", false),
            (778, "disk I/O error", false),
        ] {
            assert_eq!(class(code, message).is_of_a_row, of_a_row, "{code}: {message}");
        }
        assert!(class(517, "database is locked").is_serialization_failure);
    }
}
