use aio_databases::{Database, fetchmany};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchmany!(db, "select id from users").await?;
    Ok(())
}

fn main() {}
