use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchone!(db, "select $1 as one" 1).await?;
    Ok(())
}

fn main() {}
