//! The hash of a server's certificate that binds an authentication to the TLS channel (`tls-server-end-point`,
//! RFC 5929, section 4.1).

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// The hash of a certificate (in DER), by the hash function of its signature. MD5 and SHA-1 count as SHA-256.
///
/// `None` if the signature has no hash function of its own (as with Ed25519), or none that is known.
pub(crate) fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(digest(signature_hash(certificate)?, certificate).as_ref().to_vec())
}

/// A `Certificate` is a sequence of the signed part, the signature's algorithm, and the signature.
fn signature_hash(certificate: &[u8]) -> Option<&'static Algorithm> {
    let (SEQUENCE, certificate, _) = element(certificate)? else { return None };
    let (_, _, rest) = element(certificate)?;
    let (SEQUENCE, algorithm, _) = element(rest)? else { return None };
    let (OBJECT, oid, parameters) = element(algorithm)? else { return None };
    if oid == RSA_PSS { pss_hash(parameters) } else { find(SIGNATURES, oid) }
}

/// The parameters of RSASSA-PSS begin with `[0] AlgorithmIdentifier`. Without it, the hash is SHA-1.
fn pss_hash(parameters: &[u8]) -> Option<&'static Algorithm> {
    let (SEQUENCE, parameters, _) = element(parameters)? else { return None };
    let (FIRST, hash, _) = element(parameters)? else { return Some(&SHA256) };
    let (SEQUENCE, hash, _) = element(hash)? else { return None };
    let (OBJECT, oid, _) = element(hash)? else { return None };
    find(HASHES, oid)
}

fn find(table: &[(&[u8], &'static Algorithm)], oid: &[u8]) -> Option<&'static Algorithm> {
    table.iter().find(|(known, _)| *known == oid).map(|(_, hash)| *hash)
}

const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
/// `[0]`, constructed.
const FIRST: u8 = 0xa0;

/// The first element of DER: its tag, its content and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, short], rest) = der.split_first_chunk()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        // The length has a length of its own, of up to four bytes.
        _ => {
            let (length, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            if length.is_empty() || length.len() > 4 {
                return None;
            }
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// 1.2.840.113549.1.1.10
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// Algorithms of signatures, and the hash to use.
const SIGNATURES: &[(&[u8], &Algorithm)] = &[
    // 1.2.840.113549.1.1: RSA with MD5, SHA-1, SHA-256, SHA-384, SHA-512
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04], &SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], &SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], &SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], &SHA384),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], &SHA512),
    // 1.2.840.10045.4: ECDSA with SHA-1, SHA-256, SHA-384, SHA-512
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], &SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], &SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], &SHA384),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], &SHA512),
];

/// Hash functions: SHA-1, SHA-256, SHA-384, SHA-512.
const HASHES: &[(&[u8], &Algorithm)] = &[
    (&[0x2b, 0x0e, 0x03, 0x02, 0x1a], &SHA256),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], &SHA256),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], &SHA384),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], &SHA512),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let length = |algorithm| server_end_point(&certificate(algorithm)).map(|hash| hash.len());
        assert_eq!(length(&rcgen::PKCS_ECDSA_P256_SHA256), Some(32));
        assert_eq!(length(&rcgen::PKCS_ECDSA_P384_SHA384), Some(48));
        assert_eq!(length(&rcgen::PKCS_ED25519), None);
    }

    #[test]
    fn damaged_certificates_have_none() {
        let whole = certificate(&rcgen::PKCS_ECDSA_P256_SHA256);
        for length in 0..whole.len() {
            assert_eq!(server_end_point(&whole[..length]), None);
        }
    }
}
