//! Opening sessions of one PostgreSQL database.

use aio_databases_postgres as driver;

use std::{sync::Arc, time::Duration};

use super::{
    errors,
    listen::PostgresListenSession,
    pooled::{PooledSettings, timeouts},
    session::PostgresSession,
};
use crate::{
    Result,
    backend::{BoxFuture, Connector, Session, listen::ListenSession},
    options::Options,
    pool::timed_out,
    statement::command::Command,
    url::{DatabaseUrl, ServerTarget},
};

/// Opens sessions of one PostgreSQL database.
pub(crate) struct PostgresConnector {
    driver: driver::Connector,
    redacted: String,
    /// What to do if the server rejects the login, and the URL does not say who it is.
    without_user: Option<String>,
    pooled: Option<Arc<PooledSettings>>,
    timeout: Option<Duration>,
}

impl PostgresConnector {
    pub(crate) fn new(target: &ServerTarget, url: &DatabaseUrl, options: &Options) -> Result<Self> {
        let config = config(target, options).map_err(|error| {
            url.bad_option((&error.option, error.expected.unwrap_or("nothing: there is no such option")))
        })?;
        let redacted = url.redacted().to_owned();
        let without_user = target.user.is_none().then(|| {
            format!("the URL names no user: write one, as in `{}://user:password@host/name`", url.scheme())
        });
        let timeout = options.connect_timeout;
        let driver = driver::Connector::new(config)
            .map_err(|error| errors::connect_error(&redacted, without_user.as_deref(), error))?;
        Ok(PostgresConnector {
            driver,
            redacted,
            without_user,
            pooled: PooledSettings::new(options).map(Arc::new),
            timeout,
        })
    }

    async fn open(&self) -> Result<driver::Connection> {
        self.driver.connect().await.map_err(|error| match self.timeout {
            Some(limit) if error.kind == driver::ConnectProblem::TimedOut => timed_out(&self.redacted, limit),
            _ => errors::connect_error(&self.redacted, self.without_user.as_deref(), error),
        })
    }
}

/// The driver's configuration. The URL comes before libpq's environment variables, and these before libpq's defaults.
fn config(target: &ServerTarget, options: &Options) -> Result<driver::Config, driver::ConfigError> {
    let mut config = driver::Config::from_env()?;
    if target.host.is_some() || target.socket.is_some() {
        config.hosts.clear();
    }
    let port = target.port.map(|port| port.to_string());
    let parts = [
        ("host", target.socket.as_ref().or(target.host.as_ref())),
        ("port", port.as_ref()),
        ("user", target.user.as_ref()),
        ("password", target.password.as_ref()),
        ("dbname", target.database.as_ref()),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            config.set(name, value)?;
        }
    }
    if !target.others.is_empty() {
        let first = (target.host.clone().unwrap_or_default(), target.port);
        let hosts: Vec<_> = std::iter::once(&first).chain(&target.others).collect();
        let list = |part: fn(&(String, Option<u16>)) -> String| {
            hosts.iter().map(|host| part(host)).collect::<Vec<_>>().join(",")
        };
        config.hosts.clear();
        config.set("host", &list(|(host, _)| host.clone()))?;
        config.set("port", &list(|(_, port)| port.map_or(String::new(), |port| port.to_string())))?;
    }
    if let Some(crate::options::PasswordHook(ask)) = options.password.clone() {
        config.password = Some(driver::Password::Hook(ask));
    }
    let mut zone = None;
    for (name, value) in &target.options {
        match *name {
            "timezone" => zone = Some(value.as_str()),
            // Each adds settings of its own.
            "options" if config.options.is_some() => {
                config.options = config.options.map(|options| format!("{options} {value}"));
            }
            name => config.set(name, value)?,
        }
    }
    // As on the other backends, so that `date(created)` is the same day everywhere; a pooler knows this parameter.
    let has_zone = config.options.as_ref().is_some_and(|options| options.to_lowercase().contains("timezone"));
    if zone.is_some() || !has_zone {
        config.parameters.push(("TimeZone".to_owned(), zone.unwrap_or("UTC").to_owned()));
    }
    if let Some(capacity) = options.statement_cache {
        config.statement_cache_capacity = capacity;
    }
    match options.pooler {
        true => config.statement_cache_capacity = 0,
        // Poolers reject settings that they do not know.
        false => config.parameters.extend(timeouts(options).map(|(name, value)| (name.to_owned(), value))),
    }
    if options.connect_timeout.is_some() {
        config.connect_timeout = options.connect_timeout;
    }
    Ok(config)
}

impl Connector for PostgresConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            let session = PostgresSession::new(self.open().await?, self.pooled.clone());
            Ok(Box::new(session) as Box<dyn Session>)
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
        Box::pin(async move {
            Ok(Box::new(PostgresListenSession::new(self.open().await?)) as Box<dyn ListenSession>)
        })
    }

    fn keep(&self, _: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
