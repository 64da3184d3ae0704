use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select $1::txt as text", "x").await?;
    Ok(())
}

fn main() {}
