//! A database of accounts, and what must be true of it.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use aio_databases::{Backend, Builder, Database, Trusted, fetchall, fetchval};
use tokio::time::{sleep, timeout};

use crate::ledger::{Book, Fate};

pub(crate) const ACCOUNTS: i64 = 12;
pub(crate) const BALANCE: i64 = 1_000;

/// How many connections the pool has: fewer than there are tasks.
pub(crate) const PLACES: usize = 5;

/// How long it may take until nothing is left of what was dropped.
const AFTERMATH: Duration = Duration::from_secs(10);

pub(crate) type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The accounts, behind a pool.
pub(crate) struct Bank {
    pub(crate) backend: Backend,
    pub(crate) db: Database,
    /// How many replicas there are.
    replicas: usize,
    /// What nothing is done to: for looking at the server. SQLite's has the file's path.
    server: String,
    name: String,
    folder: tempfile::TempDir,
}

impl Bank {
    /// Opens new accounts on the server. The workload gets there by `way`, a URL's beginning, where that is another; `build` says
    /// more of its pool.
    pub(crate) async fn open(
        backend: Backend,
        server: &str,
        way: &str,
        build: impl FnOnce(&str, Builder) -> Builder,
    ) -> Result<Self, Problem> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir()?;
        let name = format!("bank{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (url, create) = match backend {
            Backend::Sqlite => (format!("sqlite:{}{way}", folder.path().join("bank.db").display()), None),
            Backend::Postgres => {
                let settings =
                    format!("-csearch_path%3D{name} -cdeadlock_timeout%3D50ms -csynchronous_commit%3Don");
                let url = format!("{way}?application_name={name}&options={}", settings.replace(' ', "%20"));
                (url, Some(format!("create schema {name}")))
            }
            Backend::Mysql => {
                let (way, _) = way.rsplit_once('/').ok_or("a server's URL ends with its database")?;
                (format!("{way}/{name}"), Some(format!("create database {name}")))
            }
        };
        if let Some(create) = create {
            Database::unpooled(server)?.execute(Trusted(create), ()).await?;
        }
        let builder = Database::builder(url).max_size(PLACES).slow_query(None);
        let db = build(&name, builder).open().await?;
        db.migrate(aio_databases::migrate!()).await?;
        db.executemany("insert into accounts values ($1, $2)", (1..=ACCOUNTS).map(|id| (id, BALANCE)))
            .await?;
        Ok(Bank { backend, db, replicas: 0, server: server.to_owned(), name, folder })
    }

    /// Says that there are replicas to read from.
    pub(crate) fn has_replicas(&mut self, count: usize) {
        self.replicas = count;
    }

    /// Whether there are.
    pub(crate) fn is_replicated(&self) -> bool {
        self.replicas > 0
    }

    /// What its sessions are known by at the server: PostgreSQL's `application_name`, MySQL's database.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// SQLite's file.
    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("bank.db")
    }

    /// Holds the accounts against what the tasks were told.
    pub(crate) async fn balance(&self, book: &Book) -> Result<(), Problem> {
        let db = &self.db;
        let accounts = fetchall!(db, "select id, balance from accounts").await?;
        let transfers = fetchall!(db, "select number, source, target, amount from transfers").await?;
        let batches =
            fetchall!(db, "select batch, size, count(*) as there from batches group by batch, size").await?;
        let sum: i64 = accounts.iter().map(|account| account.balance).sum();
        ensure(sum == ACCOUNTS * BALANCE, || format!("the sum over all accounts is {sum}"))?;
        let mut expected: BTreeMap<i64, i64> = (1..=ACCOUNTS).map(|id| (id, BALANCE)).collect();
        for transfer in &transfers {
            *expected.entry(transfer.source).or_default() -= transfer.amount;
            *expected.entry(transfer.target).or_default() += transfer.amount;
        }
        for account in &accounts {
            let (id, expected) = (account.id, expected.get(&account.id).copied());
            ensure(expected == Some(account.balance), || {
                format!("account {id} has {}, and by its transfers {expected:?}", account.balance)
            })?;
        }
        for batch in &batches {
            ensure(batch.there == batch.size, || {
                format!("batch {} has {} lines of {}", batch.batch, batch.there, batch.size)
            })?;
        }
        let there: std::collections::BTreeSet<i64> = transfers
            .iter()
            .map(|transfer| transfer.number)
            .chain(batches.iter().map(|batch| batch.batch))
            .collect();
        for (number, fate) in &book.fates {
            ensure(*fate != Fate::Kept || there.contains(number), || {
                format!("{number} was committed, and is lost")
            })?;
            ensure(*fate != Fate::Gone || !there.contains(number), || {
                format!("{number} was taken back, and is there")
            })?;
        }
        for number in &there {
            ensure(book.fates.contains_key(number), || format!("nobody knows of {number}, which is there"))?;
        }
        Ok(())
    }

    /// Sees that every place of the pool is free, with a connection that answers.
    pub(crate) async fn has_all_places(&self) -> Result<(), Problem> {
        let mut taken = Vec::new();
        for place in 1..=PLACES {
            let connection = timeout(AFTERMATH, self.db.connection()).await;
            let connection = connection.map_err(|_| format!("place {place} of {PLACES} is not free"))??;
            let answer = fetchval!(connection, "select count(*) from accounts").await?;
            ensure(answer == ACCOUNTS, || format!("there are {answer} accounts"))?;
            taken.push(connection);
        }
        Ok(())
    }

    /// Sees that the server has nothing under way for the pool, and no more connections than it has places.
    pub(crate) async fn is_quiet(&self) -> Result<(), Problem> {
        if self.backend == Backend::Sqlite {
            return self.is_unlocked();
        }
        let sessions = match self.backend {
            Backend::Postgres => {
                "select case when state = 'idle' then 1 else 0 end, concat(pid, ' ', state, ': ', query) from pg_stat_activity where application_name = $1"
            }
            _ => {
                "select p.command = 'Sleep' and t.trx_id is null, concat_ws(' ', p.id, p.command, p.state, t.trx_state, p.info) \
                 from information_schema.processlist p \
                 left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id where p.db = $1"
            }
        };
        eventually(|| async move {
            let sessions = Database::unpooled(&self.server)?.fetchall(sessions, (self.name(),)).await?;
            let mut busy = Vec::new();
            for session in &sessions {
                if session.get::<i64>(0)? == 0 {
                    busy.push(session.get::<String>(1)?);
                }
            }
            ensure(busy.is_empty(), || format!("these sessions are not idle: {busy:#?}"))?;
            let (open, most) = (sessions.len(), PLACES * (1 + self.replicas));
            ensure(open <= most, || format!("{open} sessions are open, and there are {most} places"))
        })
        .await
    }

    /// Sees that nobody holds a lock of SQLite's.
    fn is_unlocked(&self) -> Result<(), Problem> {
        let other = rusqlite::Connection::open(self.file())?;
        other.busy_timeout(Duration::ZERO)?;
        other.execute_batch("begin immediate; rollback")?;
        let checkpoint: i64 = other.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        ensure(checkpoint == 0, || "someone reads still: the log can't be emptied".to_owned())?;
        let sound: String = other.query_row("pragma integrity_check", [], |row| row.get(0))?;
        ensure(sound == "ok", || sound)
    }

    /// Disconnects, sees that nothing is left of it, and removes the accounts.
    pub(crate) async fn close(&self) -> Result<(), Problem> {
        timeout(AFTERMATH, self.db.disconnect()).await.map_err(|_| "disconnecting hangs")??;
        let (count, remove) = match self.backend {
            Backend::Sqlite => return Ok(()),
            Backend::Postgres => (
                "select count(*) from pg_stat_activity where application_name = $1",
                format!("drop schema {} cascade", self.name),
            ),
            Backend::Mysql => (
                "select count(*) from information_schema.processlist where db = $1",
                format!("drop database {}", self.name),
            ),
        };
        let admin = &Database::unpooled(&self.server)?;
        let name = &self.name;
        eventually(|| async move {
            let open: Option<i64> = admin.fetchval(count, (name.clone(),)).await?;
            ensure(open == Some(0), || format!("{open:?} sessions are open after `disconnect`"))
        })
        .await?;
        admin.execute(Trusted(remove), ()).await?;
        Ok(())
    }
}

/// How often it is looked whether nothing is left. (MariaDB's `innodb_trx` shows what it did the last time to whoever looks sooner
/// than a tenth of a second after that.)
const LOOK: Duration = Duration::from_millis(250);

/// Asks again for a while: what was dropped is cleaned up in the background.
pub(crate) async fn eventually<F: Future<Output = Result<(), Problem>>>(
    ask: impl Fn() -> F,
) -> Result<(), Problem> {
    let started = Instant::now();
    loop {
        match ask().await {
            Err(_) if started.elapsed() < AFTERMATH => sleep(LOOK).await,
            result => return result,
        }
    }
}

pub(crate) fn ensure(holds: bool, else_what: impl FnOnce() -> String) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(else_what().into()) }
}
