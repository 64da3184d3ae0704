//! Errors: what they are, what they say, and what they never say.

use std::{error::Error as _, fmt::Write as _};

use aio_databases::{
    Backend, ConnectProblem, ConstraintKind, Database, Error, execute, fetchall, fetchone, query,
};
use aio_databases_tests::{TestResult, beside, mysql_version, on_every_backend, server};

const PASSWORD: &str = "correct-horse";

/// All that an error shows: Display, Debug, and those of its sources.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, "\n{error}\n{error:?}");
        source = error.source();
    }
    text
}

/// Without what differs from run to run: the first line, which is ours, and where.
fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

async fn ada(db: &Database) -> TestResult {
    execute!(db, "insert into users (id, name, email) values (1, 'Ada', 'ada@example.org')").await?;
    execute!(db, "insert into orders (user_id) values (1)").await?;
    Ok(())
}

on_every_backend! {
    async fn a_unique_violation(db) {
        ada(&db).await?;
        for error in [
            execute!(db, "insert into users (name, email) values ('x', 'ada@example.org')").await,
            execute!(db, "insert into users (id, name) values (1, 'x')").await,
            db.execute("insert into users (id, name) values ($1, $2)", (1, "x")).await,
        ] {
            let error = error.expect_err("it is there");
            assert!(error.is_unique_violation(), "{error:?}");
            assert!(!error.is_foreign_key_violation() && !error.is_not_null_violation() && !error.is_check_violation());
            let said = error.database().expect("the server says so");
            assert_eq!((said.backend(), said.violated()), (db.backend(), Some(ConstraintKind::Unique)));
            assert!(said.constraint().is_some(), "{said:?}");
        }
        let error = query!("insert into users (id, name) values (1, $1)", "x").execute(&db).await.expect_err("it is there");
        assert_eq!(error.code(), Some(match db.backend() { Backend::Sqlite => "1555", Backend::Postgres => "23505", Backend::Mysql => "1062" }));
    }

    async fn a_foreign_key_violation(db) {
        ada(&db).await?;
        for error in [
            execute!(db, "insert into orders (user_id) values (7)").await,
            execute!(db, "delete from users where id = 1").await,
            execute!(db, "update orders set user_id = 7").await,
        ] {
            let error = error.expect_err("there is no such user");
            assert!(error.is_foreign_key_violation() && !error.is_unique_violation(), "{error:?}");
        }
    }

    async fn a_not_null_violation(db) {
        let error = db.execute("insert into users (name) values ($1)", (None::<&str>,)).await.expect_err("a name is wanted");
        assert!(error.is_not_null_violation() && !error.is_check_violation(), "{error:?}");
        execute!(db, "insert into users (name) values ('x')").await?;
        let error = db.execute("update users set name = null", ()).await.expect_err("a name is wanted");
        assert!(error.is_not_null_violation(), "{error:?}");
    }

    async fn a_check_violation(db) {
        ada(&db).await?;
        let error = execute!(db, "insert into orders (user_id, total) values (1, $1)", -1).await.expect_err("a total is positive");
        assert!(error.is_check_violation() && !error.is_not_null_violation(), "{error:?}");
    }

    async fn a_violation_is_told_in_full(db) {
        ada(&db).await?;
        let line = line!() + 1;
        let error = execute!(db, "insert into users (id, name) values (1, $1)", "Grace").await.expect_err("it is there");
        let place = match db.backend() {
            Backend::Sqlite => "insert into users (id, name) values (1, ?1)",
            Backend::Postgres => "insert into users (id, name) values (1, $1)",
            Backend::Mysql => "insert into users (id, name) values (1, ?)",
        };
        let said = match db.backend() {
            Backend::Sqlite => "SQLite: UNIQUE constraint failed: users.id (code 1555)",
            Backend::Postgres => "PostgreSQL: duplicate key value violates unique constraint \"users_pkey\" (code 23505)\n  Key (id)=(1) already exists.",
            Backend::Mysql if mysql_version(&db).await?.is_some() => "MySQL: Duplicate entry '1' for key 'users.PRIMARY' (code 1062)",
            Backend::Mysql => "MySQL: Duplicate entry '1' for key 'PRIMARY' (code 1062)",
        };
        assert_eq!(error.to_string(), format!("{said}\n  at tests/tests/errors.rs:{line}: {place}"));
        // What was passed is not told.
        assert!(!shown(&error).contains("Grace"), "{}", shown(&error));
        let place = error.query().expect("it was a query");
        assert_eq!((place.file, place.line), (file!(), line));
    }

    async fn a_table_that_is_not_there(db) {
        db.execute("drop table orders", ()).await?;
        let error = fetchall!(db, "select id from orders").await.expect_err("it was dropped");
        let expected = match db.backend() {
            Backend::Sqlite => "SQLite: no such table: orders (code 1)".to_owned(),
            Backend::Postgres => "PostgreSQL: relation \"orders\" does not exist (code 42P01) at line 1, column 16".to_owned(),
            Backend::Mysql => format!("MySQL: Table '{}.orders' doesn't exist (code 1146)", db.url().rsplit('/').next().unwrap_or_default()),
        };
        assert_eq!(first_line(&error), expected);
        assert!(error.to_string().contains("errors.rs"), "{error}");
        // The connection is as good as before.
        assert!(fetchone!(db, "select id from users").await?.is_none());
    }

    async fn a_schema_other_than_the_one_that_was_checked(db) {
        db.execute("alter table orders drop column note", ()).await?;
        let error = fetchall!(db, "select note from orders").await.expect_err("the column was dropped");
        assert!(matches!(error, Error::Database(_)), "{error:?}");
        let add = match db.backend() {
            Backend::Mysql => "alter table orders add column note bigint not null default 5",
            _ => "alter table orders add column note bigint default 5",
        };
        db.execute(add, ()).await?;
        ada(&db).await?;
        let line = line!() + 1;
        let error = fetchall!(db, "select note from orders").await.expect_err("it is a number now");
        let found = match db.backend() { Backend::Sqlite => "integer", Backend::Postgres => "int8", Backend::Mysql => "bigint" };
        assert_eq!(
            error.to_string(),
            format!("column `note` (number 1): expected text, found `{found}`\n  at tests/tests/errors.rs:{line}: select note from orders"),
        );
    }

    async fn a_wrong_text_at_run_time(db) {
        let error = db.fetchone("selec 1", ()).await.expect_err("it is no SQL");
        assert!(matches!(error, Error::Database(_)), "{error:?}");
        assert!(error.to_string().contains("selec 1"), "{error}");
    }

    async fn an_argument_that_does_not_fit(db) {
        let error = db.execute("insert into users (name, age) values ('x', $1)", (u64::MAX,)).await.expect_err("too large");
        match db.backend() {
            Backend::Mysql => assert_eq!(error.code(), Some("1264"), "{error}"),
            _ => {
                let text = first_line(&error);
                assert!(text.starts_with("parameter 1: ") && text.ends_with('`'), "{text}");
                assert!(text.contains(" does not fit into `"), "{text}");
                assert!(matches!(error, Error::Encode { .. }), "{error:?}");
            }
        }
    }

    async fn errors_go_into_other_errors(db) {
        async fn anyhow(db: &Database) -> anyhow::Result<()> {
            db.fetchone("select nope", ()).await?;
            Ok(())
        }
        async fn boxed(db: &Database) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            db.fetchone("select nope", ()).await?;
            Ok(())
        }
        assert!(anyhow(&db).await.expect_err("no such column").downcast_ref::<Error>().is_some());
        assert!(boxed(&db).await.is_err());
    }

    async fn a_database_shows_no_password(db) {
        let text = format!("{db} {db:?} {:?} {}", db.connection().await?, db.url());
        assert!(!text.contains(PASSWORD), "{text}");
        if db.backend() != Backend::Sqlite {
            assert!(text.contains("***"), "{text}");
        }
    }
}

