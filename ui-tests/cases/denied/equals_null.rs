use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from users where email <> null").await?;
    Ok(())
}

fn main() {}
