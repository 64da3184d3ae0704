//! The first messages: the server's greeting and the client's answer.

use crate::{
    error::{Error, Result},
    protocol::{capability, fields::Fields, output::write_string},
};

/// The server's greeting.
#[derive(Debug)]
pub(super) struct Greeting {
    pub(super) version: String,
    pub(super) connection_id: u32,
    pub(super) capabilities: u64,
    pub(super) plugin: String,
    /// The random bytes that a password is hashed with.
    pub(super) nonce: Vec<u8>,
}

impl Greeting {
    pub(super) fn parse(payload: &[u8]) -> Result<Greeting> {
        let mut fields = Fields::new(payload);
        if fields.u8()? != 10 {
            return Err(Error::protocol("the server does not speak MySQL's protocol"));
        }
        let version = String::from_utf8_lossy(fields.until_zero()?).into_owned();
        let connection_id = fields.u32()?;
        let mut nonce = fields.bytes(8)?.to_vec();
        fields.u8()?;
        let low = fields.u16()?;
        let _charset = fields.u8()?;
        let _status = fields.u16()?;
        let high = fields.u16()?;
        let mut capabilities = u64::from(low) | u64::from(high) << 16;
        let nonce_length = usize::from(fields.u8()?);
        fields.bytes(6)?;
        let extended = fields.u32()?;
        if capabilities & capability::LONG_PASSWORD == 0 {
            // MariaDB has more.
            capabilities |= u64::from(extended) << 32;
        }
        if capabilities & capability::REQUIRED != capability::REQUIRED {
            return Err(Error::protocol("the server speaks a version of the protocol that is too old"));
        }
        let rest = fields.bytes(nonce_length.saturating_sub(8).max(13).min(fields.rest().len()))?;
        nonce.extend_from_slice(rest.strip_suffix(&[0]).unwrap_or(rest));
        let mut plugin = String::from("mysql_native_password");
        if capabilities & capability::PLUGIN_AUTH != 0 && !fields.is_empty() {
            // Some versions leave out the zero byte.
            let name = fields.rest();
            let name = name.split(|&byte| byte == 0).next().unwrap_or(name);
            plugin = String::from_utf8_lossy(name).into_owned();
        }
        Ok(Greeting { version, connection_id, capabilities, plugin, nonce })
    }
}

/// The collation of the log-in, `utf8mb4_general_ci`: names and passwords are UTF-8.
const COLLATION: u8 = 45;
/// The longest command of this client, in bytes: the server's limit counts.
const LONGEST: u32 = 1 << 30;

/// The client's flags, which come first in its answer and are all of a request for TLS.
pub(super) fn write_flags(capabilities: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&(capabilities as u32).to_le_bytes());
    out.extend_from_slice(&LONGEST.to_le_bytes());
    out.push(COLLATION);
    out.extend_from_slice(&[0; 19]);
    out.extend_from_slice(&((capabilities >> 32) as u32).to_le_bytes());
}

/// The client's answer.
pub(super) struct Answer<'a> {
    pub(super) capabilities: u64,
    pub(super) user: &'a str,
    pub(super) response: &'a [u8],
    pub(super) database: Option<&'a str>,
    pub(super) plugin: &'a str,
}

impl Answer<'_> {
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        let zero = [self.user, self.database.unwrap_or("")].iter().any(|text| text.contains('\0'));
        if zero {
            return Err(Error::Config("the user and the database cannot contain a zero byte".to_owned()));
        }
        write_flags(self.capabilities, out);
        out.extend_from_slice(self.user.as_bytes());
        out.push(0);
        if self.capabilities & capability::PLUGIN_AUTH_LENENC_DATA != 0 {
            write_string(self.response, out);
        } else {
            let length = u8::try_from(self.response.len())
                .map_err(|_| Error::Authentication("the password is too long for this server".to_owned()))?;
            out.push(length);
            out.extend_from_slice(self.response);
        }
        if let Some(database) = self.database {
            out.extend_from_slice(database.as_bytes());
            out.push(0);
        }
        if self.capabilities & capability::PLUGIN_AUTH != 0 {
            out.extend_from_slice(self.plugin.as_bytes());
            out.push(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn greeting(mariadb: bool) -> Vec<u8> {
        let mut payload = b"\x0a5.5.5-10.11.6-MariaDB\x00\x07\x00\x00\x00ABCDEFGH\x00".to_vec();
        payload.extend(if mariadb { [0xFE, 0xF7] } else { [0xFF, 0xF7] });
        payload.extend([45, 2, 0, 0xFF, 0x81, 21, 0, 0, 0, 0, 0, 0, 0x1D, 0, 0, 0]);
        payload.extend(b"IJKLMNOPQRST\x00mysql_native_password\x00");
        payload
    }

    #[test]
    fn greetings() {
        let shown = Greeting::parse(&greeting(true)).unwrap();
        assert_eq!((&*shown.version, shown.connection_id), ("5.5.5-10.11.6-MariaDB", 7));
        assert_eq!((&*shown.plugin, &*shown.nonce), ("mysql_native_password", &b"ABCDEFGHIJKLMNOPQRST"[..]));
        assert_ne!(shown.capabilities & capability::MARIADB_CACHE_METADATA, 0);
        let shown = Greeting::parse(&greeting(false)).unwrap();
        assert_eq!(shown.capabilities >> 32, 0);
        assert!(Greeting::parse(b"\x09old").is_err());
        assert!(Greeting::parse(b"SSH-2.0-OpenSSH").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, at in 0_usize..90, byte: u8) {
            let _ = Greeting::parse(&bytes);
            let mut damaged = greeting(true);
            if let Some(place) = damaged.get_mut(at) {
                *place = byte;
            }
            let _ = Greeting::parse(&damaged);
            damaged.truncate(at);
            let _ = Greeting::parse(&damaged);
        }
    }
}
