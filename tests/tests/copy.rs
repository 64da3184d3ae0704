//! Copies: bytes into a table and out of it, on PostgreSQL.

use std::{io, time::Duration};

use aio_databases::{Database, Error, Result, execute, fetchall, fetchval};
use aio_databases_tests::{TestResult, on_backend, on_every_backend, url};
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::time::timeout;

const INTO_USERS: &str = "copy users (name, email) from stdin (format csv)";

/// All bytes that a copy gives.
async fn text(db: &Database, sql: &'static str) -> Result<String> {
    let bytes: Vec<_> = db.copy_out(sql).try_collect().await?;
    Ok(String::from_utf8(bytes.concat()).expect("it is text"))
}

/// Rows that never end.
fn endless() -> impl Stream<Item = String> + Send {
    stream::iter(0..).map(|number| format!("user {number},{number}\n"))
}

async fn count(db: &Database) -> Result<i64> {
    fetchval!(db, "select count(*) from users").await
}

on_backend! { Postgres:
    async fn bytes_of_any_kind_become_rows(db) {
        let rows = db.copy_in(INTO_USERS, stream::iter(["Ada,ada@example.org\n", "Gra", "ce,\nAl", "an,a\n"])).await?;
        assert_eq!(rows, 3);
        let users = fetchall!(db, "select name, coalesce(email, '-') as email from users order by id").await?;
        assert_eq!(users, [("Ada", "ada@example.org"), ("Grace", "-"), ("Alan", "a")]);
        // Bytes that are borrowed, results, and nothing.
        let text = b"Barbara,b\n".to_vec();
        assert_eq!(db.copy_in(INTO_USERS, stream::iter([&text[..4], &text[4..]])).await?, 1);
        let results = [Ok("Edsger".to_owned()), Ok(",e\n".to_owned())];
        assert_eq!(db.copy_in(INTO_USERS, stream::iter(results.map(|item: io::Result<String>| item))).await?, 1);
        assert_eq!(db.copy_in(INTO_USERS, stream::empty::<Vec<u8>>()).await?, 0);
        assert_eq!(db.copy_in("-- a comment\nCOPY users (name) FROM STDIN", stream::once(async { "Tony\n\\.\n" })).await?, 1);
        assert_eq!(count(&db).await?, 6);
    }

    async fn a_table_goes_out_and_in_again(db) {
        let lines = stream::iter(0..20_000).map(|number| format!("user {number},{number}@example.org\n"));
        assert_eq!(db.copy_in(INTO_USERS, lines).await?, 20_000);
        let conn = db.connection().await?;
        conn.execute("create temporary table again (id bigint, name text, email text)", ()).await?;
        // From one connection to another.
        let binary = db.copy_out("copy (select id, name, email from users) to stdout (format binary)");
        assert_eq!(conn.copy_in("copy again from stdin (format binary)", binary).await?, 20_000);
        let same = "select count(*) from users join again using (id, name, email)";
        assert_eq!(conn.fetchval(same, ()).await?, Some(20_000_i64));
    }

    async fn rows_come_out_in_pieces(db) {
        let mut bytes = db.copy_out("copy (select n from generate_series(1, 300000) n) to stdout");
        let (mut pieces, mut text) = (0, Vec::new());
        while let Some(piece) = bytes.try_next().await? {
            assert!(piece.len() < 200_000, "a piece has {} bytes", piece.len());
            pieces += 1;
            text.extend_from_slice(&piece);
        }
        assert!((10..2_000).contains(&pieces), "{pieces} pieces");
        assert!(text.starts_with(b"1\n2\n3\n") && text.ends_with(b"299999\n300000\n"));
        assert_eq!(self::text(&db, "copy users to stdout").await?, "");
        assert_eq!(self::text(&db, "copy users (name) to stdout (format csv, header)").await?, "name\n");
    }

    async fn an_error_of_the_stream_ends_the_copy(db) {
        let broken = |at: usize| stream::iter(0..).map(move |number| match number < at {
            true => Ok(format!("user {number},{number}\n")),
            false => Err(io::Error::other("the disk is gone")),
        });
        let conn = db.connection().await?;
        for at in [0, 1, 100_000] {
            let error = conn.copy_in(INTO_USERS, broken(at)).await.expect_err("the stream fails");
            assert!(matches!(&error, Error::CopyData { source, .. } if source.is::<io::Error>()), "{error}");
            let message = error.to_string();
            assert!(message.starts_with("the stream of data for a copy failed, so nothing was copied: the disk is gone\n  at tests/tests/copy.rs:"), "{message}");
            assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0, "{at}");
        }
        // An error of this crate's own comes as it is.
        let rows = db.copy_out("copy (select 1 / (3 - n) from generate_series(1, 5) n) to stdout");
        let error = conn.copy_in("copy users (name) from stdin", rows).await.expect_err("a division by zero");
        assert_eq!(error.code(), Some("22012"), "{error}");
        assert_eq!(fetchval!(conn, "select 2*$1", 2).await?, 4);
    }

    async fn errors_of_the_server_say_where(db) {
        let conn = db.connection().await?;
        let error = conn.copy_in("copy users (name, age) from stdin", stream::iter(["a\t1\n", "b\tx\n"])).await.expect_err("no number");
        assert_eq!(error.code(), Some("22P02"));
        assert!(error.to_string().contains("COPY users, line 2, column age: \"x\""), "{error}");
        assert_eq!(error.query().map(|query| &*query.sql), Some("copy users (name, age) from stdin"));
        // It says so while the data is still coming.
        let error = conn.copy_in(INTO_USERS, endless().map(|row| row + "x,y,z\n")).await.expect_err("too many columns");
        assert_eq!(error.code(), Some("22P04"), "{error}");
        let error = conn.copy_in(INTO_USERS, stream::iter(["a,1\n", "b,1\n"])).await.expect_err("twice");
        assert!(error.is_unique_violation(), "{error}");
        let error = conn.copy_in("copy nothing from stdin", stream::iter(["a"])).await.expect_err("no such table");
        assert_eq!(error.code(), Some("42P01"));
        let error = conn.copy_out("copy (select 1 / (3 - n) from generate_series(1, 5) n) to stdout").try_collect::<Vec<_>>().await;
        assert_eq!(error.expect_err("a division by zero").code(), Some("22012"));
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
    }

    async fn in_a_transaction(db) {
        let mut tx = db.transaction().await?;
        // The first statement: `begin` travels with it.
        assert_eq!(tx.copy_in(INTO_USERS, stream::iter(["a,a\n"])).await?, 1);
        let inner = tx.transaction().await?;
        assert_eq!(inner.copy_in(INTO_USERS, stream::iter(["b,b\n"])).await?, 1);
        assert!(inner.copy_in(INTO_USERS, stream::iter(["c,a\n"])).await.is_err_and(|error| error.is_unique_violation()));
        assert!(inner.commit().await.is_err());
        let bytes: Vec<_> = tx.copy_out("copy users (name) to stdout").try_collect().await?;
        assert_eq!(bytes.concat(), b"a\n");
        tx.commit().await?;
        assert_eq!(count(&db).await?, 1);

        let tx = db.transaction().await?;
        let bytes: Vec<_> = tx.copy_out("copy users (name) to stdout").try_collect().await?;
        assert_eq!(bytes.concat(), b"a\n");
        tx.copy_in(INTO_USERS, stream::iter(["d,d\n"])).await?;
        tx.rollback().await?;
        let scoped: Result<()> = db.transaction().run(async {
            db.copy_in(INTO_USERS, stream::iter(["e,e\n"])).await?;
            assert_eq!(text(&db, "copy users (name) to stdout").await?, "a\ne\n");
            db.copy_in(INTO_USERS, stream::iter([Err::<&str, _>(io::Error::other("no more"))])).await.map(drop)
        }).await;
        assert!(matches!(scoped, Err(Error::CopyData { .. })), "{scoped:?}");
        assert_eq!(count(&db).await?, 1);

        let tx = db.transaction().read_only().await?;
        let error = tx.copy_in(INTO_USERS, stream::iter(["f,f\n"])).await.expect_err("it only reads");
        assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
        let error = tx.copy_out("copy (delete from users returning id) to stdout").try_collect::<Vec<_>>().await;
        assert!(matches!(error, Err(Error::ReadOnly { .. })), "{error:?}");
        assert!(tx.copy_out("copy users to stdout").next().await.is_some());
        tx.rollback().await?;
    }

    async fn one_that_is_dropped_leaves_nothing(db) {
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_secs(5)).open().await?;
        let short = Duration::from_millis(100);
        for _ in 0..3 {
            // While it sends, and while it waits for its stream.
            assert!(timeout(short, small.copy_in(INTO_USERS, endless())).await.is_err());
            assert_eq!(count(&small).await?, 0);
            let stuck = stream::iter(["a,a\n"]).chain(stream::pending());
            assert!(timeout(short, small.copy_in(INTO_USERS, stuck)).await.is_err());
            assert_eq!(count(&small).await?, 0);
            let mut bytes = small.copy_out("copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout");
            assert!(bytes.next().await.is_some_and(|piece| piece.is_ok()));
            drop(bytes);
            assert_eq!(fetchval!(small, "select 2*$1", 2).await?, 4);
        }
        let conn = small.connection().await?;
        assert!(timeout(short, conn.copy_in(INTO_USERS, endless())).await.is_err());
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
        drop(conn);
        let tx = small.transaction().await?;
        execute!(tx, "insert into users (name) values ('lost')").await?;
        assert!(timeout(short, tx.copy_in(INTO_USERS, endless())).await.is_err());
        assert!(tx.commit().await.is_err());
        assert_eq!(count(&small).await?, 0);
        small.disconnect().await?;
    }

    async fn a_stream_that_uses_its_own_connection_is_an_error(db) {
        let conn = db.connection().await?;
        let rows = stream::once(async { conn.fetchval::<String>("select 'x'", ()).await.map(Option::unwrap_or_default) });
        let error = conn.copy_in("copy users (name) from stdin", rows).await.expect_err("it would wait for itself");
        assert!(matches!(error, Error::Busy { .. }), "{error}");
        let rows = conn.copy_out("copy users (name) to stdout");
        let error = conn.copy_in("copy users (name) from stdin", rows).await.expect_err("it would wait for itself");
        assert!(matches!(error, Error::Busy { .. }), "{error}");
        assert_eq!(fetchval!(conn, "select 2*$1", 2).await?, 4);
    }

    async fn a_lost_connection_is_an_error(db) {
        let conn = db.connection().await?;
        let process: Option<i32> = conn.fetchval("select pg_backend_pid()", ()).await?;
        let rows = stream::unfold(0, |number| {
            let db = db.clone();
            async move {
                if number == 1 {
                    db.fetchval::<bool>("select pg_terminate_backend($1)", (process,)).await.ok()?;
                }
                // The server ends it in its own time.
                tokio::time::sleep(Duration::from_millis(u64::from(number > 0) * 5)).await;
                Some((format!("user {number},{number}\n"), number + 1))
            }
        });
        let error = timeout(Duration::from_secs(10), conn.copy_in(INTO_USERS, Box::pin(rows))).await?.expect_err("it is gone");
        assert!(matches!(error, Error::Io { .. }) || error.code() == Some("57P01"), "{error}");
        drop(conn);
        assert_eq!(count(&db).await?, 0);
        assert_eq!(db.copy_in(INTO_USERS, stream::iter(["a,a\n"])).await?, 1);
    }

    async fn statements_in_the_wrong_place(db) {
        let conn = db.connection().await?;
        let message = "not supported: `copy … from stdin` needs its data: run it with `copy_in`";
        let out = "not supported: `copy … to stdout` gives bytes, not rows: run it with `copy_out`";
        for (sql, message) in [("copy users from stdin", message), ("copy users to stdout", out)] {
            for error in [
                conn.execute(sql, ()).await.expect_err(sql),
                conn.fetchall(sql, ()).await.expect_err(sql),
                conn.iterate(sql, ()).next().await.expect("an item").expect_err(sql),
                conn.executemany(sql, [(1,)]).await.map_or_else(|error| error, |done| panic!("{done:?}")),
            ] {
                let text = error.to_string();
                assert!(text.starts_with(message) || matches!(error, Error::Sql { .. }), "{text}");
            }
        }
        assert!(conn.executescript("copy users from stdin; select 1").await.is_err());
        for sql in ["select 1", "insert into users (name) values ('x')", "copy users to stdout", "copy users from '/dev/null'"] {
            let error = conn.copy_in(sql, stream::iter(["x\n"])).await.expect_err(sql).to_string();
            assert!(error.starts_with("not supported: `copy_in` runs `copy … from stdin`, and this is another statement\n  at tests"), "{error}");
        }
        for sql in ["select 1", "copy users from stdin", "copy users to '/dev/null'"] {
            let error = conn.copy_out(sql).next().await.expect("an item").expect_err(sql).to_string();
            assert!(error.starts_with("not supported: `copy_out` runs `copy … to stdout`, and this is another statement"), "{error}");
        }
        // The server's own files are for ordinary statements.
        conn.execute("copy users to '/dev/null'", ()).await?;
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
    }
}

on_every_backend! {
    async fn only_postgres_has_copy(db) {
        let copied = db.copy_in("copy users (name) from stdin", stream::iter(["Ada\n"])).await;
        let bytes: Result<Vec<_>> = db.copy_out("copy users (name) to stdout").try_collect().await;
        check(&db, copied.map(|rows| rows.to_string()))?;
        check(&db, bytes.map(|bytes| bytes.len().to_string()))?;
    }
}

fn check(db: &Database, result: Result<String>) -> TestResult {
    match result {
        Ok(result) => assert_eq!((db.backend(), &*result), (aio_databases::Backend::Postgres, "1")),
        Err(error) => {
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
            assert!(error.to_string().starts_with("not supported: only PostgreSQL has `copy`"), "{error}");
        }
    }
    Ok(())
}
