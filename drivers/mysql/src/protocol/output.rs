//! Writes packets into one buffer, so that a command leaves in one write.

use super::{HEADER, PACKET_MAX};

/// Where a packet that is being written begins.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Begun(usize);

/// The bytes that are still to be sent.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) bytes: Vec<u8>,
    /// How many of them have been sent.
    pub(crate) sent: usize,
}

/// A buffer that grew larger than this is given back after it was sent.
const KEEP: usize = 64 * 1024;

impl Output {
    /// Leaves room for a header. The caller appends the payload to `bytes`.
    pub(crate) fn begin(&mut self) -> Begun {
        let start = self.bytes.len();
        self.bytes.extend([0; HEADER]);
        Begun(start)
    }

    /// Writes the header, and splits a payload that is too long for one packet. Returns the sequence number that follows.
    pub(crate) fn finish(&mut self, begun: Begun, mut sequence: u8) -> u8 {
        let mut start = begun.0;
        loop {
            let length = self.bytes.len() - start - HEADER;
            let part = length.min(PACKET_MAX);
            let size = (part as u32).to_le_bytes();
            self.bytes[start..start + HEADER].copy_from_slice(&[size[0], size[1], size[2], sequence]);
            sequence = sequence.wrapping_add(1);
            if part < PACKET_MAX {
                return sequence;
            }
            // A payload of exactly this length is followed by an empty packet.
            start += HEADER + part;
            self.bytes.splice(start..start, [0; HEADER]);
        }
    }

    /// Discards a packet that was begun: nothing of it is sent.
    pub(crate) fn discard(&mut self, begun: Begun) {
        self.bytes.truncate(begun.0);
    }

    /// A whole packet, which starts a command.
    pub(crate) fn command(&mut self, command: u8, payload: &[u8]) -> u8 {
        let begun = self.begin();
        self.bytes.push(command);
        self.bytes.extend_from_slice(payload);
        self.finish(begun, 0)
    }

    pub(crate) fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    pub(crate) fn mark_sent(&mut self, count: usize) {
        self.sent += count;
        if self.sent >= self.bytes.len() {
            self.sent = 0;
            self.bytes.clear();
            if self.bytes.capacity() > KEEP {
                self.bytes = Vec::new();
            }
        }
    }
}

/// Writes a length-encoded integer.
pub fn write_integer(value: u64, out: &mut Vec<u8>) {
    let bytes = value.to_le_bytes();
    match value {
        0..=250 => out.push(bytes[0]),
        251..=0xFFFF => {
            out.push(0xFC);
            out.extend_from_slice(&bytes[..2]);
        }
        0x1_0000..=0xFF_FFFF => {
            out.push(0xFD);
            out.extend_from_slice(&bytes[..3]);
        }
        _ => {
            out.push(0xFE);
            out.extend_from_slice(&bytes);
        }
    }
}

/// Writes bytes after their length.
pub fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    write_integer(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_payload_is_split() {
        for (length, packets) in
            [(0, 1), (5, 1), (PACKET_MAX - 1, 1), (PACKET_MAX, 2), (PACKET_MAX + 3, 2), (2 * PACKET_MAX, 3)]
        {
            let mut output = Output::default();
            let begun = output.begin();
            output.bytes.resize(HEADER + length, 7);
            assert_eq!(usize::from(output.finish(begun, 0)), packets);
            assert_eq!(output.bytes.len(), length + packets * HEADER, "{length}");
            let last = (length % PACKET_MAX) as u32;
            let at = output.bytes.len() - HEADER - last as usize;
            let [a, b, c, _] = last.to_le_bytes();
            assert_eq!(output.bytes[at..at + HEADER], [a, b, c, packets as u8 - 1]);
        }
    }

    #[test]
    fn lengths() {
        let cases: [(u64, &[u8]); 5] = [
            (0, &[0]),
            (250, &[250]),
            (251, &[0xFC, 251, 0]),
            (0x1_0000, &[0xFD, 0, 0, 1]),
            (0x100_0000, &[0xFE, 0, 0, 0, 1, 0, 0, 0, 0]),
        ];
        for (value, bytes) in cases {
            let mut out = Vec::new();
            write_integer(value, &mut out);
            assert_eq!(out, bytes, "{value}");
        }
    }
}
