use aio_databases::{Database, fetchone};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchone!(db, { postgers: "select 1 as one", _: "select 2 as one" }).await?;
    Ok(())
}

fn main() {}
