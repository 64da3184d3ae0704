use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let name = "x";
    _ = name;
    let _ = fetchall!(db, "select id from users where name = {nmae}").await?;
    Ok(())
}

fn main() {}
