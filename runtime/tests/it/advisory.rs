//! Advisory locks: on each server that has them, and behind poolers.

use std::time::{Duration, Instant};

use aio_databases::{Database, Error, LockKey};
use tokio::time::{sleep, timeout};

use crate::bench;

const SOON: Duration = Duration::from_secs(5);

/// The URLs of servers that have such locks.
fn urls() -> Vec<String> {
    let servers = bench::urls().into_iter().map(|(_, url, _)| url).filter(|url| !url.starts_with("sqlite"));
    let poolers = ["AIO_DATABASES_PGBOUNCER_URL", "AIO_DATABASES_PGBOUNCER_PREPARED_URL"];
    let poolers = poolers.iter().filter_map(|variable| std::env::var(variable).ok());
    servers.chain(poolers.map(|url| format!("{url}?pooler=transaction"))).collect()
}

#[tokio::test]
async fn one_holder_at_a_time() {
    for (number, url) in urls().into_iter().enumerate() {
        let [one, other] = [Database::new(&url).unwrap(), Database::new(&url).unwrap()];
        for key in [LockKey::from(format!("advisory {number}")), LockKey::from(7_000 + number as i64)] {
            let lock = one.advisory_lock(key.clone()).await.unwrap();
            assert_eq!(lock.key(), &key);
            assert!(other.try_advisory_lock(key.clone(), Duration::ZERO).await.unwrap().is_none(), "{url}");
            // The same process asks on another connection, too.
            let started = Instant::now();
            assert!(one.try_advisory_lock(key.clone(), Duration::from_millis(200)).await.unwrap().is_none());
            assert!(started.elapsed() >= Duration::from_millis(200) && started.elapsed() < SOON);
            lock.check().await.unwrap();
            let waiting = {
                let (other, key) = (other.clone(), key.clone());
                tokio::spawn(async move { other.advisory_lock(key).await })
            };
            sleep(Duration::from_millis(100)).await;
            assert!(!waiting.is_finished(), "{url}");
            lock.release().await.unwrap();
            let lock = timeout(SOON, waiting).await.unwrap().unwrap().unwrap();
            // Dropped, it is released soon.
            drop(lock);
            let again = one.try_advisory_lock(key, SOON).await.unwrap();
            again.expect("it was dropped").release().await.unwrap();
        }
    }
}

#[tokio::test]
async fn giving_up_leaves_nothing_behind() {
    for (number, url) in urls().into_iter().enumerate() {
        let db = Database::builder(&url).max_size(2).build().unwrap();
        let key = 7_100 + number as i64;
        let lock = db.advisory_lock(key).await.unwrap();
        assert!(timeout(Duration::from_millis(60), db.advisory_lock(key)).await.is_err(), "{url}");
        lock.release().await.unwrap();
        let lock = timeout(SOON, db.advisory_lock(key)).await.unwrap().unwrap();
        assert_eq!(db.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7));
        lock.release().await.unwrap();
    }
}

#[tokio::test]
async fn sqlite_has_none() {
    if cfg!(feature = "sqlite") {
        let db = Database::new("sqlite::memory:").unwrap();
        let said = db.advisory_lock(1).await.unwrap_err();
        assert!(matches!(said, Error::Unsupported { .. }), "{said}");
    }
}
