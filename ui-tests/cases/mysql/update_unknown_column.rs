use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "update users set nmae = 'x'").await?;
    Ok(())
}

fn main() {}
