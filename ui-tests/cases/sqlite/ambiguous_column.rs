use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select id from users join orders on users.id = user_id").await?;
    Ok(())
}

fn main() {}
