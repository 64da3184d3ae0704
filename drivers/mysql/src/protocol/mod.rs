//! The protocol's bytes: packets, fields, flags and the server's messages. No I/O.

pub(crate) mod capability;
pub(crate) mod command;
pub(crate) mod fields;
pub(crate) mod input;
pub(crate) mod message;
pub(crate) mod output;

/// The longest payload that fits into one packet. A longer one continues in the next packet.
pub(crate) const PACKET_MAX: usize = 0xFF_FFFF;

/// The bytes before each payload: its length and a sequence number.
pub(crate) const HEADER: usize = 4;
