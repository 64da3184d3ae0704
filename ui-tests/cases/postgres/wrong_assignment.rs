use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "update orders set placed = 1").await?;
    Ok(())
}

fn main() {}
