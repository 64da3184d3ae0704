//! libpq's environment variables.

use super::{Config, ConfigError};

/// Variables, and the options that they set.
const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGDATABASE", "dbname"),
    ("PGAPPNAME", "application_name"),
    ("PGOPTIONS", "options"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
];

impl Config {
    /// The defaults, with what libpq's environment variables say: `PGHOST` and its kin.
    ///
    /// # Errors
    ///
    /// If a variable has a value that its option cannot have. The error names the variable.
    pub fn from_env() -> Result<Config, ConfigError> {
        let mut config = Config::new();
        for (variable, option) in VARIABLES {
            let Some(value) = std::env::var(variable).ok().filter(|value| !value.is_empty()) else {
                continue;
            };
            config
                .set(option, &value)
                .map_err(|error| ConfigError { option: (*variable).to_owned(), ..error })?;
        }
        Ok(config)
    }
}
