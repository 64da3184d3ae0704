//! Whether a server answers: each protocol's first message tells, and no program of the server's own is needed.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// How long a server that is up may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a PostgreSQL server, or a PgBouncer, at this loopback port asks a new client for its password. One that is starting up or
/// shutting down sends an error instead.
pub(crate) fn postgres(port: u16) -> bool {
    let parameters = b"user\0postgres\0database\0postgres\0\0";
    let mut startup = Vec::new();
    startup.extend(u32::try_from(8 + parameters.len()).expect("it is short").to_be_bytes());
    // Version 3.0 of the protocol.
    startup.extend(0x0003_0000_u32.to_be_bytes());
    startup.extend(parameters);
    first_byte(port, &startup) == Some(b'R')
}

/// Whether a MySQL or MariaDB server at this loopback port greets a new client: it sends an error if it can't serve it.
pub(crate) fn mysql(port: u16) -> bool {
    // The first packet: its length in three bytes, its number, and the protocol's version.
    let mut packet = [0; 5];
    let greeting = connect(port).and_then(|mut server| server.read_exact(&mut packet).ok());
    greeting.is_some() && packet[4] == 10
}

fn first_byte(port: u16, message: &[u8]) -> Option<u8> {
    let mut server = connect(port)?;
    server.write_all(message).ok()?;
    let mut byte = [0];
    server.read_exact(&mut byte).ok()?;
    Some(byte[0])
}

fn connect(port: u16) -> Option<TcpStream> {
    let server = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).ok()?;
    server.set_read_timeout(Some(PATIENCE)).ok()?;
    Some(server)
}
