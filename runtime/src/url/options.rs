//! The options that a server's URL can have, and those of other programs that are explained: one table.
//!
//! The backend of a server gets its own options under their own names, checked here: a value is never more than its kind
//! allows. The options of the pool are in `options.rs`, those of SQLite in `sqlite.rs`.

use crate::Backend;

/// An option of one or more backends.
pub(super) struct Known {
    pub(super) name: &'static str,
    on: &'static [Backend],
    pub(super) meaning: Meaning,
}

/// What an option means.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// The backend takes it.
    Own(Kind),
    /// It is one of the settings that the pool and the backend share.
    Pool,
    /// It is another name of this one.
    Alias(&'static str),
    /// PostgreSQL: a setting of the session, whose value is one identifier.
    Schema,
    /// These values (all, where there are none) say what is so anyway. Others are explained.
    AsItIs(&'static [&'static str], &'static str),
    /// It is not supported; this says what to do instead.
    Instead(&'static str),
}

/// What values an option takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// Letters, digits and `_`: the driver puts it into a statement.
    Word,
    Port,
    Number,
    /// The name of a time zone.
    Zone,
    OneOf(&'static [&'static str]),
    /// How to encrypt, by libpq's names or by MySQL's: those of the backend are first.
    Ssl(&'static [&'static str]),
}

const P: &[Backend] = &[Backend::Postgres];
const M: &[Backend] = &[Backend::Mysql];
const S: &[Backend] = &[Backend::Sqlite];
const PM: &[Backend] = &[Backend::Postgres, Backend::Mysql];
const ALL: &[Backend] = &Backend::ALL;

use Kind::{Number, OneOf, Port, Ssl, Text, Word, Zone};
use Meaning::{Alias, AsItIs, Instead, Own, Pool, Schema};

const fn known(name: &'static str, on: &'static [Backend], meaning: Meaning) -> Known {
    Known { name, on, meaning }
}

