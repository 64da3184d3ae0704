//! Statements that are stopped.

use std::time::{Duration, Instant};

use aio_databases_mysql::{Error, Flow, Row};

use super::support::*;

#[tokio::test]
async fn a_running_statement_is_stopped() {
    let Some(mut connection) = connect("cancel").await else { return };
    let token = connection.cancel_token();
    let started = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        token.cancel().await
    };
    let mut none = |_: Row<'_>| Flow::Continue;
    let sql = "select count(*) from information_schema.columns a, information_schema.columns b, \
        information_schema.columns c where a.column_name < b.column_name and sleep(0.01) = 0";
    let (result, stopped) = tokio::join!(connection.query(sql, &mut none), stop);
    stopped.unwrap();
    let error = result.unwrap_err();
    assert!(error.server().is_some_and(|error| error.is_interrupted()), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
    for value in 0..3 {
        assert_eq!(ints(&mut connection, "select ?", &[value]).await, [value]);
    }
}

/// Whenever it arrives, the next statement runs.
#[tokio::test]
async fn a_late_cancellation_hits_nothing_else() {
    let Some(mut connection) = connect("late").await else { return };
    for round in 0..60_u64 {
        let token = connection.cancel_token();
        let stop = async {
            tokio::time::sleep(Duration::from_micros(round * 137 % 4_000)).await;
            token.cancel().await
        };
        let mut none = |_: Row<'_>| Flow::Continue;
        let (_, stopped) = tokio::join!(connection.query("do sleep(0.002)", &mut none), stop);
        stopped.unwrap();
        assert!(!connection.is_clean());
        let value = round as i64;
        assert_eq!(ints(&mut connection, "select ? from (select sleep(0.0005)) t", &[value]).await, [value]);
    }
}

#[tokio::test]
async fn nothing_starts_while_a_cancellation_is_under_way() {
    let Some(mut connection) = connect("under_way").await else { return };
    let token = connection.cancel_token();
    let mut cancelling = Box::pin(token.cancel());
    let polled =
        std::future::poll_fn(|cx| std::task::Poll::Ready(cancelling.as_mut().poll(cx).is_ready())).await;
    assert!(!polled);
    let error = connection.ping().await.unwrap_err();
    assert!(matches!(error, Error::Cancelling), "{error}");
    cancelling.await.unwrap();
    connection.ping().await.unwrap();
}
