use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "insert into users (id, name) values (1, $1)", "x").await?;
    Ok(())
}

fn main() {}
