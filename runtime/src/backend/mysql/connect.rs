//! Opening sessions of one MySQL or MariaDB database.

use std::{sync::Arc, time::Duration};

use aio_databases_mysql::{Config, Connection, Error as DriverError, Pem, SslMode};

use aio_databases_net::KeepAlive;

use super::{errors, session::MysqlSession};
use crate::{
    Result,
    backend::{
        BoxFuture, Connector, Session,
        listen::{self, ListenSession},
    },
    options::Options,
    pool::timed_out,
    statement::command::Command,
    url::{DatabaseUrl, ServerTarget},
};

/// Opens sessions of one MySQL database.
pub(crate) struct MysqlConnector {
    config: Arc<Config>,
    redacted: String,
    /// The advice if the server rejects a login without a user.
    without_user: Option<String>,
    timeout: Option<Duration>,
}

impl MysqlConnector {
    pub(crate) fn new(target: &ServerTarget, url: &DatabaseUrl, options: &Options) -> Result<Self> {
        let config = config(target, options).map_err(|bad| url.bad_option(bad))?;
        let without_user = target.user.is_none().then(|| {
            format!("the URL names no user: write one, as in `{}://user:password@host/name`", url.scheme())
        });
        Ok(MysqlConnector {
            config: Arc::new(config),
            redacted: url.redacted().to_owned(),
            without_user,
            timeout: options.connect_timeout,
        })
    }
}

impl Connector for MysqlConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            match Connection::connect(&self.config).await {
                Ok(connection) => Ok(Box::new(MysqlSession::new(connection)) as Box<dyn Session>),
                Err(DriverError::TimedOut) => {
                    Err(timed_out(&self.redacted, self.timeout.unwrap_or_default()))
                }
                Err(error) => Err(errors::connect_error(&self.redacted, self.without_user.as_deref(), error)),
            }
        })
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn runs_in_place(&self, _: &Command) -> bool {
        false
    }

    fn queue_to_write(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn listen(&self) -> BoxFuture<'_, Result<Box<dyn ListenSession>>> {
        listen::unsupported()
    }

    fn keep(&self, _: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The driver's settings, from the parts and options of a URL. The error names an option and what it takes.
fn config(target: &ServerTarget, options: &Options) -> Result<Config, (&'static str, &'static str)> {
    let mut config = Config::new();
    if let Some(host) = &target.host {
        config = config.host(host);
    }
    if let Some(port) = target.port {
        config = config.port(port);
    }
    if let Some(socket) = &target.socket {
        config = config.socket(socket);
    }
    if let Some(user) = &target.user {
        config = config.user(user);
    }
    if let Some(password) = &target.password {
        config = config.password(password);
    }
    if let Some(database) = &target.database {
        config = config.database(database);
    }
    let mut keepalives = Some(KeepAlive::default());
    for (name, value) in &target.options {
        config = match *name {
            "ssl-mode" => config.ssl_mode(SslMode::parse(value).ok_or(("ssl-mode", "one of MySQL's modes"))?),
            "ssl-ca" => config.ssl_ca(pem(value)),
            "ssl-cert" => config.ssl_cert(pem(value)),
            "ssl-key" => config.ssl_key(pem(value)),
            "charset" => charset(config, value)?,
            "collation" => {
                config.collation(value).map_err(|_| ("collation", "the name of one of MySQL's collations"))?
            }
            keepalive if keepalive.starts_with("keepalives") => {
                set_keepalive(&mut keepalives, keepalive, number(keepalive, value)?);
                config
            }
            "tcp_user_timeout" => {
                let millis = number("tcp_user_timeout", value)?;
                config.user_timeout((millis > 0).then(|| Duration::from_millis(millis.into())))
            }
            other => return Err((other, "nothing: the backend does not know it")),
        };
    }
    if let Some(crate::options::PasswordHook(ask)) = options.password.clone() {
        config = config.password_hook(ask);
    }
    // As MySQL's own client: an authority that is named is there to be verified.
    let names = |option: &str| target.options.iter().any(|(name, _)| *name == option);
    if names("ssl-ca") && !names("ssl-mode") {
        config = config.ssl_mode(SslMode::VerifyCa);
    }
    config = config.keepalive(keepalives);
    if let Some(capacity) = options.statement_cache {
        config = config.statement_cache(capacity);
    }
    if let Some(time) = options.connect_timeout {
        config = config.connect_timeout(time);
    }
    if let Some(time) = options.statement_timeout {
        config = config.statement_timeout(time);
    }
    if let Some(time) = options.lock_timeout {
        config = config.lock_timeout(time);
    }
    Ok(config)
}

fn number(option: &'static str, value: &str) -> Result<u32, (&'static str, &'static str)> {
    value.parse().map_err(|_| (option, "a number"))
}

/// An option of libpq's name. 0 means the system's own.
fn set_keepalive(keepalive: &mut Option<KeepAlive>, option: &str, number: u32) {
    let time = (number > 0).then(|| Duration::from_secs(number.into()));
    match (option, keepalive) {
        ("keepalives", keepalive) => *keepalive = (number > 0).then(KeepAlive::default),
        ("keepalives_idle", Some(keepalive)) => keepalive.idle = time,
        ("keepalives_interval", Some(keepalive)) => keepalive.interval = time,
        ("keepalives_count", Some(keepalive)) => keepalive.count = (number > 0).then_some(number),
        _ => {}
    }
}

/// All text is read and written as UTF-8: with another character set, the server would take it for something else.
fn charset(config: Config, name: &str) -> Result<Config, (&'static str, &'static str)> {
    let is_utf8 = matches!(&*name.to_ascii_lowercase(), "utf8mb4" | "utf8mb3" | "utf8");
    let config = if is_utf8 { config.charset(name).ok() } else { None };
    config.ok_or(("charset", "`utf8mb4` or `utf8mb3`, because text is always sent as UTF-8"))
}

/// Certificates or a key: the PEM text itself, or the path of a file.
fn pem(value: &str) -> Pem {
    match value.trim_start().starts_with("-----BEGIN") {
        true => Pem::Text(value.to_owned()),
        false => Pem::File(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::Target;

    fn config_of(url: &str) -> Result<Config, (&'static str, &'static str)> {
        let (url, options) = DatabaseUrl::parse(url).unwrap();
        match url.target() {
            Target::Server(target) => config(target, &options),
            _ => panic!("a server's URL"),
        }
    }

    #[test]
    fn options_of_a_url() {
        let shown =
            config_of("mysql://ada:secret@db:3307/shop?ssl-mode=verify_ca&ssl-ca=/a.pem&charset=utf8mb3");
        let shown = format!("{:?}", shown.unwrap());
        for part in
            [r#"host: "db""#, "port: 3307", r#"user: "ada""#, "VerifyCa", "/a.pem", r#"charset: "utf8mb3""#]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn an_authority_is_verified() {
        for (options, mode) in [
            ("", "Preferred"),
            ("?ssl-ca=/a.pem", "VerifyCa"),
            ("?ssl-ca=/a.pem&ssl-mode=required", "Required"),
        ] {
            let shown = format!("{:?}", config_of(&format!("mysql://db/shop{options}")).unwrap());
            assert!(shown.contains(&format!("ssl_mode: {mode},")), "{options}: {shown}");
        }
    }

    #[test]
    fn text_is_utf8() {
        for (charset, valid) in [("utf8mb4", true), ("UTF8", true), ("latin1", false)] {
            let config = config_of(&format!("mysql://db/shop?charset={charset}"));
            assert_eq!(config.err().map(|(option, _)| option), (!valid).then_some("charset"), "{charset}");
        }
    }
}
