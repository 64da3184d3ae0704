//! A server with fewer prepared statements than its clients want. It is a program of its own, because the limit is the whole
//! server's.

#[allow(dead_code, unused_macros, unused_imports)]
#[path = "../server/support.rs"]
mod support;

use aio_databases_mysql::{Flow, Row, Sql};
use support::*;

#[tokio::test]
async fn more_statements_than_the_server_keeps() {
    let Some(mut admin) = connect("many").await else { return };
    let most = text(&mut admin, "select @@global.max_prepared_stmt_count").await.unwrap();
    let mut connection = connect_to(url().unwrap().config()).await;
    for number in 0..3 {
        assert_eq!(ints(&mut connection, &format!("select ? + {number}"), &[1]).await, [1 + number]);
    }
    let mut open = 0;
    let mut sink = |row: Row<'_>| {
        open = row.get(1).and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(0);
        Flow::Continue
    };
    admin.query("show global status like 'Prepared_stmt_count'", &mut sink).await.unwrap();
    assert!(open >= 3);
    run(&mut admin, &format!("set global max_prepared_stmt_count = {open}")).await;
    let another = connection.describe(Sql::Text("select ? + 3")).await;
    run(&mut admin, &format!("set global max_prepared_stmt_count = {most}")).await;
    assert_eq!(another.unwrap().params, 1);
    assert_eq!(connection.cached_statements(), 1);
    assert_eq!(ints(&mut connection, "select ? + 0", &[1]).await, [1]);
}
