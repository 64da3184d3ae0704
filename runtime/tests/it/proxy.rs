//! A way to a server that can be cut, so that it looks as if the server were gone, and opened again.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Dropped, it is cut for good.
pub(crate) struct Proxy {
    server: SocketAddr,
    address: SocketAddr,
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    /// Whether nothing passes, as if the server did not respond any more.
    frozen: Arc<AtomicBool>,
}

impl Proxy {
    /// A way to the server of a URL, and the URL that leads there through it.
    pub(crate) fn to(url: &str) -> (Self, String) {
        let (credentials, rest) = url.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy {
            server: server.parse().unwrap(),
            address: listener.local_addr().unwrap(),
            open: Arc::new(AtomicBool::new(true)),
            streams: Arc::default(),
            frozen: Arc::default(),
        };
        proxy.serve(listener);
        let url = format!("{credentials}@{}/{database}", proxy.address);
        (proxy, url)
    }

    fn serve(&self, listener: TcpListener) {
        let (server, open, streams) = (self.server, Arc::clone(&self.open), Arc::clone(&self.streams));
        let frozen = Arc::clone(&self.frozen);
        thread::spawn(move || {
            for client in listener.incoming() {
                if !open.load(Ordering::SeqCst) {
                    return;
                }
                let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
                let mut streams = streams.lock().unwrap();
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    streams.push(from.try_clone().unwrap());
                    let frozen = Arc::clone(&frozen);
                    thread::spawn(move || {
                        // It ends when either side hangs up, or when it is cut.
                        let mut bytes = [0; 8192];
                        while let Ok(count @ 1..) = from.read(&mut bytes) {
                            while frozen.load(Ordering::SeqCst) {
                                thread::sleep(Duration::from_millis(5));
                            }
                            if to.write_all(&bytes[..count]).is_err() {
                                break;
                            }
                        }
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
    }

    /// Cuts what there is; nobody listens any more.
    pub(crate) fn cut(&self) {
        if self.open.swap(false, Ordering::SeqCst) {
            // The listener looks up when someone comes.
            drop(TcpStream::connect(self.address));
            while TcpStream::connect(self.address).is_ok() {
                thread::yield_now();
            }
            for stream in self.streams.lock().unwrap().drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Lets nothing pass, or lets it pass again. New connections are accepted, and get no answer either.
    pub(crate) fn freeze(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::SeqCst);
    }

    /// Opens it again.
    pub(crate) fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
        self.serve(TcpListener::bind(self.address).unwrap());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
    }
}
