use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select users.name, orders.total from users, orders where users.name = 'Ada'").await?;
    Ok(())
}

fn main() {}
