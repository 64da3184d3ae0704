use aio_databases::{Database, fetchall};

struct User {
    id: i32,
    name: String,
}

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, User, "select id, email as name from users").await?;
    Ok(())
}

fn main() {}
