use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, (i32, String), "select id, name, email from users").await?;
    Ok(())
}

fn main() {}
