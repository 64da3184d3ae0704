//! Migrations, from a folder.

use std::{fs, path::Path};

use aio_databases::{Backend, Database, Error, MigrateError, Migrations};

use crate::bench::{self, Bench};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

async fn migrate(db: &Database, folder: &Path) -> Result<Vec<i64>, Error> {
    db.migrate(&Migrations::from_folder(folder)?).await
}

/// A database without any of what the tests make.
async fn fresh(bench: &Bench) {
    for name in ["_sqlx_migrations", "migrated", "migrated_too"] {
        let drop = aio_databases::Trusted(format!("drop table if exists {name}"));
        bench.db.execute(drop, ()).await.unwrap();
    }
}

fn problem(result: Result<Vec<i64>, Error>) -> MigrateError {
    match result {
        Err(Error::Migrate(error)) => *error,
        other => panic!("{other:?}"),
    }
}

const USERS: (&str, &str) = ("0001_create_users.sql", "create table migrated (id int, name varchar(10))");
const MORE: (&str, &str) = (
    "2_more.up.sql",
    "create table migrated_too (id int); insert into migrated values (1, 'Ada'); insert into migrated_too values (2)",
);

/// All in one, since they share the server's one table of migrations.
#[tokio::test]
async fn a_folder() {
    for bench in bench::all().await {
        let db = &bench.db;
        fresh(&bench).await;
        let files = folder(&[USERS]);
        assert_eq!(migrate(db, files.path()).await.unwrap(), [1], "{}", bench.name);
        assert_eq!(migrate(db, files.path()).await.unwrap(), [0; 0], "{}", bench.name);

        // Several at once: one does it.
        write(files.path(), &[MORE, ("2_more.down.sql", "drop table migrated_too")]);
        let other = Database::open(&bench.url).await.unwrap();
        let other = if bench.name == "memory" { db } else { &other };
        let (a, b) = tokio::join!(migrate(db, files.path()), migrate(other, files.path()));
        let mut all = a.unwrap();
        all.extend(b.unwrap());
        assert_eq!(all, [2], "{}", bench.name);
        let noted =
            db.fetchall("select version, description, success from _sqlx_migrations", ()).await.unwrap();
        assert_eq!(noted.len(), 2);
        assert_eq!(noted[0].get::<String>(1).unwrap(), "create users");
        assert_eq!(noted[1].get::<String>(1).unwrap(), "more");
        assert!(noted[1].get::<bool>(2).unwrap());
        let time: i64 =
            db.fetchval("select min(execution_time) from _sqlx_migrations", ()).await.unwrap().unwrap();
        assert!(time > 0, "{}: {time}", bench.name);

        // A changed one, and one that is gone.
        write(files.path(), &[(USERS.0, "create table migrated (id bigint)")]);
        assert!(matches!(problem(migrate(db, files.path()).await), MigrateError::Changed { version: 1, .. }));
        fs::remove_file(files.path().join(USERS.0)).unwrap();
        assert!(matches!(problem(migrate(db, files.path()).await), MigrateError::Missing { version: 1 }));
        write(files.path(), &[USERS]);

        // One that fails leaves nothing, where the server can take tables back.
        let broken = ("3_broken.sql", "create table half (id int); insert into no_such_table values (1)");
        write(files.path(), &[broken]);
        let MigrateError::Failed { version: 3, source, .. } = problem(migrate(db, files.path()).await) else {
            panic!("{}", bench.name)
        };
        assert!(source.to_string().contains("no_such_table"), "{source}");
        if bench.is(Backend::Mysql) {
            let error = problem(migrate(db, files.path()).await);
            assert!(matches!(error, MigrateError::Unfinished { version: 3 }), "{error}");
            db.execute("drop table half", ()).await.unwrap();
            db.execute("delete from _sqlx_migrations where version = 3", ()).await.unwrap();
        } else {
            assert!(db.execute("select * from half", ()).await.is_err(), "{}", bench.name);
        }

        // Without a transaction of ours.
        write(files.path(), &[("3_broken.sql", "begin; insert into migrated values (3, 'x'); commit")]);
        let outside = match bench.db.backend() {
            Backend::Sqlite => "-- no-transaction\nvacuum; insert into migrated values (4, 'y')",
            Backend::Postgres => {
                "-- no-transaction\ncreate index concurrently on migrated (id); insert into migrated values (4, 'y')"
            }
            Backend::Mysql => "-- no-transaction\ninsert into migrated values (4, 'y')",
        };
        write(files.path(), &[("4_outside.sql", outside)]);
        let applied = migrate(db, files.path()).await;
        assert_eq!(applied.unwrap_or_else(|error| panic!("{}: {error}", bench.name)), [3, 4]);
        let count: Option<i64> = db.fetchval("select count(*) from migrated", ()).await.unwrap();
        assert_eq!(count, Some(3), "{}", bench.name);
        fresh(&bench).await;
    }
}