/// Opening fails in this way, and the password is not told.
#[track_caller]
fn refused(error: Error, problem: ConnectProblem) -> String {
    let text = shown(&error);
    assert!(!text.contains(PASSWORD) && !text.contains("s3cret"), "{text}");
    let Error::Connect(refused) = &error else { panic!("{error:?}") };
    assert_eq!(refused.problem(), problem, "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn urls_that_name_no_database() {
    for (url, message) in [
        ("", "an empty text is not a database URL: it should begin with `sqlite:`, `postgres:` or `mysql:`"),
        ("data.db", "`data.db` is not a database URL: it should begin with"),
        ("postgre://u:s3cret@h/d", "`postgre:` names no database; did you mean `postgres:`?"),
        ("oracle://u:s3cret@h/d", "`oracle:` names no database"),
        (
            "postgres://u:s3cret@h/d?sslmod=require",
            "`postgres://u:***@h/d?sslmod=require`: unknown option `sslmod`; did you mean `sslmode`?",
        ),
        (
            "postgres://u:s3cret@h/d?max_size=many",
            "`postgres://u:***@h/d?max_size=many`: `max_size` takes a number of connections",
        ),
        ("sqlite:x.db?mode=rx", "`sqlite:x.db?mode=rx`: `mode` takes"),
        ("mysql://u:s3cret@h:port/d", "`mysql://u:***@h:port/d`: "),
    ] {
        let error = Database::new(url).expect_err(url);
        assert!(matches!(error, Error::Url(_)), "{url}: {error:?}");
        assert!(error.to_string().starts_with(message), "{url}: {error}");
        assert!(!shown(&error).contains("s3cret"), "{}", shown(&error));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    for scheme in ["postgres", "mysql"] {
        // The discard port: nobody listens there.
        let url = format!("{scheme}://user:s3cret@127.0.0.1:9/name");
        let text = refused(Database::open(&url).await.expect_err("nobody listens"), ConnectProblem::Refused);
        let expected = format!(
            "no connection to {scheme}://user:***@127.0.0.1:9/name: refused: is the server running? ("
        );
        assert!(text.starts_with(&expected), "{text}");
        let unpooled = Database::unpooled(&url).expect("the URL is good");
        refused(
            unpooled.fetchone("select 1", ()).await.expect_err("nobody listens"),
            ConnectProblem::Refused,
        );
        let url = format!("{scheme}://user:s3cret@no-such-host.invalid/name");
        let error = Database::open(&url).await.expect_err("there is no such host");
        assert!(matches!(error, Error::Connect(_)), "{error:?}");
        assert!(!shown(&error).contains("s3cret"), "{}", shown(&error));
    }
}

#[tokio::test]
async fn a_wrong_password() {
    for backend in [Backend::Postgres, Backend::Mysql] {
        let Some(url) = server(backend) else { continue };
        let url = url.replace(PASSWORD, "s3cret");
        let text = refused(
            Database::open(&url).await.expect_err("not the password"),
            ConnectProblem::Authentication,
        );
        assert!(text.contains(": the server does not let this user in ("), "{text}");
        assert!(text.contains(":***@"), "{text}");
    }
}

#[tokio::test]
async fn a_url_without_a_user() {
    for backend in [Backend::Postgres, Backend::Mysql] {
        let Some(url) = server(backend) else { continue };
        let (scheme, rest) = url.split_once("://").expect("a server's URL");
        let (_, host) = rest.rsplit_once('@').expect("it names a user");
        let help = format!("the URL names no user: write one, as in `{scheme}://user:password@host/name`");
        for (credentials, without_user) in [(":s3cret", true), ("no_such_user:s3cret", false)] {
            let url = format!("{scheme}://{credentials}@{host}");
            let text =
                refused(Database::open(&url).await.expect_err("not let in"), ConnectProblem::Authentication);
            assert_eq!(text.contains(&help), without_user, "{url}: {text}");
        }
    }
}

#[tokio::test]
async fn a_database_that_is_not_there() {
    for backend in [Backend::Postgres, Backend::Mysql] {
        let Some(url) = server(backend) else { continue };
        let url = beside(&url, "no_such_database");
        let text = refused(
            Database::open(&url).await.expect_err("no such database"),
            ConnectProblem::UnknownDatabase,
        );
        assert!(text.contains("no_such_database: the server has no such database ("), "{text}");
    }
}

#[tokio::test]
async fn a_database_of_others() -> TestResult {
    let Some(url) = server(Backend::Mysql) else { return Ok(()) };
    let db = Database::open(&url).await?;
    db.execute("create user if not exists a_guest identified by 'guest'", ()).await?;
    let theirs = format!("{}?user=a_guest&password=guest", beside(&url, "mysql"));
    let text = refused(Database::open(&theirs).await.expect_err("no rights"), ConnectProblem::Authentication);
    assert!(text.contains(": the server does not let this user in ("), "{text}");
    db.execute("drop user a_guest", ()).await?;
    Ok(())
}

#[tokio::test]
async fn a_sqlite_file_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}?mode=rw", folder.path().join("none.db").display());
    let text = refused(Database::open(&url).await.expect_err("it is not there"), ConnectProblem::NotFound);
    assert!(text.contains("none.db"), "{text}");
    let url = format!("sqlite:{}", folder.path().join("no/folder.db").display());
    let text =
        refused(Database::open(&url).await.expect_err("its folder is not there"), ConnectProblem::NotFound);
    assert!(text.contains("folder.db"), "{text}");
}
