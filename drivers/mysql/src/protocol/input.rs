//! The read buffer: finds whole payloads in what the server has sent.
//!
//! The buffer grows with the bytes that arrive, never with the length that a header claims.

use std::ops::Range;

use super::{HEADER, PACKET_MAX};
use crate::error::{Error, Result};

const FIRST: usize = 8 * 1024;
/// Reads fill up to this many bytes at once; a buffer that grew larger for one payload is given back.
const USUAL: usize = 64 * 1024;

/// Bytes that were received.
#[derive(Debug)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// How much of the next payload has been joined from several packets; `None` before its first one.
    joined: Option<usize>,
    /// The longest payload that is accepted.
    limit: usize,
    /// The last read filled all the room there was.
    filled: bool,
}

/// A payload's place in the buffer, until the next read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) range: Range<usize>,
    /// The sequence number of its first packet, and how many packets it had.
    pub(crate) sequence: u8,
    pub(crate) packets: u8,
}

impl Input {
    pub(crate) fn new(limit: usize) -> Self {
        Input { bytes: vec![0; FIRST], start: 0, end: 0, joined: None, limit, filled: false }
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub(crate) fn get(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Whether all that was received has been taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The next payload, if all of it has arrived.
    pub(crate) fn payload(&mut self) -> Result<Option<Payload>> {
        loop {
            let before = self.joined.unwrap_or(0);
            let header = self.start + if self.joined.is_some() { HEADER + before } else { 0 };
            let Some(&[a, b, c, _]) =
                self.bytes.get(header..self.end).and_then(|rest| rest.first_chunk::<HEADER>())
            else {
                return Ok(None);
            };
            let length = u32::from_le_bytes([a, b, c, 0]) as usize;
            if before + length > self.limit {
                return Err(Error::protocol("the server sent a message longer than the limit"));
            }
            if self.end - header - HEADER < length {
                return Ok(None);
            }
            if self.joined.is_some() {
                // The payload continues: its parts are moved together.
                self.bytes.copy_within(header + HEADER..self.end, header);
                self.end -= HEADER;
            }
            let total = before + length;
            if length == PACKET_MAX {
                self.joined = Some(total);
                continue;
            }
            let first = self.start + HEADER;
            let sequence = self.bytes[self.start + 3];
            let packets = (total / PACKET_MAX + 1) as u8;
            self.start = first + total;
            self.joined = None;
            return Ok(Some(Payload { range: first..self.start, sequence, packets }));
        }
    }

    /// The room for the next read. All earlier payloads are gone with it.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() > USUAL {
                self.bytes = vec![0; USUAL];
            }
        }
        if self.filled && self.bytes.len() < USUAL {
            self.bytes.resize(USUAL, 0);
        }
        self.filled = false;
        if self.start > 0 && self.bytes.len() - self.end < self.bytes.len() / 2 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.bytes.len() - self.end < FIRST / 2 {
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// So many bytes were read into the room.
    pub(crate) fn received(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
        self.filled = self.end == self.bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::output::Output;

    fn feed(input: &mut Input, mut bytes: &[u8], step: usize) -> Vec<(u8, Vec<u8>)> {
        let mut payloads = Vec::new();
        while !bytes.is_empty() {
            let room = input.room();
            let count = room.len().min(step).min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            input.received(count);
            while let Some(payload) = input.payload().unwrap() {
                payloads.push((payload.packets, input.get(payload.range).to_vec()));
            }
        }
        payloads
    }

    #[test]
    fn payloads_of_several_packets_are_joined() {
        for length in [0, 1, PACKET_MAX - 1, PACKET_MAX, PACKET_MAX + 1, 2 * PACKET_MAX + 9] {
            let mut output = Output::default();
            let begun = output.begin();
            output.bytes.extend((0..length).map(|at| (at % 251) as u8));
            let whole = output.bytes[HEADER..].to_vec();
            output.finish(begun, 0);
            output.command(3, b"next");
            let mut input = Input::new(1 << 30);
            let payloads = feed(&mut input, &output.bytes, 1 << 20);
            assert_eq!(payloads.len(), 2);
            assert_eq!(usize::from(payloads[0].0), length / PACKET_MAX + 1);
            assert!(payloads[0].1 == whole, "{length}");
            assert_eq!(payloads[1].1, b"\x03next");
            assert!(input.is_empty());
        }
    }

    #[test]
    fn a_claimed_length_takes_no_memory() {
        let mut input = Input::new(1 << 30);
        assert!(feed(&mut input, &[0xFE, 0xFF, 0xFF, 0], 4).is_empty());
        assert!(input.bytes.len() <= FIRST);
    }

    #[test]
    fn a_payload_over_the_limit_is_an_error() {
        let mut input = Input::new(100);
        input.room()[..4].copy_from_slice(&[101, 0, 0, 0]);
        input.received(4);
        assert!(input.payload().is_err());
    }

    proptest! {
        #[test]
        fn payloads_come_as_they_were_sent(
            sizes in proptest::collection::vec(0_usize..40_000, 1..20), step in 1_usize..70_000,
        ) {
            let mut output = Output::default();
            for &size in &sizes {
                output.command(size as u8, &vec![size as u8; size]);
            }
            let mut input = Input::new(1 << 20);
            let payloads = feed(&mut input, &output.bytes, step);
            prop_assert_eq!(payloads.len(), sizes.len());
            for ((_, payload), size) in payloads.iter().zip(sizes) {
                prop_assert!(payload.len() == size + 1 && payload.iter().all(|&byte| byte == size as u8));
            }
            prop_assert!(input.bytes.len() <= 2 * USUAL);
        }
    }
}
