//! Servers that can less: a proxy takes flags out of the greeting.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
};

use aio_databases_mysql::{Connection, Transaction};

use super::support::*;

const PLUGIN_AUTH_LENENC_DATA: u32 = 1 << 21;
const SESSION_TRACK: u32 = 1 << 23;
const DEPRECATE_EOF: u32 = 1 << 24;
const MULTI_STATEMENTS: u32 = 1 << 16;

/// Relays one connection. Returns the port to connect to.
fn without(flags: u32, server: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept()?;
        let mut server = TcpStream::connect(server)?;
        let (mut header, mut greeting) = ([0; 4], Vec::new());
        server.read_exact(&mut header)?;
        greeting.resize(usize::from(header[0]), 0);
        server.read_exact(&mut greeting)?;
        // Protocol, version, connection, eight bytes and a zero; then the flags' lower half, three bytes and the upper half.
        let version = greeting.iter().position(|&byte| byte == 0).unwrap_or(0);
        let low = version + 1 + 4 + 9;
        for (at, flags) in [(low, flags as u16), (low + 5, (flags >> 16) as u16)] {
            greeting[at] &= !flags.to_le_bytes()[0];
            greeting[at + 1] &= !flags.to_le_bytes()[1];
        }
        client.write_all(&header)?;
        client.write_all(&greeting)?;
        let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        std::io::copy(&mut server, &mut client)?;
        client.shutdown(Shutdown::Both)
    });
    port
}

async fn works(connection: &mut Connection) {
    run(connection, "create table t (a int primary key, b varchar(10))").await;
    assert_eq!(run(connection, "insert into t values (1, 'x'), (2, null)").await.affected_rows, 2);
    for _ in 0..3 {
        assert_eq!(ints(connection, "select a from t where a >= ? order by a", &[1]).await, [1, 2]);
        assert_eq!(text(connection, "select b from t where a = 1").await.as_deref(), Some("x"));
        assert_eq!(ints(connection, "select a from t where a > ?", &[9]).await, []);
    }
    let prepared =
        connection.describe(aio_databases_mysql::Sql::Text("select a, b from t where a = ?")).await.unwrap();
    assert_eq!((prepared.params, prepared.columns.len()), (1, 2));
    run(connection, "create procedure p() begin select 1; select 'a', 'b'; end").await;
    assert_eq!(run(connection, "call p()").await.results, 3);
    run(connection, "begin").await;
    assert_eq!(connection.transaction_status(), Transaction::Open);
    failure(connection, "selec").await;
    assert_eq!(connection.transaction().await.unwrap(), Transaction::Open);
    connection.reset().await.unwrap();
    assert_eq!(text(connection, "select @@time_zone").await.as_deref(), Some("+00:00"));
}

#[tokio::test]
async fn each_flag_can_be_missing() {
    let Some(_) = connect("proxied").await else { return };
    let all = PLUGIN_AUTH_LENENC_DATA | SESSION_TRACK | DEPRECATE_EOF | MULTI_STATEMENTS;
    for flags in [0, DEPRECATE_EOF, SESSION_TRACK, MULTI_STATEMENTS, PLUGIN_AUTH_LENENC_DATA, all] {
        let mut admin = connect("proxied").await.unwrap();
        let port = without(flags, url().unwrap().address());
        let config = url().unwrap().config().host("127.0.0.1").port(port).database(database("proxied"));
        let mut connection = connect_to(config).await;
        assert!(connection.server().fingerprint.is_some());
        works(&mut connection).await;
        assert_eq!(connection.server().fingerprint, admin.server().fingerprint);
        run(&mut admin, "drop procedure p").await;
    }
}
