//! Which releases of the servers to start.

use std::{env, fmt};

use anyhow::{Context, Result, bail};

use super::embedded;

/// The variables by which the tests' own servers are of the same releases as the ones that they share.
const POSTGRES: &str = "AIO_DATABASES_POSTGRES_RELEASE";
const MYSQL: &str = "AIO_DATABASES_MYSQL_RELEASE";

/// A release of each server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    pub(crate) postgres: Postgres,
    pub(crate) mysql: Mysql,
}

/// Which PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Postgres {
    /// The newest one installed, or the distribution's.
    #[default]
    Installed,
    /// This major version, from npm.
    Major(u32),
}

/// Which of the servers that speak MySQL's protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mysql {
    /// The distribution's MariaDB.
    #[default]
    MariaDb,
    /// MySQL 9, from Debian's unstable distribution.
    Mysql9,
}

impl Releases {
    /// The newest release of each server.
    pub const NEWEST: Releases =
        Releases { postgres: Postgres::Major(embedded::NEWEST), mysql: Mysql::Mysql9 };

    /// Takes `--postgres` and `--mysql` out of a command's arguments, up to `--`. Returns `None` if neither is among them.
    pub fn take(args: &mut Vec<String>) -> Result<Option<Self>> {
        let mut chosen = None;
        let mut at = 0;
        while at < args.len() && args[at] != "--" {
            if !matches!(args[at].as_str(), "--postgres" | "--mysql") {
                at += 1;
                continue;
            }
            let flag = args.remove(at);
            if at == args.len() {
                bail!("a release follows `{flag}`");
            }
            let release = args.remove(at);
            let releases = chosen.get_or_insert(Releases::from_env()?);
            match flag.as_str() {
                "--postgres" => releases.postgres = Postgres::named(&release)?,
                _ => releases.mysql = Mysql::named(&release)?,
            }
        }
        Ok(chosen)
    }

    /// The releases that the environment names; the installed ones by default.
    pub fn from_env() -> Result<Self> {
        let mut releases = Releases::default();
        if let Ok(release) = env::var(POSTGRES) {
            releases.postgres = Postgres::named(&release).context(POSTGRES)?;
        }
        if let Ok(release) = env::var(MYSQL) {
            releases.mysql = Mysql::named(&release).context(MYSQL)?;
        }
        Ok(releases)
    }

    /// Whether there is a MySQL, and no MariaDB.
    pub fn is_mysql(self) -> bool {
        self.mysql == Mysql::Mysql9
    }

    /// The environment in which [`Releases::from_env`] returns these.
    pub fn variables(self) -> [(&'static str, String); 2] {
        [(POSTGRES, self.postgres.to_string()), (MYSQL, self.mysql.to_string())]
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.postgres {
            Postgres::Installed => f.write_str("the installed PostgreSQL")?,
            Postgres::Major(major) => write!(f, "PostgreSQL {major}")?,
        }
        f.write_str(match self.mysql {
            Mysql::MariaDb => " and MariaDB",
            Mysql::Mysql9 => " and MySQL 9",
        })
    }
}

impl Postgres {
    fn named(release: &str) -> Result<Self> {
        if release == "installed" {
            return Ok(Postgres::Installed);
        }
        match release.parse() {
            Ok(major) if embedded::majors().any(|known| known == major) => Ok(Postgres::Major(major)),
            _ => {
                let known: Vec<_> = embedded::majors().map(|major| major.to_string()).collect();
                bail!("`--postgres` takes `installed`, {}, not `{release}`", known.join(", "))
            }
        }
    }
}

impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Postgres::Installed => f.write_str("installed"),
            Postgres::Major(major) => write!(f, "{major}"),
        }
    }
}

impl Mysql {
    fn named(release: &str) -> Result<Self> {
        match release {
            "mariadb" => Ok(Mysql::MariaDb),
            "9" => Ok(Mysql::Mysql9),
            other => bail!("`--mysql` takes `mariadb` or `9`, not `{other}`"),
        }
    }
}

impl fmt::Display for Mysql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mysql::MariaDb => "mariadb",
            Mysql::Mysql9 => "9",
        })
    }
}
