//! The tables, made by the same files that the queries were checked against.

use aio_databases::{Backend, Database, Result};

const SQLITE: [&str; 2] = [
    include_str!("../migrations/sqlite/0001_authors.sql"),
    include_str!("../migrations/sqlite/0002_books.sql"),
];
const POSTGRES: [&str; 2] = [
    include_str!("../migrations/postgres/0001_authors.sql"),
    include_str!("../migrations/postgres/0002_books.sql"),
];
const MYSQL: [&str; 2] = [
    include_str!("../migrations/mysql/0001_authors.sql"),
    include_str!("../migrations/mysql/0002_books.sql"),
];

/// Creates the tables where they are not there yet.
pub(crate) async fn create(db: &Database) -> Result<()> {
    let scripts = match db.backend() {
        Backend::Sqlite => SQLITE,
        Backend::Postgres => POSTGRES,
        Backend::Mysql => MYSQL,
    };
    for script in scripts {
        db.executescript(script).await?;
    }
    Ok(())
}
