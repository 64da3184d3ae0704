use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "insert into orders (total, placed) values (1, now())").await?;
    Ok(())
}

fn main() {}
