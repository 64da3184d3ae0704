//! Futures that are dropped at any point.

use std::{future::Future, pin::pin, task::Poll};

use aio_databases_postgres::TransactionStatus;

use super::*;

/// Polls a future so many times, and drops it.
pub(super) async fn after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Pending if left == 0 => Poll::Ready(None),
            polled => polled.map(Some),
        }
    })
    .await
}

#[tokio::test]
async fn at_any_point() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4, b text)").await;
    let large = "x".repeat(6_000_000);
    for polls in (0..12).chain([20, 50, 100]) {
        for kind in 0..7 {
            let mut encode = args(&[Some(&large)]);
            let mut batch = args(&[Some("{run}")]);
            let mut take = |_: Row<'_>| ControlFlow::Continue(());
            match kind {
                0 => {
                    let sql = format!("select $1::text, {polls}");
                    let step = Step::new(query(&sql)).params(Params::new(1, &mut encode)).rows(&mut take);
                    after(polls, connection.run(&mut [step])).await;
                }
                1 => {
                    let step =
                        Step::new(query("select i, repeat('x', 100) from generate_series(1, 10000) i"));
                    after(polls, connection.run(&mut [Step::before(Sql::Static("begin")), step])).await;
                }
                2 => {
                    let insert = query("insert into t values ($1)");
                    let step = Step::new(insert).params(Params::batch(10_000, 1, &mut batch));
                    after(polls, connection.run(&mut [step])).await;
                }
                3 => {
                    after(polls, connection.simple("select generate_series(1, 10000); select 1/0", &mut ()))
                        .await;
                }
                4 => {
                    let series = query("select generate_series(1, 10000)");
                    after(polls, async {
                        connection.start_fetch(&mut [Step::new(series)], 100).await.unwrap();
                        connection.fetch(100, &mut take).await.unwrap();
                        connection.fetch(100, &mut take).await.unwrap();
                        connection.end_fetch().await.unwrap();
                    })
                    .await;
                }
                5 => {
                    after(polls, async {
                        connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await.unwrap();
                        connection.send_copy(format!("1\t{large}\n").as_bytes()).await.unwrap();
                        connection.finish_copy().await.unwrap();
                    })
                    .await;
                }
                _ => {
                    after(polls, async {
                        connection.copy_out(&mut [Step::new(query("copy t to stdout"))]).await.unwrap();
                        while connection.next_copy().await.unwrap().is_some() {}
                    })
                    .await;
                }
            }
            // To recover may be dropped, too.
            after(1, connection.recover()).await;
            connection.recover().await.unwrap_or_else(|error| panic!("{kind} after {polls}: {error}"));
            if connection.transaction_status() != TransactionStatus::Idle {
                execute(&mut connection, "rollback").await;
            }
            works(&mut connection).await;
            execute(&mut connection, "truncate t").await;
        }
    }
}

#[tokio::test]
async fn what_is_cancelled_ends_soon() {
    let mut connection = connection!();
    let token = connection.cancel_token();
    after(2, connection.run(&mut [Step::new(query("select pg_sleep(60)"))])).await;
    assert!(connection.is_busy());
    token.cancel().await.unwrap();
    connection.recover().await.unwrap();
    works(&mut connection).await;
    // Nothing runs: nothing is stopped.
    token.cancel().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    works(&mut connection).await;
}

/// Futures can move between threads.
#[tokio::test]
async fn are_send() {
    fn send<T: Send>(future: T) -> T {
        future
    }
    let mut connection = connection!();
    let mut take = |_: Row<'_>| ControlFlow::Continue(());
    send(connection.run(&mut [Step::new(query("select 1")).rows(&mut take)])).await.unwrap();
    send(connection.simple("select 1", &mut ())).await.unwrap();
    send(connection.start_fetch(&mut [Step::new(query("select 1"))], 1)).await.unwrap();
    send(connection.fetch(1, &mut take)).await.unwrap();
    send(connection.end_fetch()).await.unwrap();
    send(connection.copy_out(&mut [Step::new(query("copy (select 1) to stdout"))])).await.unwrap();
    send(connection.next_copy()).await.unwrap();
    send(connection.recover()).await.unwrap();
    send(connection.copy_in(&mut [Step::new(query("create temp table t (a int4)"))])).await.unwrap_err();
    send(connection.send_copy(b"")).await.unwrap_err();
    send(connection.finish_copy()).await.unwrap_err();
    send(connection.describe(&query("select 1"))).await.unwrap();
    send(connection.cancel_token().cancel()).await.unwrap();
    send(dropped::after(1, connection.wait_for_notification())).await;
    send(connection.close()).await;
}
