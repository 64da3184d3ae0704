//! What happens in the shop. Each function takes sqlx's pool, whether or not its queries have moved.

use aio_databases::{Executor, Result, execute, executemany, fetchone, fetchval};
use sqlx::SqlitePool;

/// Takes a delivery of books. Not moved yet: a mistake in this text is found when it runs.
pub(crate) async fn deliver(pool: &SqlitePool, title: &str, count: i64) -> Result<()> {
    sqlx::query(
        "insert into books (title, stock) values ($1, $2) on conflict (title) do update set stock = stock + excluded.stock",
    )
    .bind(title)
    .bind(count)
    .execute(pool)
    .await?;
    Ok(())
}

/// How many titles there are. Moved, and now for any executor: also for a `Database`, when there is one.
pub(crate) async fn titles(executor: &impl Executor) -> Result<i64> {
    fetchval!(executor, "select count(*) from books").await
}

/// Adds a title.
pub(crate) async fn add(pool: &SqlitePool, title: &str) -> Result<()> {
    execute!(pool, "insert into books (title) values ($1)", title).await?;
    Ok(())
}

/// Sells a book, and returns how many are left; `None` if there was none. One transaction, with queries of both libraries.
pub(crate) async fn sell(pool: &SqlitePool, title: &str, customer: &str) -> Result<Option<i64>> {
    let mut tx = pool.begin().await?;
    let Some(book) = fetchone!(tx, "select id, stock from books where title = $1", title).await? else {
        return Ok(None);
    };
    // Not moved yet.
    sqlx::query("insert into sales (book_id, customer, note) values ($1, $2, 'over the counter')")
        .bind(book.id)
        .bind(customer)
        .execute(&mut *tx)
        .await?;
    if book.stock == 0 {
        // The sale is taken back.
        tx.rollback().await?;
        return Ok(None);
    }
    execute!(tx, "update books set stock = stock - 1 where id = $1", book.id).await?;
    tx.commit().await?;
    Ok(Some(book.stock - 1))
}

/// Sells a book to several customers, or to none of them.
pub(crate) async fn sell_all(pool: &SqlitePool, title: &str, customers: &[&str]) -> Result<u64> {
    let mut tx = pool.begin().await?;
    let sold = customers.len() as i64;
    let book =
        fetchval!(tx, "update books set stock = stock - $2 where title = $1 returning id", title, sold)
            .await?;
    let Some(book) = book else { return Ok(0) };
    let sales = customers.iter().map(|customer| (book, *customer));
    let done = executemany!(tx, "insert into sales (book_id, customer) values ($1, $2)", sales).await?;
    tx.commit().await?;
    Ok(done.rows_affected)
}