const PG_SSL: &[&str] = &["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];
const ROLES: &[&str] = &["any", "read-write", "read-only", "primary", "standby", "prefer-standby"];
const MY_SSL: &[&str] = &["disabled", "preferred", "required", "verify_ca", "verify_identity"];
const PRAGMA: &str = "set it with `Database::builder(url).pragma(…)`";
const ZONE: &str = "times are read and written as UTC: leave it out; `convert_tz(…)` converts in a query";
const OAUTH: &str =
    "OAuth is not supported: log in with a password, or with a token from `Builder::password_hook`";
const PYTHON: &str = "it is an option of Python's driver: leave it out";
const JAVA: &str = "it is an option of JDBC: leave it out";
const KERBEROS: &str = "Kerberos is not supported: log in with a password or a certificate";
const FILES: &str = "it is not supported: put user and password into the URL";

/// All of them, by backend and by whose option it is.
static TABLE: &[Known] = &[
    // PostgreSQL, as libpq has them.
    known("host", P, Own(Text)),
    known("port", PM, Own(Port)),
    known("user", PM, Own(Text)),
    known("password", PM, Own(Text)),
    known("dbname", P, Own(Text)),
    known("sslmode", P, Own(Ssl(PG_SSL))),
    known("sslrootcert", P, Own(Text)),
    known("sslcert", P, Own(Text)),
    known("sslkey", P, Own(Text)),
    known("application_name", P, Own(Text)),
    known("options", P, Own(Text)),
    known("fallback_application_name", P, Alias("application_name")),
    known(
        "client_encoding",
        P,
        AsItIs(&["utf8", "utf-8", "unicode", "auto"], "the encoding is always UTF-8: leave it out"),
    ),
    known("connect_timeout", PM, Pool),
    known("channel_binding", P, Own(OneOf(&["disable", "prefer", "require"]))),
    known("gssencmode", P, AsItIs(&["disable", "prefer"], KERBEROS)),
    known("krbsrvname", P, Instead(KERBEROS)),
    known("gsslib", P, Instead(KERBEROS)),
    known("gssdelegation", P, AsItIs(&["0"], KERBEROS)),
    known("target_session_attrs", P, Own(OneOf(ROLES))),
    known("load_balance_hosts", P, Own(OneOf(&["disable", "random"]))),
    known("sslnegotiation", P, Own(OneOf(&["postgres", "direct"]))),
    known("sslcompression", P, AsItIs(&["0"], "TLS is never compressed: leave it out")),
    known("sslsni", P, AsItIs(&["1"], "the server's name is always sent: leave it out")),
    known(
        "ssl_min_protocol_version",
        P,
        AsItIs(&["tlsv1", "tlsv1.1", "tlsv1.2"], "TLS 1.2 and 1.3 are used: leave it out"),
    ),
    known("ssl_max_protocol_version", P, AsItIs(&["tlsv1.3"], "TLS 1.2 and 1.3 are used: leave it out")),
    known(
        "sslcertmode",
        P,
        AsItIs(&["allow"], "a certificate is sent where `sslcert` names one: leave it out"),
    ),
    known("sslpassword", P, Instead("encrypted keys are not supported: decrypt the key's file")),
    known("sslcrl", P, Instead("revocation lists are not supported: leave it out")),
    known("sslcrldir", P, Instead("revocation lists are not supported: leave it out")),
    known("sslkeylogfile", P, Instead("keys are never written to a file: leave it out")),
    known("scram_client_key", P, Instead("write `password`")),
    known("scram_server_key", P, Instead("write `password`")),
    known("min_protocol_version", P, AsItIs(&["3.0"], "the protocol's version 3.0 is used: leave it out")),
    known("max_protocol_version", P, Own(OneOf(&["3.0", "3.2", "latest"]))),
    known("oauth_issuer", P, Instead(OAUTH)),
    known("oauth_client_id", P, Instead(OAUTH)),
    known("requiressl", P, Instead("write `sslmode=require`")),
    known("requirepeer", P, Instead("it is not supported: leave it out")),
    known("require_auth", P, Instead("it is not supported yet: leave it out")),
    known("hostaddr", P, Own(Text)),
    known("passfile", P, Instead("set the environment variable `PGPASSFILE`")),
    known("service", P, Instead(FILES)),
    known("servicefile", P, Instead(FILES)),
    known("keepalives", PM, Own(Number)),
    known("keepalives_idle", PM, Own(Number)),
    known("keepalives_interval", PM, Own(Number)),
    known("keepalives_count", PM, Own(Number)),
    known("tcp_user_timeout", PM, Own(Number)),
    known("timezone", P, Own(Zone)),
    known("TimeZone", P, Alias("timezone")),
    known("statement_timeout", PM, Pool),
    known("lock_timeout", PM, Pool),
    known(
        "replication",
        P,
        AsItIs(&["false", "off", "no", "0"], "replication connections are not supported"),
    ),
    // PostgreSQL, other names: sqlx, asyncpg, Prisma.
    known("database", P, Alias("dbname")),
    known("database", M, Own(Text)),
    known("dbname", M, Alias("database")),
    known("socket", P, Alias("host")),
    known("username", PM, Alias("user")),
    known("ssl-mode", P, Alias("sslmode")),
    known("ssl-root-cert", P, Alias("sslrootcert")),
    known("ssl-ca", P, Alias("sslrootcert")),
    known("ssl-cert", P, Alias("sslcert")),
    known("ssl-key", P, Alias("sslkey")),
    known("schema", P, Schema),
    known("search_path", P, Instead("write `options=-c%20search_path=…`, or `schema=…` for one schema")),
    known(
        "sslaccept",
        PM,
        AsItIs(
            &["accept_invalid_certs"],
            "write `sslmode=verify-full` (PostgreSQL) or `ssl-mode=verify_identity` (MySQL)",
        ),
    ),
    known(
        "sslidentity",
        PM,
        Instead("write the certificate and the key as PEM files: `sslcert` and `sslkey`"),
    ),
    known("ssl", P, Instead("write `sslmode=require`")),
    known("command_timeout", PM, Instead("write `query_timeout=…`")),
    // Poolers: sqlx, Prisma, Supabase, asyncpg.
    known("pooler", P, Pool),
    known("pgbouncer", P, Pool),
    known("statement_cache_capacity", PM, Pool),
    known("statement-cache-capacity", PM, Alias("statement_cache_capacity")),
    known("statement_cache_size", PM, Alias("statement_cache_capacity")),
    known("prepared_statement_cache_size", PM, Alias("statement_cache_capacity")),
    known("max_cached_statement_lifetime", P, Instead("prepared statements do not age: leave it out")),
    known(
        "prepareThreshold",
        P,
        Instead("it is an option of JDBC: behind a pooler, write `pooler=transaction`"),
    ),
    known("preparedStatementCacheQueries", P, Alias("statement_cache_capacity")),
    known("uselibpqcompat", P, AsItIs(&["true"], "`sslmode` means what libpq says: leave it out")),
    known("supa", P, AsItIs(&[], "")),
    known("workaround", P, AsItIs(&[], "")),
    // MySQL, as its own client has them.
    known("host", M, Own(Text)),
    known("ssl-mode", M, Own(Ssl(MY_SSL))),
    known("ssl-ca", M, Own(Text)),
    known("ssl-cert", M, Own(Text)),
    known("ssl-key", M, Own(Text)),
    known("charset", M, Own(Word)),
    known("collation", M, Own(Word)),
    known("socket", M, Own(Text)),
    known("sslmode", M, Alias("ssl-mode")),
    known("ssl_mode", M, Alias("ssl-mode")),
    known("ssl_ca", M, Alias("ssl-ca")),
    known("sslca", M, Alias("ssl-ca")),
    known("sslrootcert", M, Alias("ssl-ca")),
    known("ssl_cert", M, Alias("ssl-cert")),
    known("sslcert", M, Alias("ssl-cert")),
    known("ssl_key", M, Alias("ssl-key")),
    known("sslkey", M, Alias("ssl-key")),
    known("unix_socket", M, Alias("socket")),
    known("ssl", M, Instead("write `ssl-mode=required`")),
    known("tls", M, Instead("write `ssl-mode=required`")),
    known("timezone", M, Instead(ZONE)),
    known("time_zone", M, Instead(ZONE)),
    known("autocommit", M, Instead(PYTHON)),
    known("useSSL", M, Instead("write `ssl-mode=required`")),
    known("requireSSL", M, Instead("write `ssl-mode=required`")),
    known("serverTimezone", M, Instead(JAVA)),
    known("useUnicode", M, Instead(JAVA)),
    known("characterEncoding", M, Instead(JAVA)),
    known("allowPublicKeyRetrieval", M, Instead(JAVA)),
    known("connectTimeout", PM, Instead("write `connect_timeout=…`, in seconds")),
    known("socketTimeout", PM, Instead("write `query_timeout=…`, in seconds")),
    known("connectionLimit", PM, Alias("max_size")),
    known("time-zone", M, Instead(ZONE)),
    known("statement-cache-size", PM, Alias("statement_cache_capacity")),
    known("autoReconnect", M, Instead(JAVA)),
    known("zeroDateTimeBehavior", M, Instead(JAVA)),
    known("parseTime", M, Instead("it is an option of Go's driver: leave it out")),
    known("loc", M, Instead("it is an option of Go's driver: leave it out")),
    // SQLite: sqlx, Python, and pragmas.
    known("timeout", S, Alias("busy_timeout")),
    known("lock_timeout", S, Alias("busy_timeout")),
    known("statement_timeout", S, Instead("SQLite has no such setting: write `query_timeout=…`")),
    known(
        "cache",
        S,
        AsItIs(
            &["private"],
            "leave it out: a database in memory is shared by its pool, and a file needs no shared cache",
        ),
    ),
    known("immutable", S, AsItIs(&["0", "false"], "it is not supported: open the file with `mode=ro`")),
    known("nolock", S, AsItIs(&["0", "false"], "it is not supported: the file is always locked")),
    known("vfs", S, Instead("it is not supported: leave it out")),
    known("isolation_level", S, Instead(PYTHON)),
    known("check_same_thread", S, Instead(PYTHON)),
    known("cached_statements", S, Instead(PYTHON)),
    known("detect_types", S, Instead(PYTHON)),
    known("uri", S, Instead(PYTHON)),
    known("cache_size", S, Instead(PRAGMA)),
    known("temp_store", S, Instead(PRAGMA)),
    known("mmap_size", S, Instead(PRAGMA)),
    known("auto_vacuum", S, Instead(PRAGMA)),
    known("locking_mode", S, Instead(PRAGMA)),
    known("wal_autocheckpoint", S, Instead(PRAGMA)),
    known("recursive_triggers", S, Instead(PRAGMA)),
    // All: Prisma's pool.
    known("connection_limit", ALL, Alias("max_size")),
    known("pool_timeout", ALL, Alias("acquire_timeout")),
    known("max_connection_lifetime", ALL, Alias("max_lifetime")),
    known("max_idle_connection_lifetime", ALL, Alias("idle_timeout")),
    known("socket_timeout", ALL, Instead("write `query_timeout=…`")),
];

/// The option of this name.
pub(super) fn find(backend: Backend, name: &str) -> Option<&'static Known> {
    TABLE.iter().find(|known| known.name == name && known.on.contains(&backend))
}

