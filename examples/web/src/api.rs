//! The routes. Each query runs on every backend, and was checked for every backend when it was compiled.

use aio_databases::{Database, execute, fetchall, fetchone, fetchval};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// An author, and how many books of theirs are on the shelf.
#[derive(Debug, Serialize)]
struct Author {
    id: i64,
    name: String,
    born: Option<i64>,
    books: i64,
}

#[derive(Debug, Deserialize)]
struct NewAuthor {
    name: String,
    born: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Book {
    title: String,
    pages: i64,
}

#[derive(Debug, Deserialize)]
struct NewBook {
    title: String,
    pages: i64,
}

/// The service, over one database.
pub(crate) fn router(db: Database) -> Router {
    Router::new()
        .route("/authors", get(authors).post(add_author))
        .route("/authors/{id}", get(author).delete(delete_author))
        .route("/authors/{id}/books", get(books).post(add_book))
        .with_state(db)
}

async fn authors(State(db): State<Database>) -> Result<Json<Vec<Author>>, Error> {
    let authors = fetchall!(
        db,
        Author,
        "select a.id, a.name, a.born, count(b.id) as books
         from authors a left join books b on b.author_id = a.id
         group by a.id, a.name, a.born
         order by a.name"
    )
    .await?;
    Ok(Json(authors))
}

async fn author(State(db): State<Database>, Path(id): Path<i64>) -> Result<Json<Author>, Error> {
    let author = fetchone!(
        db,
        Author,
        "select id, name, born, (select count(*) from books where author_id = authors.id) as \"books!\"
         from authors where id = {id}"
    )
    .await?;
    author.map(Json).ok_or(Error::NotFound)
}

async fn add_author(
    State(db): State<Database>,
    Json(new): Json<NewAuthor>,
) -> Result<(StatusCode, Json<i64>), Error> {
    let id = fetchval!(
        db,
        "insert into authors (name, born) values (:name, :born) returning id",
        name = new.name,
        born = new.born
    )
    .await?;
    Ok((StatusCode::CREATED, Json(id)))
}

async fn delete_author(State(db): State<Database>, Path(id): Path<i64>) -> Result<StatusCode, Error> {
    let done = execute!(db, "delete from authors where id = ?", id).await?;
    if done.rows_affected == 0 { Err(Error::NotFound) } else { Ok(StatusCode::NO_CONTENT) }
}

async fn books(State(db): State<Database>, Path(author): Path<i64>) -> Result<Json<Vec<Book>>, Error> {
    let books =
        fetchall!(db, Book, "select title, pages from books where author_id = $1 order by title", author);
    Ok(Json(books.await?))
}

async fn add_book(
    State(db): State<Database>,
    Path(author): Path<i64>,
    Json(new): Json<NewBook>,
) -> Result<(StatusCode, Json<i64>), Error> {
    let id = fetchval!(
        db,
        "insert into books (author_id, title, pages) values ($1, $2, $3) returning id",
        author,
        new.title,
        new.pages
    )
    .await?;
    Ok((StatusCode::CREATED, Json(id)))
}
