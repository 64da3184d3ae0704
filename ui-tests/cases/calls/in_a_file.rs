use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, include_str!("query.sql")).await?;
    Ok(())
}

fn main() {}
