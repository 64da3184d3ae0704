use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "selct id from users").await?;
    Ok(())
}

fn main() {}
