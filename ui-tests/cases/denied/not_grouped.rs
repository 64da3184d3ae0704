use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select user_id, max(total) as total from orders group by placed").await?;
    Ok(())
}

fn main() {}
