use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "insert into users (name) values ($1)", None::<String>).await?;
    Ok(())
}

fn main() {}
