//! rustls's client, made of a configuration.

use std::{
    fs,
    io::{self, Read as _},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem, pem::PemObject as _},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    Pem, TlsConfig, TlsError, TlsMode,
    verify::{Verifier, Verify},
};
use crate::stream::Socket;

/// Makes TLS connections. It is cheap to clone, and remembers sessions, so that later handshakes are shorter.
#[derive(Clone)]
pub struct Connector {
    client: TlsConnector,
    server_name: Option<String>,
    /// Whether the host must be a name that a certificate can be for.
    needs_name: bool,
}

impl Connector {
    /// Reads the files of a configuration.
    ///
    /// # Errors
    ///
    /// If a file is missing, or has no certificate or key that can be used.
    pub fn new(config: &TlsConfig) -> Result<Connector, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let verify = match config.mode {
            TlsMode::VerifyFull => Verify::Full,
            TlsMode::VerifyCa => Verify::Authority,
            // As libpq does it.
            TlsMode::Require if config.root_certificate.is_some() => Verify::Authority,
            _ => Verify::Nothing,
        };
        let verifier = match verify {
            // The roots are read all the same: a wrong path is a mistake to report.
            Verify::Nothing if config.root_certificate.is_none() => Verifier::nothing(&provider),
            _ => Verifier::new(verify, roots(config.root_certificate.as_ref())?, &provider)?,
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Handshake(io::Error::other(error)))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut client = match client_certificate(config)? {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                // Not `with_client_auth_cert`, which rejects certificates of version 1. The server decides.
                let key = provider.key_provider.load_private_key(key);
                let key = key
                    .map_err(|error| invalid("client key", config.client_key.as_ref(), &error.to_string()))?;
                let certified = SingleCertAndKey::from(CertifiedKey::new(chain, key));
                builder.with_client_cert_resolver(Arc::new(certified))
            }
        };
        client.alpn_protocols.clone_from(&config.protocols);
        Ok(Connector {
            client: TlsConnector::from(Arc::new(client)),
            server_name: config.server_name.clone(),
            needs_name: verify == Verify::Full,
        })
    }

    pub(crate) async fn connect(&self, host: &str, socket: Socket) -> Result<TlsStream<Socket>, TlsError> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let name = match ServerName::try_from(name.trim_end_matches('.')) {
            Ok(name) => name.to_owned(),
            Err(_) if self.needs_name => return Err(TlsError::ServerName(name.to_owned())),
            // The name is not verified. An address is not sent to the server.
            Err(_) => ServerName::from(std::net::Ipv4Addr::UNSPECIFIED),
        };
        self.client.connect(name, socket).await.map_err(TlsError::Handshake)
    }
}

/// Reads without waiting, and without the runtime.
pub(crate) fn read_now(stream: &mut TlsStream<Socket>, buffer: &mut [u8]) -> io::Result<usize> {
    let (socket, session) = stream.get_mut();
    loop {
        match session.reader().read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return result,
        }
        // Nothing is left to decrypt. After the end of the socket, the session's reader says how it ended.
        session.read_tls(&mut Now(socket))?;
        session.process_new_packets().map_err(io::Error::other)?;
    }
}

/// A socket that is read without waiting.
struct Now<'a>(&'a Socket);

impl io::Read for Now<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_now(buffer)
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

/// The trusted authorities, and the certificates themselves: one of them can be the server's own.
pub(super) struct Roots {
    pub(super) store: RootCertStore,
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

fn roots(pem: Option<&Pem>) -> Result<Roots, TlsError> {
    let system = |path: &std::path::Path| path.as_os_str() == "system";
    match pem {
        Some(pem) if !matches!(pem, Pem::File(path) if system(path)) => {
            let certificates = certificates("root certificate", pem)?;
            let mut store = RootCertStore::empty();
            for certificate in &certificates {
                store
                    .add(certificate.clone())
                    .map_err(|error| invalid("root certificate", Some(pem), &error.to_string()))?;
            }
            Ok(Roots { store, certificates })
        }
        _ => {
            let store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            Ok(Roots { store, certificates: Vec::new() })
        }
    }
}

type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn client_certificate(config: &TlsConfig) -> Result<Option<ClientCertificate>, TlsError> {
    match (&config.client_certificate, &config.client_key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some((certificates("client certificate", certificate)?, private_key(key)?)))
        }
        (Some(certificate), None) => {
            // One file can hold both.
            let chain = certificates("client certificate", certificate)?;
            match PrivateKeyDer::from_pem_slice(&read(certificate)?) {
                Ok(key) => Ok(Some((chain, key))),
                Err(_) => Err(invalid(
                    "client certificate",
                    Some(certificate),
                    "its private key is missing; help: name the key too",
                )),
            }
        }
        (None, Some(key)) => Err(invalid(
            "client key",
            Some(key),
            "its certificate is missing; help: name the certificate too",
        )),
    }
}

fn certificates(what: &str, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(pem)?;
    let read: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => Err(invalid(what, Some(pem), "it has no certificate")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(invalid(what, Some(pem), &error.to_string())),
    }
}

fn private_key(pem: &Pem) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = read(pem)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        let encrypted = String::from_utf8_lossy(&text).contains("ENCRYPTED");
        let problem = match error {
            _ if encrypted => "not supported yet: keys that are encrypted with a passphrase".to_owned(),
            pem::Error::NoItemsFound => "it has no private key".to_owned(),
            error => error.to_string(),
        };
        invalid("client key", Some(pem), &problem)
    })
}

fn read(pem: &Pem) -> Result<Vec<u8>, TlsError> {
    match pem {
        Pem::Text(text) => Ok(text.clone().into_bytes()),
        Pem::File(path) => fs::read(path).map_err(|source| TlsError::File { path: path.clone(), source }),
    }
}

fn invalid(what: &str, pem: Option<&Pem>, problem: &str) -> TlsError {
    let what = match pem {
        Some(Pem::File(path)) => format!("{what} `{}`", path.display()),
        _ => what.to_owned(),
    };
    TlsError::Invalid { what, problem: problem.to_owned() }
}
