//! Options by libpq's names.

use std::{fmt, time::Duration};

use aio_databases_net::{
    KeepAlive,
    tls::{Pem, TlsMode},
};

use super::{ChannelBinding, Config, Host, LoadBalance, Negotiation, Password, Protocol, TargetSession};

/// An option that is unknown, or has a value that it cannot have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The option.
    pub option: String,
    /// What it can be, or `None` if there is no such option.
    pub expected: Option<&'static str>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expected {
            Some(expected) => write!(f, "the option `{}` must be {expected}", self.option),
            None => write!(f, "unknown option `{}`", self.option),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Sets an option by the name that libpq has for it. Lists of hosts and ports are separated by commas.
    ///
    /// Besides libpq's, there are `statement_cache_capacity`, and `pgbouncer=true` and `pooler=transaction`, which both
    /// set that to 0. What is libpq's, but has no meaning here (`gssencmode=disable`, `client_encoding=utf8`), is accepted
    /// with these values alone.
    ///
    /// # Errors
    ///
    /// If there is no such option, or it cannot have that value.
    pub fn set(&mut self, option: &str, value: &str) -> Result<(), ConfigError> {
        let bad = |expected| ConfigError { option: option.to_owned(), expected: Some(expected) };
        match option {
            "host" | "hostaddr" | "port" => self.set_hosts(option, value)?,
            "user" => self.user = Some(value.to_owned()),
            "password" => self.password = Some(Password::Text(value.to_owned())),
            "dbname" => self.database = Some(value.to_owned()),
            "application_name" | "fallback_application_name" => {
                self.application_name = Some(value.to_owned())
            }
            "options" => self.options = Some(value.to_owned()),
            "connect_timeout" => {
                let seconds: u64 = value.parse().map_err(|_| bad("a number of seconds"))?;
                self.connect_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "sslmode" => {
                self.tls.mode = TlsMode::parse(value).ok_or_else(|| {
                    bad("`disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full` or `no-verify`")
                })?;
            }
            "sslrootcert" => self.tls.root_certificate = Some(Pem::File(value.into())),
            "sslcert" => self.tls.client_certificate = Some(Pem::File(value.into())),
            "sslkey" => self.tls.client_key = Some(Pem::File(value.into())),
            "statement_cache_capacity" => {
                self.statement_cache_capacity = value.parse().map_err(|_| bad("a number of statements"))?;
            }
            _ if self.set_choice(option, value)? || self.set_keepalive(option, value)? => {}
            _ => return Err(ConfigError { option: option.to_owned(), expected: None }),
        }
        Ok(())
    }

    /// Options with a few values.
    fn set_choice(&mut self, option: &str, value: &str) -> Result<bool, ConfigError> {
        let bad = |expected| ConfigError { option: option.to_owned(), expected: Some(expected) };
        match option {
            "sslnegotiation" => {
                self.negotiation = match value {
                    "postgres" => Negotiation::Postgres,
                    "direct" => Negotiation::Direct,
                    _ => return Err(bad("`postgres` or `direct`")),
                }
            }
            "channel_binding" => {
                self.channel_binding = match value {
                    "disable" => ChannelBinding::Disable,
                    "prefer" => ChannelBinding::Prefer,
                    "require" => ChannelBinding::Require,
                    _ => return Err(bad("`disable`, `prefer` or `require`")),
                }
            }
            "target_session_attrs" => {
                self.target_session = match value {
                    "any" => TargetSession::Any,
                    "read-write" => TargetSession::ReadWrite,
                    "read-only" => TargetSession::ReadOnly,
                    "primary" => TargetSession::Primary,
                    "standby" => TargetSession::Standby,
                    "prefer-standby" => TargetSession::PreferStandby,
                    _ => {
                        return Err(bad(
                            "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`",
                        ));
                    }
                }
            }
            "load_balance_hosts" => {
                self.load_balance = match value {
                    "disable" => LoadBalance::Disable,
                    "random" => LoadBalance::Random,
                    _ => return Err(bad("`disable` or `random`")),
                }
            }
            "max_protocol_version" => {
                self.protocol = match value {
                    "3.0" => Protocol::V3_0,
                    "3.2" | "latest" => Protocol::V3_2,
                    _ => return Err(bad("`3.0`, `3.2` or `latest`")),
                }
            }
            "pgbouncer" => match value {
                "true" => self.statement_cache_capacity = 0,
                "false" => {}
                _ => return Err(bad("`true` or `false`")),
            },
            "pooler" => match value {
                "transaction" => self.statement_cache_capacity = 0,
                "session" => {}
                _ => return Err(bad("`transaction` or `session`")),
            },
            "gssencmode" if !matches!(value, "disable" | "prefer") => return Err(bad("`disable`")),
            "client_encoding" if !matches!(&*value.to_ascii_lowercase(), "utf8" | "utf-8" | "auto") => {
                return Err(bad("`utf8`"));
            }
            "gssencmode" | "client_encoding" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Options that find servers which are gone.
    fn set_keepalive(&mut self, option: &str, value: &str) -> Result<bool, ConfigError> {
        let number = || {
            let expected = Some("a number");
            value.parse::<u32>().map_err(|_| ConfigError { option: option.to_owned(), expected })
        };
        // 0 means the system's own.
        let some = |number: u32| (number > 0).then_some(number);
        let seconds = |number: u32| some(number).map(|number| Duration::from_secs(number.into()));
        let keepalive = |config: &mut Config, set: &dyn Fn(&mut KeepAlive)| {
            config.tcp.keepalive.as_mut().map(set);
        };
        match option {
            "keepalives" => self.tcp.keepalive = (number()? > 0).then(KeepAlive::default),
            "keepalives_idle" => {
                let idle = seconds(number()?);
                keepalive(self, &|keepalive| keepalive.idle = idle);
            }
            "keepalives_interval" => {
                let interval = seconds(number()?);
                keepalive(self, &|keepalive| keepalive.interval = interval);
            }
            "keepalives_count" => {
                let count = some(number()?);
                keepalive(self, &|keepalive| keepalive.count = count);
            }
            "tcp_user_timeout" => {
                self.tcp.user_timeout = some(number()?).map(|millis| Duration::from_millis(millis.into()));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Sets one part of all hosts. A single port is that of all.
    fn set_hosts(&mut self, option: &str, value: &str) -> Result<(), ConfigError> {
        const PORT: u16 = 5432;
        let bad = |expected| ConfigError { option: option.to_owned(), expected: Some(expected) };
        let parts: Vec<&str> = value.split(',').map(str::trim).collect();
        let old = std::mem::take(&mut self.hosts);
        let count = if option == "port" { old.len().max(parts.len()) } else { parts.len() };
        if option == "port" && parts.len() > 1 && !old.is_empty() && parts.len() != old.len() {
            self.hosts = old;
            return Err(bad("one port, or as many as there are hosts"));
        }
        for index in 0..count {
            let part = parts.get(index).copied().unwrap_or(parts[0]);
            let old = old.get(index).or(old.last());
            let port = old.map_or(PORT, Host::port);
            let host = match option {
                "host" if part.is_empty() => Host::new("localhost", port),
                "host" => match old {
                    Some(Host::Tcp { address, .. }) if !part.starts_with(['/', '@']) && old.is_some() => {
                        Host::Tcp { name: part.to_owned(), address: *address, port }
                    }
                    _ => Host::new(part, port),
                },
                "hostaddr" => {
                    let address = part.parse().map_err(|_| bad("an IP address"))?;
                    let name = match old {
                        Some(Host::Tcp { name, .. }) => name.clone(),
                        _ => part.to_owned(),
                    };
                    Host::Tcp { name, address: Some(address), port }
                }
                _ => {
                    let port = match part {
                        "" => PORT,
                        part => part.parse().ok().filter(|port| *port > 0).ok_or_else(|| bad("a port"))?,
                    };
                    match old.cloned().unwrap_or_else(|| Host::new("localhost", port)) {
                        Host::Tcp { name, address, .. } => Host::Tcp { name, address, port },
                        Host::Unix { folder, .. } => Host::Unix { folder, port },
                    }
                }
            };
            self.hosts.push(host);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(options: &[(&str, &str)]) -> Result<String, String> {
        let mut config = Config::new();
        for (option, value) in options {
            config.set(option, value).map_err(|error| error.to_string())?;
        }
        Ok(config.hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn lists_of_hosts_and_ports() {
        for (options, expected) in [
            (&[("host", "a,b"), ("port", "1,2")][..], Ok("a:1 b:2")),
            (&[("host", "a,b"), ("port", "7")], Ok("a:7 b:7")),
            (&[("port", "7"), ("host", "a,b")], Ok("a:7 b:7")),
            (&[("host", "a")], Ok("a:5432")),
            (&[("host", "/tmp,::1"), ("port", "1,")], Ok("/tmp/.s.PGSQL.1 [::1]:5432")),
            (&[("host", "a,b"), ("port", "1,2,3")], Err("one port, or as many as there are hosts")),
            (&[("host", "a"), ("port", "0")], Err("a port")),
            (&[("hostaddr", "a")], Err("an IP address")),
        ] {
            let expected = expected.map(str::to_owned).map_err(|error| error.to_owned());
            let found = hosts(options).map_err(|error| error.split(" must be ").last().unwrap().to_owned());
            assert_eq!(found, expected, "{options:?}");
        }
    }

    #[test]
    fn options_have_names_and_values() {
        let mut config = Config::new();
        config.set("sslmode", "no-verify").unwrap();
        config.set("keepalives_idle", "5").unwrap();
        config.set("pgbouncer", "true").unwrap();
        assert_eq!(config.tls.mode, TlsMode::NoVerify);
        assert_eq!(config.tcp.keepalive.as_ref().unwrap().idle, Some(Duration::from_secs(5)));
        assert_eq!(config.statement_cache_capacity, 0);
        let error = |option, value| Config::new().set(option, value).unwrap_err().to_string();
        assert_eq!(error("sslmod", "require"), "unknown option `sslmod`");
        assert_eq!(
            error("channel_binding", "on"),
            "the option `channel_binding` must be `disable`, `prefer` or `require`"
        );
    }
}
