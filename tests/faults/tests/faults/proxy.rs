//! A way to a server that cuts connections, and lets them wait, at random places.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    runtime::Runtime,
    sync::watch,
};

/// What is done to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Nothing.
    None,
    /// Each is closed after a random number of bytes.
    Cut,
    /// After a random number of bytes nothing goes through any more, for ever, and the client is not told.
    Stall,
    /// Nobody gets through, and what was open is closed.
    Gone,
}

/// It runs on a thread of its own, and ends when it is dropped.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    harm: watch::Sender<Harm>,
    random: Mutex<fastrand::Rng>,
    server: SocketAddr,
    /// How many connections were harmed.
    harmed: AtomicU64,
    /// How many there were.
    carried: AtomicU64,
}

impl Proxy {
    /// A way to the server of a URL, and the URL that leads there through it.
    pub(crate) fn to(url: &str, random: fastrand::Rng) -> io::Result<(Self, String)> {
        let (credentials, rest) = url.split_once('@').ok_or(io::ErrorKind::InvalidInput)?;
        let (server, database) = rest.split_once('/').ok_or(io::ErrorKind::InvalidInput)?;
        let server = server.parse().map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let harm = watch::channel(Harm::None).0;
        let shared = Arc::new(Shared {
            harm,
            random: Mutex::new(random),
            server,
            harmed: AtomicU64::new(0),
            carried: AtomicU64::new(0),
        });
        runtime.spawn(serve(listener, Arc::clone(&shared)));
        Ok((Proxy { shared, runtime: Some(runtime) }, format!("{credentials}@{address}/{database}")))
    }

    /// From now on does this to connections, new ones and those that are open.
    pub(crate) fn set(&self, harm: Harm) {
        self.shared.harm.send_replace(harm);
    }

    /// How many connections there were.
    pub(crate) fn carried(&self) -> u64 {
        self.shared.carried.load(Ordering::SeqCst)
    }

    /// How many connections were harmed.
    pub(crate) fn harmed(&self) -> u64 {
        self.shared.harmed.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        if *shared.harm.borrow() == Harm::Gone {
            continue;
        }
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // That it ended with an error is what it is for.
            let _ = connection(client, &shared).await;
        });
    }
}

/// Carries one connection's bytes until it ends or is harmed.
async fn connection(client: TcpStream, shared: &Shared) -> io::Result<()> {
    let server = TcpStream::connect(shared.server).await?;
    shared.carried.fetch_add(1, Ordering::SeqCst);
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let mut harm = shared.harm.subscribe();
    let mut planned = *harm.borrow_and_update();
    let left = AtomicU64::new(shared.allows(planned));
    let (mut client_reads, mut client_writes) = client.into_split();
    let (mut server_reads, mut server_writes) = server.into_split();
    {
        let mut to_server = std::pin::pin!(carry(&mut client_reads, &mut server_writes, &left));
        let mut to_client = std::pin::pin!(carry(&mut server_reads, &mut client_writes, &left));
        while planned != Harm::Gone {
            let ended = tokio::select! {
                ended = &mut to_server => ended,
                ended = &mut to_client => ended,
                _ = harm.changed() => {
                    planned = *harm.borrow_and_update();
                    left.store(shared.allows(planned), Ordering::SeqCst);
                    continue;
                }
            };
            match ended? {
                true => return Ok(()),
                false => break,
            }
        }
    }
    shared.harmed.fetch_add(1, Ordering::SeqCst);
    if planned == Harm::Stall {
        // The server sees that it is closed; the client is never told.
        drop((server_reads, server_writes));
        while client_reads.read(&mut [0; 512]).await? > 0 {}
    }
    Ok(())
}

/// Carries bytes one way: `true` where who sent them has ended, `false` where no more of them are let through.
async fn carry(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, left: &AtomicU64) -> io::Result<bool> {
    let mut bytes = [0; 4096];
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 {
            return Ok(true);
        }
        let before = left.load(Ordering::SeqCst);
        left.store(before.saturating_sub(count as u64), Ordering::SeqCst);
        let through = count.min(usize::try_from(before).unwrap_or(usize::MAX));
        to.write_all(&bytes[..through]).await?;
        if through < count {
            return Ok(false);
        }
    }
}

impl Shared {
    /// How many bytes a connection may carry before it is harmed.
    fn allows(&self, harm: Harm) -> u64 {
        match harm {
            Harm::None => u64::MAX,
            Harm::Cut | Harm::Stall => {
                self.random.lock().unwrap_or_else(PoisonError::into_inner).u64(..6_000)
            }
            Harm::Gone => 0,
        }
    }
}
