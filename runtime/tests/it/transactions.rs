//! Transactions as guards.

use aio_databases::{Backend, Database, Error, Isolation};

use crate::bench;

/// How many rows others see.
async fn rows(db: &Database, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    db.fetchval::<i64>(aio_databases::Trusted(sql), ()).await.unwrap().unwrap()
}

async fn insert(executor: &impl aio_databases::Executor, table: &str, id: i64) -> aio_databases::Result<()> {
    let sql = aio_databases::Trusted(format!("insert into {table} values ($1, $2)"));
    aio_databases::sql(sql, (id, id.to_string())).execute(executor).await.map(|_| ())
}

#[tokio::test]
async fn what_is_committed_stays_and_what_is_not_goes() {
    for bench in bench::all().await {
        bench.table("tx_ends").await;
        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_ends", 1).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&bench.db, "tx_ends").await, 1, "{}", bench.name);

        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_ends", 2).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(rows(&bench.db, "tx_ends").await, 1, "{}", bench.name);

        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_ends", 3).await.unwrap();
        drop(tx);
        assert_eq!(rows(&bench.db, "tx_ends").await, 1, "{}", bench.name);
        // Nothing is locked.
        insert(&bench.db, "tx_ends", 4).await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_transaction_gives_its_connection_back() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::builder(&url).max_size(1).open().await.unwrap();
        for _ in 0..3 {
            drop(db.transaction().await.unwrap());
        }
        let tx = db.transaction().await.unwrap();
        assert_eq!(tx.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1), "{name}");
        drop(tx);
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn nested_ones_are_savepoints() {
    for bench in bench::all().await {
        bench.table("tx_nested").await;
        let mut one = bench.db.transaction().await.unwrap();
        insert(&one, "tx_nested", 1).await.unwrap();
        let mut two = one.transaction().await.unwrap();
        insert(&two, "tx_nested", 2).await.unwrap();
        let three = two.transaction().await.unwrap();
        insert(&three, "tx_nested", 3).await.unwrap();
        three.rollback().await.unwrap();
        insert(&two, "tx_nested", 4).await.unwrap();
        let three = two.transaction().await.unwrap();
        insert(&three, "tx_nested", 5).await.unwrap();
        three.commit().await.unwrap();
        two.commit().await.unwrap();
        let two = one.transaction().await.unwrap();
        insert(&two, "tx_nested", 6).await.unwrap();
        drop(two);
        insert(&one, "tx_nested", 7).await.unwrap();
        one.commit().await.unwrap();
        let found = bench.db.fetchall("select id from tx_nested order by id", ()).await.unwrap();
        assert_eq!(found, [(1,), (2,), (4,), (5,), (7,)], "{}", bench.name);
    }
}

#[tokio::test]
async fn an_inner_one_may_fail() {
    for bench in bench::all().await {
        bench.table("tx_fails").await;
        let mut tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_fails", 1).await.unwrap();
        let inner = tx.transaction().await.unwrap();
        assert!(insert(&inner, "tx_fails", 1).await.unwrap_err().is_unique_violation());
        inner.rollback().await.unwrap();
        insert(&tx, "tx_fails", 2).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&bench.db, "tx_fails").await, 2, "{}", bench.name);
    }
}

