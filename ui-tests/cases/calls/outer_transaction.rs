use aio_databases::{Database, execute};

// While a savepoint lives, the transaction around it can't be used.
async fn nested(db: &Database) -> aio_databases::Result<()> {
    let mut tx = db.transaction().await?;
    let inner = tx.transaction().await?;
    execute!(tx, "delete from users where id = $1", 1).await?;
    inner.commit().await?;
    tx.commit().await
}

// Nor can a connection, while its transaction does.
async fn on_a_connection(db: &Database) -> aio_databases::Result<()> {
    let mut conn = db.connection().await?;
    let tx = conn.transaction().await?;
    execute!(conn, "delete from users where id = $1", 1).await?;
    tx.commit().await
}

// What has ended is gone.
async fn ended(db: &Database) -> aio_databases::Result<()> {
    let tx = db.transaction().await?;
    tx.commit().await?;
    execute!(tx, "delete from users where id = $1", 1).await?;
    Ok(())
}

// A savepoint has no isolation level of its own.
async fn savepoint(db: &Database) -> aio_databases::Result<()> {
    let mut tx = db.transaction().await?;
    let inner = tx.transaction().isolation(aio_databases::Isolation::Serializable).await?;
    inner.commit().await
}

fn main() {}
