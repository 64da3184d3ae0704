use aio_databases::{Database, fetchall};

struct User {
    id: i32,
    name: String,
}

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, User, "select id, name, email from users").await?;
    Ok(())
}

fn main() {}
