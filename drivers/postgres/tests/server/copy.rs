//! Copies.

use super::*;

#[tokio::test]
async fn into_a_table_and_out_of_it() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4, b text)").await;
    connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await.unwrap();
    let mut sent = String::new();
    for number in 0..50_000 {
        let row = format!("{number}\ttext {number}\n");
        connection.send_copy(row.as_bytes()).await.unwrap();
        sent += &row;
    }
    let done = connection.finish_copy().await.unwrap();
    assert_eq!((done.tag.as_str(), done.rows_affected), ("COPY 50000", 50_000));
    works(&mut connection).await;

    connection
        .copy_out(&mut [Step::new(query("copy (select * from t order by a) to stdout"))])
        .await
        .unwrap();
    let mut read = Vec::new();
    while let Some(piece) = connection.next_copy().await.unwrap() {
        read.extend_from_slice(piece);
    }
    assert!(read == sent.as_bytes());
    works(&mut connection).await;
}

#[tokio::test]
async fn one_that_is_given_up_leaves_nothing() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4)").await;
    for recover in [false, true] {
        connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await.unwrap();
        connection.send_copy(b"1\n2\n").await.unwrap();
        match recover {
            false => connection.fail_copy("on purpose").await.unwrap(),
            true => connection.recover().await.unwrap(),
        }
        assert_eq!(rows(&mut connection, "select * from t", &[]).await.unwrap(), [""; 0]);
    }
    connection
        .copy_out(&mut [Step::new(query("copy (select generate_series(1, 100000)) to stdout"))])
        .await
        .unwrap();
    connection.next_copy().await.unwrap();
    connection.recover().await.unwrap();
    works(&mut connection).await;
}

#[tokio::test]
async fn the_server_rejects_data() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4)").await;
    connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await.unwrap();
    connection.send_copy(b"1\nx\n").await.unwrap();
    assert_eq!(connection.finish_copy().await.unwrap_err().code(), Some("22P02"));
    works(&mut connection).await;
    // It says so before the data ends.
    connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await.unwrap();
    let mut error = None;
    for _ in 0..1000 {
        if let Err(found) = connection.send_copy(&b"x\n".repeat(50_000)).await {
            error = Some(found);
            break;
        }
        // The server reads all that it is sent, so the socket is never full.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert_eq!(error.unwrap().code(), Some("22P02"));
    works(&mut connection).await;
}

#[tokio::test]
async fn a_copy_in_the_wrong_place_is_an_error() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4)").await;
    for sql in ["copy t from stdin", "copy t to stdout"] {
        let error = rows(&mut connection, sql, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        works(&mut connection).await;
        // A server that gets another message instead of data ends the session.
        for steps in [
            &mut [Step::new(query(sql)), Step::new(query("insert into t values (1)"))][..],
            &mut [Step::new(query(sql).max_rows(3))],
        ] {
            assert!(connection.run(steps).await.is_err());
            if connection.is_broken() {
                connection = connection!();
                execute(&mut connection, "create temp table t (a int4)").await;
            }
            works(&mut connection).await;
        }
        let error =
            connection.simple(&format!("{sql}; insert into t values (1)"), &mut ()).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        works(&mut connection).await;
    }
    for sql in ["select 1", "insert into t values (1)", "copy t to stdout", "copy nothing from stdin"] {
        assert!(connection.copy_in(&mut [Step::new(query(sql))]).await.is_err(), "{sql}");
        works(&mut connection).await;
    }
    assert!(connection.copy_out(&mut [Step::new(query("copy t from stdin"))]).await.is_err());
    works(&mut connection).await;
    assert!(connection.send_copy(b"1\n").await.is_err());
}
