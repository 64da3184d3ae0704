use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchone!(db).await?;
    Ok(())
}

fn main() {}
