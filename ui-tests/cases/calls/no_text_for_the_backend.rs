use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchone!(db, { postgres: "select 1 as one" }).await?;
    Ok(())
}

fn main() {}
