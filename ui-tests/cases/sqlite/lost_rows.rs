use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from users; delete from users").await?;
    Ok(())
}

fn main() {}
