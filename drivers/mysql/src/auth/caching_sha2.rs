//! `caching_sha2_password`: MySQL's default since 8.0.
//!
//! A server that has seen the user since it started accepts a hash. Otherwise it asks for the password itself, which goes over
//! a secure channel or is encrypted with the server's public key.

use sha2::{Digest as _, Sha256};

use super::{Channel, rsa, xor};
use crate::{
    config::Config,
    error::{Error, Result},
};

const ACCEPTED: u8 = 3;
const PASSWORD_WANTED: u8 = 4;
const ASK_FOR_KEY: u8 = 2;

/// `SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce)`; nothing without a password.
pub(super) fn response(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    if password.is_empty() {
        return Vec::new();
    }
    let mut once = Sha256::digest(password);
    let twice = Sha256::digest(once);
    let mask = Sha256::new().chain_update(twice).chain_update(nonce).finalize();
    xor(&mut once, &mask);
    once.to_vec()
}

pub(super) fn more(data: &[u8], config: &Config, nonce: &[u8], channel: Channel) -> Result<Option<Vec<u8>>> {
    match data {
        [ACCEPTED] => Ok(None),
        [PASSWORD_WANTED] if channel.secure => Ok(Some(with_zero(config))),
        [PASSWORD_WANTED] => match &config.server_public_key {
            Some(key) => rsa::encrypt_password(key.as_bytes(), config, nonce).map(Some),
            None if config.public_key_retrieval => Ok(Some(vec![ASK_FOR_KEY])),
            None => Err(no_key()),
        },
        key if !channel.secure && config.public_key_retrieval => {
            rsa::encrypt_password(key, config, nonce).map(Some)
        }
        _ => Err(Error::protocol("the server sent more than the authentication has")),
    }
}

pub(super) fn with_zero(config: &Config) -> Vec<u8> {
    let mut response = config.password.0.as_bytes().to_vec();
    response.push(0);
    response
}

pub(super) fn no_key() -> Error {
    Error::Authentication(
        "the server wants the password itself, and the connection is not encrypted; \
         help: use TLS, or give the server's public key"
            .to_owned(),
    )
}
