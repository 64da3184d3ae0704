use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "delete from users").await?;
    Ok(())
}

fn main() {}
