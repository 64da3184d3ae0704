//! A small web service over the quickstart's shelf of books, on any of the three backends:
//!
//! ```sh
//! DATABASE_URL=sqlite:shelf.db cargo run -p web
//! DATABASE_URL=postgres://user:password@localhost/shelf cargo run -p web
//! curl localhost:3000/authors
//! curl localhost:3000/authors --json '{"name": "Ursula K. Le Guin", "born": 1929}'
//! ```

mod api;
mod error;
#[cfg(test)]
mod tests;

use aio_databases::{Database, migrate};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:shelf.db".to_owned());
    let db = Database::open(&url).await?;
    db.migrate(migrate!()).await?;

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 3000)).await?;
    println!("listening on http://{} with {db:?}", listener.local_addr()?);
    axum::serve(listener, api::router(db.clone())).with_graceful_shutdown(ctrl_c()).await?;
    db.disconnect().await?;
    Ok(())
}

async fn ctrl_c() {
    // Without a handler for it, Ctrl-C ends the process anyway.
    let _ = tokio::signal::ctrl_c().await;
}
