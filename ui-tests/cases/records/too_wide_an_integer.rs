use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select name from users where id = $1", 1_i64).await?;
    Ok(())
}

fn main() {}
