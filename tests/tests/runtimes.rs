//! One database on both async runtimes, tokio and smol.

use aio_databases::{Backend, Database, Result, fetchval};
use aio_databases_tests::server;

/// Queries, a stream, and two at the same time.
async fn use_it(db: &Database) -> Result<()> {
    assert_eq!(fetchval!(db, "select 2*$1", 2).await?, 4);
    let mut rows = db.iterate("select 1 as n union all select 2", ());
    let mut sum = 0;
    while let Some(row) = rows.try_next().await? {
        sum += row.get::<i64>("n")?;
    }
    assert_eq!(sum, 3);
    let tx = db.transaction().await?;
    let (a, b) = tokio::join!(fetchval!(tx, "select 2*$1", 3), fetchval!(db, "select 2*$1", 4));
    assert_eq!((a?, b?), (6, 8));
    tx.commit().await
}

fn on_both(backend: Backend) {
    let Some(server) = server(backend) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let url = match backend {
        Backend::Sqlite => format!("sqlite:{}", folder.path().join("test.db").display()),
        _ => server,
    };
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let tokio = tokio.expect("a runtime starts");
    let database = Database::builder(url).max_size(2);
    let db = tokio.block_on(database.open()).unwrap_or_else(|error| panic!("{error}"));
    for round in 0..3 {
        tokio.block_on(use_it(&db)).unwrap_or_else(|error| panic!("{backend}, tokio, {round}: {error}"));
        assert!(tokio::runtime::Handle::try_current().is_err());
        smol::block_on(use_it(&db)).unwrap_or_else(|error| panic!("{backend}, smol, {round}: {error}"));
    }
    smol::block_on(db.disconnect()).unwrap_or_else(|error| panic!("{backend}: {error}"));
}

#[test]
fn sqlite() {
    on_both(Backend::Sqlite);
}

#[test]
fn postgres() {
    on_both(Backend::Postgres);
}

#[test]
fn mysql() {
    on_both(Backend::Mysql);
}
