use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "update users set name = 'x' returning id").await?;
    Ok(())
}

fn main() {}
