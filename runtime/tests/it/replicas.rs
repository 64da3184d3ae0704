//! Replicas: SQLite files, a standby of PostgreSQL's that follows its primary, and for MySQL a second database.

use std::time::{Duration, Instant};

use aio_databases::{
    Backend, ConnectProblem, Connection, Database, Error, Isolation, ReadExecutor, Result, Trusted,
    access::Read, sql,
};

use crate::{bench, proxy::Proxy};

/// A primary and a replica.
struct Pair {
    name: &'static str,
    primary: String,
    replica: String,
    /// The replica's server, where it has one of its own.
    standby: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

impl Pair {
    async fn all() -> Vec<Pair> {
        let mut all = Vec::new();
        for (name, primary, _folder) in bench::urls() {
            let pair = Pair { name, replica: primary.clone(), primary, standby: None, _folder };
            match name {
                "memory" => all.push(pair),
                "file" => all.push(Pair { replica: pair.primary.replace("test.db", "replica.db"), ..pair }),
                "postgres" => match std::env::var("AIO_DATABASES_POSTGRES_STANDBY_URL") {
                    Ok(standby) => {
                        all.push(Pair { replica: standby.clone(), standby: Some(standby), ..pair })
                    }
                    Err(_) => eprintln!("NOT TESTED: a standby of PostgreSQL: run `cargo xtask servers`"),
                },
                _ => {
                    let (server, _) = pair.primary.rsplit_once('/').unwrap();
                    let replica = format!("{server}/replica");
                    let db = Database::unpooled(&pair.primary).unwrap();
                    db.execute("create database if not exists replica", ()).await.unwrap();
                    all.push(Pair { replica, ..pair });
                }
            }
        }
        all
    }

    fn backend(&self) -> Backend {
        Database::unpooled(&self.primary).unwrap().backend()
    }

    /// A database of both, in which the table holds who has it.
    async fn open(&self, table: &str) -> Database {
        self.seed(table).await;
        let db = Database::builder(&self.primary).replica(&self.replica).open().await.unwrap();
        if self.name == "memory" {
            db.execute(Trusted(format!("create table {table} (name text)")), ()).await.unwrap();
        }
        db
    }

    /// The table, in both: on a standby it comes by itself.
    async fn seed(&self, table: &str) {
        if self.name == "memory" {
            return;
        }
        let script = |who| {
            Trusted(format!(
                "drop table if exists {table}; create table {table} (name varchar(10)); insert into {table} values ('{who}')"
            ))
        };
        let primary = Database::open(&self.primary).await.unwrap();
        primary.executescript(script("primary")).await.unwrap();
        match &self.standby {
            None => {
                let replica = Database::open(&self.replica).await.unwrap();
                replica.executescript(script("replica")).await.unwrap();
                replica.disconnect().await.unwrap();
            }
            Some(standby) => catch_up(&primary, standby).await,
        }
        primary.disconnect().await.unwrap();
    }

