use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let table = "users";
    let _ = fetchall!(db, format!("select * from {table}")).await?;
    Ok(())
}

fn main() {}
