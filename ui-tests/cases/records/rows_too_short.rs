use aio_databases::{Database, executemany};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = executemany!(db, "insert into users (name, email) values ($1, $2)", [("x",)]).await?;
    Ok(())
}

fn main() {}
