//! What the tests share: a fresh database on each backend, made by the same migrations that the macros read.

use std::{
    fmt::Display,
    future::Future,
    sync::atomic::{AtomicUsize, Ordering},
};

use aio_databases::{Backend, Database, Trusted};

/// What a test gives.
pub type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Writes each case out for every backend: `async fn name(db) { … }` becomes the tests `name::sqlite`, `name::postgres` and
/// `name::mysql`, each with a database of its own in which the migrations have run.
#[macro_export]
macro_rules! on_every_backend {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn case($db: ::aio_databases::Database) -> $crate::TestResult {
                $body
                Ok(())
            }

            #[test]
            $(#[$meta])*
            fn sqlite() {
                $crate::run(::aio_databases::Backend::Sqlite, case);
            }

            #[test]
            $(#[$meta])*
            fn postgres() {
                $crate::run(::aio_databases::Backend::Postgres, case);
            }

            #[test]
            $(#[$meta])*
            fn mysql() {
                $crate::run(::aio_databases::Backend::Mysql, case);
            }
        }
    )*};
}

/// The same for one backend: `on_backend! { Postgres: async fn name(db) { … } }` is the test `name`.
#[macro_export]
macro_rules! on_backend {
    ($backend:ident: $($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)*) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            async fn case($db: ::aio_databases::Database) -> $crate::TestResult {
                $body
                Ok(())
            }
            $crate::run(::aio_databases::Backend::$backend, case);
        }
    )*};
}

/// Runs a case on one backend, with a database of its own. Without a server it says so and does nothing; `cargo xtask
/// test` starts one.
pub fn run<F: Future<Output = TestResult>>(backend: Backend, case: impl FnOnce(Database) -> F) {
    let Some(server) = server(backend) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let result = runtime.expect("a runtime starts").block_on(async {
        let fresh = Fresh::new(backend, &server).await?;
        let result = case(fresh.db.clone()).await;
        fresh.remove().await?;
        result
    });
    if let Err(error) = result {
        panic!("{backend}: {error}");
    }
}

/// The URL of a backend's server, with the right to create databases; `None`, with a loud line, where there is none.
/// SQLite needs none.
pub fn server(backend: Backend) -> Option<String> {
    let variable = match backend {
        Backend::Sqlite => return Some(String::new()),
        Backend::Postgres => "AIO_DATABASES_POSTGRES_URL",
        Backend::Mysql => "AIO_DATABASES_MYSQL_URL",
    };
    let url = std::env::var(variable).ok();
    if url.is_none() {
        eprintln!("NOT TESTED: {backend}: {variable} is not set; run `cargo xtask test`");
    }
    url
}

/// The version that a server of MySQL's protocol says, if it is a MySQL and not a MariaDB.
pub async fn mysql_version(db: &Database) -> aio_databases::Result<Option<String>> {
    if db.backend() != Backend::Mysql {
        return Ok(None);
    }
    let version = db.fetchval::<String>("select version()", ()).await?;
    Ok(version.filter(|version| !version.contains("MariaDB")))
}

/// Whether the server has no `returning`, as MySQL. That is printed, with the test that can't do its part then.
pub async fn lacks_returning(db: &Database, test: &str) -> aio_databases::Result<bool> {
    let version = mysql_version(db).await?;
    if let Some(version) = &version {
        eprintln!("NOT TESTED: {test}: MySQL {version} has no `returning`");
    }
    Ok(version.is_some())
}

/// The URL of the MariaDB server, with whose answers the analyzer's are compared. `None`, with a loud line, where there is none or
/// where it is a MySQL, of which the analyzer says nothing yet.
pub fn mariadb(test: &str) -> Option<String> {
    let url = server(Backend::Mysql)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let version = runtime.expect("a runtime starts").block_on(async {
        let db = Database::unpooled(&url)?;
        mysql_version(&db).await
    });
    match version.unwrap_or_else(|error| panic!("{error}")) {
        None => Some(url),
        Some(version) => {
            eprintln!(
                "NOT TESTED: {test}: the analyzer knows MariaDB's dialect, and this is MySQL {version}"
            );
            None
        }
    }
}

/// A test's database's own URL, with the password that it does not tell.
pub fn url(db: &Database) -> String {
    let server = server(db.backend()).expect("the test runs on it");
    let password = server.split_once('@').and_then(|(start, _)| start.rsplit_once(':')).map(|(_, word)| word);
    db.url().replace("***", password.unwrap_or_default())
}

/// The URL of another database on the same server.
pub fn beside(url: &str, database: impl Display) -> String {
    let (url, options) = url.split_once('?').map_or((url, ""), |(url, options)| (url, options));
    let (server, _) = url.rsplit_once('/').expect("a server's URL ends with its database");
    let question = if options.is_empty() { "" } else { "?" };
    format!("{server}/{database}{question}{options}")
}

/// The text of the migrations that the macros read, in order, each with its file's name.
pub fn migrations(backend: Backend) -> Vec<(String, String)> {
    let folder = format!("{}/migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("a folder is read").path();
            let text = std::fs::read_to_string(&path).expect("a migration is text");
            (path.display().to_string(), text)
        })
        .collect();
    files.sort();
    files
}

/// A database of its own, with the migrations run.
struct Fresh {
    db: Database,
    /// What removes it.
    remove: Option<String>,
    _folder: tempfile::TempDir,
}

impl Fresh {
    async fn new(backend: Backend, server: &str) -> Result<Self, Box<dyn std::error::Error>> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir()?;
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (url, create, remove) = match backend {
            Backend::Sqlite => (format!("sqlite:{}", folder.path().join("test.db").display()), None, None),
            // A schema of its own takes a tenth of the time of a database.
            // A pooler accepts no settings of the session, and needs a database for each.
            Backend::Postgres if server.contains('?') => {
                Database::unpooled(server)?.execute(Trusted(format!("create database {name}")), ()).await?;
                (beside(server, &name), None, Some(format!("drop database {name} with (force)")))
            }
            Backend::Postgres => (
                format!("{server}?options=-csearch_path%3D{name}"),
                Some(format!("create schema {name}")),
                Some(format!("drop schema {name} cascade")),
            ),
            Backend::Mysql => {
                Database::unpooled(server)?.execute(Trusted(format!("create database {name}")), ()).await?;
                (beside(server, &name), None, Some(format!("drop database {name}")))
            }
        };
        let db = Database::open(&url).await?;
        if let Some(create) = create {
            db.execute(Trusted(create), ()).await?;
        }
        for (file, text) in migrations(backend) {
            db.executescript(Trusted(text)).await.map_err(|error| format!("{file}: {error}"))?;
        }
        Ok(Fresh { db, remove, _folder: folder })
    }

    async fn remove(self) -> TestResult {
        // A case may have disconnected it.
        if let Some(remove) = self.remove {
            match remove.starts_with("drop database") {
                true => {
                    self.db.disconnect().await?;
                    let server = server(self.db.backend()).expect("the test ran on it");
                    Database::unpooled(server)?.execute(Trusted(remove), ()).await?;
                }
                false => drop(self.db.execute(Trusted(remove), ()).await?),
            }
        }
        self.db.disconnect().await?;
        Ok(())
    }
}