    /// Who has the table of a connection.
    fn whose(&self, table: &str) -> Trusted {
        Trusted(match self.backend() {
            Backend::Postgres => format!(
                "select case when pg_is_in_recovery() then 'replica' else name end from {table} limit 1"
            ),
            _ => format!("select name from {table}"),
        })
    }
}

/// Waits until the standby has all that the primary has.
async fn catch_up(primary: &Database, standby: &str) {
    let standby = Database::open(standby).await.unwrap();
    // The place up to which it is written would not do: these servers commit before they write.
    let at: Option<String> = primary.fetchval("select pg_current_wal_insert_lsn()::text", ()).await.unwrap();
    let started = Instant::now();
    let is_there = "select pg_last_wal_replay_lsn() >= $1::text::pg_lsn";
    while standby.fetchval::<bool>(is_there, (at.clone(),)).await.unwrap() != Some(true) {
        assert!(started.elapsed() < Duration::from_secs(30), "the standby does not follow");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    standby.disconnect().await.unwrap();
}

#[track_caller]
fn is_read_only<T: std::fmt::Debug>(result: Result<T>, what: &str) {
    match result {
        Err(Error::ReadOnly { query }) => assert!(query.file.ends_with("replicas.rs"), "{what}: {query}"),
        other => panic!("{what}: {other:?}"),
    }
}

async fn whose(executor: &impl ReadExecutor, pair: &Pair, table: &str) -> Option<String> {
    sql(pair.whose(table), ()).fetchval(executor).await.unwrap()
}

#[tokio::test]
async fn it_is_the_replica_that_is_read() {
    for pair in Pair::all().await {
        if pair.name == "memory" {
            continue;
        }
        let db = pair.open("replica_read").await;
        let (primary, replica) = (Some("primary".to_owned()), Some("replica".to_owned()));
        assert_eq!(whose(&db, &pair, "replica_read").await, primary, "{}", pair.name);
        let guard: Connection<Read> = db.replica().await.unwrap();
        assert_eq!(whose(&guard, &pair, "replica_read").await, replica);
        let mut rows = guard.iterate(pair.whose("replica_read"), ());
        assert_eq!(rows.next().await.unwrap().unwrap()[0], "replica");
        drop(rows);
        assert_eq!(whose(&db, &pair, "replica_read").await, primary, "a guard is no scope");
        let read: Result<()> = db
            .replica()
            .run(async {
                assert!(db.current().unwrap().is_replica());
                assert_eq!(whose(&db, &pair, "replica_read").await, replica);
                assert_eq!(db.fetchall(pair.whose("replica_read"), ()).await?, [("replica",)]);
                let mut rows = db.iterate(pair.whose("replica_read"), ());
                assert_eq!(rows.next().await.unwrap()?[0], "replica");
                Ok(())
            })
            .await;
        read.unwrap();
        assert!(db.current().is_none());
        assert_eq!(whose(&db, &pair, "replica_read").await, primary);
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn what_may_write_is_refused_before_anything_is_sent() {
    for pair in Pair::all().await {
        let db = pair.open("replica_write").await;
        // SQL of which a server would say something else.
        let statements = [
            "insert into no_such_table values (1)",
            "update no_such_table set a = 1",
            "delete from no_such_table",
            "create table replica_write (a int)",
            "drop table no_such_table",
            "with a as (select 1) delete from no_such_table",
            "set a = 1",
            "begin",
            "call no_such_procedure()",
            "no_such_statement",
            "explain analyze delete from no_such_table",
        ];
        let guard = db.replica().await.unwrap();
        for sql in statements {
            is_read_only(guard.execute(sql, ()).await, sql);
            is_read_only(guard.fetchall(sql, ()).await, sql);
            is_read_only(guard.iterate(sql, ()).next().await.unwrap(), sql);
        }
        is_read_only(guard.executemany("insert into t values ($1)", [(1,), (2,)]).await, "executemany");
        is_read_only(guard.executescript("select 1; select 2").await, "a script may be anything");
        let scope: Result<()> = db
            .replica()
            .run(async {
                for sql in statements {
                    is_read_only(db.execute(sql, ()).await, sql);
                    is_read_only(db.current().unwrap().execute(sql, ()).await, sql);
                }
                is_read_only(db.executemany("insert into t values ($1)", [(1,), (2,)]).await, "executemany");
                is_read_only(db.transaction().await, "a transaction's guard");
                is_read_only(
                    db.transaction().isolation(Isolation::Serializable).run(async { Ok(()) }).await,
                    "its scope",
                );
                is_read_only(db.transaction().retry(3, async || Ok(())).await, "one that is tried again");
                // A refused statement leaves all as it was.
                assert_eq!(db.fetchval::<i64>("select 42", ()).await?, Some(42));
                Ok(())
            })
            .await;
        scope.unwrap_or_else(|error| panic!("{}: {error}", pair.name));
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn a_primary_inside_of_its_scope_writes() {
    for pair in Pair::all().await {
        let db = pair.open("replica_nested").await;
        let insert = "insert into replica_nested values ('new')";
        let scope: Result<()> = db
            .replica()
            .run(async {
                is_read_only(db.execute(insert, ()).await, "on the replica");
                db.connection().await?.execute(insert, ()).await?;
                db.connection()
                    .run(async {
                        assert!(!db.current().unwrap().is_replica());
                        db.execute(insert, ()).await?;
                        db.transaction().run(async { db.execute(insert, ()).await.map(drop) }).await?;
                        let inner: Result<()> = db
                            .replica()
                            .run(async {
                                is_read_only(db.execute(insert, ()).await, "on the inner replica");
                                Ok(())
                            })
                            .await;
                        inner?;
                        db.execute(insert, ()).await.map(drop)
                    })
                    .await?;
                db.transaction().separate().run(async { db.execute(insert, ()).await.map(drop) }).await?;
                let reused = db.connection().reuse().await?;
                reused.execute(insert, ()).await?;
                is_read_only(db.execute(insert, ()).await, "on the replica again");
                Ok(())
            })
            .await;
        scope.unwrap_or_else(|error| panic!("{}: {error}", pair.name));
        db.execute(insert, ()).await.unwrap();
        let count = db.fetchval("select count(*) from replica_nested where name = 'new'", ()).await.unwrap();
        assert_eq!(count, Some(7_i64), "{}", pair.name);
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_there_only_reads() {
    for pair in Pair::all().await {
        let db = pair.open("replica_transaction").await;
        let mut guard = db.replica().await.unwrap();
        for _ in 0..2 {
            let mut tx = guard.transaction().await.unwrap();
            assert_eq!(tx.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1), "{}", pair.name);
            is_read_only(tx.execute("delete from replica_transaction", ()).await, "in a transaction");
            let inner = tx.transaction().await.unwrap();
            is_read_only(inner.execute("delete from replica_transaction", ()).await, "in a savepoint");
            assert_eq!(inner.fetchval::<i64>("select 2", ()).await.unwrap(), Some(2));
            inner.commit().await.unwrap();
            tx.commit().await.unwrap();
            // Nor does the connection write afterwards.
            is_read_only(guard.execute("delete from replica_transaction", ()).await, "after a transaction");
        }
        let scope: Result<()> = db
            .replica()
            .run(async {
                db.transaction()
                    .read_only()
                    .run(async {
                        assert!(db.current().unwrap().is_replica() && db.current().unwrap().is_transaction());
                        is_read_only(db.execute("delete from replica_transaction", ()).await, "in a scope");
                        db.transaction().run(async { db.fetchval::<i64>("select 1", ()).await }).await?;
                        db.transaction()
                            .read_only()
                            .run(async { db.fetchval::<i64>("select 1", ()).await })
                            .await?;
                        db.replica().reuse().await?.transaction().await?.commit().await
                    })
                    .await
            })
            .await;
        scope.unwrap_or_else(|error| panic!("{}: {error}", pair.name));
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn the_server_refuses_what_nobody_could_know() {
    for pair in Pair::all().await {
        let db = pair.open("replica_session").await;
        let replica = db.replica().await.unwrap();
        let setting = match pair.backend() {
            Backend::Sqlite => "select query_only from pragma_query_only",
            Backend::Postgres => "select (current_setting('default_transaction_read_only') = 'on')::int",
            Backend::Mysql => {
                "select /*M! @@session.tx_read_only */ /*!80000 @@session.transaction_read_only */"
            }
        };
        assert_eq!(replica.fetchval::<i64>(setting, ()).await.unwrap(), Some(1), "{}", pair.name);
        assert_eq!(db.fetchval::<i64>(setting, ()).await.unwrap(), Some(0), "{}: the primary's", pair.name);
        let writes = match pair.backend() {
            Backend::Sqlite => continue,
            Backend::Postgres => "select setval('replica_session_numbers', 5)",
            Backend::Mysql => "select replica_session_writes()",
        };
        let owner = match pair.backend() {
            Backend::Mysql => Database::open(&pair.replica).await.unwrap(),
            _ => Database::open(&pair.primary).await.unwrap(),
        };
        match pair.backend() {
            Backend::Mysql => {
                owner.execute("drop function if exists replica_session_writes", ()).await.unwrap();
                let create = "create function replica_session_writes() returns int deterministic modifies sql data \
                              begin insert into replica_session values ('x'); return 1; end";
                owner.execute(create, ()).await.unwrap();
            }
            _ => owner
                .execute("create sequence if not exists replica_session_numbers", ())
                .await
                .map(drop)
                .unwrap(),
        }
        owner.fetchval::<i64>(writes, ()).await.expect("the primary's session writes");
        if let Some(standby) = &pair.standby {
            catch_up(&owner, standby).await;
        }
        // A pool of the primary's server, as if it were the replica: it is the session that does not write.
        let same = Database::builder(&pair.primary).replica(owner_url(&pair)).open().await.unwrap();
        for replica in [replica, same.replica().await.unwrap()] {
            let error = replica.fetchval::<i64>(writes, ()).await.unwrap_err();
            let code = if pair.backend() == Backend::Mysql { "1792" } else { "25006" };
            assert_eq!(error.code(), Some(code), "{}: {error}", pair.name);
        }
        same.disconnect().await.unwrap();
        owner.disconnect().await.unwrap();
        db.disconnect().await.unwrap();
    }
}

fn owner_url(pair: &Pair) -> &str {
    if pair.backend() == Backend::Mysql { &pair.replica } else { &pair.primary }
}

#[tokio::test]
async fn settings_that_are_mistakes() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::open(&url).await.unwrap();
        assert!(matches!(db.replica().await, Err(Error::NoReplica)), "{name}");
        let nothing: Result<()> = db.replica().run(async { panic!("not without a replica") }).await;
        let message = nothing.unwrap_err().to_string();
        assert!(message.contains("Database::builder(url).replica(url)"), "{message}");
        assert!(db.current().is_none());
        let other = if name == "postgres" { "mysql://a:b@c/d" } else { "postgres://a:b@c/d" };
        let error = Database::builder(&url).replica(other).build().unwrap_err();
        assert!(matches!(error, Error::Url(_)), "{name}: {error:?}");
        assert!(
            error.to_string().contains("to be a replica of") && !error.to_string().contains("a:b"),
            "{error}"
        );
        if let Some((_, server)) = url.split_once('@') {
            let scheme = url.split_once(':').unwrap().0;
            let wrong = format!("{scheme}://no_such_user:secret@{server}");
            let builder = Database::builder(&url).replica(wrong);
            let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
            assert!(shown.contains("no_such_user:***@") && !shown.contains("secret"), "{shown}");
            match builder.clone().open().await {
                Err(Error::Connect(error)) => {
                    assert_eq!(error.problem(), ConnectProblem::Authentication, "{name}")
                }
                other => panic!("{name}: {other:?}"),
            }
            let db = builder.build().unwrap();
            db.connect().await.unwrap_err();
            assert!(!db.is_connected(), "neither is the primary");
        }
    }
}

#[tokio::test]
async fn without_a_pool_and_disconnected_inside() {
    for pair in Pair::all().await {
        pair.seed("replica_unpooled").await;
        let db = Database::builder(&pair.primary).replica(&pair.replica).build().unwrap();
        for pooled in [false, true, false] {
            if pooled {
                db.connect().await.unwrap();
            }
            let scope: Result<()> = db
                .replica()
                .run(async {
                    assert_eq!(db.fetchval::<i64>("select 42", ()).await?, Some(42));
                    db.disconnect().await?;
                    // The scope keeps its connection, and is what it was.
                    assert!(db.current().unwrap().is_replica());
                    assert_eq!(db.fetchval::<i64>("select 42", ()).await?, Some(42));
                    is_read_only(db.execute("create table t (a int)", ()).await, "disconnected");
                    Ok(())
                })
                .await;
            scope.unwrap_or_else(|error| panic!("{}: {error}", pair.name));
            assert!(db.current().is_none() && !db.is_connected());
        }
    }
}

/// A replica that is gone is left out while there is another, and told of where there is none; it is taken again when it is
/// back.
#[tokio::test]
async fn one_is_gone_and_comes_back() {
    for pair in Pair::all().await {
        if pair.backend() == Backend::Sqlite {
            continue;
        }
        let (first, first_url) = Proxy::to(&pair.replica);
        let (second, second_url) = Proxy::to(&pair.replica);
        let db =
            Database::builder(&pair.primary).replica(&first_url).replica(&second_url).open().await.unwrap();
        let read = || async { db.replica().await?.fetchval::<i64>("select 42", ()).await };
        for _ in 0..4 {
            assert_eq!(read().await.unwrap(), Some(42));
        }
        first.cut();
        // A connection that was idle tells of it, once; from then on the other one is asked.
        let mut failed = 0;
        for _ in 0..20 {
            failed += u32::from(read().await.is_err());
        }
        assert!(failed <= 1, "{}: {failed}", pair.name);
        second.cut();
        let mut error = None;
        for _ in 0..3 {
            error = read().await.err();
        }
        match error {
            Some(Error::Connect(error)) => {
                assert_eq!(error.problem(), ConnectProblem::Refused, "{}", pair.name)
            }
            other => panic!("{}: {other:?}", pair.name),
        }
        assert_eq!(
            db.fetchval::<i64>("select 42", ()).await.unwrap(),
            Some(42),
            "the primary is not a replica"
        );
        // With none left each call looks whether one is back.
        first.open();
        for _ in 0..3 {
            assert_eq!(read().await.unwrap(), Some(42), "{}", pair.name);
        }
        // The other one is taken again, too.
        second.open();
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let held = [db.replica().await.unwrap(), db.replica().await.unwrap()];
        first.cut();
        let mut answers = 0;
        for replica in &held {
            answers += u32::from(replica.fetchval::<i64>("select 42", ()).await.is_ok());
        }
        assert_eq!(answers, 1, "{}: one connection of each", pair.name);
        db.disconnect().await.unwrap();
    }
}

/// One that is not there at the start is no reason not to start.
#[tokio::test]
async fn one_that_is_not_there_yet() {
    for pair in Pair::all().await {
        let (proxy, replica) = match pair.name {
            "memory" => continue,
            "file" => (None, pair.replica.clone()),
            _ => {
                let (proxy, url) = Proxy::to(&pair.replica);
                proxy.cut();
                (Some(proxy), url)
            }
        };
        let db = Database::builder(&pair.primary).replica(&replica).open().await.unwrap();
        assert!(matches!(db.replica().await, Err(Error::Connect(_))), "{}", pair.name);
        match proxy {
            None => Database::open(&pair.replica).await.unwrap().disconnect().await.unwrap(),
            Some(ref proxy) => proxy.open(),
        }
        let read = db.replica().await.unwrap().fetchval::<i64>("select 42", ()).await.unwrap();
        assert_eq!(read, Some(42), "{}", pair.name);
        db.disconnect().await.unwrap();
    }
}

/// Those who read at the same time are spread over the replicas.
#[tokio::test]
async fn the_least_busy_is_read() {
    let Some(pair) = Pair::all().await.into_iter().find(|pair| pair.name == "file") else { return };
    pair.seed("replica_busy").await;
    let other = pair.replica.replace("replica.db", "other.db");
    let copy = Database::open(&other).await.unwrap();
    copy.executescript("create table replica_busy (name text); insert into replica_busy values ('other')")
        .await
        .unwrap();
    let db = Database::builder(&pair.primary).replica(&pair.replica).replica(&other).open().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(db.replica().await.unwrap());
    }
    let mut names = Vec::new();
    for replica in &held {
        names.push(whose(replica, &pair, "replica_busy").await.unwrap());
    }
    names.sort();
    assert_eq!(names, ["other", "other", "other", "replica", "replica", "replica"]);
    db.disconnect().await.unwrap();
}
