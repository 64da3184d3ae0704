//! A database that was changed after the program had been compiled: each change is told, with the file and line of each
//! query that it breaks.

use aio_databases::{
    Backend, Database, DifferenceKind, Error, MigrateError, Result, Trusted, VerifyError, execute, fetchall,
    fetchval, migrate,
};
use aio_databases_tests::{TestResult, on_backend, on_every_backend};

/// What the program asks. It is not called: that it is in the program is enough.
#[allow(dead_code)]
async fn queries(db: &Database) -> Result<()> {
    fetchall!(db, "select id, name, age from users where email = $1", "a").await?;
    fetchall!(db, "select id, total from orders where user_id = $1", 1).await?;
    fetchval!(db, "select count(*) from users where name = 'x' or name = $1", "a").await?;
    execute!(db, "update users set age = $1 where id = $2", 1, 2).await?;
    execute!(db, "insert into orders (user_id, note) values ($1, $2)", 1, "a").await?;
    // What rests on no table's column is never null because of it.
    fetchall!(db, "select coalesce(note, '') as note from orders where note is not null limit 1").await?;
    // The one of the enum, which other backends have not.
    fetchall!(db, { postgres: "select cast('sad' as mood) as feeling", _: "select 'sad' as feeling" })
        .await?;
    Ok(())
}

const USERS: &str = "select id, name, age from users";
const ORDERS: &str = "select id, total from orders";
const COUNT: &str = "select count(*) from users";
const UPDATE: &str = "update users set age";
const INSERT: &str = "insert into orders";
const NOTE: &str = "select coalesce(note";
const FEELING: &str = "select cast('sad' as mood)";
const ALL: usize = 7;

/// The line of this file in which a text stands in quotes.
fn line(text: &str) -> u32 {
    let quoted = format!("\"{text}");
    let at = include_str!("verify.rs").lines().position(|line| line.contains(&quoted));
    u32::try_from(at.expect("the query is in this file")).expect("few lines") + 1
}

/// Changes the database and asks: each of `expected` is told, the beginning of a query's text and what is the matter with
/// it, in the order of the lines, and nothing else.
async fn check(db: &Database, change: &str, expected: &[(&str, &str)]) -> TestResult {
    db.executescript(Trusted(change.to_owned())).await?;
    let Err(Error::Verify(error)) = db.verify().await else { panic!("nothing differs after: {change}") };
    assert_eq!(error.queries, ALL);
    let told = error.to_string();
    let lines: Vec<_> = error.differences.iter().map(|found| (found.line, found.kind.to_string())).collect();
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (found, (sql, message)) in error.differences.iter().zip(expected) {
        assert!(found.sql.starts_with(sql), "{sql}: {told}");
        assert_eq!((found.file, found.line), (file!(), line(sql)), "{told}");
        assert!(found.kind.to_string().contains(message), "{message}: {told}");
        assert!(told.contains(&format!("{}:{}: ", file!(), line(sql))), "{told}");
    }
    // A second look tells the same: nothing was changed by the first.
    let Err(Error::Verify(again)) = db.verify().await else { panic!("nothing differs any more") };
    assert_eq!(again.to_string(), told);
    Ok(())
}

/// All queries agree; of migrations the database, which was made without, says nothing, and that is told.
async fn agrees(db: &Database) -> TestResult {
    let verified = db.verify().await?;
    assert_eq!(verified.queries, ALL);
    assert_eq!(
        verified.to_string(),
        "7 queries agree with the database; migrations were not compared: the database has no table `_sqlx_migrations`: \
         others have made its tables, or none are made"
    );
    Ok(())
}

/// Makes the tables anew, by migrations.
async fn migrated(db: &Database) -> TestResult {
    let more = match db.backend() {
        Backend::Sqlite => "",
        Backend::Postgres => "drop table postgres_samples; drop type mood; drop domain quantity",
        Backend::Mysql => "drop table mysql_samples",
    };
    db.executescript(Trusted(format!("drop table orders; drop table users; drop table samples; {more}")))
        .await?;
    assert_eq!(db.migrate(migrate!()).await?, [1, 2]);
    assert_eq!(db.verify().await?.to_string(), "7 queries and 2 migrations agree with the database");
    Ok(())
}

/// Changes what is noted of migrations: just that is told, as the text says.
async fn check_migrations(db: &Database, change: &'static str, told: &str) -> TestResult {
    migrated(db).await?;
    db.execute(change, ()).await?;
    let Err(Error::Verify(error)) = db.verify().await else { panic!("nothing differs after: {change}") };
    assert!(error.differences.is_empty(), "{error}");
    let count = error.migrations().len();
    let (backend, s) = (db.backend().title(), if count == 1 { "" } else { "s" });
    let head = format!("the {backend} database is not the one that the program was compiled for");
    assert_eq!(error.to_string(), format!("{head}: {count} migration{s}, 0 of 7 queries\n{told}"));
    Ok(())
}

fn is_refused(error: &VerifyError) -> bool {
    error.differences.iter().all(|found| matches!(found.kind, DifferenceKind::Refused { .. }))
}

