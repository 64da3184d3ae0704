//! Advisory locks: a name or a number that one holder at a time has, among all programs of a server.
//!
//! They are asked for again and again. On PostgreSQL, one that waited in a statement would hold a snapshot, and `vacuum` and
//! `create index concurrently` of others would wait for it.

use std::{
    panic::Location,
    sync::Arc,
    time::{Duration, Instant},
};

use aio_databases_net as net;
use aio_databases_sql::Dialect;
use sha2::{Digest as _, Sha256};

use super::{Connection, Isolation, Transaction, TransactionBuilder, shared::SharedConnection};
use crate::{Database, Error, Result};

/// How long to wait before asking again: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(250));

/// What an advisory lock is known by: a number, or a name.
///
/// PostgreSQL's locks are numbers of one database: a name is hashed to one. MySQL's are names of the whole server, of at most 64
/// characters: a number is written in decimal digits, and a longer name is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockKey {
    /// A number.
    Number(i64),
    /// A name.
    Name(String),
}

impl From<i64> for LockKey {
    fn from(number: i64) -> Self {
        LockKey::Number(number)
    }
}

impl From<&str> for LockKey {
    fn from(name: &str) -> Self {
        LockKey::Name(name.to_owned())
    }
}

impl From<String> for LockKey {
    fn from(name: String) -> Self {
        LockKey::Name(name)
    }
}

impl LockKey {
    fn number(&self) -> i64 {
        match self {
            LockKey::Number(number) => *number,
            LockKey::Name(name) => {
                let hash = Sha256::digest(name.as_bytes());
                i64::from_be_bytes(std::array::from_fn(|index| hash[index]))
            }
        }
    }

    fn name(&self) -> String {
        match self {
            LockKey::Number(number) => number.to_string(),
            LockKey::Name(name) if name.chars().count() <= 64 && !name.is_empty() => name.clone(),
            LockKey::Name(_) => format!("{:016x}", self.number()),
        }
    }
}

/// An advisory lock, held until it is [released](AdvisoryLock::release) or dropped: what [`Database::advisory_lock`] returns.
///
/// It has one of the pool's connections. If that is lost, so is the lock: see [`check`](AdvisoryLock::check).
#[derive(Debug)]
#[must_use = "a lock that is not kept is released at once"]
pub struct AdvisoryLock {
    held: Held,
    key: LockKey,
}

/// What holds a lock.
#[derive(Debug)]
enum Held {
    /// A session.
    Session(Connection),
    /// PostgreSQL, behind a pooler: a transaction.
    Transaction(Transaction<'static>),
}

impl Database {
    /// Waits for an advisory lock of PostgreSQL or MySQL: for work that one process at a time should do, such as a nightly job.
    ///
    /// Dropping the future gives up. Behind a pooler ([`Pooler::Transaction`](crate::Pooler::Transaction)), a transaction stays open as long as
    /// the lock is held.
    ///
    /// ```no_run
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// let lock = db.advisory_lock("nightly").await?;
    /// db.execute("delete from sessions where expires < now()", ()).await?;
    /// lock.release().await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Database::connection) and of a query; [`Error::Unsupported`] for SQLite, which has no such locks.
    #[track_caller]
    pub fn advisory_lock(
        &self,
        key: impl Into<LockKey>,
    ) -> impl Future<Output = Result<AdvisoryLock>> + Send + '_ {
        let (key, place) = (key.into(), Location::caller());
        async move {
            loop {
                if let Some(lock) = self.lock_within(key.clone(), Duration::MAX, place).await? {
                    return Ok(lock);
                }
            }
        }
    }

