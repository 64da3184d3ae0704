//! `sha256_password`: the password goes over a secure channel or is encrypted with the server's public key.

use super::{Channel, caching_sha2, rsa};
use crate::{config::Config, error::Result};

const ASK_FOR_KEY: u8 = 1;

pub(super) fn response(config: &Config, nonce: &[u8], channel: Channel) -> Result<Vec<u8>> {
    // Without a password there is nothing to hide.
    if channel.secure || config.password.0.is_empty() {
        return Ok(caching_sha2::with_zero(config));
    }
    match &config.server_public_key {
        Some(key) => rsa::encrypt_password(key.as_bytes(), config, nonce),
        None if config.public_key_retrieval => Ok(vec![ASK_FOR_KEY]),
        None => Err(caching_sha2::no_key()),
    }
}

/// The server sent its key.
pub(super) fn encrypted(key: &[u8], config: &Config, nonce: &[u8]) -> Result<Vec<u8>> {
    if config.public_key_retrieval {
        rsa::encrypt_password(key, config, nonce)
    } else {
        Err(caching_sha2::no_key())
    }
}
