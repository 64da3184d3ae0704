//! `client_ed25519`: MariaDB's. The nonce is signed; the key is made from the password.

use super::signature::sign;
use crate::error::{Error, Result};

pub(super) fn response(password: &[u8], nonce: &[u8]) -> Result<Vec<u8>> {
    // Without this length the greeting's nonce is meant, and the server asks again with its own.
    let nonce = nonce.get(..32).or((!nonce.is_empty()).then_some(nonce));
    let nonce = nonce.ok_or_else(|| Error::protocol("the server sent nothing to sign"))?;
    Ok(sign(password, nonce).to_vec())
}
