use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let sql = "select 1 as one";
    let _ = fetchone!(db, sql, 1).await?;
    Ok(())
}

fn main() {}
