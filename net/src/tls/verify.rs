//! What is verified of a server's certificate.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{TlsError, connector::Roots};

/// What is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verify {
    Nothing,
    /// A trusted authority signed it.
    Authority,
    /// It is for the host, too.
    Full,
}

/// Verifies as libpq does. In every mode, the server must prove that it has the certificate's key.
#[derive(Debug)]
pub(super) struct Verifier {
    verify: Verify,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    /// A server's own certificate can be given as the root, also if it could not sign others.
    trusted: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(super) fn nothing(provider: &Arc<CryptoProvider>) -> Verifier {
        let provider = Arc::clone(provider);
        Verifier { verify: Verify::Nothing, authorities: None, trusted: Vec::new(), provider }
    }

    pub(super) fn new(
        verify: Verify,
        roots: Roots,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Verifier, TlsError> {
        let authorities =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots.store), Arc::clone(provider))
                .build()
                .map_err(|error| TlsError::Invalid {
                    what: "root certificate".to_owned(),
                    problem: error.to_string(),
                })?;
        let (trusted, provider) = (roots.certificates, Arc::clone(provider));
        Ok(Verifier { verify, authorities: Some(authorities), trusted, provider })
    }
}

/// Whether the chain was verified, and only the name is another one: it is looked at last.
fn is_name_alone(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let authorities = match (self.verify, &self.authorities) {
            (Verify::Nothing, _) => return Ok(ServerCertVerified::assertion()),
            (_, Some(authorities)) => authorities,
            (_, None) => return Err(Error::General("no authority is trusted".to_owned())),
        };
        let error = match authorities.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        if self.verify == Verify::Authority && is_name_alone(&error) {
            return Ok(ServerCertVerified::assertion());
        }
        // What is trusted by itself needs no authority. Its dates still count.
        let can_be_trusted = matches!(
            error,
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))
        );
        if !can_be_trusted || !self.trusted.iter().any(|trusted| trusted == end_entity) {
            return Err(error);
        }
        if self.verify == Verify::Full {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
