//! One statement for many rows.

use crate::bench;

#[tokio::test]
async fn all_or_nothing() {
    for bench in bench::all().await {
        bench.table("many").await;
        let insert = "insert into many values ($1, $2)";
        let error = bench.db.executemany(insert, [(1, "a"), (2, "b"), (1, "c")]).await.unwrap_err();
        assert!(error.is_unique_violation(), "{}: {error}", bench.name);
        let count = || bench.db.fetchval::<i64>("select count(*) from many", ());
        assert_eq!(count().await.unwrap(), Some(0), "{}", bench.name);
        assert_eq!(bench.db.executemany(insert, [(1, "a"), (2, "b")]).await.unwrap().rows_affected, 2);
        assert_eq!(count().await.unwrap(), Some(2));
        assert_eq!(bench.db.executemany(insert, [(0, "a"); 0]).await.unwrap().rows_affected, 0);
    }
}

#[tokio::test]
async fn in_an_open_transaction_only_its_own_rows_are_taken_back() {
    for bench in bench::all().await {
        bench.table("many_inside").await;
        let insert = "insert into many_inside values ($1, $2)";
        let conn = bench.db.connection().await.unwrap();
        conn.execute("begin", ()).await.unwrap();
        conn.execute(insert, (1, "a")).await.unwrap();
        conn.executemany(insert, [(2, "b"), (1, "again")]).await.unwrap_err();
        conn.executemany(insert, [(3, "c"), (4, "d")]).await.unwrap();
        conn.execute("commit", ()).await.unwrap();
        let ids = conn.fetchall("select id from many_inside order by id", ()).await.unwrap();
        assert_eq!(ids, [(1,), (3,), (4,)], "{}", bench.name);
    }
}
