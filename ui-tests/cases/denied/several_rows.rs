use aio_databases::{Database, fetchval};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchval!(db, "select id from users where name = $1", "Ada").await?;
    Ok(())
}

fn main() {}
