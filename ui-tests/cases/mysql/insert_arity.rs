use aio_databases::{Database, execute};

async fn run(db: &Database) -> aio_databases::Result<()> {
    execute!(db, "insert into users (name, email) values ('x')").await?;
    Ok(())
}

fn main() {}
