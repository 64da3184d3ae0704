//! Where a message ends, and whether it is one that the protocol allows.
//!
//! A message is checked while it arrives. Its length is compared with what its kind allows as soon as its header has
//! arrived, and its fields with its length as soon as they have. So a damaged message is an error at once, not memory
//! that is never used or bytes that never come.

use super::{
    reader::{Fault, Reader},
    tag,
};
use crate::{Error, Result};

/// A message that has wholly arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) tag: u8,
    /// Its length, with its header.
    pub(crate) length: usize,
}

/// The bytes before a message's fields: its kind and its length.
pub(crate) const HEADER: usize = 5;

/// What is known of the messages to come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expected {
    /// How many columns a row has.
    pub(crate) columns: Option<usize>,
    /// Whether data of a copy may come.
    pub(crate) copy: bool,
    /// Whether the session has started. Before that, messages are short.
    pub(crate) started: bool,
    /// Whether secret keys can be longer than four bytes: since version 3.2 of the protocol.
    pub(crate) long_keys: bool,
}

/// The limits of lengths: a row is at most a gigabyte, and what PostgreSQL's own client takes for other messages is
/// 30,000 bytes.
const LONG: usize = 1 << 30;
const SHORT: usize = 30_000;
/// Beyond that many bytes a message is checked when it has wholly arrived, and not each time that more has.
const CHECKED_EARLY: usize = 1 << 20;

/// The shortest and the longest that the fields of a kind of message can be together; `None` if there is no such kind.
fn lengths(tag: u8, expected: &Expected) -> Option<(usize, usize)> {
    Some(match tag {
        tag::PARSE_COMPLETE
        | tag::BIND_COMPLETE
        | tag::CLOSE_COMPLETE
        | tag::NO_DATA
        | tag::PORTAL_SUSPENDED
        | tag::EMPTY_QUERY_RESPONSE
        | tag::COPY_DONE => (0, 0),
        tag::READY_FOR_QUERY => (1, 1),
        tag::DATA_ROW if expected.started => (2, LONG),
        tag::COPY_DATA if expected.copy => (0, LONG),
        tag::ERROR_RESPONSE | tag::NOTICE_RESPONSE => (1, if expected.started { LONG } else { SHORT }),
        // At most 1,664 columns, whose names have at most 63 bytes unless the server was built otherwise.
        tag::ROW_DESCRIPTION => (2, 1 << 20),
        tag::PARAMETER_DESCRIPTION => (2, 2 + 4 * 0xffff),
        tag::COPY_IN_RESPONSE | tag::COPY_OUT_RESPONSE | tag::COPY_BOTH_RESPONSE => (3, 3 + 2 * 0xffff),
        tag::BACKEND_KEY_DATA if expected.long_keys => (8, 4 + 256),
        tag::BACKEND_KEY_DATA => (8, 8),
        tag::COMMAND_COMPLETE => (1, SHORT),
        tag::PARAMETER_STATUS => (2, 1 << 20),
        tag::NOTIFICATION_RESPONSE => (6, SHORT),
        tag::AUTHENTICATION => (4, SHORT),
        tag::NEGOTIATE_PROTOCOL_VERSION => (8, SHORT),
        _ => return None,
    })
}

/// The first message in `bytes`, if it has wholly arrived.
#[inline]
pub(crate) fn frame(bytes: &[u8], expected: &Expected) -> Result<Option<Frame>> {
    let Some((&[tag, a, b, c, d], rest)) = bytes.split_first_chunk() else {
        return first_byte(bytes, expected).map(|()| None);
    };
    let body =
        match usize::try_from(i32::from_be_bytes([a, b, c, d])).ok().and_then(|length| length.checked_sub(4))
        {
            Some(body) => body,
            None => return Err(Error::Protocol("a message's length is negative or too small")),
        };
    let Some((least, most)) = lengths(tag, expected) else {
        return Err(Error::Protocol("a message of an unknown kind, or at a time when it cannot come"));
    };
    if body < least || body > most {
        return Err(Error::Protocol("a message's length is not one that its kind can have"));
    }
    let arrived = rest.len() >= body;
    // The reader of a row checks one that has arrived.
    if tag != tag::DATA_ROW || (!arrived && rest.len() <= CHECKED_EARLY) {
        match check(tag, Reader::partial(rest, body), expected) {
            Ok(()) => {}
            Err(Fault::Short) => {}
            Err(Fault::Malformed(problem)) => return Err(Error::Protocol(problem)),
        }
    }
    Ok(arrived.then_some(Frame { tag, length: HEADER + body }))
}

