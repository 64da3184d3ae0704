#![deny(deprecated)]

use aio_databases::{Database, fetchval};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchval!(db, "update users set name = $1 where mood = 'sad' returning id", "Ada").await?;
    Ok(())
}

fn main() {}
