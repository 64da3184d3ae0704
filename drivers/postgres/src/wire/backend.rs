//! The fields of the server's messages. `frame` has compared them with the message's length.

use std::fmt;

use super::reader::{Fault, Reader};
use crate::{Column, Error, Notification, Oid, Result, ServerError, Severity};

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Short => Error::Protocol("a message is shorter than its fields"),
            Fault::Malformed(problem) => Error::Protocol(problem),
        }
    }
}

pub(crate) fn row_description(body: &[u8]) -> Result<Vec<Column>> {
    let mut fields = Reader::new(body);
    let count = fields.count()?;
    // Each has 19 bytes at least.
    let mut columns = Vec::with_capacity(count.min(body.len() / 19));
    for _ in 0..count {
        columns.push(Column {
            name: fields.text()?.into(),
            table: fields.u32()?,
            attribute: fields.i16()?,
            type_oid: fields.u32()?,
            type_size: fields.i16()?,
            type_modifier: fields.i32()?,
            binary: fields.i16()? == 1,
        });
    }
    fields.end()?;
    Ok(columns)
}

pub(crate) fn parameter_description(body: &[u8]) -> Result<Vec<Oid>> {
    let mut fields = Reader::new(body);
    let count = fields.count()?;
    let oids = fields.bytes(4 * count)?;
    fields.end()?;
    Ok(oids.chunks_exact(4).map(|oid| Oid::from_be_bytes([oid[0], oid[1], oid[2], oid[3]])).collect())
}

pub(crate) fn error(body: &[u8]) -> Result<ServerError> {
    let mut fields = Reader::new(body);
    let mut error = ServerError::default();
    let mut severity = None;
    loop {
        let field = fields.u8()?;
        if field == 0 {
            break;
        }
        let text = fields.text()?;
        match field {
            // The one in the server's language counts only if there is no other.
            b'S' => severity = severity.or_else(|| Severity::parse(&text)),
            b'V' => severity = Severity::parse(&text).or(severity),
            b'C' => error.code = text,
            b'M' => error.message = text,
            b'D' => error.detail = Some(text),
            b'H' => error.hint = Some(text),
            b'P' => error.position = text.parse().ok(),
            b'p' => error.internal_position = text.parse().ok(),
            b'q' => error.internal_query = Some(text),
            b'W' => error.context = Some(text),
            b's' => error.schema = Some(text),
            b't' => error.table = Some(text),
            b'c' => error.column = Some(text),
            b'd' => error.data_type = Some(text),
            b'n' => error.constraint = Some(text),
            b'F' => error.file = Some(text),
            b'L' => error.line = text.parse().ok(),
            b'R' => error.routine = Some(text),
            // Clients are to ignore fields that they do not know.
            _ => {}
        }
    }
    error.severity = severity.unwrap_or_default();
    Ok(error)
}

pub(crate) fn notification(body: &[u8]) -> Result<Notification> {
    let mut fields = Reader::new(body);
    Ok(Notification { process_id: fields.i32()?, channel: fields.text()?, payload: fields.text()? })
}

pub(crate) fn parameter_status(body: &[u8]) -> Result<(String, String)> {
    let mut fields = Reader::new(body);
    Ok((fields.text()?, fields.text()?))
}

/// What a command has done, as the server says it: `INSERT 0 1`, `SELECT 5`, `CREATE TABLE`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CommandTag {
    text: [u8; CommandTag::LONGEST],
    length: u8,
}

impl CommandTag {
    /// PostgreSQL's longest has 63 bytes.
    const LONGEST: usize = 64;

    /// The tag of a statement that is empty.
    pub const EMPTY: CommandTag = CommandTag { text: [0; CommandTag::LONGEST], length: 0 };

    pub(crate) fn parse(body: &[u8]) -> Result<CommandTag> {
        let text = Reader::new(body).c_string()?;
        let mut tag = CommandTag::EMPTY;
        if !text.is_ascii() || text.len() > CommandTag::LONGEST {
            return Err(Error::Protocol("a command tag that is not one"));
        }
        tag.text[..text.len()].copy_from_slice(text);
        tag.length = text.len() as u8;
        Ok(tag)
    }

    /// The text as the server sent it.
    pub fn as_str(&self) -> &str {
        // It is ASCII.
        std::str::from_utf8(&self.text[..usize::from(self.length)]).unwrap_or_default()
    }

    /// How many rows the command changed, returned or copied. `None` if it has no such number.
    pub fn rows(&self) -> Option<u64> {
        let last = self.as_str().rsplit(' ').next()?;
        last.parse().ok()
    }
}

impl fmt::Debug for CommandTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_tags() {
        for (tag, rows) in [
            ("INSERT 0 12", Some(12)),
            ("SELECT 5", Some(5)),
            ("CREATE TABLE", None),
            ("", None),
            ("COPY 7", Some(7)),
        ] {
            let read = CommandTag::parse(format!("{tag}\0").as_bytes()).unwrap();
            assert_eq!((read.as_str(), read.rows()), (tag, rows));
        }
        assert!(CommandTag::parse(format!("{}\0", "x".repeat(100)).as_bytes()).is_err());
    }

    #[test]
    fn errors_have_the_severity_that_is_not_translated() {
        let error = error(b"SFEHLER\0VFATAL\0C57P01\0Mbye\0Rquit\0P7\0?x\0\0").unwrap();
        assert_eq!(error.severity, Severity::Fatal);
        assert_eq!((&*error.code, &*error.message, error.position), ("57P01", "bye", Some(7)));
        assert_eq!(error.routine.as_deref(), Some("quit"));
    }
}
