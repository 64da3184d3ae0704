use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, { postgres: "select id from users where id = $1", _: "select id from users" }, 1).await?;
    Ok(())
}

fn main() {}
