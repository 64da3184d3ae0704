//! `parsec`: MariaDB's since 11.6. A key is derived from the password and the server's salt; both sides' nonces are signed.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;

use super::{random, signature::sign, xor};
use crate::{
    error::{Error, Result},
    protocol::fields::Fields,
};

/// The only derivation there is: PBKDF2 with HMAC-SHA-512.
const PBKDF2: u8 = b'P';

/// The salt and how often to hash come from the server; the answer is a nonce and a signature.
pub(super) fn response(password: &[u8], server_nonce: &[u8], salt: &[u8]) -> Result<Vec<u8>> {
    let mut fields = Fields::new(salt);
    let (derivation, factor) = (fields.u8()?, fields.u8()?);
    if derivation != PBKDF2 || factor > 3 {
        return Err(Error::Authentication("the server asks for an unknown derivation of the key".to_owned()));
    }
    let key = derive(password, fields.rest(), 1024 << factor);
    let nonce: [u8; 32] = random()?;
    let signature = sign(&key, &[server_nonce, &nonce].concat());
    Ok([&nonce[..], &signature].concat())
}

/// The first 32 bytes of PBKDF2 (RFC 8018).
fn derive(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    // A key of any length is accepted.
    let Ok(keyed) = Hmac::<Sha512>::new_from_slice(password) else { return [0; 32] };
    let mut block = keyed.clone().chain_update(salt).chain_update([0, 0, 0, 1]).finalize().into_bytes();
    let mut key = block;
    for _ in 1..rounds {
        block = keyed.clone().chain_update(block).finalize().into_bytes();
        xor(&mut key, &block);
    }
    let mut first = [0; 32];
    first.copy_from_slice(&key[..32]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compared with Python's `hashlib.pbkdf2_hmac("sha512", b"password", b"salt", 1024, 32)`.
    #[test]
    fn derives_as_others_do() {
        let hex: String =
            derive(b"password", b"salt", 1024).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "f2104afdc09b36cab1de2d82c45d8f047d624eeab365410c49789409a6a39dd5");
    }
}
