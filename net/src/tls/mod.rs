//! TLS with rustls: libpq's `sslmode`s, and MySQL's.
//!
//! A [`TlsConfig`] is what a user asked for. A [`Connector`] is made of it once, reads the files, and is used for each
//! connection.

#[cfg(feature = "tls")]
mod binding;
#[cfg(feature = "tls")]
mod connector;
#[cfg(feature = "tls")]
mod verify;

use std::{fmt, io, path::PathBuf};

#[cfg(feature = "tls")]
pub(crate) use binding::server_end_point;
#[cfg(feature = "tls")]
pub use connector::Connector;
#[cfg(feature = "tls")]
pub(crate) use connector::read_now;

/// Whether TLS is compiled in: the feature `tls`.
pub const IS_COMPILED: bool = cfg!(feature = "tls");

/// Whether a connection is encrypted, and what is verified of the server.
///
/// | here | libpq's `sslmode` | MySQL's `ssl-mode` |
/// |---|---|---|
/// | `Disable` | `disable` | `DISABLED` |
/// | `Allow` | `allow` | |
/// | `Prefer` | `prefer` | `PREFERRED` |
/// | `Require` | `require` | `REQUIRED` |
/// | `VerifyCa` | `verify-ca` | `VERIFY_CA` |
/// | `VerifyFull` | `verify-full` | `VERIFY_IDENTITY` |
/// | `NoVerify` | `no-verify` | |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// Never encrypted.
    Disable,
    /// Encrypted only if the server rejects an unencrypted connection.
    Allow,
    /// Encrypted if the server supports it. The default.
    #[default]
    Prefer,
    /// Always encrypted. The server's certificate is verified as with `VerifyCa` if a root certificate is given, as libpq
    /// does it, and not otherwise.
    Require,
    /// Always encrypted, and the server's certificate is signed by a trusted authority.
    VerifyCa,
    /// Always encrypted; the server's certificate is signed by a trusted authority and is for the host's name.
    VerifyFull,
    /// Always encrypted, and the server's certificate is never verified, not even if a root certificate is given.
    NoVerify,
}

impl TlsMode {
    /// Reads libpq's name of a mode, `no-verify`, or MySQL's name, in any case and with `-` or `_`.
    pub fn parse(name: &str) -> Option<TlsMode> {
        Some(match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "disable" | "disabled" => TlsMode::Disable,
            "allow" => TlsMode::Allow,
            "prefer" | "preferred" => TlsMode::Prefer,
            "require" | "required" => TlsMode::Require,
            "verify-ca" => TlsMode::VerifyCa,
            "verify-full" | "verify-identity" => TlsMode::VerifyFull,
            "no-verify" => TlsMode::NoVerify,
            _ => return None,
        })
    }

    /// Whether an unencrypted connection is an error.
    pub fn is_required(self) -> bool {
        !matches!(self, TlsMode::Disable | TlsMode::Allow | TlsMode::Prefer)
    }
}

/// Certificates or a key, in PEM.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// A file.
    File(PathBuf),
    /// The text itself.
    Text(String),
}

impl fmt::Debug for Pem {
    /// A text can be a private key: it is not printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pem::File(path) => f.debug_tuple("File").field(path).finish(),
            Pem::Text(_) => f.debug_tuple("Text").finish_non_exhaustive(),
        }
    }
}

/// How connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsConfig {
    /// Whether they are, and what is verified of the server.
    pub mode: TlsMode,
    /// The authorities that are trusted. `None`, or a file named `system`, means those that browsers trust.
    pub root_certificate: Option<Pem>,
    /// The client's certificate, and those of its authorities.
    pub client_certificate: Option<Pem>,
    /// The client's private key, not encrypted.
    pub client_key: Option<Pem>,
    /// The name that the server's certificate must have. `None`: the host's.
    pub server_name: Option<String>,
    /// Protocols to offer (ALPN). PostgreSQL's `sslnegotiation=direct` needs `postgresql`.
    pub protocols: Vec<Vec<u8>>,
}

/// TLS could not be prepared, or the handshake failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read.
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Certificates or a key cannot be used.
    Invalid {
        /// What it is for: "root certificate", "client certificate" or "client key", and the file.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// The host is not a name that a certificate can have.
    ServerName(String),
    /// The handshake failed, for example because the server's certificate was rejected.
    Handshake(io::Error),
    /// The feature `tls` is not enabled.
    NotCompiled,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::File { path, source } => write!(f, "cannot read `{}`: {source}", path.display()),
            TlsError::Invalid { what, problem } => write!(f, "cannot use the {what}: {problem}"),
            TlsError::ServerName(name) => write!(f, "`{name}` is not a name that a certificate can be for"),
            TlsError::Handshake(error) => write!(f, "the TLS handshake failed: {error}"),
            TlsError::NotCompiled => f.write_str(
                "TLS is not compiled in; help: enable the feature `tls`, or disable TLS in the URL",
            ),
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TlsError::File { source, .. } | TlsError::Handshake(source) => Some(source),
            _ => None,
        }
    }
}

/// Makes TLS connections. The feature `tls` is not enabled, so there is no value of this type.
#[cfg(not(feature = "tls"))]
#[derive(Debug, Clone)]
pub struct Connector(std::convert::Infallible);

#[cfg(not(feature = "tls"))]
impl Connector {
    /// Reads the files of a configuration.
    ///
    /// # Errors
    ///
    /// Always, because the feature `tls` is not enabled.
    pub fn new(_: &TlsConfig) -> Result<Connector, TlsError> {
        Err(TlsError::NotCompiled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_have_the_names_of_libpq_and_mysql() {
        assert_eq!(TlsMode::parse("verify-full"), Some(TlsMode::VerifyFull));
        assert_eq!(TlsMode::parse("VERIFY_IDENTITY"), Some(TlsMode::VerifyFull));
        assert_eq!(TlsMode::parse("PREFERRED"), Some(TlsMode::Prefer));
        assert_eq!(TlsMode::parse("no-verify"), Some(TlsMode::NoVerify));
        assert_eq!(TlsMode::parse("on"), None);
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", Pem::Text("secret".to_owned())), "Text(..)");
    }
}
