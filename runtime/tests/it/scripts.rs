//! Migrations whose scripts have transactions and settings of their own. Each case has a database of its own.

use std::{fs, time::Duration};

use aio_databases::{Backend, Database, Error, MigrateError, Migrations, Trusted};

use crate::bench;

/// A new, empty database on each server, dropped at the end.
struct Fresh {
    db: Database,
    url: String,
    name: &'static str,
    server: Option<(Database, String)>,
    folder: tempfile::TempDir,
}

impl Fresh {
    async fn all(case: &str) -> Vec<Fresh> {
        let mut all = Vec::new();
        for (name, url, _file) in bench::urls() {
            let folder = tempfile::tempdir().unwrap();
            let (url, server) = match name {
                "memory" => (url, None),
                "file" => (format!("sqlite:{}", folder.path().join("a.db").display()), None),
                _ => {
                    let database = format!("aio_databases_{case}_{}", std::process::id());
                    let server = Database::open(&url).await.unwrap();
                    server.execute(Trusted(format!("create database {database}")), ()).await.unwrap();
                    let end = url.find('?').unwrap_or(url.len());
                    let start = url[..end].rfind('/').unwrap() + 1;
                    (format!("{}{database}{}", &url[..start], &url[end..]), Some((server, database)))
                }
            };
            let db = Database::open(&url).await.unwrap();
            all.push(Fresh { db, url, name, server, folder });
        }
        all
    }

    fn is(&self, backend: Backend) -> bool {
        self.db.backend() == backend
    }

