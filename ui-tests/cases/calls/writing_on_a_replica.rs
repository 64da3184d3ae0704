use aio_databases::{Database, execute, executemany, fetchval, query};

// What is of a replica takes only queries that read.
async fn a_connection(db: &Database) -> aio_databases::Result<()> {
    let replica = db.replica().await?;
    let _ = fetchval!(replica, "select count(*) from users").await?;
    execute!(replica, "delete from users where id = $1", 1).await?;
    Ok(())
}

// Its transactions, too.
async fn a_transaction(db: &Database) -> aio_databases::Result<()> {
    let mut replica = db.replica().await?;
    let tx = replica.transaction().await?;
    let _ = fetchval!(tx, "insert into users (name) values ('Ada') returning id").await?;
    tx.commit().await
}

async fn many_rows(db: &Database) -> aio_databases::Result<()> {
    let replica = db.replica().await?;
    executemany!(replica, "insert into users (name) values ($1)", ["Ada", "Grace"]).await?;
    Ok(())
}

// A query that is run later.
async fn later(db: &Database) -> aio_databases::Result<()> {
    let replica = db.replica().await?;
    query!("update users set name = 'Ada' where id = 1").execute(&replica).await?;
    Ok(())
}

fn main() {}
