use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select 'é\u{e9}\t' as \"a\", \
        nmae from users").await?;
    Ok(())
}

fn main() {}
