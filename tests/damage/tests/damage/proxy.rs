//! A way to a server that harms what it answers.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::watch,
    time::timeout,
};

use crate::harm::{Harm, Kind};

/// How long a harmed connection may be quiet until it ends: its client may wait for bytes that never come, and can't know.
const QUIET: Duration = Duration::from_millis(60);

/// It runs on a thread of its own, and ends when it is dropped.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    /// A URL's address of it.
    pub(crate) address: SocketAddr,
}

struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    /// Which round it is: connections that were harmed in an earlier one end.
    round: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// What is still to be done.
    harm: Option<Harm>,
    /// How many bytes the server sent in this round.
    sent: u64,
}

impl Proxy {
    /// A way to a server.
    pub(crate) fn to(server: SocketAddr) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { server, state: Mutex::default(), round: watch::channel(0).0 });
        runtime.spawn(serve(listener, Arc::clone(&shared)));
        Ok(Proxy { shared, runtime: Some(runtime), address })
    }

    /// From now on counts what the server sends, and does this harm.
    pub(crate) fn arm(&self, harm: Option<Harm>) {
        *self.shared.state() = State { harm, sent: 0 };
    }

    /// From now on does no harm, and ends what it harmed. Returns how much the server sent, and whether all harm was done.
    pub(crate) fn disarm(&self) -> (u64, bool) {
        let mut state = self.shared.state();
        let left = state.harm.take();
        self.shared.round.send_modify(|round| *round += 1);
        (state.sent, left.is_none())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // That it ended with an error is what it is for.
            let _ = connection(client, &shared).await;
        });
    }
}

/// Carries one connection's bytes until one side ends it, or it was harmed and has become quiet.
async fn connection(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut server = TcpStream::connect(shared.server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let mut round = shared.round.subscribe();
    let (mut client_reads, mut client_writes) = client.split();
    let (mut server_reads, mut server_writes) = server.split();
    let (mut from_client, mut from_server) = ([0; 4096], [0; 4096]);
    let mut reply = Reply { harmed: None, to_drop: 0 };
    loop {
        let patience = if reply.harmed.is_some() { QUIET } else { Duration::MAX };
        let step = async {
            tokio::select! {
                count = client_reads.read(&mut from_client) => {
                    let count = count?;
                    server_writes.write_all(&from_client[..count]).await?;
                    Ok::<_, io::Error>(count > 0)
                }
                count = server_reads.read(&mut from_server) => {
                    let count = count?;
                    let bytes = reply.pass(&from_server[..count], shared);
                    client_writes.write_all(&bytes).await?;
                    Ok(count > 0 && reply.harmed != Some(Kind::Truncate))
                }
                _ = round.changed() => Ok(reply.harmed.is_none()),
            }
        };
        let Ok(goes_on) = timeout(patience, step).await else { return Ok(()) };
        if !goes_on? {
            return Ok(());
        }
    }
}

/// What comes from the server on one connection.
struct Reply {
    harmed: Option<Kind>,
    to_drop: usize,
}

impl Reply {
    /// What the client gets of these bytes.
    fn pass(&mut self, sent: &[u8], shared: &Shared) -> Vec<u8> {
        let mut state = shared.state();
        let before = state.sent;
        state.sent += sent.len() as u64;
        let dropped = self.to_drop.min(sent.len());
        self.to_drop -= dropped;
        let mut bytes = sent[dropped..].to_vec();
        let here = state.harm.take_if(|harm| (before..before + bytes.len() as u64).contains(&harm.at));
        if let Some(harm) = here {
            let place = usize::try_from(harm.at - before).expect("it is within these bytes");
            self.to_drop = harm.apply(&mut bytes, place);
            self.harmed = Some(harm.kind);
        }
        bytes
    }
}
