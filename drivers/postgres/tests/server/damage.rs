//! A server that sends damaged answers: an error, never a panic, a hang, or memory without end.

use std::time::Duration;

use aio_databases_postgres::Host;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;

/// Passes a conversation on, and damages what the server sends from a byte on. Where bytes are missing, the connection
/// ends: nobody could tell such a server from a slow one.
async fn proxy(listener: TcpListener, server: String, at: usize, seed: u64) {
    let Ok((mut near, _)) = listener.accept().await else { return };
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    let (mut up, mut down) = (vec![0; 16_384], vec![0; 16_384]);
    let (mut passed, mut random) = (0, fastrand::Rng::with_seed(seed));
    loop {
        tokio::select! {
            read = near.read(&mut up) => match read {
                Ok(count) if count > 0 => if far.write_all(&up[..count]).await.is_err() { return },
                _ => return,
            },
            read = far.read(&mut down) => match read {
                Ok(count) if count > 0 => {
                    let mut bytes = down[..count].to_vec();
                    if (passed..passed + count).contains(&at) {
                        damage(&mut bytes, at - passed, &mut random);
                    }
                    passed += count;
                    if near.write_all(&bytes).await.is_err() || bytes.len() < count { return }
                }
                _ => return,
            },
        }
    }
}

fn damage(bytes: &mut Vec<u8>, at: usize, random: &mut fastrand::Rng) {
    match random.u8(0..5) {
        0 => bytes[at] = bytes[at].wrapping_add(random.u8(1..)),
        1 => bytes[at] ^= 1 << random.u8(0..8),
        2 => bytes.truncate(at),
        3 => bytes.insert(at, random.u8(..)),
        _ => {
            for byte in bytes[at..].iter_mut().take(4) {
                *byte = random.u8(..);
            }
        }
    }
}

async fn converse(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = Connector::new(config)?.connect().await?;
    for _ in 0..2 {
        rows(&mut connection, "select $1::int4, 'text', null from generate_series(1, 20)", &[Some("1")])
            .await?;
    }
    connection.simple("select 1 as a; create temp table if not exists t (a int4); select 2", &mut ()).await?;
    connection.copy_in(&mut [Step::new(query("copy t from stdin"))]).await?;
    connection.send_copy(b"1\n").await?;
    connection.finish_copy().await?;
    connection.copy_out(&mut [Step::new(query("copy t to stdout"))]).await?;
    while connection.next_copy().await?.is_some() {}
    connection.start_fetch(&mut [Step::new(query("select generate_series(1, 10)"))], 3).await?;
    let mut take = |_: Row<'_>| ControlFlow::Continue(());
    while connection.fetch(3, &mut take).await? != aio_databases_postgres::Fetched::Complete {}
    connection.end_fetch().await?;
    let _ = rows(&mut connection, "select 1/0", &[]).await;
    rows(&mut connection, "select 1", &[]).await?;
    Ok(())
}

#[tokio::test]
async fn gives_an_error_at_most() {
    let Some(mut config) = config() else { return };
    config.set("sslmode", "disable").unwrap();
    let server = config.hosts[0].to_string();
    let depth =
        std::env::var("AIO_DATABASES_TEST_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(1);
    let rounds = 300 * depth;
    let (mut failed, mut waited) = (0, Vec::new());
    for round in 0..rounds {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.hosts = vec![Host::new("127.0.0.1", listener.local_addr().unwrap().port())];
        let at = (round * 7919) as usize % 2200;
        let proxy = tokio::spawn(proxy(listener, server.clone(), at, round));
        match tokio::time::timeout(Duration::from_secs(1), converse(config.clone())).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => failed += 1,
            Err(_) => waited.push((round, at)),
        }
        proxy.abort();
    }
    println!("{failed} of {rounds} conversations failed, {waited:?} waited");
    assert!(failed > rounds / 4, "{failed}");
    assert!(waited.len() as u64 <= rounds / 50, "{waited:?}");
}
