use aio_databases::{Database, copy_in};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = copy_in!(db, "copy users (name) from stdin", ["x"]).await?;
    Ok(())
}

fn main() {}
