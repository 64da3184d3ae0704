use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "insert into users (name) values ('x') on conflict (name) do nothing").await?;
    Ok(())
}

fn main() {}
