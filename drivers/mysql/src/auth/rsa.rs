//! Encrypts the password with the server's public RSA key: OAEP with SHA-1 (RFC 8017).
//!
//! Only encryption is here, with a public exponent, of a padded text that is random for each log-in.

mod key;
mod modular;

use sha1::{Digest as _, Sha1};

use self::{key::PublicKey, modular::Modulus};
use super::{caching_sha2, random, xor};
use crate::{
    config::Config,
    error::{Error, Result},
};

const HASH: usize = 20;

/// The password with a zero byte, masked with the nonce, then encrypted.
pub(super) fn encrypt_password(pem: &[u8], config: &Config, nonce: &[u8]) -> Result<Vec<u8>> {
    if nonce.is_empty() {
        return Err(Error::protocol("the server sent no random bytes"));
    }
    let mut message = caching_sha2::with_zero(config);
    for (byte, mask) in message.iter_mut().zip(nonce.iter().cycle()) {
        *byte ^= mask;
    }
    let key = PublicKey::from_pem(pem)?;
    let seed: [u8; HASH] = random()?;
    let padded = pad(&message, key.modulus.len(), seed)?;
    let modulus = Modulus::new(&key.modulus);
    Ok(modulus.power(&padded, &key.exponent))
}

/// OAEP without a label.
fn pad(message: &[u8], length: usize, mut seed: [u8; HASH]) -> Result<Vec<u8>> {
    let room = length.checked_sub(2 * HASH + 2).filter(|room| message.len() <= *room);
    let room = room.ok_or_else(|| {
        Error::Authentication("the password is too long for the server's public key".to_owned())
    })?;
    let mut block = Vec::with_capacity(length - HASH - 1);
    block.extend_from_slice(&Sha1::digest([]));
    block.resize(HASH + room - message.len(), 0);
    block.push(1);
    block.extend_from_slice(message);
    mask(&mut block, &seed);
    mask(&mut seed, &block);
    Ok([&[0], &seed[..], &block].concat())
}

/// MGF1 with SHA-1.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (counter, part) in (0_u32..).zip(bytes.chunks_mut(HASH)) {
        let hash = Sha1::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        xor(part, &hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &[u8] = include_bytes!("rsa/test_key.pem");

    /// Made with Python from the same key, message and seed.
    #[test]
    fn encrypts_as_others_do() {
        let key = PublicKey::from_pem(PEM).unwrap();
        let padded = pad(b"a message", key.modulus.len(), [7; HASH]).unwrap();
        let hex: String = Modulus::new(&key.modulus)
            .power(&padded, &key.exponent)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, include_str!("rsa/test_encrypted.txt").trim());
    }

    #[test]
    fn too_long_a_password_is_an_error() {
        assert!(pad(&[1; 214], 256, [0; HASH]).is_ok());
        assert!(pad(&[1; 215], 256, [0; HASH]).is_err());
        assert!(pad(&[], 10, [0; HASH]).is_err());
    }
}