    /// An advisory lock, if it can be had within some time ([`Duration::ZERO`]: now). `None`: someone else has it.
    ///
    /// # Errors
    ///
    /// Those of [`advisory_lock`](Database::advisory_lock).
    #[track_caller]
    pub fn try_advisory_lock(
        &self,
        key: impl Into<LockKey>,
        patience: Duration,
    ) -> impl Future<Output = Result<Option<AdvisoryLock>>> + Send + '_ {
        self.lock_within(key.into(), patience, Location::caller())
    }

    /// Asks for a lock until it is there, or the time is over.
    async fn lock_within(
        &self,
        key: LockKey,
        patience: Duration,
        place: &'static Location<'static>,
    ) -> Result<Option<AdvisoryLock>> {
        let session = self.session_for_lock(place).await?;
        let (started, mut pause) = (Instant::now(), PAUSES.0);
        loop {
            if let Some(held) = try_take(self, &session, &key).await? {
                return Ok(Some(AdvisoryLock { held, key }));
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            net::sleep(pause.min(left)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn session_for_lock(&self, place: &'static Location<'static>) -> Result<Arc<SharedConnection>> {
        match self.dialect() {
            Dialect::Postgres | Dialect::Mysql => SharedConnection::open(self.endpoints(), place, None).await,
            Dialect::Sqlite => Err(Error::Unsupported {
                message: "advisory locks: this database has none. In SQLite, one connection writes at a time: use a transaction",
                query: None,
            }),
        }
    }
}

async fn try_take(
    database: &Database,
    session: &Arc<SharedConnection>,
    key: &LockKey,
) -> Result<Option<Held>> {
    let conn = Connection::new(Arc::clone(session), None);
    if database.dialect() == Dialect::Mysql {
        let got: Option<i64> = conn.fetchval("select get_lock($1, 0)", (key.name(),)).await?;
        return Ok((got == Some(1)).then_some(Held::Session(conn)));
    }
    if !database.endpoints().primary.is_behind_pooler() {
        let got: Option<bool> = conn.fetchval("select pg_try_advisory_lock($1)", (key.number(),)).await?;
        return Ok((got == Some(true)).then_some(Held::Session(conn)));
    }
    // With another isolation level, it would hold a snapshot until its end.
    let begin = TransactionBuilder::<Connection>::on(Arc::clone(session), None, false);
    let tx: Transaction<'static> = begin.isolation(Isolation::ReadCommitted).await?;
    if tx.fetchval("select pg_try_advisory_xact_lock($1)", (key.number(),)).await? == Some(true) {
        tx.execute("select set_config('idle_in_transaction_session_timeout', '0', true)", ()).await?;
        return Ok(Some(Held::Transaction(tx)));
    }
    tx.rollback().await?;
    Ok(None)
}

impl AdvisoryLock {
    /// The key that it was taken with.
    pub fn key(&self) -> &LockKey {
        &self.key
    }

    /// Asks the server whether the lock's connection, and with it the lock, is still there.
    ///
    /// # Errors
    ///
    /// The error of the connection, if it is lost: someone else may have the lock.
    pub async fn check(&self) -> Result<()> {
        match &self.held {
            Held::Session(conn) => conn.execute("select 1", ()).await.map(drop),
            Held::Transaction(tx) => tx.execute("select 1", ()).await.map(drop),
        }
    }

    /// Releases it, and waits for that. Dropped, it is released in the background.
    ///
    /// # Errors
    ///
    /// If the connection is lost. The server has released the lock then, too.
    pub async fn release(self) -> Result<()> {
        match self.held {
            Held::Transaction(tx) => tx.rollback().await,
            Held::Session(conn) if conn.dialect() == Dialect::Mysql => {
                conn.execute("select release_lock($1)", (self.key.name(),)).await.map(drop)
            }
            Held::Session(conn) => {
                conn.execute("select pg_advisory_unlock($1)", (self.key.number(),)).await.map(drop)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(LockKey::from(-7).number(), -7);
        assert_eq!(LockKey::from(-7).name(), "-7");
        assert_eq!(LockKey::from("nightly").name(), "nightly");
        assert_ne!(LockKey::from("nightly").number(), LockKey::from("hourly").number());
        // It must never change: other releases of a program may run beside this one.
        assert_eq!(
            LockKey::from("nightly").number(),
            i64::from_be_bytes(Sha256::digest("nightly")[..8].try_into().unwrap())
        );
        assert_eq!(LockKey::from("é".repeat(65)).name().len(), 16);
        assert_eq!(LockKey::from("").name().len(), 16);
    }
}
