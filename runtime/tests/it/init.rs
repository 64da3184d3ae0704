//! What is done with each new connection, and how many there are.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aio_databases::{Builder, Connection, Database, Error, Result};

use crate::bench;

/// Counts the connections that are opened.
fn counted(builder: Builder) -> (Builder, impl Fn() -> usize) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let builder = builder.init(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(()))
    });
    (builder, move || opened.load(Ordering::SeqCst))
}

/// The URL with an option more.
fn with_option(url: &str, option: &str) -> String {
    format!("{url}{}{option}", if url.contains('?') { '&' } else { '?' })
}

#[tokio::test]
async fn it_runs_on_each_new_connection() {
    for (name, url, _folder) in bench::urls() {
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        let db = Database::builder(&url)
            .init(move |conn| {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                async move {
                    // That a session was changed does not matter here: it is for all who come.
                    conn.execute("create temporary table init_only (number int)", ()).await?;
                    conn.execute("insert into init_only values ($1)", (i64::try_from(number).unwrap(),))
                        .await?;
                    Ok(())
                }
            })
            .unpooled()
            .build()
            .unwrap();
        let number = "select number from init_only";
        for expected in [1, 2] {
            assert_eq!(db.fetchval::<i64>(number, ()).await.unwrap(), Some(expected), "{name}: unpooled");
        }
        db.connect().await.unwrap();
        for _ in 0..3 {
            assert_eq!(
                db.fetchval::<i64>(number, ()).await.unwrap(),
                Some(3),
                "{name}: it goes back to the pool"
            );
        }
        let (first, second) = (db.connection().await.unwrap(), db.connection().await.unwrap());
        assert_eq!(first.fetchval::<i64>(number, ()).await.unwrap(), Some(3), "{name}");
        assert_eq!(second.fetchval::<i64>(number, ()).await.unwrap(), Some(4), "{name}");
        drop((first, second));
        db.disconnect().await.unwrap();
        assert_eq!(opened.load(Ordering::SeqCst), 4);
    }
}

