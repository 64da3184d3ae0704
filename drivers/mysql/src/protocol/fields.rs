//! Reads the fields of a payload. Every length is checked against the bytes that are there.

use crate::error::{Error, Result};

/// The part of a payload that is still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

/// The error for a payload that ends too early.
#[cold]
fn short() -> Error {
    Error::protocol("the server sent a message that ends too early")
}

impl<'a> Fields<'a> {
    pub(crate) fn new(payload: &'a [u8]) -> Self {
        Fields { rest: payload }
    }

    /// What has not been read yet.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(short)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(short)?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A length-encoded integer.
    pub(crate) fn integer(&mut self) -> Result<u64> {
        Ok(match self.u8()? {
            small @ 0..=0xFA => small.into(),
            0xFC => self.u16()?.into(),
            0xFD => {
                let [a, b, c] = self.array()?;
                u32::from_le_bytes([a, b, c, 0]).into()
            }
            0xFE => u64::from_le_bytes(self.array()?),
            _ => return Err(Error::protocol("the server sent a length that is not one")),
        })
    }

    /// Bytes after their length-encoded length.
    pub(crate) fn string(&mut self) -> Result<&'a [u8]> {
        let length = self.integer()?;
        self.bytes(usize::try_from(length).map_err(|_| short())?)
    }

    /// Bytes up to a zero byte, which is read too.
    pub(crate) fn until_zero(&mut self) -> Result<&'a [u8]> {
        let end = self.rest.iter().position(|&byte| byte == 0).ok_or_else(short)?;
        let text = self.bytes(end)?;
        self.bytes(1)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers() {
        let cases: [(&[u8], Option<u64>); 8] = [
            (&[0], Some(0)),
            (&[250], Some(250)),
            (&[251], None),
            (&[0xFC, 1, 2], Some(0x201)),
            (&[0xFD, 1, 2, 3], Some(0x3_0201)),
            (&[0xFE, 1, 0, 0, 0, 0, 0, 0, 0x80], Some(0x8000_0000_0000_0001)),
            (&[0xFE, 1, 0], None),
            (&[], None),
        ];
        for (bytes, value) in cases {
            assert_eq!(Fields::new(bytes).integer().ok(), value, "{bytes:?}");
        }
    }

    #[test]
    fn a_claimed_length_is_not_believed() {
        assert!(Fields::new(&[0xFE, 255, 255, 255, 255, 255, 255, 255, 255, 1]).string().is_err());
        assert!(Fields::new(&[3, 1, 2]).string().is_err());
        assert_eq!(Fields::new(&[2, 1, 2]).string().unwrap(), [1, 2]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let mut fields = Fields::new(&bytes);
            while !fields.is_empty() {
                let before = fields.rest().len();
                if fields.string().is_err() && fields.rest().len() == before {
                    break;
                }
            }
            let _ = Fields::new(&bytes).until_zero();
        }
    }
}
