use aio_databases::{Database, copy_in};

struct User {
    name: String,
}

async fn run(db: &Database, users: &[User]) -> aio_databases::Result<()> {
    let _ = copy_in!(db, User, "users (name, email)", users).await?;
    Ok(())
}

fn main() {}
