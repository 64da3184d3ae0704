//! The table that says what was applied, as sqlx has it, and the lock that its runners take.

use crate::{Backend, Connection, Result, Trusted, Value};

/// `create table`, with the backend's types of a time with a default and of bytes.
pub(super) fn create(backend: Backend) -> Trusted {
    let (time, bytes) = match backend {
        Backend::Sqlite => ("timestamp not null default current_timestamp", "blob"),
        Backend::Postgres => ("timestamptz not null default now()", "bytea"),
        Backend::Mysql => ("timestamp not null default current_timestamp", "blob"),
    };
    Trusted(format!(
        "create table if not exists _sqlx_migrations (
    version bigint primary key,
    description text not null,
    installed_on {time},
    success boolean not null,
    checksum {bytes} not null,
    execution_time bigint not null
)"
    ))
}

/// Whether a database has it.
#[cfg(feature = "verify")]
pub(crate) async fn exists(conn: &Connection) -> Result<bool> {
    let sql = match conn.backend() {
        Backend::Sqlite => "select count(*) from sqlite_schema where name = '_sqlx_migrations'",
        // Where the search path finds it, as `select` does.
        Backend::Postgres => "select count(to_regclass('_sqlx_migrations'))",
        Backend::Mysql => {
            "select count(*) from information_schema.tables
             where table_schema = database() and table_name = '_sqlx_migrations'"
        }
    };
    Ok(conn.fetchval::<i64>(sql, ()).await? == Some(1))
}

/// Waits until no other runner is at work. SQLite has no such lock: each migration looks again in its transaction.
pub(super) async fn lock(conn: &Connection) -> Result<()> {
    let Some(key) = key(conn).await? else { return Ok(()) };
    let sql = match conn.backend() {
        Backend::Postgres => "select pg_advisory_lock($1)",
        // A year: MariaDB takes no negative number for "as long as it takes".
        Backend::Mysql => "select get_lock($1, 31536000)",
        Backend::Sqlite => return Ok(()),
    };
    // Whatever happens, nobody else gets a connection that has the lock.
    conn.keep().await?;
    conn.execute(sql, [key]).await.map(drop)
}

pub(super) async fn unlock(conn: &Connection) -> Result<()> {
    let Some(key) = key(conn).await? else { return Ok(()) };
    let sql = match conn.backend() {
        Backend::Postgres => "select pg_advisory_unlock($1)",
        Backend::Mysql => "select release_lock($1)",
        Backend::Sqlite => return Ok(()),
    };
    conn.execute(sql, [key]).await.map(drop)
}

/// The number of the lock, from the database's name.
async fn key(conn: &Connection) -> Result<Option<Value>> {
    let sql = match conn.backend() {
        Backend::Postgres => "select current_database()::text",
        Backend::Mysql => "select database()",
        Backend::Sqlite => return Ok(None),
    };
    let name: Option<String> = conn.fetchval(sql, ()).await?;
    let key = 0x3d32_ad9e * i64::from(crc32(name.unwrap_or_default().as_bytes()));
    Ok(Some(match conn.backend() {
        Backend::Mysql => Value::Text(format!("{key:x}")),
        _ => Value::Int(key),
    }))
}

/// CRC-32 as in ISO/HDLC.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_of_a_name() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(super::crc32(b""), 0);
    }
}
