//! The databases that every test runs on.

use aio_databases::{Backend, Database};

/// One database to test with.
pub(crate) struct Bench {
    pub(crate) name: &'static str,
    pub(crate) db: Database,
    pub(crate) url: String,
    /// The file, if it is one.
    _folder: Option<tempfile::TempDir>,
}

/// The URLs of the servers to test with, and of SQLite's two kinds of databases.
pub(crate) fn urls() -> Vec<(&'static str, String, Option<tempfile::TempDir>)> {
    let mut urls = Vec::new();
    if cfg!(feature = "sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("test.db").display());
        urls.push(("memory", "sqlite::memory:".to_owned(), None));
        urls.push(("file", file, Some(folder)));
    }
    for (feature, name, variable) in [
        (cfg!(feature = "postgres"), "postgres", "AIO_DATABASES_POSTGRES_URL"),
        (cfg!(feature = "mysql"), "mysql", "AIO_DATABASES_MYSQL_URL"),
    ] {
        if let (true, Ok(url)) = (feature, std::env::var(variable)) {
            urls.push((name, url, None));
        }
    }
    urls
}

/// Every database, connected.
pub(crate) async fn all() -> Vec<Bench> {
    let mut all = Vec::new();
    for (name, url, folder) in urls() {
        let db = Database::open(&url).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        all.push(Bench { name, db, url, _folder: folder });
    }
    all
}

impl Bench {
    pub(crate) fn is(&self, backend: Backend) -> bool {
        self.db.backend() == backend
    }

    /// A new table `name` with columns `id` (a key) and `name` (not null, unique).
    pub(crate) async fn table(&self, name: &str) {
        let text = if self.is(Backend::Mysql) { "varchar(100)" } else { "text" };
        let sql = format!(
            "drop table if exists {name}; create table {name} (id integer primary key, name {text} not null unique)"
        );
        self.db
            .executescript(aio_databases::Trusted(sql))
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// A query that gives the numbers from 1 to `last`.
    pub(crate) fn numbers(&self, last: u32) -> aio_databases::Trusted {
        // MariaDB's limit of recursion is raised before the query, MySQL's in it.
        let (mariadb, mysql) = match self.is(Backend::Mysql) {
            true => (
                "/*M! SET STATEMENT max_recursive_iterations=100000000 FOR */",
                "/*+ set_var(cte_max_recursion_depth = 100000000) */",
            ),
            false => ("", ""),
        };
        aio_databases::Trusted(format!(
            "{mariadb} with recursive n(i) as (select 1 union all select i + 1 from n where i < {last}) select {mysql} i from n"
        ))
    }

    /// A query that runs for a long time.
    pub(crate) fn slow(&self) -> &'static str {
        match self.db.backend() {
            Backend::Sqlite => {
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) select count(*) from n"
            }
            Backend::Postgres => "select pg_sleep(20)",
            Backend::Mysql => "select sleep(20)",
        }
    }
}
