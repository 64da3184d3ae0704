//! The lock of a database's migrations: one runner at a time.
//!
//! It has a connection of its own. On PostgreSQL a transaction holds it, so that it also works behind a pooler, and a runner
//! asks for it again and again: one that waited in a statement would hold a snapshot, and `create index concurrently` of the
//! runner that has the lock would wait for that. The key is sqlx's, so its runners and these wait for each other.

use std::{
    panic::Location,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Connection, Database, Dialect, Error, Isolation, MigrateError, Result, Transaction, TransactionBuilder,
    connection::shared::SharedConnection,
};

/// How long to wait before asking again: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// The lock, held until it is released or dropped.
pub(super) enum Lock {
    /// SQLite has none: each migration is looked up again in its own transaction.
    None,
    /// PostgreSQL: a transaction's.
    Transaction(Transaction<'static>),
    /// MySQL: a session's, with its key.
    Session(Connection, i64),
}

impl Lock {
    /// Waits for the lock, and for no longer than `patience`.
    pub(super) async fn take(database: &Database, patience: Duration) -> Result<Lock> {
        if database.dialect() == Dialect::Sqlite {
            return Ok(Lock::None);
        }
        let held = SharedConnection::open_alone(database.endpoints(), Location::caller()).await?;
        let key = key(&Connection::new(Arc::clone(&held), None)).await?;
        let started = Instant::now();
        let mut pause = PAUSES.0;
        loop {
            if let Some(lock) = try_take(&held, key).await? {
                return Ok(lock);
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                let holder = holder(&Connection::new(held, None), key).await;
                return Err(Error::Migrate(Box::new(MigrateError::Locked { waited: patience, holder })));
            }
            aio_databases_net::sleep(pause.min(left)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Gives it back.
    pub(super) async fn release(self) -> Result<()> {
        match self {
            Lock::None => Ok(()),
            Lock::Transaction(tx) => tx.rollback().await,
            Lock::Session(conn, key) => conn.execute("select release_lock($1)", (name(key),)).await.map(drop),
        }
    }
}

/// The lock, if nobody has it.
async fn try_take(held: &Arc<SharedConnection>, key: i64) -> Result<Option<Lock>> {
    let conn = Connection::new(Arc::clone(held), None);
    if conn.dialect() == Dialect::Mysql {
        let got: Option<i64> = conn.fetchval("select get_lock($1, 0)", (name(key),)).await?;
        return Ok((got == Some(1)).then_some(Lock::Session(conn, key)));
    }
    // With another isolation level, it would hold a snapshot until its end.
    let begin = TransactionBuilder::<Connection>::on(Arc::clone(held), None, false);
    let tx: Transaction<'static> = begin.isolation(Isolation::ReadCommitted).await?;
    if tx.fetchval("select pg_try_advisory_xact_lock($1)", (key,)).await? == Some(true) {
        // It does nothing while migrations run.
        let stay = "select set_config('idle_in_transaction_session_timeout', '0', true)";
        tx.execute(stay, ()).await?;
        return Ok(Some(Lock::Transaction(tx)));
    }
    tx.rollback().await?;
    Ok(None)
}

/// Who has the lock, as far as the server tells.
async fn holder(conn: &Connection, key: i64) -> Option<String> {
    let found = match conn.dialect() {
        Dialect::Mysql => {
            let id: i64 = conn.fetchval("select is_used_lock($1)", (name(key),)).await.ok()??;
            let who = "select concat('connection ', id, ' (user ', user, ', from ', host, ')')
                       from information_schema.processlist where id = $1";
            let who: Option<String> = conn.fetchval(who, (id,)).await.ok().flatten();
            return Some(who.unwrap_or_else(|| format!("connection {id}")));
        }
        _ => {
            "select format('process %s (user %s%s%s)', a.pid, a.usename,
                    ', application ' || nullif(a.application_name, ''), ', from ' || host(a.client_addr))
             from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
             where l.locktype = 'advisory' and l.granted and l.objsubid = 1
               and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
               and l.classid::bigint = $1::bigint >> 32 and l.objid::bigint = $1::bigint & 4294967295"
        }
    };
    conn.fetchval(found, (key,)).await.ok().flatten()
}

/// The name of the lock on MySQL.
fn name(key: i64) -> String {
    format!("{key:x}")
}

/// The number of the lock, from the database's name.
async fn key(conn: &Connection) -> Result<i64> {
    let sql = match conn.dialect() {
        Dialect::Mysql => "select database()",
        _ => "select current_database()::text",
    };
    let name: Option<String> = conn.fetchval(sql, ()).await?;
    Ok(0x3d32_ad9e * i64::from(crc32(name.unwrap_or_default().as_bytes())))
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
