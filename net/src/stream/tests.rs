//! Streams on each runtime.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// Sends back four bytes, then two more after a byte, and closes after another.
fn server() -> (u16, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let (mut four, mut one) = ([0; 4], [0; 1]);
        socket.read_exact(&mut four).unwrap();
        socket.write_all(&four).unwrap();
        socket.read_exact(&mut one).unwrap();
        socket.write_all(b"!!").unwrap();
        socket.read_exact(&mut one).unwrap();
    });
    (port, server)
}

/// Probes until the answer is another than `Quiet`.
async fn heard(stream: &Stream) -> Probe {
    for _ in 0..500 {
        match stream.probe() {
            Probe::Quiet => crate::sleep(Duration::from_millis(2)).await,
            other => return other,
        }
    }
    Probe::Quiet
}

async fn talks_and_notices_a_close() {
    let (port, server) = server();
    let mut stream = Stream::connect_tcp("localhost", port, &TcpOptions::default()).await.unwrap();
    assert!(matches!(stream.peer(), Peer::Tcp(address) if address.port() == port));
    assert_eq!(stream.probe(), Probe::Quiet);
    stream.write_all(b"abcd").await.unwrap();
    let mut read = [0; 4];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"abcd");
    assert_eq!(stream.probe(), Probe::Quiet);
    assert_eq!(stream.try_read(&mut read).unwrap(), None);

    stream.write_all(b"?").await.unwrap();
    assert_eq!(heard(&stream).await, Probe::Unread);
    assert!(!stream.is_closed());
    assert_eq!(stream.try_read(&mut read).unwrap(), Some(2));

    stream.write_all(b"?").await.unwrap();
    assert_eq!(heard(&stream).await, Probe::Closed);
    assert!(stream.is_closed());
    assert_eq!(stream.try_read(&mut read).unwrap(), Some(0));
    assert_eq!(stream.read(&mut read).await.unwrap(), 0);
    server.join().unwrap();
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn on_tokio() {
    talks_and_notices_a_close().await;
}

#[cfg(feature = "smol")]
#[test]
fn on_smol() {
    smol::block_on(talks_and_notices_a_close());
}

#[cfg(all(feature = "tokio", unix))]
#[tokio::test]
async fn a_missing_unix_socket_is_an_error() {
    let error = Stream::connect_unix(Path::new("/nonexistent/socket")).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
