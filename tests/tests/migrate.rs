//! Migrations beside sqlx's own migrator, and beside each other.

use std::{fs, path::Path, process::Command, sync::Arc};

use aio_databases::{Backend, Database, Error, MigrateError, Migrations, Result};
use aio_databases_tests::{on_every_backend, url};
use sqlx::{
    Connection as _, MySqlConnection, PgConnection, SqliteConnection,
    migrate::{MigrateError as SqlxError, Migrator},
};

/// Where a process of its own finds what to do.
const CHILD: &str = "AIO_DATABASES_TESTS_MIGRATE";

const FIRST: [(&str, &str); 3] = [
    ("0001_create_things.sql", "create table things (id int, name varchar(20));\n"),
    (
        "20_fill_things.up.sql",
        "insert into things values (1, 'größer');\r\ninsert into things values (2, 'b');\r\n",
    ),
    ("20_fill_things.down.sql", "delete from things;"),
];
const REST: [(&str, &str); 2] = [
    ("0300_no_transaction.sql", "-- no-transaction\ninsert into things values (3, 'c')"),
    ("20240101120000_other_things.sql", "/* a comment; with ; */ create table other_things (id int);"),
];

on_every_backend! {
    async fn sqlx_first_then_ours(db) {
        let folder = folder(&FIRST)?;
        sqlx(&db, folder.path()).await?;
        write(folder.path(), &REST)?;
        assert_eq!(ours(&db, folder.path()).await?, [300, 20_240_101_120_000]);
        things_are_there(&db, folder.path()).await?;
    }

    async fn ours_first_then_sqlx(db) {
        let folder = folder(&FIRST)?;
        assert_eq!(ours(&db, folder.path()).await?, [1, 20]);
        write(folder.path(), &REST)?;
        sqlx(&db, folder.path()).await?;
        things_are_there(&db, folder.path()).await?;
    }

    async fn a_changed_file_is_told_by_both(db) {
        let folder = folder(&FIRST)?;
        sqlx(&db, folder.path()).await?;
        let (name, text) = FIRST[0];
        write(folder.path(), &[(name, &format!("{text}-- changed"))])?;
        let error = problem(ours(&db, folder.path()).await);
        assert!(matches!(error, MigrateError::Changed { version: 1, .. }), "{error}");
        assert!(error.to_string().contains("create things"), "{error}");
        assert!(matches!(sqlx(&db, folder.path()).await, Err(SqlxError::VersionMismatch(1))));
        fs::remove_file(folder.path().join(name))?;
        assert!(matches!(problem(ours(&db, folder.path()).await), MigrateError::Missing { version: 1 }));
        // Nothing was applied meanwhile, and all is well when the file is back.
        write(folder.path(), &FIRST)?;
        write(folder.path(), &REST)?;
        assert_eq!(ours(&db, folder.path()).await?, [300, 20_240_101_120_000]);
    }

    async fn one_that_fails_leaves_what_was(db) {
        let folder = folder(&FIRST)?;
        ours(&db, folder.path()).await?;
        let broken = "create table half (id int); insert into things values (9, 'x'); insert into no_such_table values (1)";
        write(folder.path(), &[("30_broken.sql", broken)])?;
        let error = problem(ours(&db, folder.path()).await);
        let MigrateError::Failed { version: 30, ref source, .. } = error else { panic!("{error}") };
        assert!(source.to_string().contains("no_such_table"), "{source}");
        let told = error.to_string();
        let statement = "insert into no_such_table values (1)";
        assert!(told.contains(&format!("\n  in: {statement}")) && !told.contains(".rs"), "{told}");
        assert!(told.contains("30_broken.sql:1"), "{told}");
        if db.backend() == Backend::Mysql {
            // It commits at each `create table`: both migrators tell of a half.
            let again = problem(ours(&db, folder.path()).await);
            assert!(matches!(again, MigrateError::Unfinished { version: 30 }), "{again}");
            assert!(matches!(sqlx(&db, folder.path()).await, Err(SqlxError::Dirty(30))));
            db.execute("drop table half", ()).await?;
            db.execute("delete from things where id = 9", ()).await?;
            db.execute("delete from _sqlx_migrations where version = 30", ()).await?;
        }
        assert!(db.execute("select * from half", ()).await.is_err());
        assert_eq!(db.fetchval::<i64>("select count(*) from things where id = 9", ()).await?, Some(0));
        assert_eq!(db.fetchval::<i64>("select count(*) from _sqlx_migrations", ()).await?, Some(2));
        write(folder.path(), &[("30_broken.sql", "create table half (id int)")])?;
        assert_eq!(ours(&db, folder.path()).await?, [30]);
    }

    async fn one_runner_at_a_time(db) {
        let folder = folder(&FIRST)?;
        write(folder.path(), &REST[1..])?;
        let path: Arc<Path> = folder.path().into();
        let tasks = (0..4).map(|_| {
            let (url, path) = (url(&db), Arc::clone(&path));
            // A pool of its own each, as programs have that are started at the same time.
            tokio::spawn(async move {
                let db = Database::open(url).await?;
                let applied = ours(&db, &path).await;
                db.disconnect().await?;
                applied
            })
        });
        let mut applied = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            applied.extend(task.await??);
        }
        applied.sort_unstable();
        assert_eq!(applied, [1, 20, 20_240_101_120_000]);
        assert_eq!(db.fetchval::<i64>("select count(*) from things", ()).await?, Some(2));
    }

    async fn several_processes(db) {
        let folder = folder(&FIRST)?;
        write(folder.path(), &REST[1..])?;
        let task = format!("{}\n{}", url(&db), folder.path().display());
        let children: Vec<_> = (0..3)
            .map(|_| {
                Command::new(std::env::current_exe()?)
                    .args(["a_process_of_its_own", "--exact", "--nocapture"])
                    .env(CHILD, &task)
                    .stdout(std::process::Stdio::piped())
                    .spawn()
            })
            .collect::<Result<_, _>>()?;
        let mut applied = Vec::new();
        for child in children {
            let output = child.wait_with_output()?;
            assert!(output.status.success(), "{output:?}");
            let text = String::from_utf8(output.stdout)?;
            let versions = text.split("applied ").skip(1).filter_map(|rest| rest.split_whitespace().next());
            applied.extend(versions.map(str::to_owned));
        }
        applied.sort_unstable();
        assert_eq!(applied, ["1", "20", "20240101120000"]);
        things_are_there_but(&db, 2).await?;
    }

    async fn beside_sqlx_at_the_same_time(db) {
        if db.backend() != Backend::Postgres {
            // On SQLite sqlx has no lock, and MariaDB does not take the way in which it takes one.
            return Ok(());
        }
        let folder = folder(&FIRST)?;
        write(folder.path(), &REST[1..])?;
        let (theirs, ours) = tokio::join!(sqlx(&db, folder.path()), ours(&db, folder.path()));
        theirs?;
        assert!(ours?.len() <= 3);
        things_are_there_but(&db, 2).await?;
    }
}

