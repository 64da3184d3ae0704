//! Rows and results.

use std::sync::Arc;

use aio_databases_mysql::{
    BINARY_CHARSET, BoxError, ColumnFlags, ColumnType, Columns, End, Flow, Params, Row, Sink, Sql,
    Transaction,
};

use super::support::*;

on_each_runtime! { several_results_have_their_own_columns long_values_go_both_ways stopping_early }

/// Notes all that comes.
#[derive(Default)]
struct Seen {
    columns: Vec<Vec<String>>,
    rows: Vec<(usize, Vec<Option<Vec<u8>>>)>,
    ends: Vec<(u64, bool)>,
}

impl Sink for Seen {
    fn columns(&mut self, columns: &Arc<Columns>) {
        self.columns.push(columns.iter().map(|column| column.name().to_owned()).collect());
    }

    fn row(&mut self, row: Row<'_>) -> Flow {
        assert_eq!(row.columns().len(), row.len());
        self.rows
            .push((row.result(), (0..row.len()).map(|index| row.get(index).map(<[u8]>::to_vec)).collect()));
        Flow::Continue
    }

    fn end(&mut self, end: &End) {
        self.ends.push((end.affected_rows, end.status.more_results()));
    }
}

async fn several_results_have_their_own_columns() {
    let Some(mut connection) = connect("results").await else { return };
    run(&mut connection, "create table t (a int primary key, b varchar(10)); insert into t values (1, 'x')")
        .await;
    let mut seen = Seen::default();
    let script = "select a, b from t; update t set b = 'y'; select b as c from t; select 1 where false";
    let done = connection.query(script, &mut seen).await.unwrap();
    assert_eq!(seen.columns, [vec!["a", "b"], vec!["c"], vec!["1"]]);
    let x = |text: &str| Some(text.as_bytes().to_vec());
    assert_eq!(seen.rows, [(0, vec![x("1"), x("x")]), (2, vec![x("y")])]);
    assert_eq!(seen.ends, [(0, true), (1, true), (0, true), (0, false)]);
    assert_eq!((done.results, done.rows, done.affected_rows, done.complete), (4, 2, 1, true));

    run(
        &mut connection,
        "create procedure p(n int) begin select a from t; select b, n from t where a = n; end",
    )
    .await;
    for _ in 0..3 {
        let mut seen = Seen::default();
        let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
            params.int(1);
            Ok(())
        };
        let done = connection.execute(Sql::Static("call p(?)"), 1, &mut bind, &mut seen).await.unwrap();
        assert_eq!(seen.columns, [vec!["a"], vec!["b", "n"]]);
        let int = || Some(vec![1, 0, 0, 0]);
        assert_eq!(seen.rows, [(0, vec![int()]), (1, vec![x("y"), int()])]);
        assert_eq!((done.results, done.rows), (3, 2));
    }
}

async fn long_values_go_both_ways() {
    let Some(mut connection) = connect("long").await else { return };
    run(&mut connection, "set global max_allowed_packet = 67108864").await;
    let mut connection = connect_to(url().unwrap().config().database(database("long"))).await;
    run(&mut connection, "create table t (a int primary key auto_increment, b longblob)").await;
    for length in [16_777_190, 16_777_215, 16_777_216, 40_000_000] {
        let value: Vec<u8> = (0..length).map(|at| (at % 249) as u8).collect();
        let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
            params.bytes(ColumnType::LONG_BLOB, &value);
            Ok(())
        };
        let mut none = |_: Row<'_>| Flow::Continue;
        let done = connection
            .execute(Sql::Static("insert into t (b) values (?)"), 1, &mut bind, &mut none)
            .await
            .unwrap();
        assert_eq!(done.affected_rows, 1);
        let mut same = Vec::new();
        let mut sink = |row: Row<'_>| {
            same.push(row.get(1) == Some(&value));
            Flow::Continue
        };
        let sql = format!("select a, b from t where a = {}", done.last_insert_id);
        connection.query(&sql, &mut sink).await.unwrap();
        connection.execute(Sql::Text(&sql), 0, &mut |_| Ok(()), &mut sink).await.unwrap();
        assert_eq!(same, [true, true], "{length}");
    }
    // What is too long is not sent.
    let long = format!("select '{}'", "a".repeat(70_000_000));
    let error = failure(&mut connection, &long).await;
    assert!(matches!(error, aio_databases_mysql::Error::TooLong { .. }), "{error}");
    assert_eq!(ints(&mut connection, "select ?", &[3]).await, [3]);

    // A client with a lower limit does not read it.
    let config = url().unwrap().config().database(database("long")).message_limit(1 << 20);
    let mut connection = connect_to(config).await;
    let error = failure(&mut connection, "select b from t limit 1").await;
    assert!(error.to_string().contains("limit"), "{error}");
    assert!(connection.is_broken());
}

