//! `mysql_clear_password`: the password as it is, for PAM and LDAP.

use super::{Channel, caching_sha2};
use crate::{
    config::Config,
    error::{Error, Result},
};

pub(super) fn response(config: &Config, channel: Channel) -> Result<Vec<u8>> {
    if channel.secure || config.clear_password {
        return Ok(caching_sha2::with_zero(config));
    }
    Err(Error::Authentication(
        "the server wants the password as clear text, and the connection is not encrypted; help: use TLS"
            .to_owned(),
    ))
}
