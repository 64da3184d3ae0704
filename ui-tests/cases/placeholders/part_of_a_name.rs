use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let year = 2024;
    let _ = fetchall!(db, "select id from users_{year}").await?;
    Ok(())
}

fn main() {}
