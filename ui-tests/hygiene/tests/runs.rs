//! What compiles also does what it says.

use std::sync::Arc;

use aio_databases_hygiene::{generic, places::Places, shadowed, types};
use db::{Database, Result};

async fn database() -> Result<Database> {
    let db = Database::open("sqlite::memory:").await?;
    let _ = db.execute(include_str!("../migrations/0001_users.sql"), ()).await?;
    Ok(db)
}

#[tokio::test]
async fn names_are_ours() -> Result<()> {
    assert_eq!(shadowed::all(&database().await?, 7, "a").await?, 5);
    Ok(())
}

#[tokio::test]
async fn executors_of_any_kind() -> Result<()> {
    assert_eq!(generic::executors(database().await?).await?, 5);
    let db = Arc::new(database().await?);
    assert_eq!(tokio::spawn(generic::sent(db)).await.expect("no panic")?, 0);
    Ok(())
}

#[tokio::test]
async fn anywhere() -> Result<()> {
    let db = database().await?;
    let places = Places::<4>::new(&db);
    assert_eq!(places.expressions().await?, 9);
    assert_eq!(places.blocks().await?, 5);
    assert_eq!(places.macros().await?, 4);
    assert_eq!(places.expressions().await?, 1);
    assert_eq!(places.warned().await?, 8);
    Ok(())
}

#[tokio::test]
async fn types_of_the_users() -> Result<()> {
    let (kinds, length) = types::round_trip(&database().await?).await?;
    assert_eq!((kinds, length), (vec![types::Kind::SiteAdmin, types::Kind::Unknown], 1));
    Ok(())
}

/// `SQLite` runs several statements of one text, and takes a value of any type where nothing says which.
#[tokio::test]
async fn several_statements_and_any_value() -> Result<()> {
    let db = database().await?;
    let add = db::execute!(
        db,
        "insert into users (id, name) values (?, ?); insert into users (id, name) values (?, ?)",
        101,
        "Ada",
        102,
        "Alan"
    );
    let done = add.await?;
    assert_eq!((done.rows_affected, done.last_insert_id), (2, Some(102)));
    let name = db::fetchval!(
        db,
        "update users set name = $2 where id = $1; select name from users where id = $1",
        102,
        "Grace"
    );
    assert_eq!(name.await?.as_deref(), Some("Grace"));
    let all = db::fetchall!(db, "select id from users where name = ?1 or ?2 is null", "Ada", None::<i64>);
    assert!(all.await?.len() >= 2);
    let long = db::fetchall!(db, "select id from users where length(name) > length(?) and id > 100", "Adam");
    assert_eq!(long.await?.len(), 1);
    let _ =
        db::execute!(db, "delete from users where id > ?; delete from users where id = ?", 100, 100).await?;
    Ok(())
}