/// The names that mean something to a backend.
pub(super) fn names(backend: Backend) -> impl Iterator<Item = &'static str> {
    let own = TABLE.iter().filter(move |known| known.on.contains(&backend));
    own.filter(|known| matches!(known.meaning, Own(_) | Alias(_) | Pool | Schema)).map(|known| known.name)
}

/// The options that a backend takes.
pub(super) fn own(backend: Backend) -> impl Iterator<Item = &'static str> {
    let own = TABLE.iter().filter(move |known| known.on.contains(&backend));
    own.filter(|known| matches!(known.meaning, Own(_) | Pool | Schema)).map(|known| known.name)
}

/// Whether any backend knows the name.
pub(super) fn is_name(name: &str) -> bool {
    TABLE.iter().any(|known| known.name == name) || crate::options::POOL_OPTIONS.contains(&name)
}

impl Kind {
    /// The value, if it is of this kind; else what the option takes.
    pub(super) fn read(self, value: &str) -> Result<String, String> {
        match self {
            Text => Ok(value.to_owned()),
            Word => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let fits = !value.is_empty() && value.chars().all(is_word);
                fits.then(|| value.to_owned()).ok_or_else(|| "a name of letters, digits and `_`".to_owned())
            }
            Port => match value.parse::<u16>() {
                Ok(_) => Ok(value.to_owned()),
                Err(_) => Err("a port number".to_owned()),
            },
            Number => match value.parse::<u32>() {
                Ok(_) => Ok(value.to_owned()),
                Err(_) => Err("a number".to_owned()),
            },
            Zone => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || "/_+-:.<>".contains(c);
                let fits = !value.is_empty() && value.chars().all(is_part);
                fits.then(|| value.to_owned())
                    .ok_or_else(|| "the name of a time zone, such as `Europe/Zurich`".to_owned())
            }
            Ssl(values) => {
                let plain = value.to_ascii_lowercase().replace('_', "-");
                // `allow` and `no-verify` have no name of MySQL's.
                let pairs = [
                    ("disable", "disabled"),
                    ("prefer", "preferred"),
                    ("require", "required"),
                    ("verify-ca", "verify-ca"),
                    ("verify-full", "verify-identity"),
                ];
                let pair = pairs.iter().find(|pair| pair.0 == plain || pair.1 == plain);
                let named = values.iter().find(|name| {
                    let name = name.replace('_', "-");
                    name == plain || pair.is_some_and(|pair| pair.0 == name || pair.1 == name)
                });
                named
                    .map(|name| (*name).to_owned())
                    .ok_or_else(|| format!("one of {}", crate::error::Listed(values)))
            }
            OneOf(values) => {
                let value = value.to_ascii_lowercase();
                if values.contains(&value.as_str()) {
                    return Ok(value);
                }
                Err(format!("one of {}", crate::error::Listed(values)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alias_has_its_option() {
        let mut names: Vec<_> = TABLE.iter().map(|known| (known.name, known.on)).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            let twice = pair[0].0 == pair[1].0 && pair[0].1.iter().any(|backend| pair[1].1.contains(backend));
            assert!(!twice, "{} is there twice", pair[0].0);
        }
        for known in TABLE {
            if let Alias(of) = known.meaning {
                let there = known.on.iter().all(|backend| find(*backend, of).is_some());
                let elsewhere = crate::options::POOL_OPTIONS.contains(&of) || of == "busy_timeout";
                assert!(there || elsewhere, "{} is another name of {of}", known.name);
            }
        }
    }
}
