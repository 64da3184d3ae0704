//! `mysql_native_password`: SHA-1, MySQL's default up to 5.7 and MariaDB's.

use sha1::{Digest as _, Sha1};

use super::xor;

/// `SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))`; nothing without a password.
pub(super) fn response(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    if password.is_empty() {
        return Vec::new();
    }
    let mut once = Sha1::digest(password);
    let twice = Sha1::digest(once);
    let mask = Sha1::new().chain_update(nonce).chain_update(twice).finalize();
    xor(&mut once, &mask);
    once.to_vec()
}
