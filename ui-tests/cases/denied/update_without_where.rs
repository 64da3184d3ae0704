use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = execute!(db, "update users set name = $1", "Ada").await?;
    Ok(())
}

fn main() {}
