use aio_databases::{Database, query_as};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = query_as!("select id from users");
    Ok(())
}

fn main() {}