/// Rejects an unknown kind before the rest of the header has arrived.
fn first_byte(bytes: &[u8], expected: &Expected) -> Result<()> {
    match bytes.first() {
        Some(tag) if lengths(*tag, expected).is_none() => {
            Err(Error::Protocol("a message of an unknown kind, or at a time when it cannot come"))
        }
        _ => Ok(()),
    }
}

/// Compares a message's fields, as far as they have arrived, with its length.
fn check(tag: u8, mut message: Reader<'_>, expected: &Expected) -> Result<(), Fault> {
    match tag {
        tag::DATA_ROW => {
            let count = message.count()?;
            if expected.columns.is_some_and(|columns| columns != count) {
                return Err(Fault::Malformed("a row has another number of columns than was described"));
            }
            message.has_room(4 * count)?;
            for _ in 0..count {
                match message.i32()? {
                    // null
                    -1 => {}
                    length => drop(message.bytes(usize::try_from(length).unwrap_or(usize::MAX))?),
                }
            }
        }
        tag::ROW_DESCRIPTION => {
            let count = message.count()?;
            message.has_room(19 * count)?;
            for _ in 0..count {
                message.c_string()?;
                message.bytes(18)?;
            }
        }
        tag::PARAMETER_DESCRIPTION => {
            let count = message.count()?;
            message.bytes(4 * count)?;
        }
        tag::COMMAND_COMPLETE => drop(message.c_string()?),
        tag::ERROR_RESPONSE | tag::NOTICE_RESPONSE => {
            while message.u8()? != 0 {
                message.c_string()?;
            }
        }
        tag::PARAMETER_STATUS => {
            message.c_string()?;
            message.c_string()?;
        }
        tag::NOTIFICATION_RESPONSE => {
            message.i32()?;
            message.c_string()?;
            message.c_string()?;
        }
        tag::COPY_IN_RESPONSE | tag::COPY_OUT_RESPONSE | tag::COPY_BOTH_RESPONSE => {
            message.u8()?;
            let count = message.count()?;
            message.bytes(2 * count)?;
        }
        tag::READY_FOR_QUERY => {
            if !matches!(message.u8()?, b'I' | b'T' | b'E') {
                return Err(Fault::Malformed("an unknown state of the transaction"));
            }
        }
        tag::NEGOTIATE_PROTOCOL_VERSION => {
            message.i32()?;
            for _ in 0..message.i32()?.clamp(0, SHORT as i32) {
                message.c_string()?;
            }
        }
        // Their readers check these, once they have arrived; or they have no fields.
        _ => return Ok(()),
    }
    message.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTED: Expected = Expected { columns: Some(1), copy: false, started: true, long_keys: false };

    fn kind(bytes: &[u8]) -> &'static str {
        match frame(bytes, &STARTED) {
            Ok(None) => "more",
            Ok(Some(_)) => "whole",
            Err(Error::Protocol(problem)) => problem,
            Err(_) => "another error",
        }
    }

    #[test]
    fn messages_are_checked_while_they_arrive() {
        for (bytes, expected) in [
            (&b""[..], "more"),
            (b"Z\0\0\0", "more"),
            (b"Z\0\0\0\x05", "more"),
            (b"Z\0\0\0\x05I", "whole"),
            (b"Z\0\0\0\x05x", "an unknown state of the transaction"),
            (b"Z\0\0\0\x06", "a message's length is not one that its kind can have"),
            (b"Z\xff\0\0\x06", "a message's length is negative or too small"),
            (b"q", "a message of an unknown kind, or at a time when it cannot come"),
            (b"d\0\0\0\x04", "a message of an unknown kind, or at a time when it cannot come"),
            (b"C\0\0\0\x0aSELE", "more"),
            (b"C\0\0\0\x0aSELEC\0", "whole"),
            (b"C\0\0\x01\x0aSELEC\0", "a message is longer than its fields"),
            (b"C\0\0\0\x08SELE", "a text in a message has no end"),
            (b"D\x30\0\0\0\0\x02", "a row has another number of columns than was described"),
            (b"D\0\0\0\x0b\0\x01\0\0\0\x02", "a message is shorter than its fields"),
            (b"D\0\0\0\x0b\0\x01\0\0\0\x01", "more"),
            (b"D\0\0\0\x0b\0\x01\xff\0\0\x01", "a message is shorter than its fields"),
            (b"T\0\0\x01\0\x21\0", "a message is shorter than its fields"),
            (b"D\x30\0\0\0\0\x01\0\0\0\x01x", "a message is longer than its fields"),
        ] {
            assert_eq!(kind(bytes), expected, "{bytes:?}");
        }
    }
}
