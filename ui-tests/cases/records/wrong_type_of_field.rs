use aio_databases::{Database, fetchall};

struct User {
    id: i64,
    name: String,
}

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, User, "select id, placed as name from orders").await?;
    Ok(())
}

fn main() {}
