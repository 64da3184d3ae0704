use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from users where id = :id", id = 1, id = 2).await?;
    Ok(())
}

fn main() {}
