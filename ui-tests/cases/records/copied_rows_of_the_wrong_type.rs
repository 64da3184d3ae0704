use aio_databases::{Database, copy_in};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = copy_in!(db, "users (name, email)", [("x", 1)]).await?;
    Ok(())
}

fn main() {}
