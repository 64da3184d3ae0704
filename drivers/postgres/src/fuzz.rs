//! For fuzzing: takes any bytes for what a server sends.

use crate::{
    Row,
    wire::{
        backend,
        frame::{Expected, HEADER, frame},
        tag,
    },
};

/// Reads messages until one is malformed, or there are no more. Never panics, for whatever bytes.
pub fn messages(mut bytes: &[u8], columns: Option<usize>) {
    let mut expected = Expected { columns, copy: true, started: true, long_keys: true };
    let mut described = Vec::new();
    let mut ranges = Vec::new();
    while let Ok(Some(found)) = frame(bytes, &expected) {
        let (message, rest) = bytes.split_at(found.length);
        let body = &message[HEADER..];
        match found.tag {
            tag::ROW_DESCRIPTION => {
                described = backend::row_description(body).unwrap_or_default();
                expected.columns = Some(described.len());
            }
            tag::DATA_ROW => {
                if let Ok(row) = Row::parse(body, &described, &mut ranges) {
                    row.iter().for_each(drop);
                }
            }
            tag::PARAMETER_DESCRIPTION => drop(backend::parameter_description(body)),
            tag::ERROR_RESPONSE | tag::NOTICE_RESPONSE => drop(backend::error(body)),
            tag::NOTIFICATION_RESPONSE => drop(backend::notification(body)),
            tag::PARAMETER_STATUS => drop(backend::parameter_status(body)),
            tag::COMMAND_COMPLETE => drop(backend::CommandTag::parse(body).map(|tag| tag.rows())),
            _ => {}
        }
        bytes = rest;
    }
}
