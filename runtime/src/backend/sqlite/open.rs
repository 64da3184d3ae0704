//! Opening a SQLite database.

use std::{fmt, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::{busy, errors::database_error};
use crate::{
    ConnectError, ConnectProblem, Error, Result,
    url::{Mode, SqliteTarget},
};

/// What to open.
pub(super) enum Place {
    /// The target's file.
    File,
    /// A database in memory that all connections to this name share.
    SharedMemory(String),
    /// A database in memory of this connection's own.
    OwnMemory,
}

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;

/// Opens a connection and sets it up.
pub(super) fn open(target: &SqliteTarget, place: &Place, redacted: &str) -> Result<Connection> {
    connect(target, place).map_err(|error| explain(error, target, place, redacted))
}

fn connect(target: &SqliteTarget, place: &Place) -> rusqlite::Result<Connection> {
    let create = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let (name, flags) = match place {
        // Connections to one name of this file system in memory see one database, and lock it as they would a file. (With
        // a shared cache they would lock single tables, and fail instead of waiting.)
        Place::SharedMemory(name) => (format!("file:/{name}?vfs=memdb"), create | OpenFlags::SQLITE_OPEN_URI),
        Place::OwnMemory => (":memory:".to_owned(), create),
        Place::File => {
            let flags = match target.mode {
                Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
                Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
                Mode::Create | Mode::Memory => create,
            };
            (target.path.clone(), flags)
        }
    };
    // Each connection is behind a mutex of ours.
    let connection = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(target.busy_timeout.unwrap_or(busy::DEFAULT))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    for (pragma, value) in pragmas(target) {
        connection.execute_batch(&format!("pragma {pragma} = {}", Written(value)))?;
    }
    target.hook.run(&connection)?;
    Ok(connection)
}

/// What is set on each connection: sound defaults, then what the URL says.
fn pragmas(target: &SqliteTarget) -> Vec<(&str, &str)> {
    let mut pragmas = vec![("foreign_keys", "on")];
    if matches!(target.mode, Mode::Create | Mode::ReadWrite) {
        // Readers and the writer do not wait for each other; a crash of the machine may lose the last transactions but
        // not harm the file.
        pragmas.extend([("journal_mode", "wal"), ("synchronous", "normal")]);
    }
    for (pragma, value) in &target.pragmas {
        pragmas.retain(|(other, _)| other != pragma);
        pragmas.push((pragma, value));
    }
    pragmas
}

/// A pragma's value: a number or a word as it is, anything else as a text.
struct Written<'a>(&'a str);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.0.strip_prefix('-').unwrap_or(self.0);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        match !word.is_empty() && word.bytes().all(plain) {
            true => f.write_str(self.0),
            false => write!(f, "'{}'", self.0.replace('\'', "''")),
        }
    }
}

fn explain(error: rusqlite::Error, target: &SqliteTarget, place: &Place, redacted: &str) -> Error {
    let missing = matches!(place, Place::File) && !exists(target);
    let database = database_error(error);
    let message = database.message.clone();
    let folder = Path::new(&target.path).parent().filter(|folder| !folder.as_os_str().is_empty());
    let help = match folder {
        _ if !missing => None,
        Some(folder) if !folder.exists() => Some(format!("there is no folder `{}`", folder.display())),
        _ if target.mode == Mode::Create => None,
        _ => Some("it is only created with `mode=rwc`, which is the default".to_owned()),
    };
    let help = match (help, target.three_slashes && missing) {
        (help, false) => help,
        (help, true) => {
            let relative = format!(
                "a path after three slashes is absolute: for a file in the current folder, write `sqlite:{}`",
                target.path.trim_start_matches('/')
            );
            Some(help.map_or(relative.clone(), |help| format!("{help}; {relative}")))
        }
    };
    Error::Connect(Box::new(ConnectError {
        target: redacted.to_owned(),
        problem: if missing { ConnectProblem::NotFound } else { ConnectProblem::Other },
        message,
        help,
        database: Some(Box::new(database)),
        source: None,
    }))
}

fn exists(target: &SqliteTarget) -> bool {
    Path::new(&target.path).exists()
}
