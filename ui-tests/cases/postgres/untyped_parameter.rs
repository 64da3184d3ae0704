use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from users where $1 is null", 1).await?;
    Ok(())
}

fn main() {}
