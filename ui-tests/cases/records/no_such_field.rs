use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let record = fetchone!(db, "select id from users where id = 1").await?;
    let _ = record.unwrap().nmae;
    Ok(())
}

fn main() {}