#[tokio::test]
async fn a_commit_that_keeps_nothing_is_an_error() {
    for bench in bench::all().await {
        bench.table("tx_aborted").await;
        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_aborted", 1).await.unwrap();
        assert!(insert(&tx, "tx_aborted", 1).await.is_err());
        let ended = tx.commit().await;
        if bench.is(Backend::Postgres) {
            let error = ended.unwrap_err();
            assert!(matches!(error, Error::RolledBack { .. }), "{error}");
            let query = error.query().expect("the statement that failed");
            assert!(query.sql.starts_with("insert into tx_aborted"), "{error}");
            assert_eq!(rows(&bench.db, "tx_aborted").await, 0);
        } else {
            ended.unwrap();
            assert_eq!(rows(&bench.db, "tx_aborted").await, 1, "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn on_a_connection() {
    for bench in bench::all().await {
        bench.table("tx_conn").await;
        let mut conn = bench.db.connection().await.unwrap();
        let tx = conn.transaction().isolation(Isolation::Serializable).await.unwrap();
        insert(&tx, "tx_conn", 1).await.unwrap();
        tx.commit().await.unwrap();
        insert(&conn, "tx_conn", 2).await.unwrap();
        let tx = conn.transaction().await.unwrap();
        insert(&tx, "tx_conn", 3).await.unwrap();
        drop(tx);
        assert_eq!(
            conn.fetchval::<i64>("select count(*) from tx_conn", ()).await.unwrap(),
            Some(2),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn one_that_only_reads_refuses_to_write() {
    for bench in bench::all().await {
        bench.table("tx_reads").await;
        let tx = bench.db.transaction().read_only().await.unwrap();
        assert_eq!(tx.fetchval::<i64>("select count(*) from tx_reads", ()).await.unwrap(), Some(0));
        let error = insert(&tx, "tx_reads", 1).await.unwrap_err();
        assert!(matches!(error, Error::ReadOnly { .. }), "{}: {error}", bench.name);
        tx.commit().await.unwrap();
        // The connection may write again.
        insert(&bench.db, "tx_reads", 1).await.unwrap();
        let tx = bench.db.transaction().read_only().await.unwrap();
        drop(tx);
        insert(&bench.db, "tx_reads", 2).await.unwrap();
        assert_eq!(rows(&bench.db, "tx_reads").await, 2, "{}", bench.name);
    }
}

#[tokio::test]
async fn a_server_refuses_what_first_words_do_not_tell() {
    for bench in bench::all().await {
        if bench.is(Backend::Postgres) {
            bench.db.execute("create sequence if not exists tx_sequence", ()).await.unwrap();
            let tx = bench.db.transaction().read_only().await.unwrap();
            let error = tx.fetchval::<i64>("select nextval('tx_sequence')", ()).await.unwrap_err();
            assert_eq!(error.code(), Some("25006"), "{error}");
        }
    }
}

#[tokio::test]
async fn isolation_levels_are_the_servers() {
    for bench in bench::all().await {
        for level in [
            Isolation::ReadUncommitted,
            Isolation::ReadCommitted,
            Isolation::RepeatableRead,
            Isolation::Serializable,
        ] {
            let tx = bench.db.transaction().isolation(level).deferrable().await.unwrap();
            if bench.is(Backend::Postgres) {
                let said: Option<String> = tx.fetchval("show transaction_isolation", ()).await.unwrap();
                let said = said.unwrap().replace(' ', "");
                assert_eq!(said, format!("{level:?}").to_lowercase());
            }
            tx.commit().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_savepoint_has_no_level_of_its_own() {
    for bench in bench::all().await {
        let result: Result<(), Error> = bench
            .db
            .transaction()
            .run(async { bench.db.transaction().isolation(Isolation::Serializable).await.map(drop) })
            .await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Transaction { .. }), "{}: {error}", bench.name);
    }
}

#[tokio::test]
async fn statements_do_not_end_a_guards_transaction() {
    for bench in bench::all().await {
        bench.table("tx_statements").await;
        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_statements", 1).await.unwrap();
        for sql in ["commit", "rollback", "begin"] {
            let error = tx.execute(sql, ()).await.unwrap_err();
            assert!(matches!(error, Error::Transaction { .. }), "{}: {error}", bench.name);
        }
        let error = tx.executescript("select 1; commit").await.unwrap_err();
        assert!(matches!(error, Error::Transaction { .. }), "{}: {error}", bench.name);
        tx.rollback().await.unwrap();
        assert_eq!(rows(&bench.db, "tx_statements").await, 0, "{}", bench.name);
    }
}

#[tokio::test]
async fn a_script_may_leave_a_transaction_open() {
    for bench in bench::all().await {
        bench.table("tx_script").await;
        let conn = bench.db.connection().await.unwrap();
        conn.executescript("begin; insert into tx_script values (1, 'a')").await.unwrap();
        drop(conn);
        assert_eq!(rows(&bench.db, "tx_script").await, 0, "{}", bench.name);
        insert(&bench.db, "tx_script", 2).await.unwrap();
    }
}

#[tokio::test]
async fn many_rows_in_a_transaction_are_a_savepoint() {
    for bench in bench::all().await {
        bench.table("tx_many").await;
        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_many", 1).await.unwrap();
        let rows_given = [(2_i64, "a"), (1, "b")];
        assert!(tx.executemany("insert into tx_many values ($1, $2)", rows_given).await.is_err());
        tx.executemany("insert into tx_many values ($1, $2)", [(3_i64, "a"), (4, "b")]).await.unwrap();
        tx.commit().await.unwrap();
        let found = bench.db.fetchall("select id from tx_many order by id", ()).await.unwrap();
        assert_eq!(found, [(1,), (3,), (4,)], "{}", bench.name);
    }
}

#[tokio::test]
async fn one_that_was_cancelled_midway_is_taken_back() {
    for bench in bench::all().await {
        bench.table("tx_cancelled").await;
        let tx = bench.db.transaction().await.unwrap();
        insert(&tx, "tx_cancelled", 1).await.unwrap();
        let slow = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(slow, tx.fetchone(bench.slow(), ())).await.is_err(), "{}", bench.name);
        drop(tx);
        assert_eq!(rows(&bench.db, "tx_cancelled").await, 0, "{}", bench.name);
        insert(&bench.db, "tx_cancelled", 2).await.unwrap();
    }
}

/// Two transactions that each wait for the other's row.
#[tokio::test]
async fn a_deadlock_is_told_and_takes_everything_back() {
    for bench in bench::all().await {
        if bench.is(Backend::Sqlite) {
            continue;
        }
        bench.table("tx_deadlock").await;
        insert(&bench.db, "tx_deadlock", 1).await.unwrap();
        insert(&bench.db, "tx_deadlock", 2).await.unwrap();
        let (a, b) = (bench.db.transaction().await.unwrap(), bench.db.transaction().await.unwrap());
        let first = "update tx_deadlock set name = 'x' where id = 1";
        let second = "update tx_deadlock set name = 'y' where id = 2";
        a.execute(first, ()).await.unwrap();
        b.execute(second, ()).await.unwrap();
        let (x, y) = tokio::join!(a.execute(second, ()), async { b.execute(first, ()).await });
        let (failed, other, error) = match (x, y) {
            (Err(error), Ok(_)) => (a, b, error),
            (Ok(_), Err(error)) => (b, a, error),
            other => panic!("{}: {other:?}", bench.name),
        };
        assert!(error.is_serialization_failure(), "{error}");
        // What comes later does not run outside of a transaction by mistake.
        assert!(insert(&failed, "tx_deadlock", 3).await.is_err());
        assert!(matches!(failed.commit().await, Err(Error::RolledBack { .. })));
        other.commit().await.unwrap();
        assert_eq!(rows(&bench.db, "tx_deadlock").await, 2, "{}", bench.name);
    }
}
