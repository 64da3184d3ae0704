use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select $$x$$ as x").await?;
    Ok(())
}

fn main() {}
