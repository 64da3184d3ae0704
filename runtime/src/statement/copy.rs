//! Copies, and where they are not expected.

use std::borrow::Cow;

use aio_databases_sql::Dialect;

use super::{
    Access, Cardinality, Statement,
    command::{Args, Command, Text, checked},
    kind::{StatementKind, copy_writes, kind_of},
};
use crate::{Error, Result};

/// A copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    /// `copy … from stdin`: the sink has its data.
    In,
    /// `copy … from stdin (format binary)`, of rows. The insert of a row tells the types of the columns.
    Rows(&'static str),
    /// `copy … to stdout`: the sink takes its data, each piece as a row of one column.
    Out,
}

/// A copy as a connection runs it.
pub(super) fn copy_command(
    sql: Text,
    copy: Copy,
    dialect: Dialect,
    file: &'static str,
    line: u32,
) -> Result<Command> {
    let kind = kind_of(sql.as_str(), dialect);
    let problem = match (copy, kind) {
        _ if dialect != Dialect::Postgres => {
            Some("only PostgreSQL has `copy`: insert with `executemany`, and read with `iterate`")
        }
        (Copy::In | Copy::Rows(_), StatementKind::CopyIn) | (Copy::Out, StatementKind::CopyOut) => None,
        (Copy::In | Copy::Rows(_), _) => {
            Some("`copy_in` runs `copy … from stdin`, and this is another statement")
        }
        (Copy::Out, _) => Some("`copy_out` runs `copy … to stdout`, and this is another statement"),
    };
    let is_read = copy == Copy::Out && !copy_writes(sql.as_str());
    let command = Command {
        text: sql,
        order: Cow::Borrowed(&[]),
        types: &[],
        statements: Cow::Borrowed(&[]),
        args: Args::Copy(copy),
        access: if is_read { Access::Read } else { Access::Write },
        kind,
        file,
        line,
        columns: &[],
        rows: Cardinality::Many,
        checked: false,
        changes_session: false,
        batch: None,
        timeout: None,
    };
    match problem {
        None => Ok(command),
        Some(message) => Err(command.explain(Error::Unsupported { message, query: None })),
    }
}

/// A copy of rows that were checked as those of an insert.
pub(super) fn copy_rows(
    statement: &'static Statement,
    copy: &'static str,
    dialect: Dialect,
) -> Result<Command> {
    let insert = statement.checked_for(dialect)?.text;
    let command = checked(statement, dialect, Args::Copy(Copy::Rows(insert)))?;
    Ok(Command {
        text: Text::Static(copy),
        order: Cow::Borrowed(&[]),
        kind: StatementKind::CopyIn,
        ..command
    })
}

/// Rejects a copy where the data that it takes or gives has no place.
pub(super) fn without_copy(command: Command) -> Result<Command> {
    let message = match command.kind {
        StatementKind::CopyIn => "`copy … from stdin` needs its data: run it with `copy_in`",
        StatementKind::CopyOut => "`copy … to stdout` gives bytes, not rows: run it with `copy_out`",
        _ => return Ok(command),
    };
    Err(command.explain(Error::Unsupported { message, query: None }))
}
