//! The capability flags that client and server agree on during log-in.

/// MySQL only. A client that leaves it out speaks MariaDB's extended capabilities.
pub(crate) const LONG_PASSWORD: u64 = 1;
pub(crate) const FOUND_ROWS: u64 = 1 << 1;
pub(crate) const CONNECT_WITH_DB: u64 = 1 << 3;
pub(crate) const PROTOCOL_41: u64 = 1 << 9;
pub(crate) const SSL: u64 = 1 << 11;
pub(crate) const TRANSACTIONS: u64 = 1 << 13;
pub(crate) const SECURE_CONNECTION: u64 = 1 << 15;
pub(crate) const MULTI_STATEMENTS: u64 = 1 << 16;
pub(crate) const MULTI_RESULTS: u64 = 1 << 17;
pub(crate) const PS_MULTI_RESULTS: u64 = 1 << 18;
pub(crate) const PLUGIN_AUTH: u64 = 1 << 19;
pub(crate) const PLUGIN_AUTH_LENENC_DATA: u64 = 1 << 21;
pub(crate) const SESSION_TRACK: u64 = 1 << 23;
pub(crate) const DEPRECATE_EOF: u64 = 1 << 24;

/// MariaDB: the columns of a prepared statement are sent again only after they changed.
pub(crate) const MARIADB_CACHE_METADATA: u64 = 1 << 36;

/// What this client asks for, as far as the server offers it.
pub(crate) const WANTED: u64 = FOUND_ROWS
    | PROTOCOL_41
    | TRANSACTIONS
    | SECURE_CONNECTION
    | MULTI_STATEMENTS
    | MULTI_RESULTS
    | PS_MULTI_RESULTS
    | PLUGIN_AUTH
    | PLUGIN_AUTH_LENENC_DATA
    | SESSION_TRACK
    | DEPRECATE_EOF
    | MARIADB_CACHE_METADATA;

/// Without these the protocol is an older one.
pub(crate) const REQUIRED: u64 = PROTOCOL_41 | SECURE_CONNECTION;