on_every_backend! {
    async fn a_migrated_database_agrees(db) {
        agrees(&db).await?;
        // Nothing was run, and whoever comes next finds clean connections.
        assert_eq!(db.fetchval::<i64>("select count(*) from users", ()).await?, Some(0));
        assert_eq!(db.fetchval::<i64>("select count(*) from orders", ()).await?, Some(0));
        agrees(&db).await?;
    }

    async fn a_migration_that_is_not_applied(db) {
        check_migrations(
            &db,
            "delete from _sqlx_migrations where version = 2",
            "\nmigration 2 (`samples`) is not applied to the database: apply it with \
             `db.migrate(aio_databases::migrate!())`",
        )
        .await?;
    }

    async fn a_migration_of_another_text(db) {
        check_migrations(
            &db,
            "update _sqlx_migrations set checksum = (select checksum from (select * from _sqlx_migrations) other \
             where version = 2) where version = 1",
            "\nmigration 1 (`shop`) was changed after it was applied\n  help: undo the change, and write it as a new migration",
        )
        .await?;
    }

    async fn migrations_that_stopped_or_are_not_known(db) {
        check_migrations(
            &db,
            "update _sqlx_migrations set success = false, version = 4 - version where version = 1",
            "\nmigration 1 (`shop`) is not applied to the database: apply it with \
             `db.migrate(aio_databases::migrate!())`\
             \nmigration 3 stopped half-way in an earlier run\n  help: complete or undo it by hand; then set \
             `success` in its row of `_sqlx_migrations` if it is complete, or delete the row to apply it again",
        )
        .await?;
    }

    async fn a_migration_of_a_newer_program(db) {
        check_migrations(
            &db,
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             select 3, description, success, checksum, execution_time from _sqlx_migrations where version = 2",
            "\nmigration 3 was applied to the database, but this program does not have it: the database is newer than the \
             program, or the file was removed\n  help: to run an older program on a newer database, use \
             `migrations.ignore_missing()`",
        )
        .await?;
        let Err(Error::Verify(error)) = db.verify().await else { panic!("it is still ahead") };
        assert!(matches!(error.migrations(), [MigrateError::Missing { version: 3 }]), "{error}");
    }

    async fn a_table_of_migrations_that_is_another_thing(db) {
        db.execute("create table _sqlx_migrations (a int)", ()).await?;
        let verified = db.verify().await?;
        let why = verified.migrations.expect_err("they can't be read");
        assert!(why.starts_with("`_sqlx_migrations` can't be read: ") && why.contains("version"), "{why}");
    }

    async fn a_column_that_is_gone(db) {
        check(&db, "alter table users drop column age", &[(USERS, "age"), (UPDATE, "age")]).await?;
    }

    async fn a_column_of_another_name(db) {
        let change = "alter table users rename column name to full_name";
        check(&db, change, &[(USERS, "name"), (COUNT, "name")]).await?;
    }

    async fn a_table_that_is_gone(db) {
        check(&db, "drop table orders", &[(ORDERS, "orders"), (INSERT, "orders"), (NOTE, "orders")]).await?;
        let Err(Error::Verify(error)) = db.verify().await else { panic!("it is still gone") };
        assert!(is_refused(&error), "{error}");
    }

    async fn an_empty_database(db) {
        db.executescript("drop table orders; drop table users").await?;
        let Err(Error::Verify(error)) = db.verify().await else { panic!("it is empty") };
        assert_eq!(error.differences.len(), ALL - 1, "{error}");
    }

    async fn a_column_of_another_type(db) {
        let (change, message) = match db.backend() {
            Backend::Postgres => {
                ("alter table orders alter total type integer", "expected the type `int8`, found `int4`")
            }
            Backend::Mysql => {
                ("alter table orders modify total int not null", "expected the type `bigint`, found `int")
            }
            Backend::Sqlite => (
                "drop table orders;
                 create table orders (id integer primary key, user_id integer not null, note text, total text not null)",
                "expected the type `integer`, found `TEXT`",
            ),
        };
        check(&db, change, &[(ORDERS, message)]).await?;
    }

    async fn a_column_that_may_be_null(db) {
        let change = match db.backend() {
            Backend::Postgres => "alter table users alter name drop not null",
            Backend::Mysql => "alter table users modify name varchar(200)",
            Backend::Sqlite => {
                "drop table users;
                 create table users (id integer primary key, name text, email text unique, age integer)"
            }
        };
        let message = "column `name`: expected never to be null, found that it may be null";
        check(&db, change, &[(USERS, message)]).await?;
    }
}

on_backend! { Postgres:
    async fn an_enum_that_is_gone(db) {
        check(&db, "drop type mood cascade", &[(FEELING, "mood")]).await?;
    }

    async fn a_parameter_of_another_type(db) {
        let expected = [
            (USERS, "column `age`: expected the type `int8`, found `int4`"),
            (UPDATE, "parameter 1: expected the type `int8`, found `int4`"),
        ];
        check(&db, "alter table users alter age type integer", &expected).await?;
    }

    async fn an_enum_of_another_number(db) {
        // Types are compared by name: those of another database have other numbers.
        let change = "drop type mood cascade; create type mood as enum ('sad', 'ok', 'happy')";
        db.executescript(change).await?;
        agrees(&db).await?;
    }

    async fn inside_of_a_transaction(db) {
        // Its own connection: a refused query does not spoil the transaction.
        db.execute("drop table orders cascade", ()).await?;
        let verified = db.transaction().run(async {
            let verified = db.verify().await;
            db.execute("insert into users (name) values ('Ada')", ()).await?;
            Ok::<_, Error>(verified)
        });
        assert!(matches!(verified.await?, Err(Error::Verify(_))));
        assert_eq!(db.fetchval::<i64>("select count(*) from users", ()).await?, Some(1));
    }
}