    fn write(&self, file: &str, sql: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(file), sql).unwrap();
    }

    fn read(&self) -> Migrations {
        Migrations::from_folder(self.folder.path()).unwrap()
    }

    async fn migrate(&self) -> Result<Vec<i64>, Error> {
        self.db.migrate(&self.read()).await
    }

    /// The versions that are applied, if the files are these.
    async fn applied(&self, files: &[(&str, &str)]) -> Vec<i64> {
        files.iter().for_each(|(file, sql)| self.write(file, sql));
        self.migrate().await.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    async fn problem(&self) -> MigrateError {
        match self.migrate().await {
            Err(Error::Migrate(error)) => *error,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    async fn count(&self, what: &str) -> i64 {
        let sql = Trusted(format!("select count(*) from {what}"));
        self.db.fetchval(sql, ()).await.unwrap_or_else(|error| panic!("{}: {error}", self.name)).unwrap()
    }

    async fn done(self) {
        self.db.disconnect().await.unwrap();
        if let Some((server, database)) = self.server {
            let force = if self.db.backend() == Backend::Postgres { " with (force)" } else { "" };
            server.execute(Trusted(format!("drop database {database}{force}")), ()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn transactions_in_scripts() {
    for fresh in Fresh::all("transactions").await {
        let scripts = [
            "create table t (id int)",
            "begin; insert into t values (1); insert into t values (2); commit;",
            "insert into t values (3); commit; insert into t values (4); begin; insert into t values (5)",
            "commit; insert into t values (6);",
            "-- no-transaction\nbegin; insert into t values (7); rollback; begin; insert into t values (7); commit",
            "create table u (id int); begin; insert into t values (8); commit",
        ];
        for (number, script) in (1..).zip(scripts) {
            // The third and fourth are as sqlx's users write it, where the runner has begun a transaction.
            let applied = fresh.applied(&[(&format!("{number}_a.sql"), script)]).await;
            assert_eq!(applied, [number], "{}: {script}", fresh.name);
        }
        assert_eq!(fresh.count("t").await, 8, "{}", fresh.name);
        assert_eq!(fresh.count("_sqlx_migrations where success and execution_time > 0").await, 6);
        fresh.done().await;
    }
}

#[tokio::test]
async fn a_transaction_left_open() {
    for fresh in Fresh::all("open").await {
        fresh.applied(&[("1_t.sql", "create table t (id int)")]).await;
        for script in
            ["begin;\ninsert into t values (1);\n", "begin; commit;\n begin; insert into t values (1)"]
        {
            fresh.write("2_open.sql", script);
            let error = fresh.problem().await;
            assert!(
                matches!(&error, MigrateError::Rejected { version: 2, kept: false, .. }),
                "{}: {error}",
                fresh.name
            );
            let line = if script.starts_with("begin;\n") { 1 } else { 2 };
            let told = error.to_string();
            assert!(told.contains(&format!("2_open.sql:{line}: its transaction is still open")), "{told}");
        }
        assert_eq!(fresh.count("t").await, 0, "{}", fresh.name);
        // Nothing was kept, so that it can be mended.
        assert_eq!(fresh.applied(&[("2_open.sql", "begin; insert into t values (1); commit")]).await, [2]);
        fresh.done().await;
    }
}

#[tokio::test]
async fn the_first_error_is_told_with_its_place() {
    for fresh in Fresh::all("errors").await {
        fresh.applied(&[("1_t.sql", "create table t (id int primary key)")]).await;
        for (script, place) in [
            ("begin;\n\ninsert into t values (1);\n  insert into nope values (1);\ncommit;", 4),
            ("insert into t values (1);\r\ninsert into nope values (1)", 2),
            ("\u{feff}insert into nope values (1)", 1),
            ("commit;\nbegin;\ninsert into t values (1);\ninsert into nope values (1)", 4),
        ] {
            fresh.write("2_broken.sql", script);
            let error = fresh.problem().await;
            let MigrateError::Failed { line, kept, .. } = &error else { panic!("{}: {error}", fresh.name) };
            assert_eq!((*line, *kept), (Some(place), false), "{}: {error}", fresh.name);
            let told = error.to_string();
            assert!(told.contains(&format!("2_broken.sql:{place}")), "{told}");
            assert!(told.contains("nope") && told.contains("\n  in: insert into nope values (1)"), "{told}");
        }
        // No place of the server's: the statement's.
        fresh.write("2_broken.sql", "insert into t values (1);\ninsert into t\n values (1)");
        let error = fresh.problem().await;
        assert!(
            matches!(&error, MigrateError::Failed { line: Some(2), column: None, .. }),
            "{}: {error}",
            fresh.name
        );
        if fresh.is(Backend::Postgres) {
            fresh.write("2_broken.sql", "insert into t values (1);\ncopy t from stdin;\n5\n\\.\n");
            let told = fresh.problem().await.to_string();
            assert!(told.contains("2_broken.sql:2: `copy … from stdin` is a command of psql"), "{told}");
            // What needs to be outside of a transaction.
            fresh.write("2_broken.sql", "vacuum");
            let told = fresh.problem().await.to_string();
            assert!(told.ends_with("  help: begin the file with the line `-- no-transaction` to run it outside of a transaction"), "{told}");
        }
        // A part was committed.
        fresh.write("2_broken.sql", "insert into t values (2);\ncommit;\ninsert into nope values (1)");
        let error = fresh.problem().await;
        assert!(error.to_string().contains("kept a part of it"), "{}: {error}", fresh.name);
        assert!(matches!(fresh.problem().await, MigrateError::Unfinished { version: 2 }), "{}", fresh.name);
        fresh.done().await;
    }
}

#[tokio::test]
async fn settings_end_with_their_script() {
    for fresh in Fresh::all("settings").await {
        let (first, second) = match fresh.db.backend() {
            Backend::Postgres => (
                "select pg_catalog.set_config('search_path', '', false); create table public.t (id int)",
                "set role pg_monitor",
            ),
            Backend::Mysql => (
                "create table t (id int); use information_schema; set sql_mode = 'ansi'",
                "set autocommit = 0; insert into t values (1); delete from t; commit",
            ),
            Backend::Sqlite => (
                "create table t (id int); create temp table _sqlx_migrations (id int)",
                "pragma query_only = on",
            ),
        };
        let files = [("1_a.sql", first), ("2_b.sql", second), ("3_c.sql", "insert into t values (1)")];
        assert_eq!(fresh.applied(&files).await, [1, 2, 3], "{}", fresh.name);
        assert_eq!(fresh.applied(&files).await, [0; 0], "{}", fresh.name);
        assert_eq!(fresh.count("t").await, 1, "{}", fresh.name);
        fresh.done().await;
    }
}

#[tokio::test]
async fn a_table_is_rebuilt() {
    for fresh in Fresh::all("rebuild").await {
        if !fresh.is(Backend::Sqlite) {
            fresh.done().await;
            continue;
        }
        let tables = "create table parent (id integer primary key, name text);
            create table child (id integer primary key, parent integer references parent (id) on delete cascade);
            insert into parent values (1, 'a'), (2, 'b'); insert into child values (1, 1), (2, 2)";
        fresh.applied(&[("1_tables.sql", tables)]).await;
        let rebuild = "create table new (id integer primary key, name text not null);
            insert into new select * from parent; drop table parent; alter table new rename to parent;";
        for (version, script) in [
            (2, format!("pragma foreign_keys = off; {rebuild} pragma foreign_keys = on;")),
            (3, format!("PRAGMA foreign_keys=0; begin; {rebuild} commit; PRAGMA foreign_keys=1;")),
            (
                4,
                format!(
                    "-- no-transaction\npragma foreign_keys(no); create table u (id); begin; {rebuild} commit"
                ),
            ),
        ] {
            assert_eq!(
                fresh.applied(&[(&format!("{version}_a.sql"), &script)]).await,
                [version],
                "{}",
                fresh.name
            );
            assert_eq!(fresh.count("child").await, 2, "{}: {script}", fresh.name);
        }
        for start in ["", "begin;", "-- no-transaction\nselect 1; begin;"] {
            let end = if start.is_empty() { "" } else { "; commit" };
            let script = format!("{start} pragma foreign_keys = off; delete from parent where id = 2{end}");
            let script =
                script.replace("begin; pragma foreign_keys = off;", "pragma foreign_keys = off; begin;");
            fresh.write("5_broken.sql", &script);
            let error = fresh.problem().await.to_string();
            assert!(
                error.contains("1 row of `child` refers to a missing row of `parent`"),
                "{}: {error}",
                fresh.name
            );
            assert_eq!(fresh.count("parent").await, 2, "{}: {script}", fresh.name);
            if start.starts_with("--") {
                // The first statement of this one may have written.
                let forget = "delete from _sqlx_migrations where version = 5";
                fresh.db.execute(forget, ()).await.unwrap();
            }
        }
        let on: Option<i64> = fresh.db.fetchval("pragma foreign_keys", ()).await.unwrap();
        assert_eq!(on, Some(1));
        fresh.done().await;
    }
}

#[tokio::test]
async fn line_ends_and_newer_migrations() {
    for fresh in Fresh::all("lines").await {
        let text = "create table t (id int);\ninsert into t values (1);\n";
        assert_eq!(
            fresh.applied(&[("1_a.sql", text), ("2_b.sql", "insert into t values (2)")]).await,
            [1, 2]
        );
        for spelling in
            [text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text.replacen('\n', "\r\n", 1)]
        {
            assert_eq!(fresh.applied(&[("1_a.sql", &spelling)]).await, [0; 0], "{}", fresh.name);
        }
        // A deploy that was rolled back.
        fs::remove_file(fresh.folder.path().join("2_b.sql")).unwrap();
        assert!(matches!(fresh.problem().await, MigrateError::Missing { version: 2 }), "{}", fresh.name);
        fresh.write("3_c.sql", "insert into t values (3)");
        assert_eq!(fresh.db.migrate(&fresh.read().ignore_missing()).await.unwrap(), [3], "{}", fresh.name);
        fresh.done().await;
    }
}

#[tokio::test]
async fn migrations_are_reverted() {
    for fresh in Fresh::all("revert").await {
        let files = [
            ("1_t.up.sql", "create table t (id int)"),
            ("1_t.down.sql", "drop table t"),
            ("2_rows.up.sql", "insert into t values (1)"),
            ("2_rows.down.sql", "begin; delete from t; commit"),
            ("3_plain.sql", "insert into t values (3)"),
        ];
        assert_eq!(fresh.db.revert(&fresh.read(), 0).await.unwrap(), [0; 0], "{}", fresh.name);
        assert_eq!(fresh.applied(&files).await, [1, 2, 3], "{}", fresh.name);
        let revert = async |target| fresh.db.revert(&fresh.read(), target).await;
        let told = revert(2).await.unwrap_err().to_string();
        assert!(told.contains("3_plain.sql has no `.down.sql`"), "{told}");
        assert!(revert(7).await.unwrap_err().to_string().contains("no migration has the version 7"));
        fresh.write("3_plain.down.sql", "delete from t where id = 3;\ndelete from nope");
        let told = revert(0).await.unwrap_err().to_string();
        assert!(told.contains("3_plain.down.sql:2") && told.contains("nope"), "{}: {told}", fresh.name);
        assert_eq!(fresh.count("t").await, 2, "{}", fresh.name);
        fresh.write("3_plain.down.sql", "delete from t where id = 3");
        assert_eq!(revert(1).await.unwrap(), [3, 2], "{}", fresh.name);
        assert_eq!(fresh.count("t").await, 0, "{}", fresh.name);
        assert_eq!(revert(0).await.unwrap(), [1], "{}", fresh.name);
        assert_eq!(fresh.migrate().await.unwrap(), [1, 2, 3], "{}", fresh.name);
        fresh.done().await;
    }
}

#[tokio::test]
async fn several_runners() {
    for fresh in Fresh::all("runners").await {
        let index = match fresh.db.backend() {
            Backend::Postgres => "-- no-transaction\ncreate index concurrently i on t (id)",
            _ => "-- no-transaction\ncreate index i on t (id)",
        };
        fresh.write("1_t.sql", "create table t (id int); insert into t values (1)");
        fresh.write("2_i.sql", index);
        let migrations = fresh.read();
        let run = async || Database::builder(&fresh.url).max_size(1).open().await?.migrate(&migrations).await;
        if fresh.name == "memory" {
            continue;
        }
        let (a, b, c) = tokio::join!(run(), run(), run());
        let mut all: Vec<i64> = [a, b, c].into_iter().flat_map(|one| one.unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, [1, 2], "{}", fresh.name);

        if !fresh.is(Backend::Sqlite) {
            fresh.done().await;
            continue;
        }
        // Someone who writes and does not finish.
        fresh.write("3_u.sql", "create table u (id int)");
        let holder = Database::open(&fresh.url).await.unwrap();
        let conn = holder.connection().await.unwrap();
        conn.executescript("begin immediate").await.unwrap();
        let quick = fresh.read().lock_timeout(Duration::from_millis(300));
        let db = Database::builder(&fresh.url).acquire_timeout(Duration::from_millis(200));
        let error = db.open().await.unwrap().migrate(&quick).await.unwrap_err();
        assert!(error.to_string().contains("held for"), "{error}");
        drop(conn);
        assert_eq!(fresh.migrate().await.unwrap(), [3], "{}", fresh.name);
        holder.disconnect().await.unwrap();
        fresh.done().await;
    }
}

/// The lock that sqlx takes, too.
#[tokio::test]
async fn a_runner_that_hangs_is_named() {
    for fresh in Fresh::all("locked").await {
        fresh.write("1_t.sql", "create table t (id int)");
        let slow = match fresh.db.backend() {
            Backend::Sqlite => continue,
            Backend::Postgres => "select pg_sleep(2)",
            Backend::Mysql => "do sleep(2)",
        };
        fresh.write("2_slow.sql", slow);
        let other = Database::open(&fresh.url).await.unwrap();
        let migrations = fresh.read();
        let running = tokio::spawn(async move { other.migrate(&migrations).await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        let error =
            fresh.db.migrate(&fresh.read().lock_timeout(Duration::from_millis(200))).await.unwrap_err();
        let told = error.to_string();
        let who = if fresh.is(Backend::Mysql) { "connection " } else { "process " };
        assert!(told.contains("timed out after 200ms waiting for another migration runner"), "{told}");
        assert!(told.contains(who) && told.contains("holds the lock"), "{told}");
        assert_eq!(running.await.unwrap().unwrap(), [1, 2], "{}", fresh.name);
        assert_eq!(fresh.migrate().await.unwrap(), [0; 0], "{}", fresh.name);
        fresh.done().await;
    }
}
