//! Replies that are damaged on their way: an error, never a panic, a hang, or memory for what was only claimed.
//!
//! The conversations were recorded from real servers (`records_a_conversation` does it), and are replayed whole and damaged.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use aio_databases_mysql::{BoxError, Config, Connection, Done, Error, Flow, Params, Row, Sql, SslMode};

const CONVERSATIONS: [&str; 2] = ["mariadb-10.11", "mysql-9.7"];

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/conversations/{name}.bin"))
}

/// What is said in a conversation. Returns the values that came.
async fn talk(config: Config) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let mut connection = Connection::connect(&Arc::new(config)).await?;
    let mut values = Vec::new();
    let mut sink = |row: Row<'_>| {
        values.extend((0..row.len()).map(|index| row.get(index).map(<[u8]>::to_vec)));
        for column in row.columns().iter() {
            let _ = (column.name(), column.table(), column.ty(), column.flags());
        }
        Flow::Continue
    };
    let mut failed =
        usable(connection.query("select 1, null, 'text'; begin; select 2.5 as b; commit", &mut sink).await)?;
    for value in [1, 2] {
        let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
            params.int(value);
            Ok(())
        };
        let sql = Sql::Static("select ? as a, 'text' as b, null as c, cast('2024-02-29' as date) as d");
        failed += usable(connection.execute(sql, 1, &mut bind, &mut sink).await)?;
    }
    failed += usable(connection.query("selec", &mut sink).await)?;
    let _ = connection.transaction().await?;
    let many = Sql::Static(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 300) select i from n",
    );
    failed += usable(connection.execute(many, 0, &mut |_| Ok(()), &mut sink).await)?;
    connection.reset().await?;
    failed += usable(connection.query("set @a = 1", &mut sink).await)?;
    connection.describe(Sql::Static("select ?")).await?;
    connection.ping().await?;
    let failed = i64::try_from(failed).unwrap_or(0);
    values.push(Some(failed.to_le_bytes().to_vec()));
    Ok(values)
}

/// Errors of the server are a part of the conversation.
fn usable(result: Result<Done, Error>) -> Result<usize, Error> {
    match result {
        Ok(_) => Ok(0),
        Err(Error::Server(_)) => Ok(1),
        Err(error) => Err(error),
    }
}

fn to(port: u16) -> Config {
    Config::new()
        .host("127.0.0.1")
        .port(port)
        .user("tester")
        .password("secret")
        .ssl_mode(SslMode::Disabled)
        .connect_timeout(Duration::from_secs(10))
        .message_limit(1 << 22)
}

/// Sends bytes to whoever connects, and closes the connection.
fn serve(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept()?;
        client.write_all(&bytes)?;
        client.shutdown(Shutdown::Write)?;
        client.read_to_end(&mut Vec::new()).map(|_| ())
    });
    port
}

async fn replay(bytes: Vec<u8>) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let talking = tokio::time::timeout(Duration::from_secs(20), talk(to(serve(bytes))));
    let result = talking.await.expect("it does not hang");
    assert!(!matches!(result, Err(Error::TimedOut)), "the log-in does not hang");
    result
}

#[tokio::test]
async fn whole_conversations_are_understood() {
    for name in CONVERSATIONS {
        let values = replay(std::fs::read(file(name)).unwrap())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(values.len(), 3 + 1 + 2 * 4 + 300 + 1, "{name}");
        assert_eq!(values[2].as_deref(), Some(&b"text"[..]));
        assert_eq!(values.last().unwrap().as_deref(), Some(&1_i64.to_le_bytes()[..]), "{name}");
    }
}

#[tokio::test]
async fn damaged_conversations_are_errors() {
    let rounds = std::env::var("AIO_DATABASES_DAMAGE_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(1_500);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let before = peak_memory();
    for name in CONVERSATIONS {
        let whole = std::fs::read(file(name)).unwrap();
        let mut failed = 0;
        for _ in 0..rounds {
            failed += usize::from(replay(damage(&whole, &mut random)).await.is_err());
        }
        // Some damage is in a value or a name, which only another value shows.
        assert!(failed > rounds / 3, "{name}: {failed} of {rounds}");
    }
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        assert!(after - before < 64 * 1024, "{before} kB, then {after} kB");
    }
}

fn damage(whole: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(7) {
            0 => bytes.truncate(at.max(1)),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, random.below(256) as u8),
            3 => bytes[at] ^= 1 << random.below(8),
            4 => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes[at..end].fill([0, 0xFF, 0xFE, 0xFD][random.below(4)]);
            }
            5 => {
                let end = (at + random.below(200)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes[at] = random.below(256) as u8,
        }
    }
    bytes
}

/// Xorshift: the same damage each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The most memory that the process had, in kB, where the system says it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A file of this machine is not sent, whatever the server asks for.
#[tokio::test]
async fn a_request_for_a_file_is_rejected() {
    let whole = std::fs::read(file("mariadb-10.11")).unwrap();
    let mut at = 0;
    // The greeting, the end of the log-in, and the three messages of the set-up: then a query's reply.
    let mut packets = Vec::new();
    while let Some(&[a, b, c, _]) = whole[at..].first_chunk() {
        let end = at + 4 + u32::from_le_bytes([a, b, c, 0]) as usize;
        packets.push(&whole[at..end]);
        at = end;
    }
    let replies = packets.iter().enumerate().filter(|(_, packet)| packet[3] == 1).map(|(index, _)| index);
    let query = replies.clone().nth(1).unwrap();
    let mut bytes = packets[..query].concat();
    bytes.extend(b"\x0c\x00\x00\x01\xfb/etc/passwd");
    let error = replay(bytes).await.unwrap_err();
    assert!(error.to_string().contains("load data local"), "{error}");
}

/// Any bytes at all.
#[tokio::test]
async fn noise_is_an_error() {
    let mut random = Random(42);
    for _ in 0..300 {
        let length = random.below(3_000);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        if let Some(header) = bytes.first_chunk_mut::<4>() {
            *header = [length.saturating_sub(4).min(250) as u8, 0, 0, 0];
        }
        assert!(replay(bytes).await.is_err());
    }
    assert!(replay(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await.is_err());
    assert!(replay(Vec::new()).await.is_err());
}

/// Writes what a server says to `AIO_DATABASES_MYSQL_RECORD`, a file. The server is at the port `AIO_DATABASES_MYSQL_PORT`, and has
/// a user `tester` with the password `secret`.
#[tokio::test]
#[ignore = "writes a file of the tests"]
async fn records_a_conversation() {
    let (path, port) = (variable("AIO_DATABASES_MYSQL_RECORD"), variable("AIO_DATABASES_MYSQL_PORT"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = to(listener.local_addr().unwrap().port());
    let recording = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut said, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = server.read(&mut part) {
            said.extend_from_slice(&part[..count]);
            client.write_all(&part[..count]).unwrap();
        }
        said
    });
    talk(config).await.unwrap();
    std::fs::write(path, recording.join().unwrap()).unwrap();
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
