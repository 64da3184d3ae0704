//! The authentication plugins. One file each.

mod caching_sha2;
mod clear;
mod ed25519;
mod native;
mod parsec;
mod rsa;
mod sha256;
mod signature;

use crate::{
    config::Config,
    error::{Error, Result},
    protocol::fields::Fields,
};

/// What is known of the channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channel {
    /// Nobody can listen: TLS or a unix socket.
    pub(crate) secure: bool,
}

/// A plugin, with what it has to remember between messages.
#[derive(Debug, PartialEq)]
enum Plugin {
    Native,
    CachingSha2,
    Sha256,
    Clear,
    Ed25519,
    Parsec,
}

const NAMES: [(&str, Plugin); 6] = [
    ("mysql_native_password", Plugin::Native),
    ("caching_sha2_password", Plugin::CachingSha2),
    ("sha256_password", Plugin::Sha256),
    ("mysql_clear_password", Plugin::Clear),
    ("client_ed25519", Plugin::Ed25519),
    ("parsec", Plugin::Parsec),
];

/// An authentication under way.
#[derive(Debug)]
pub(crate) struct Authentication {
    plugin: &'static Plugin,
    name: &'static str,
    nonce: Vec<u8>,
}

fn find(name: &str) -> Option<(&'static str, &'static Plugin)> {
    static PLUGINS: [(&str, Plugin); 6] = NAMES;
    PLUGINS.iter().find(|(known, _)| *known == name).map(|(name, plugin)| (*name, plugin))
}

impl Authentication {
    /// The one that the greeting proposes. The user's own can be another: the server then asks for it.
    pub(crate) fn first(name: &str, nonce: &[u8]) -> Self {
        let usable = find(name).filter(|(_, plugin)| **plugin != Plugin::Clear);
        let (name, plugin) = usable.unwrap_or(("mysql_native_password", &Plugin::Native));
        Authentication { plugin, name, nonce: nonce.to_vec() }
    }

    /// The one that the server asks for instead.
    pub(crate) fn switch(payload: &[u8]) -> Result<Self> {
        let mut fields = Fields::new(payload);
        fields.u8()?;
        let name = if fields.is_empty() { &b"mysql_old_password"[..] } else { fields.until_zero()? };
        let name = String::from_utf8_lossy(name);
        let (name, plugin) = find(&name).ok_or_else(|| unsupported(&name))?;
        let nonce = fields.rest();
        let nonce = nonce.strip_suffix(&[0]).unwrap_or(nonce);
        Ok(Authentication { plugin, name, nonce: nonce.to_vec() })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The first response.
    pub(crate) fn response(&self, config: &Config, channel: Channel) -> Result<Vec<u8>> {
        let password = config.password.0.as_bytes();
        match self.plugin {
            Plugin::Native => Ok(native::response(password, &self.nonce)),
            Plugin::CachingSha2 => Ok(caching_sha2::response(password, &self.nonce)),
            Plugin::Sha256 => sha256::response(config, &self.nonce, channel),
            Plugin::Clear => clear::response(config, channel),
            Plugin::Ed25519 => ed25519::response(password, &self.nonce),
            // The server is asked for its salt.
            Plugin::Parsec => Ok(Vec::new()),
        }
    }

    /// The answer to another message, if it needs one.
    pub(crate) fn more(&self, payload: &[u8], config: &Config, channel: Channel) -> Result<Option<Vec<u8>>> {
        // MariaDB leaves out the first byte unless the data begins like another message.
        let data = payload.strip_prefix(&[1]).unwrap_or(payload);
        match self.plugin {
            Plugin::CachingSha2 => caching_sha2::more(data, config, &self.nonce, channel),
            Plugin::Sha256 => sha256::encrypted(data, config, &self.nonce).map(Some),
            Plugin::Parsec => parsec::response(config.password.0.as_bytes(), &self.nonce, data).map(Some),
            _ => Err(Error::protocol("the server sent more than the authentication has")),
        }
    }
}

fn unsupported(name: &str) -> Error {
    let reason = match name {
        "mysql_old_password" => {
            "it is not safe; set a new password for the user with a server that is not that old"
        }
        "auth_gssapi_client" | "authentication_kerberos_client" | "authentication_windows_client" => {
            "it needs a library of the system"
        }
        "dialog" => "PAM's dialog is not supported yet; use `pam_use_cleartext_plugin` on the server",
        _ => "it is not supported",
    };
    Error::Authentication(format!("the server asks for the authentication plugin `{name}`: {reason}"))
}

fn xor(left: &mut [u8], right: &[u8]) {
    for (byte, other) in left.iter_mut().zip(right) {
        *byte ^= other;
    }
}

/// Random bytes from the system.
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Io(std::io::Error::other(error)))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn old_passwords_are_rejected() {
        for payload in [&b"\xFE"[..], b"\xFEmysql_old_password\0abcdefgh\0"] {
            let error = Authentication::switch(payload).unwrap_err().to_string();
            assert!(error.contains("mysql_old_password"), "{error}");
        }
    }

    #[test]
    fn the_password_does_not_leave_in_clear_text() {
        let config = Config::new().password("hunter2");
        let open = Channel { secure: false };
        let clear = Authentication::switch(b"\xFEmysql_clear_password\0").unwrap();
        assert!(clear.response(&config, open).is_err());
        assert_eq!(clear.response(&config, Channel { secure: true }).unwrap(), b"hunter2\0");
        for (name, _) in NAMES {
            let first = Authentication::first(name, b"12345678901234567890");
            let response = first.response(&config, open).unwrap();
            assert!(!response.windows(7).any(|part| part == b"hunter2"), "{name}");
        }
    }

    proptest! {
        // Deriving keys takes long without optimization.
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_bytes_panic(payload: Vec<u8>, secure: bool, nonce: Vec<u8>) {
            let config = Config::new().password("a");
            let _ = Authentication::switch(&payload);
            for (name, _) in NAMES {
                let authentication = Authentication::first(name, &nonce);
                let _ = authentication.response(&config, Channel { secure });
                let _ = authentication.more(&payload, &config, Channel { secure });
            }
        }
    }
}
