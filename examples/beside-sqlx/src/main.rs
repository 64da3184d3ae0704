//! A bookshop that has sqlx's pool, and moves to checked queries one at a time: `cargo run -p beside-sqlx`.
//!
//! Nothing else has to change: the pool, its settings, the migrations and the transactions stay those of sqlx. What is written as
//! `sqlx::query` has not moved yet. What is written as `fetchval!` has, and was checked, when this program was compiled, against the
//! files in `migrations/`.

mod shop;
#[cfg(test)]
mod tests;

use std::path::Path;

use aio_databases::{Result, iterate};
use sqlx::{SqlitePool, migrate::Migrator, sqlite::SqlitePoolOptions};

#[tokio::main]
async fn main() -> Result<()> {
    let pool = open().await?;

    // Not moved yet.
    shop::deliver(&pool, "The Dispossessed", 2).await?;
    shop::deliver(&pool, "Solaris", 1).await?;
    // Moved.
    println!("{} titles in the shop", shop::titles(&pool).await?);

    // A transaction of sqlx's, with queries of both libraries in it.
    for customer in ["Ada", "Grace"] {
        match shop::sell(&pool, "Solaris", customer).await? {
            Some(left) => println!("sold Solaris to {customer}, {left} left"),
            None => println!("no Solaris left for {customer}: the sale was rolled back"),
        }
    }

    // Many rows, all or nothing.
    let sold = shop::sell_all(&pool, "The Dispossessed", &["Alan", "Edsger"]).await?;
    println!("sold The Dispossessed to {sold} customers at once");

    // A stream.
    let mut sales = iterate!(
        pool,
        "select s.customer, b.title, s.note from sales s join books b on b.id = s.book_id order by s.id"
    );
    while let Some(sale) = sales.try_next().await? {
        println!("  {}: {} ({})", sale.customer, sale.title, sale.note.as_deref().unwrap_or("no note"));
    }

    // An error of the database is the same, whichever library's connection it comes from.
    let error = shop::add(&pool, "Solaris").await.expect_err("the title is there already");
    println!("a second Solaris: is it a unique violation? {}", error.is_unique_violation());
    Ok(())
}

/// Opens the shop's database, as the program did before.
async fn open() -> Result<SqlitePool> {
    // Each connection to `sqlite::memory:` would have a database of its own.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrator = Migrator::new(migrations).await.map_err(sqlx::Error::from)?;
    migrator.run(&pool).await.map_err(sqlx::Error::from)?;
    Ok(pool)
}
