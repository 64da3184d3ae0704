//! Reads a public RSA key: PEM, then DER, in both forms that servers send.

use crate::error::{Error, Result};

/// Numbers with their first byte first.
#[derive(Debug)]
pub(super) struct PublicKey {
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
}

/// The sizes of keys that are accepted, in bytes.
const SIZES: std::ops::RangeInclusive<usize> = 128..=2048;
/// An exponent longer than this only costs time.
const EXPONENT: usize = 8;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

impl PublicKey {
    pub(super) fn from_pem(pem: &[u8]) -> Result<PublicKey> {
        Self::parse(pem).ok_or_else(|| Error::protocol("the server's public key is not an RSA key in PEM"))
    }

    fn parse(pem: &[u8]) -> Option<PublicKey> {
        let text = std::str::from_utf8(pem).ok()?;
        let (_, text) = text.split_once("-----BEGIN ")?;
        let (label, text) = text.split_once("-----")?;
        let (body, _) = text.split_once("-----END ")?;
        let der = decode(body)?;
        let outer = Der(&der).take(SEQUENCE)?;
        match label {
            "RSA PUBLIC KEY" => Self::numbers(Der(outer)),
            "PUBLIC KEY" => {
                let mut outer = Der(outer);
                let _algorithm = outer.take(SEQUENCE)?;
                let (unused_bits, key) = outer.take(BIT_STRING)?.split_first()?;
                if *unused_bits != 0 {
                    return None;
                }
                Self::numbers(Der(Der(key).take(SEQUENCE)?))
            }
            _ => None,
        }
    }

    fn numbers(mut der: Der<'_>) -> Option<PublicKey> {
        let number =
            |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|&byte| byte == 0).collect() };
        let (modulus, exponent) = (number(der.take(INTEGER)?), number(der.take(INTEGER)?));
        // An even modulus is not a product of two large primes.
        let valid = SIZES.contains(&modulus.len())
            && modulus.last().is_some_and(|last| last % 2 == 1)
            && (1..=EXPONENT).contains(&exponent.len());
        valid.then_some(PublicKey { modulus, exponent })
    }
}

struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The contents of the next element, which has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                (bytes.iter().fold(0, |length, &byte| length << 8 | usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (found == tag).then_some(contents)
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms() {
        let wrapped = PublicKey::from_pem(include_bytes!("test_key.pem")).unwrap();
        let plain = PublicKey::from_pem(include_bytes!("test_key_plain.pem")).unwrap();
        assert_eq!(wrapped.modulus, plain.modulus);
        assert_eq!((wrapped.modulus.len(), &*wrapped.exponent), (256, &[1, 0, 1][..]));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String, der: Vec<u8>) {
            let _ = PublicKey::parse(text.as_bytes());
            let _ = PublicKey::parse(format!("-----BEGIN PUBLIC KEY-----{text}-----END PUBLIC KEY-----").as_bytes());
            let mut der = Der(&der);
            while der.take(SEQUENCE).is_some() {}
        }
    }
}