/// What takes the database, and knows nothing of connections, runs on the new one.
#[tokio::test]
async fn the_database_inside_of_it_is_the_connection() {
    async fn prepare(db: &Database) -> Result<()> {
        db.execute("create temporary table init_scope (a int)", ()).await.map(drop)
    }
    for (name, url, _folder) in bench::urls() {
        let cell = Arc::new(OnceLock::<Database>::new());
        let seen = Arc::clone(&cell);
        let builder = Database::builder(&url).max_size(1).acquire_timeout(Duration::from_secs(5));
        let db = builder
            .init(move |_| {
                let db = seen.get().unwrap().clone();
                async move { db.transaction().run(prepare(&db)).await }
            })
            .build()
            .unwrap();
        cell.set(db.clone()).unwrap();
        db.connect().await.unwrap();
        assert_eq!(
            db.fetchval::<i64>("select count(*) from init_scope", ()).await.unwrap(),
            Some(0),
            "{name}"
        );
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn its_errors_are_told() {
    for (name, url, _folder) in bench::urls() {
        let tries = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tries);
        let builder = Database::builder(&url).init(move |conn| {
            let first = count.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                let sql = if first { "select a from no_such_table" } else { "select 1" };
                conn.execute(sql, ()).await.map(drop)
            }
        });
        let db = builder.build().unwrap();
        let error = db.connect().await.unwrap_err();
        assert!(matches!(error, Error::Connect(_)) && error.database().is_some(), "{name}: {error:?}");
        let text = error.to_string();
        assert!(text.contains("the `init` hook failed: ") && text.contains("init.rs:"), "{name}: {text}");
        assert!(text.contains("no_such_table") && !text.contains("correct-horse"), "{name}: {text}");
        assert!(!db.is_connected());
        db.connect().await.unwrap();
        assert_eq!(
            db.fetchval::<i64>("select 42", ()).await.unwrap(),
            Some(42),
            "{name}: the next one is good"
        );
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn what_it_may_not_do_with_its_connection() {
    for (name, url, _folder) in bench::urls() {
        let begins = Database::builder(&url).init(async |conn| conn.execute("begin", ()).await.map(drop));
        let kept = Arc::new(std::sync::Mutex::new(Vec::<Connection>::new()));
        let keeper = Arc::clone(&kept);
        let keeps = Database::builder(&url).init(move |conn| {
            keeper.lock().unwrap().push(conn);
            std::future::ready(Ok(()))
        });
        for builder in [begins, keeps] {
            let error = builder.open().await.unwrap_err().to_string();
            let expected = "the `init` hook kept its connection, or left a transaction open on it";
            assert!(error.ends_with(expected), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn a_panic_in_it_takes_no_place_of_the_pool() {
    for (name, url, _folder) in bench::urls() {
        let tries = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tries);
        let db = Database::builder(&url)
            .max_size(1)
            .acquire_timeout(Duration::from_secs(5))
            .init(move |_| {
                let tries = count.fetch_add(1, Ordering::SeqCst);
                async move {
                    assert!(tries != 1, "the second");
                    Ok(())
                }
            })
            .open()
            .await
            .unwrap();
        // After this the first connection is closed: nobody else may have it.
        let conn = db.connection().await.unwrap();
        let changed = if name == "postgres" {
            "set work_mem = 1024"
        } else {
            "create temporary table init_panics (a int)"
        };
        conn.execute(changed, ()).await.unwrap();
        drop(conn);
        let query = db.clone();
        let panicked = tokio::spawn(async move { query.fetchval::<i64>("select 42", ()).await }).await;
        assert!(panicked.is_err_and(|error| error.is_panic()), "{name}");
        assert_eq!(db.fetchval::<i64>("select 42", ()).await.unwrap(), Some(42), "{name}");
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn sizes_and_ages_by_builder_and_by_url() {
    let short = Duration::from_millis(100);
    for (name, url, _folder) in bench::urls() {
        let option = |option: &str| Database::builder(with_option(&url, option));
        for builder in [Database::builder(&url).min_size(3), option("min_size=3")] {
            let (builder, opened) = counted(builder);
            let db = builder.open().await.unwrap();
            assert_eq!(opened(), 3, "{name}: min_size");
            db.disconnect().await.unwrap();
        }
        // Three at a time, and the other three after them.
        for builder in [Database::builder(&url).max_size(3), option("max_size=3")] {
            let (builder, opened) = counted(builder);
            let db = builder.open().await.unwrap();
            let queries = (0..6).map(|_| async {
                let conn = db.connection().await?;
                tokio::task::yield_now().await;
                conn.fetchval::<i64>("select 1", ()).await
            });
            let done = futures_util::future::join_all(queries).await;
            assert!(done.into_iter().all(|one| matches!(one, Ok(Some(1)))));
            assert_eq!(opened(), 3, "{name}: max_size");
            db.disconnect().await.unwrap();
        }
        for builder in [
            Database::builder(&url).idle_timeout(short),
            Database::builder(&url).max_lifetime(short),
            option("idle_timeout=0.1"),
            option("max_lifetime=0.1"),
        ] {
            let (builder, opened) = counted(builder);
            let db = builder.open().await.unwrap();
            let before = opened();
            tokio::time::sleep(2 * short).await;
            assert_eq!(db.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1));
            assert!(opened() > before, "{name}: the old one was closed");
            db.disconnect().await.unwrap();
        }
        for builder in [Database::builder(&url).acquire_timeout(10 * short), option("acquire_timeout=1")] {
            let db = builder.max_size(1).open().await.unwrap();
            let conn = db.connection().await.unwrap();
            assert!(matches!(db.connection().await, Err(Error::PoolTimedOut(_))), "{name}");
            drop(conn);
            db.disconnect().await.unwrap();
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use aio_databases::rusqlite::{Error as SqliteError, functions::FunctionFlags};

    use super::*;

    #[tokio::test]
    async fn functions_and_collations() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("db.sqlite").display());
        for url in ["sqlite::memory:", &file] {
            let db = Database::builder(url)
                .init_sqlite(|conn| {
                    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
                    conn.create_scalar_function("date_part", 2, flags, |args| {
                        let (part, text) = (args.get::<String>(0)?, args.get::<String>(1)?);
                        let digits = match part.as_str() {
                            "year" => text.get(..4),
                            "day" => text.get(8..10),
                            _ => None,
                        };
                        let number = digits.and_then(|digits| digits.parse::<i64>().ok());
                        number
                            .ok_or_else(|| SqliteError::UserFunctionError(format!("no part `{part}`").into()))
                    })?;
                    conn.create_collation("backwards", |a, b| b.cmp(a))
                })
                .open()
                .await
                .unwrap();
            // On each connection, on the caller's thread and on the worker's, where writes run.
            let (one, other) = (db.connection().await.unwrap(), db.connection().await.unwrap());
            for conn in [&one, &other] {
                let sql = "select date_part('day', $1)";
                assert_eq!(conn.fetchval::<i64>(sql, ("2024-02-29 10:00:00",)).await.unwrap(), Some(29));
            }
            one.execute(
                "create table t as select date_part('year', '2024-02-29') as year union select 1",
                (),
            )
            .await
            .unwrap();
            let years =
                other.fetchall("select year || '' as y from t order by y collate backwards", ()).await;
            assert_eq!(years.unwrap(), [("2024",), ("1",)]);
            let error = one.fetchval::<i64>("select date_part('age', '')", ()).await.unwrap_err();
            assert!(error.to_string().contains("no part `age`"), "{error}");
            drop((one, other));
            db.disconnect().await.unwrap();
        }
    }

    #[tokio::test]
    async fn its_errors() {
        let failing = Database::builder("sqlite::memory:")
            .init_sqlite(|_| Err(SqliteError::UserFunctionError("no extension here".into())));
        let error = failing.open().await.unwrap_err();
        assert!(
            matches!(error, Error::Connect(_)) && error.to_string().contains("no extension here"),
            "{error}"
        );
        let error = Database::builder("sqlite::memory:").pragma("no such", 1).open().await.unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error}");
    }

    #[tokio::test]
    async fn pragmas() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}?journal_mode=delete", folder.path().join("db.sqlite").display());
        let db = Database::builder(&file)
            .pragma("journal_mode", "TRUNCATE")
            .pragma("foreign_keys", "off")
            .pragma("cache_size", -1_234)
            .pragma("synchronous", "extra")
            .pragma("encoding", "UTF-8")
            .open()
            .await
            .unwrap();
        let (one, other) = (db.connection().await.unwrap(), db.connection().await.unwrap());
        for conn in [one, other] {
            let value = async |pragma| conn.fetchone(pragma, ()).await.unwrap().unwrap()[0].clone();
            assert_eq!(value("pragma journal_mode").await, "truncate", "the builder's is over the URL's");
            assert_eq!(value("pragma foreign_keys").await, 0);
            assert_eq!(value("pragma cache_size").await, -1_234);
            assert_eq!(value("pragma synchronous").await, 3);
        }
        db.disconnect().await.unwrap();
    }

    /// A replica's file is read as it is.
    #[tokio::test]
    async fn a_replica_has_them_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        Database::open(file("replica.db")).await.unwrap().disconnect().await.unwrap();
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        let db = Database::builder(file("primary.db"))
            .replica(file("replica.db"))
            .pragma("journal_mode", "delete")
            .pragma("cache_size", -1_234)
            .init_sqlite(|conn| conn.create_scalar_function("one", 0, FunctionFlags::SQLITE_UTF8, |_| Ok(1)))
            .init(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::ready(Ok(()))
            })
            .open()
            .await
            .unwrap();
        let replica = db.replica().await.unwrap();
        assert_eq!(replica.fetchval::<i64>("select one()", ()).await.unwrap(), Some(1));
        let size = "select cache_size from pragma_cache_size";
        assert_eq!(replica.fetchval::<i64>(size, ()).await.unwrap(), Some(-1_234));
        assert_eq!(opened.load(Ordering::SeqCst), 2);
        drop(replica);
        db.disconnect().await.unwrap();
    }
}
