use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select name + 1 as next from users").await?;
    Ok(())
}

fn main() {}
