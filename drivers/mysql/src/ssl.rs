//! Whether connections are encrypted, and what is verified.

#[cfg(feature = "tls")]
use aio_databases_net::tls::{Connector, TlsConfig, TlsMode};

#[cfg(feature = "tls")]
use crate::{
    config::Config,
    error::{Error, Result},
};

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SslMode {
    /// Never.
    Disabled,
    /// If the server supports it. The server's certificate is not verified.
    #[default]
    Preferred,
    /// Always. The server's certificate is not verified.
    Required,
    /// Always, and the server's certificate is signed by a trusted authority.
    VerifyCa,
    /// Always; the server's certificate is signed by a trusted authority and is for the host's name.
    VerifyIdentity,
}

impl SslMode {
    /// Reads the name of a mode, in any case and with `-` or `_`.
    pub fn parse(name: &str) -> Option<SslMode> {
        Some(match name.to_ascii_lowercase().replace('-', "_").as_str() {
            "disabled" => SslMode::Disabled,
            "preferred" => SslMode::Preferred,
            "required" => SslMode::Required,
            "verify_ca" => SslMode::VerifyCa,
            "verify_identity" => SslMode::VerifyIdentity,
            _ => return None,
        })
    }

    pub(crate) fn is_required(self) -> bool {
        !matches!(self, SslMode::Disabled | SslMode::Preferred)
    }
}

#[cfg(feature = "tls")]
impl Config {
    fn tls(&self) -> TlsConfig {
        let mode = match self.ssl_mode {
            SslMode::Disabled => TlsMode::Disable,
            // MySQL verifies nothing in this mode, even if it is given an authority.
            SslMode::Preferred | SslMode::Required => TlsMode::NoVerify,
            SslMode::VerifyCa => TlsMode::VerifyCa,
            SslMode::VerifyIdentity => TlsMode::VerifyFull,
        };
        TlsConfig {
            mode,
            root_certificate: self.ssl_ca.clone(),
            client_certificate: self.ssl_cert.clone(),
            client_key: self.ssl_key.clone(),
            ..TlsConfig::default()
        }
    }

    pub(crate) fn connector(&self) -> Result<&Connector> {
        if let Some(made) = self.connector.get() {
            return Ok(made);
        }
        let made = Connector::new(&self.tls());
        let made = made.map_err(|error| Error::Tls(Box::new(error)))?;
        Ok(self.connector.get_or_init(|| made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        let cases = [
            ("VERIFY_IDENTITY", Some(SslMode::VerifyIdentity)),
            ("verify-ca", Some(SslMode::VerifyCa)),
            ("Required", Some(SslMode::Required)),
            ("require", None),
        ];
        for (name, mode) in cases {
            assert_eq!(SslMode::parse(name), mode, "{name}");
        }
    }
}
