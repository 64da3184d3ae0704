//! The service's behaviour, on each backend that there is a server for.

use aio_databases::{Database, Trusted, migrate};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::api;

type TestResult = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn sqlite() -> TestResult {
    serves(Database::open("sqlite::memory:").await?).await
}

#[tokio::test]
async fn postgres() -> TestResult {
    on_server("AIO_DATABASES_POSTGRES_URL").await
}

#[tokio::test]
async fn mysql() -> TestResult {
    on_server("AIO_DATABASES_MYSQL_URL").await
}

/// Runs on a database of its own on a server; without one it says so.
async fn on_server(variable: &str) -> TestResult {
    let Ok(server) = std::env::var(variable) else {
        eprintln!("NOT TESTED: {variable} is not set; run `cargo xtask test`");
        return Ok(());
    };
    let name = format!("web_{}", std::process::id());
    Database::unpooled(&server)?.execute(Trusted(format!("create database {name}")), ()).await?;
    let (base, _) = server.rsplit_once('/').ok_or("a server's URL ends with its database")?;
    serves(Database::open(format!("{base}/{name}")).await?).await
}

async fn serves(db: Database) -> TestResult {
    assert_eq!(db.migrate(migrate!()).await?, [1, 2]);
    assert_eq!(db.migrate(migrate!()).await?, [0; 0]);
    let ursula = json!({"name": "Ursula K. Le Guin", "born": 1929});
    let (status, id) = send(&db, "POST", "/authors", Some(&ursula)).await?;
    assert_eq!(status, StatusCode::CREATED);
    let (status, _) = send(&db, "POST", "/authors", Some(&ursula)).await?;
    assert_eq!(status, StatusCode::CONFLICT);

    let books = format!("/authors/{id}/books");
    let book = json!({"title": "The Dispossessed", "pages": 341});
    assert_eq!(send(&db, "POST", &books, Some(&book)).await?.0, StatusCode::CREATED);
    assert_eq!(
        send(&db, "POST", "/authors/4711/books", Some(&book)).await?.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(send(&db, "GET", &books, None).await?, (StatusCode::OK, json!([book])));

    let nobody = json!({"name": "B. Traven", "born": null});
    let (_, nobody_id) = send(&db, "POST", "/authors", Some(&nobody)).await?;
    let all = json!([
        {"id": nobody_id, "name": "B. Traven", "born": null, "books": 0},
        {"id": id, "name": "Ursula K. Le Guin", "born": 1929, "books": 1},
    ]);
    assert_eq!(send(&db, "GET", "/authors", None).await?, (StatusCode::OK, all.clone()));
    assert_eq!(send(&db, "GET", &format!("/authors/{id}"), None).await?, (StatusCode::OK, all[1].clone()));

    let path = format!("/authors/{nobody_id}");
    assert_eq!(send(&db, "DELETE", &path, None).await?.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&db, "DELETE", &path, None).await?.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&db, "GET", &path, None).await?.0, StatusCode::NOT_FOUND);
    db.disconnect().await?;
    Ok(())
}

/// Sends a request to the service and reads its answer.
async fn send(
    db: &Database,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<(StatusCode, Value), Box<dyn std::error::Error>> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
    let response = api::router(db.clone()).oneshot(request.body(body)?).await?;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}
