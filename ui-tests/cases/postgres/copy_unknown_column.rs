use aio_databases::{Database, copy_in};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = copy_in!(db, "users (name, emial)", [("x", "y")]).await?;
    Ok(())
}

fn main() {}
