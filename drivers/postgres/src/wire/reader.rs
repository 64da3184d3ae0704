//! Reads a message's fields, of which some may not have arrived yet.

/// Why a field could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has not arrived yet.
    Short,
    /// The message has no such field, or it is not what the protocol allows.
    Malformed(&'static str),
}

/// Reads the fields of a message in turn.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    arrived: &'a [u8],
    /// How many bytes of the message have not arrived.
    missing: usize,
}

impl<'a> Reader<'a> {
    /// A message that has wholly arrived.
    pub(crate) fn new(message: &'a [u8]) -> Reader<'a> {
        Reader { arrived: message, missing: 0 }
    }

    /// A message of `length` bytes, of which the first have arrived.
    pub(crate) fn partial(arrived: &'a [u8], length: usize) -> Reader<'a> {
        let arrived = &arrived[..arrived.len().min(length)];
        Reader { arrived, missing: length - arrived.len() }
    }

    fn fault(&self, needed: usize) -> Fault {
        if needed.saturating_sub(self.arrived.len()) <= self.missing {
            Fault::Short
        } else {
            Fault::Malformed("a message is shorter than its fields")
        }
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) = self.arrived.split_at_checked(count).ok_or_else(|| self.fault(count))?;
        self.arrived = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (bytes, rest) = self.arrived.split_first_chunk().ok_or_else(|| self.fault(N))?;
        self.arrived = rest;
        Ok(*bytes)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Fault> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn i16(&mut self) -> Result<i16, Fault> {
        self.array().map(i16::from_be_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Fault> {
        self.array().map(i32::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    /// The number of fields that follow.
    pub(crate) fn count(&mut self) -> Result<usize, Fault> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    /// Bytes that end with a zero.
    pub(crate) fn c_string(&mut self) -> Result<&'a [u8], Fault> {
        match self.arrived.iter().position(|byte| *byte == 0) {
            Some(end) => {
                let text = &self.arrived[..end];
                self.arrived = &self.arrived[end + 1..];
                Ok(text)
            }
            None if self.missing > 0 => Err(Fault::Short),
            None => Err(Fault::Malformed("a text in a message has no end")),
        }
    }

    /// A text, with the replacement character for what is not UTF-8: before the encoding is settled, a server may send
    /// another.
    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        self.c_string().map(|text| String::from_utf8_lossy(text).into_owned())
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.arrived)
    }

    /// Whether the message can have so many bytes more.
    pub(crate) fn has_room(&self, count: usize) -> Result<(), Fault> {
        match count <= self.arrived.len() + self.missing {
            true => Ok(()),
            false => Err(Fault::Malformed("a message is shorter than its fields")),
        }
    }

    pub(crate) fn end(&self) -> Result<(), Fault> {
        match self.arrived.is_empty() && self.missing == 0 {
            true => Ok(()),
            false => Err(Fault::Malformed("a message is longer than its fields")),
        }
    }
}
