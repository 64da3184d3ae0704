//! A session that returns to the pool carries nothing over, whether a statement's text or only the server shows what changed.

use aio_databases::{Backend, Database, Isolation, Trusted};

use crate::bench;

/// How a session is changed, and how its next user would see that.
struct Change {
    backend: Backend,
    name: &'static str,
    /// What is there before.
    setup: &'static [&'static str],
    change: &'static str,
    look: &'static str,
}

const fn change(
    backend: Backend,
    name: &'static str,
    setup: &'static [&'static str],
    change: &'static str,
    look: &'static str,
) -> Change {
    Change { backend, name, setup, change, look }
}

const CHANGES: [Change; 6] = [
    change(
        Backend::Postgres,
        "a function sets the time zone",
        &["create or replace function set_zone() returns void language plpgsql as
            $$ begin perform set_config('TimeZone', 'Asia/Tokyo', false); end $$"],
        "select set_zone()",
        "select current_setting('TimeZone')",
    ),
    change(
        Backend::Postgres,
        "a `do` block sets the name of the application",
        &[],
        "do $$ begin execute 'set application_name = other'; end $$",
        "select current_setting('application_name')",
    ),
    change(
        Backend::Mysql,
        "a procedure sets a variable of the session",
        &[
            "drop procedure if exists set_mode",
            "create procedure set_mode() begin set session sql_mode = 'ANSI_QUOTES'; end",
        ],
        "call set_mode()",
        "select @@sql_mode",
    ),
    change(
        Backend::Mysql,
        "a procedure sets a user variable",
        &["drop procedure if exists set_own", "create procedure set_own() begin set @own_variable = 5; end"],
        "call set_own()",
        "select coalesce(cast(@own_variable as char), 'none')",
    ),
    change(
        Backend::Mysql,
        "a select sets a user variable",
        &[],
        "select @own_variable := 7",
        "select coalesce(cast(@own_variable as char), 'none')",
    ),
    change(
        Backend::Mysql,
        "a procedure assigns its argument",
        &["drop procedure if exists set_out", "create procedure set_out(out n int) begin set n = 9; end"],
        "call set_out(@own_variable)",
        "select coalesce(cast(@own_variable as char), 'none')",
    ),
];

/// A database with one connection, and the number of its session.
async fn single(url: &str) -> Database {
    Database::builder(url).max_size(1).open().await.unwrap()
}

async fn session(db: &Database) -> i64 {
    let sql = match db.backend() {
        Backend::Postgres => "select pg_backend_pid()::bigint",
        Backend::Mysql => "select cast(connection_id() as signed)",
        Backend::Sqlite => return 0,
    };
    db.fetchval(sql, ()).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_only_the_server_shows_is_undone() {
    for (name, url, _folder) in bench::urls() {
        let db = single(&url).await;
        for change in CHANGES.iter().filter(|change| change.backend == db.backend()) {
            for sql in change.setup {
                db.execute(Trusted((*sql).to_owned()), ()).await.unwrap();
            }
            let before: String = db.fetchval(change.look, ()).await.unwrap().unwrap();
            let first = session(&db).await;
            db.execute(change.change, ()).await.unwrap();
            let after: String = db.fetchval(change.look, ()).await.unwrap().unwrap();
            assert_eq!(after, before, "{name}: {}", change.name);
            assert_eq!(session(&db).await, first, "{name}: {}: the session is used again", change.name);
        }
    }
}

/// A reset forgets the last generated number, so that it shows whether there was one.
#[tokio::test]
async fn ordinary_work_resets_nothing() {
    for (name, url, _folder) in bench::urls() {
        let db = single(&url).await;
        let (key, last) = match db.backend() {
            Backend::Sqlite => continue,
            Backend::Postgres => ("bigserial", "select lastval()"),
            Backend::Mysql => ("bigint auto_increment", "select cast(last_insert_id() as signed)"),
        };
        db.execute("drop table if exists clean_rows", ()).await.unwrap();
        let create = format!("create table clean_rows (id {key} primary key, n int)");
        db.execute(Trusted(create), ()).await.unwrap();
        db.execute("insert into clean_rows (n) values (1)", ()).await.unwrap();
        for _ in 0..2 {
            db.execute("update clean_rows set n = n + 1", ()).await.unwrap();
            db.fetchall("select id from clean_rows", ()).await.unwrap();
            let transaction = db.transaction().isolation(Isolation::Serializable).await.unwrap();
            transaction.execute("update clean_rows set n = n + 1", ()).await.unwrap();
            transaction.commit().await.unwrap();
            let transaction = db.transaction().read_only().await.unwrap();
            transaction.fetchall("select id from clean_rows", ()).await.unwrap();
            transaction.commit().await.unwrap();
            drop(db.transaction().await.unwrap());
        }
        let last: i64 = db.fetchval(last, ()).await.unwrap().unwrap();
        assert_eq!(last, 1, "{name}");
    }
}
