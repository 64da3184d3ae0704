use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select x.name from users u").await?;
    Ok(())
}

fn main() {}
