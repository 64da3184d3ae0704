//! Statements in both protocols.

use aio_databases_postgres::TransactionStatus::{Failed, Idle, InTransaction};

use super::*;

#[tokio::test]
async fn values_of_known_and_unknown_types() {
    let mut connection = connection!();
    for _ in 0..2 {
        assert_eq!(
            rows(&mut connection, "select $1::int4 + 1, $2::text", &[Some("1"), None]).await.unwrap(),
            ["2,null"]
        );
        let (mut encode, mut found) = (args(&[Some("20")]), Vec::new());
        let mut take = |row: Row<'_>| {
            found.extend(texts(row));
            ControlFlow::Continue(())
        };
        let known = query("select $1 * 2 as twice").types(&[INT4]);
        let mut steps = [Step::new(known).params(Params::new(1, &mut encode)).rows(&mut take)];
        connection.run(&mut steps).await.unwrap();
        let statement = steps[0].statement().unwrap();
        assert_eq!((&*statement.parameters, &*statement.columns[0].name), (&[INT4][..], "twice"));
        assert_eq!(found, ["40"]);
    }
    assert_eq!(rows(&mut connection, "", &[]).await.unwrap(), [""; 0]);
    works(&mut connection).await;
}

#[tokio::test]
async fn wrong_arguments_run_nothing() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4)").await;
    let error = rows(&mut connection, "insert into t values ($1::int4)", &[]).await.unwrap_err();
    assert!(matches!(error, Error::ParameterCount { expected: 1, given: 0 }), "{error}");
    for types in [None, Some(&[INT4][..])] {
        let mut encode = |_: usize, _: usize, _: Oid, _: &mut Vec<u8>| -> Encode { Err("too large".into()) };
        let insert = Query { types, ..query("insert into t values ($1)") };
        let step = Step::new(insert).params(Params::new(1, &mut encode));
        let error = connection.run(&mut [step]).await.unwrap_err();
        assert_eq!(error.to_string(), "cannot encode a parameter: too large");
        works(&mut connection).await;
    }
    let error = rows(&mut connection, "select $1::int4", &[Some("x")]).await.unwrap_err();
    assert_eq!(error.code(), Some("22P02"));
    assert_eq!(rows(&mut connection, "select * from t", &[]).await.unwrap(), [""; 0]);
    works(&mut connection).await;
}

#[tokio::test]
async fn begin_travels_with_the_first_statement() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4 unique)").await;
    for uncached in [false, true] {
        let insert = |sql| if uncached { query(sql).uncached() } else { query(sql) };
        let steps = &mut [Step::before(Sql::Static("begin")), Step::new(insert("insert into t values (1)"))];
        connection.run(steps).await.unwrap();
        assert_eq!(connection.transaction_status(), InTransaction);
        assert_eq!(steps[0].done().tag.as_str(), "BEGIN");
        assert_eq!((steps[1].done().tag.as_str(), steps[1].done().rows_affected), ("INSERT 0 1", 1));
        let error = rows(&mut connection, "insert into t values (1)", &[]).await.unwrap_err();
        assert_eq!(error.code(), Some("23505"));
        assert_eq!(connection.transaction_status(), Failed);
        execute(&mut connection, "rollback").await;
        assert_eq!(connection.transaction_status(), Idle);
    }
    // If it fails, the statement does not run.
    let steps =
        &mut [Step::before(Sql::Static("begin nonsense")), Step::new(query("insert into t values (1)"))];
    assert_eq!(connection.run(steps).await.unwrap_err().code(), Some("42601"));
    assert_eq!(connection.transaction_status(), Idle);
    assert_eq!(rows(&mut connection, "select count(*) from t", &[]).await.unwrap(), ["0"]);
}

#[tokio::test]
async fn steps_are_all_or_nothing() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4 unique)").await;
    let mut encode = args(&[Some("7")]);
    let step = |sql| Step::new(query(sql));
    let steps = &mut [
        step("insert into t values (1)"),
        step("insert into t values ($1)").params(Params::new(1, &mut encode)),
        step("insert into t values (1)"),
        step("insert into t values (2)"),
    ];
    assert_eq!(connection.run(steps).await.unwrap_err().code(), Some("23505"));
    let runs: Vec<usize> = steps.iter().map(|step| step.done().runs).collect();
    assert_eq!(runs, [1, 1, 0, 0]);
    assert_eq!(rows(&mut connection, "select count(*) from t", &[]).await.unwrap(), ["0"]);
    // A later step can need what an earlier one makes, also if it must be described first.
    let mut encode = args(&[Some("7")]);
    let steps = &mut [
        step("create temp table made (a int4)"),
        step("insert into made values ($1)").params(Params::new(1, &mut encode)),
        step("insert into made select a + 1 from made"),
    ];
    connection.run(steps).await.unwrap();
    assert_eq!(rows(&mut connection, "select a from made", &[]).await.unwrap(), ["7", "8"]);
}

