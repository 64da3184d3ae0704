use aio_databases::{Database, executemany};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = executemany!(db, "delete from users where id = $1").await?;
    Ok(())
}

fn main() {}
