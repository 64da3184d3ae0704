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
    assert_eq!(shadowed::all(&database().await?, 7, "a").await?, 3);
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