#[tokio::test]
async fn batches_bind_one_statement_many_times() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4 unique, b text)").await;
    let text = "x".repeat(50);
    for (runs, types) in [(0, None), (3, None), (20_000, None), (20_000, Some(&[INT4, TEXT][..]))] {
        let mut encode = args(&[Some("{run}"), Some(&text)]);
        let insert = Query { types, ..query("insert into t values ($1, $2) returning a") };
        let mut sum = 0;
        let mut take = |row: Row<'_>| {
            sum += i64::from(i32::from_be_bytes(row.get(0).unwrap().try_into().unwrap()));
            ControlFlow::Continue(())
        };
        let step = Step::new(insert).params(Params::batch(runs, 2, &mut encode)).rows(&mut take);
        let steps = &mut [step];
        connection.run(steps).await.unwrap();
        assert_eq!((steps[0].done().runs, steps[0].done().rows_affected), (runs, runs as u64));
        assert_eq!(sum, (0..runs as i64).sum::<i64>());
        execute(&mut connection, "truncate t").await;
    }
    // The row that fails is known, and none of the others counts.
    execute(&mut connection, "insert into t values (15000)").await;
    let mut encode = args(&[Some("{run}"), Some(&text)]);
    let step =
        Step::new(query("insert into t values ($1, $2)")).params(Params::batch(20_000, 2, &mut encode));
    let steps = &mut [step];
    assert_eq!(connection.run(steps).await.unwrap_err().code(), Some("23505"));
    assert_eq!(steps[0].done().runs, 15_000);
    assert_eq!(rows(&mut connection, "select count(*) from t", &[]).await.unwrap(), ["1"]);
}

#[tokio::test]
async fn large_values_and_many_rows() {
    let mut connection = connection!();
    let large = "y".repeat(3_000_000);
    let found =
        rows(&mut connection, "select $1::text, repeat('z', 2000000)", &[Some(&large)]).await.unwrap();
    assert_eq!(found[0].len(), 5_000_001);
    assert_eq!(
        rows(&mut connection, "select i from generate_series(1, 50000) i", &[]).await.unwrap().len(),
        50_000
    );
    let columns = vec!["1"; 1600].join(",");
    assert_eq!(rows(&mut connection, &format!("select {columns}"), &[]).await.unwrap(), [columns]);
    assert_eq!(rows(&mut connection, "select", &[]).await.unwrap(), [""]);
    works(&mut connection).await;
}

#[tokio::test]
async fn the_simple_protocol_has_results_with_columns_of_their_own() {
    let mut connection = connection!();
    let mut told = Told::default();
    connection
        .simple(
            "select 1 as a; create temp table t (b text); ; insert into t values ('x'), (null); table t",
            &mut told,
        )
        .await
        .unwrap();
    assert_eq!(told.0, "[a](1)SELECT 1;CREATE TABLE;INSERT 0 2;[b](x)(null)SELECT 2;");
    let mut told = Told::default();
    let error = connection
        .simple("select 1 as a; select 1/(i-2) as b from generate_series(1, 3) i; select 2", &mut told)
        .await
        .unwrap_err();
    assert_eq!((error.code(), &*told.0), (Some("22012"), "[a](1)SELECT 1;[b](-1)"));
    works(&mut connection).await;
}

#[tokio::test]
async fn rows_that_nobody_wants_are_left() {
    let mut connection = connection!();
    let mut count = 0;
    let mut take = |_: Row<'_>| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let series = query("select i from generate_series(1, 100000) i");
    let steps = &mut [Step::new(series).rows(&mut take)];
    connection.run(steps).await.unwrap();
    assert!(steps[0].done().stopped && connection.is_busy());
    assert!(matches!(rows(&mut connection, "select 1", &[]).await, Err(Error::Busy)));
    connection.recover().await.unwrap();
    works(&mut connection).await;
    assert_eq!(count, 3);
    let mut take = |_: Row<'_>| ControlFlow::Continue(());
    let steps = &mut [Step::new(series.max_rows(5)).rows(&mut take)];
    connection.run(steps).await.unwrap();
    assert_eq!((steps[0].done().rows, steps[0].done().has_more), (5, true));
    works(&mut connection).await;
}

#[tokio::test]
async fn a_statement_is_described_without_running() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4, b numeric(7, 2))").await;
    let statement = connection.describe(&query("select b, a + $1 as c from t where b = $2")).await.unwrap();
    assert_eq!(&*statement.parameters, &[INT4, 1700]);
    let [b, c] = &*statement.columns else { panic!() };
    assert_eq!((&*b.name, b.attribute, b.type_oid, b.type_modifier), ("b", 2, 1700, (7 << 16) + 2 + 4));
    assert_eq!((&*c.name, c.table, c.type_oid), ("c", 0, INT4));
    let error = connection.describe(&query("select\n  nothing")).await.unwrap_err();
    assert_eq!(error.server().unwrap().position, Some(10));
    works(&mut connection).await;
}

/// The same on the other runtime. Outside of tokio, smol is found.
#[test]
fn on_smol() {
    smol::block_on(async {
        let mut connection = connection!();
        works(&mut connection).await;
        let steps = &mut [Step::before(Sql::Static("begin")), Step::new(query("select 1"))];
        connection.run(steps).await.unwrap();
        execute(&mut connection, "commit; listen smol; notify smol").await;
        assert_eq!(connection.wait_for_notification().await.unwrap().channel, "smol");
        let limit = std::time::Duration::from_millis(100);
        let steps = &mut [Step::new(query("select pg_sleep(60)"))];
        aio_databases_net::timeout(limit, connection.run(steps)).await.unwrap_err();
        connection.cancel_token().cancel().await.unwrap();
        connection.recover().await.unwrap();
        works(&mut connection).await;
        connection.check().unwrap();
        connection.close().await;
    });
}