/// Does nothing, but where `several_processes` has started it.
#[test]
fn a_process_of_its_own() -> Result<(), Box<dyn std::error::Error>> {
    let Ok(task) = std::env::var(CHILD) else { return Ok(()) };
    let (url, folder) = task.split_once('\n').expect("a URL and a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = Database::open(url).await?;
        for version in ours(&db, Path::new(folder)).await? {
            println!("applied {version}");
        }
        db.disconnect().await?;
        Ok(())
    })
}

async fn things_are_there(db: &Database, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    things_are_there_but(db, 3).await?;
    // Neither has anything left to do.
    assert!(ours(db, folder).await?.is_empty());
    sqlx(db, folder).await?;
    let noted = "select version, description, success from _sqlx_migrations order by version";
    let noted = db.fetchall(noted, ()).await?;
    let noted: Vec<(i64, String, bool)> =
        noted.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect::<Result<_>>()?;
    let described = ["create things", "fill things", "no transaction", "other things"];
    assert_eq!(noted.iter().map(|(_, description, _)| description).collect::<Vec<_>>(), described);
    assert!(noted.iter().all(|(.., success)| *success));
    Ok(())
}

async fn things_are_there_but(db: &Database, things: i64) -> Result<()> {
    assert_eq!(db.fetchval::<i64>("select count(*) from things", ()).await?, Some(things));
    assert_eq!(
        db.fetchval::<String>("select name from things where id = 1", ()).await?.as_deref(),
        Some("größer")
    );
    assert_eq!(db.fetchval::<i64>("select count(*) from other_things", ()).await?, Some(0));
    Ok(())
}

async fn ours(db: &Database, folder: &Path) -> Result<Vec<i64>> {
    db.migrate(&Migrations::from_folder(folder)?).await
}

/// What sqlx's own migrator does with the same folder.
async fn sqlx(db: &Database, folder: &Path) -> Result<(), SqlxError> {
    let (url, mut migrator) = (url(db), Migrator::new(folder).await?);
    match db.backend() {
        Backend::Sqlite => migrator.run(&mut SqliteConnection::connect(&url).await?).await,
        Backend::Postgres => migrator.run(&mut PgConnection::connect(&url).await?).await,
        Backend::Mysql => {
            // It would wait for the lock for less than no time, which MariaDB refuses.
            migrator.set_locking(false);
            migrator.run(&mut MySqlConnection::connect(&url).await?).await
        }
    }
}

fn folder(files: &[(&str, &str)]) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    write(folder.path(), files)?;
    Ok(folder)
}

fn write(folder: &Path, files: &[(&str, &str)]) -> std::io::Result<()> {
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

fn problem(result: Result<Vec<i64>>) -> MigrateError {
    match result {
        Err(Error::Migrate(error)) => *error,
        other => panic!("{other:?}"),
    }
}
