#![deny(deprecated)]

use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = execute!(db, "delete from users").await?;
    Ok(())
}

fn main() {}
