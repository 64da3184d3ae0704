//! Ed25519 signatures (RFC 8032) with a secret of any length, as MariaDB's plugins make them.

use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest as _, Sha512};

/// Signs a message. The secret is hashed, so a 32-byte secret gives the standard's signature.
pub(super) fn sign(secret: &[u8], message: &[u8]) -> [u8; 64] {
    let (scalar, prefix) = expand(secret);
    let public = EdwardsPoint::mul_base(&scalar).compress();
    let nonce = wide(Sha512::new().chain_update(prefix).chain_update(message));
    let point = EdwardsPoint::mul_base(&nonce).compress();
    let challenge = wide(
        Sha512::new().chain_update(point.as_bytes()).chain_update(public.as_bytes()).chain_update(message),
    );
    let proof = challenge * scalar + nonce;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(point.as_bytes());
    signature[32..].copy_from_slice(proof.as_bytes());
    signature
}

fn expand(secret: &[u8]) -> (Scalar, [u8; 32]) {
    let hash: [u8; 64] = Sha512::digest(secret).into();
    let (mut low, mut prefix) = ([0; 32], [0; 32]);
    low.copy_from_slice(&hash[..32]);
    prefix.copy_from_slice(&hash[32..]);
    low[0] &= 248;
    low[31] &= 127;
    low[31] |= 64;
    (Scalar::from_bytes_mod_order(low), prefix)
}

fn wide(hash: Sha512) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    #[test]
    fn the_standards_own_example() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let secret = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let signature = hex(concat!(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ));
        assert_eq!(sign(&secret, &[0x72])[..], signature);
    }
}
