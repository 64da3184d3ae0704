use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id, name from users union select id from orders").await?;
    Ok(())
}

fn main() {}
