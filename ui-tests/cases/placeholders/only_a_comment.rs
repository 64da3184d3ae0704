use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "-- nothing").await?;
    Ok(())
}

fn main() {}
