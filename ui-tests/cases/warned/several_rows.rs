#![deny(deprecated)]

use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchone!(db, "select id, name from users where name = $1", "Ada").await?;
    Ok(())
}

fn main() {}