async fn stopping_early() {
    let Some(mut connection) = connect("stop").await else { return };
    run(&mut connection, "create table t (a int primary key auto_increment, b varchar(200))").await;
    run(&mut connection, "insert into t (b) values (repeat('b', 200))").await;
    for _ in 0..16 {
        run(&mut connection, "insert into t (b) select b from t").await;
    }
    let sql = Sql::Static("select a, b from t");
    for flow in [Flow::Stop, Flow::Skip] {
        let mut rows = 0;
        let mut sink = |_: Row<'_>| {
            rows += 1;
            if rows == 3 { flow } else { Flow::Continue }
        };
        let done = connection.execute(sql, 0, &mut |_| Ok(()), &mut sink).await.unwrap();
        assert_eq!(rows, 3);
        assert_eq!(done.complete, flow == Flow::Skip);
        assert_eq!(connection.is_clean(), flow == Flow::Skip);
        if flow == Flow::Stop {
            assert!(done.rows < 30_000, "{done:?}");
            assert_eq!(connection.transaction_status(), Transaction::Unknown);
        }
        assert_eq!(ints(&mut connection, "select ?", &[7]).await, [7]);
    }

    // Too much is left: it is cancelled, and the connection can be used on.
    let config = url().unwrap().config().database(database("stop")).recover_limit(100_000);
    let mut connection = connect_to(config).await;
    let mut stop = |_: Row<'_>| Flow::Stop;
    let everything = "select t1.a, t1.b from t t1, t t2 limit 20000000";
    let done = connection.query(everything, &mut stop).await.unwrap();
    assert!(!done.complete);
    let error = connection.ping().await.unwrap_err();
    assert!(matches!(error, aio_databases_mysql::Error::Outstanding), "{error}");
    connection.cancel_token().cancel().await.unwrap();
    let mut tries = 0;
    while connection.recover().await.is_err() {
        tries += 1;
        assert!(tries < 10_000 && !connection.is_broken());
    }
    assert_eq!(ints(&mut connection, "select ?", &[7]).await, [7]);
}

/// A row is shown in each poll, and nobody is woken for the next.
#[tokio::test]
async fn pausing() {
    let Some(mut connection) = connect("pause").await else { return };
    let sql = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 5) select i from n";
    let seen = std::sync::atomic::AtomicUsize::new(0);
    let mut sink = |_: Row<'_>| {
        seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Flow::Pause
    };
    let mut query = Box::pin(connection.query(sql, &mut sink));
    let mut pauses = Vec::new();
    let done = std::future::poll_fn(|cx| {
        loop {
            let before = seen.load(std::sync::atomic::Ordering::Relaxed);
            match query.as_mut().poll(cx) {
                std::task::Poll::Ready(done) => return std::task::Poll::Ready(done),
                std::task::Poll::Pending => {
                    let after = seen.load(std::sync::atomic::Ordering::Relaxed);
                    if after == before {
                        // It waits for the server.
                        return std::task::Poll::Pending;
                    }
                    pauses.push(after - before);
                }
            }
        }
    })
    .await;
    assert_eq!(done.unwrap().rows, 5);
    assert_eq!(pauses, [1; 5]);
}

#[tokio::test]
async fn columns_are_described() {
    let Some(mut connection) = connect("columns").await else { return };
    run(
        &mut connection,
        "create table users (id bigint unsigned primary key auto_increment, name varchar(20) not null)",
    )
    .await;
    let prepared = connection
        .describe(Sql::Text("select u.id as key_, name, ? + 1 from users u where id = ?"))
        .await
        .unwrap();
    assert_eq!((prepared.params, prepared.columns.len()), (2, 3));
    let id = prepared.columns.get(0).unwrap();
    assert_eq!((id.name(), id.org_name(), id.table(), id.org_table()), ("key_", "id", "u", "users"));
    assert_eq!((id.schema(), id.ty()), (&*database("columns"), ColumnType::LONG_LONG));
    for flag in
        [ColumnFlags::UNSIGNED, ColumnFlags::NOT_NULL, ColumnFlags::PRIMARY_KEY, ColumnFlags::AUTO_INCREMENT]
    {
        assert!(id.flags().has(flag), "{flag}");
    }
    assert!(![0, BINARY_CHARSET].contains(&prepared.columns.get(1).unwrap().charset()));
    assert_eq!(id.charset(), BINARY_CHARSET);
    let none = connection.describe(Sql::Text("delete from users")).await.unwrap();
    assert!(none.columns.is_empty());
}

#[tokio::test]
async fn values_of_each_type_are_found() {
    let Some(mut connection) = connect("types").await else { return };
    run(
        &mut connection,
        "create table t (a tinyint, b smallint, c mediumint, d int, e bigint, f float, g double, h decimal(20, 5), \
         i date, j time(6), k datetime(6), l timestamp(3) null, m year, n char(5), o text, p blob, q enum('x', 'y'), \
         r set('x', 'y'), s bit(12), t json, u geometry)",
    )
    .await;
    run(
        &mut connection,
        "insert into t values (-1, -2, -3, -4, -5, 1.5, 2.5, 12345.6789, '2024-02-29', '-838:00:00.5', \
         '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789', 2024, 'abc', 'text', x'00ff', 'y', 'x,y', b'101', \
         '[1]', st_geomfromtext('point(1 2)')); insert into t (a) values (null)",
    )
    .await;
    let mut seen = Seen::default();
    connection.execute(Sql::Static("select * from t"), 0, &mut |_| Ok(()), &mut seen).await.unwrap();
    let lengths: Vec<_> = seen.rows[0].1.iter().map(|value| value.as_ref().map_or(0, Vec::len)).collect();
    assert_eq!(lengths[..16], [1, 2, 4, 4, 8, 4, 8, 11, 4, 12, 11, 11, 2, 3, 4, 2]);
    assert_eq!(lengths[16..], [1, 3, 2, 3, 25]);
    assert!(seen.rows[1].1.iter().all(Option::is_none));
    assert_eq!(seen.rows[0].1[7].as_deref(), Some(&b"12345.67890"[..]));
    let mut shown = Seen::default();
    connection.query("select * from t", &mut shown).await.unwrap();
    assert_eq!(shown.rows[0].1[10].as_deref(), Some(&b"2024-02-29 12:34:56.789000"[..]));
    assert_eq!(shown.columns, seen.columns);
}
