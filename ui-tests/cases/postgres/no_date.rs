use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from orders where placed = '2024-13-01'").await?;
    Ok(())
}

fn main() {}
