//! The messages of the client, at the end of a buffer.
//!
//! The codec's own functions write to another kind of buffer. These are few, and what a query costs depends on them;
//! the messages of the start-up are the codec's.

use std::num::TryFromIntError;

use crate::{BoxError, Error, Oid, Result};

/// Whether a message is about a statement or about a portal.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Target {
    Statement = b'S',
    Portal = b'P',
}

/// A kind, a length that is not known yet, and fields. After an error nothing of it is left.
fn message(out: &mut Vec<u8>, tag: u8, fields: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let start = out.len();
    out.push(tag);
    sized(out, 4, fields).inspect_err(|_| out.truncate(start))
}

/// Fields behind their length in bytes, which counts itself if `own` is 4.
fn sized(out: &mut Vec<u8>, own: usize, fields: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    fields(out)?;
    let length = i32::try_from(out.len() - start - 4 + own).map_err(too_long)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn too_long(_: TryFromIntError) -> Error {
    Error::Unsupported("a message of more than 2 GiB")
}

/// A text that ends with a zero.
fn text(out: &mut Vec<u8>, text: &str) -> Result<()> {
    if text.as_bytes().contains(&0) {
        return Err(Error::Unsupported("a statement or name with a zero byte"));
    }
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    Ok(())
}

fn count(out: &mut Vec<u8>, count: usize) -> Result<()> {
    match u16::try_from(count) {
        Ok(count) => out.extend_from_slice(&count.to_be_bytes()),
        Err(_) => return Err(Error::Unsupported("a statement with more than 65,535 parameters")),
    }
    Ok(())
}

pub(crate) fn query(out: &mut Vec<u8>, sql: &str) -> Result<()> {
    message(out, b'Q', |out| text(out, sql))
}

pub(crate) fn parse(out: &mut Vec<u8>, name: &str, sql: &str, types: &[Oid]) -> Result<()> {
    message(out, b'P', |out| {
        text(out, name)?;
        text(out, sql)?;
        count(out, types.len())?;
        types.iter().for_each(|oid| out.extend_from_slice(&oid.to_be_bytes()));
        Ok(())
    })
}

pub(crate) fn describe(out: &mut Vec<u8>, target: Target, name: &str) -> Result<()> {
    message(out, b'D', |out| {
        out.push(target as u8);
        text(out, name)
    })
}

pub(crate) fn close(out: &mut Vec<u8>, target: Target, name: &str) -> Result<()> {
    message(out, b'C', |out| {
        out.push(target as u8);
        text(out, name)
    })
}

/// A parameter that a caller has encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded {
    /// Null: nothing was written.
    Null,
    /// The binary form of its type.
    Binary,
    /// The text form of its type.
    Text,
}

/// Binds a statement to the unnamed portal. All results are to be binary.
pub(crate) fn bind(
    out: &mut Vec<u8>,
    name: &str,
    types: &[Oid],
    mut encode: impl FnMut(usize, Oid, &mut Vec<u8>) -> Result<Encoded, BoxError>,
) -> Result<()> {
    message(out, b'B', |out| {
        text(out, "")?;
        text(out, name)?;
        count(out, types.len())?;
        let formats = out.len();
        out.resize(formats + 2 * types.len(), 0);
        count(out, types.len())?;
        for (index, oid) in types.iter().enumerate() {
            let mut encoded = Encoded::Null;
            let start = out.len();
            sized(out, 0, |out| {
                encoded = encode(index, *oid, out).map_err(Error::Encode)?;
                Ok(())
            })?;
            match encoded {
                Encoded::Null => {
                    out.truncate(start);
                    out.extend_from_slice(&(-1_i32).to_be_bytes());
                }
                Encoded::Binary => out[formats + 2 * index + 1] = 1,
                Encoded::Text => {}
            }
        }
        out.extend_from_slice(&[0, 1, 0, 1]);
        Ok(())
    })
}

/// Runs the unnamed portal for up to `rows` rows; 0 means all.
pub(crate) fn execute(out: &mut Vec<u8>, rows: u32) {
    out.extend_from_slice(b"E\0\0\0\x09\0");
    out.extend_from_slice(&rows.min(i32::MAX as u32).to_be_bytes());
}

pub(crate) fn sync(out: &mut Vec<u8>) {
    out.extend_from_slice(b"S\0\0\0\x04");
}

pub(crate) fn flush(out: &mut Vec<u8>) {
    out.extend_from_slice(b"H\0\0\0\x04");
}

pub(crate) fn terminate(out: &mut Vec<u8>) {
    out.extend_from_slice(b"X\0\0\0\x04");
}

pub(crate) fn copy_data(out: &mut Vec<u8>, data: &[u8]) -> Result<()> {
    message(out, b'd', |out| {
        out.extend_from_slice(data);
        Ok(())
    })
}

pub(crate) fn copy_done(out: &mut Vec<u8>) {
    out.extend_from_slice(b"c\0\0\0\x04");
}

pub(crate) fn copy_fail(out: &mut Vec<u8>, why: &str) -> Result<()> {
    message(out, b'f', |out| text(out, &why.replace('\0', " ")))
}

/// Asks to stop the statement of another connection.
pub(crate) fn cancel_request(process_id: i32, secret_key: &[u8]) -> Vec<u8> {
    const CODE: i32 = 80_877_102;
    // A key has at most 256 bytes.
    let length = 12 + secret_key.len() as i32;
    let mut out = Vec::with_capacity(12 + secret_key.len());
    for number in [length, CODE, process_id] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(secret_key);
    out
}
