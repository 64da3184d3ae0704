//! The data of a copy into a table, between the program and the statement.
//!
//! It is the reverse of [`buffer`](super::buffer): the statement asks for a piece and waits. The task that polls it finds that out,
//! makes a piece of what the program has, and polls the statement again. So nobody has to be woken, no more than a piece is held in
//! memory, and what the program has may borrow.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use super::{
    BoxFuture,
    sink::{Flow, Progress, Sink},
};
use crate::{ColumnError, Row, Value};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A part of a copy's data.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Bytes as the statement reads them.
    Bytes(Vec<u8>),
    /// The values of whole rows, one after the other.
    Rows(Vec<Value>),
    /// There is no more.
    End,
    /// The program has failed to make more.
    Failed(BoxError),
}

/// The two ends.
pub(crate) fn copy_data() -> (Box<dyn Sink>, Supply) {
    let shared = Arc::new(Mutex::new(Shared::default()));
    (Box::new(Reading(CopyData { shared: Arc::clone(&shared), has_taken: false })), Supply { shared })
}

#[derive(Default)]
struct Shared {
    piece: Option<Piece>,
    is_wanted: bool,
    /// How often the statement found no piece: it waits for the program, not for the server.
    waits: u64,
    /// Memory of an earlier piece.
    spare: Vec<u8>,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress for Mutex<Shared> {
    fn rows(&self) -> u64 {
        lock(self).waits
    }
}

/// The program's end.
pub(crate) struct Supply {
    shared: Arc<Mutex<Shared>>,
}

impl Supply {
    /// Whether the statement waits for a piece: with memory for it.
    pub(crate) fn wanted(&self) -> Option<Vec<u8>> {
        let mut shared = lock(&self.shared);
        shared.is_wanted.then(|| std::mem::take(&mut shared.spare))
    }

    /// Gives the statement a piece.
    pub(crate) fn give(&self, piece: Piece) {
        let mut shared = lock(&self.shared);
        shared.is_wanted = false;
        shared.piece = Some(piece);
    }

    /// Gives memory back that was not used.
    pub(crate) fn put_back(&self, memory: Vec<u8>) {
        lock(&self.shared).spare = memory;
    }
}

/// The statement's end.
pub(crate) struct CopyData {
    shared: Arc<Mutex<Shared>>,
    has_taken: bool,
}

#[cfg_attr(not(feature = "postgres"), expect(dead_code))]
impl CopyData {
    /// The next piece. Whoever polls this future also makes the pieces, and polls again when there is one.
    pub(crate) async fn next(&mut self) -> Piece {
        let piece = poll_fn(|_| {
            let mut shared = lock(&self.shared);
            match shared.piece.take() {
                Some(piece) => Poll::Ready(piece),
                None => {
                    shared.is_wanted = true;
                    shared.waits += 1;
                    Poll::Pending
                }
            }
        });
        let piece = piece.await;
        self.has_taken = true;
        piece
    }

    /// Gives the memory of a piece back.
    pub(crate) fn used(&mut self, mut memory: Vec<u8>) {
        memory.clear();
        lock(&self.shared).spare = memory;
    }
}

/// The sink of a copy, which takes no rows.
struct Reading(CopyData);

impl Sink for Reading {
    fn row(&mut self, _: &Row<'_>) -> Result<Flow, ColumnError> {
        Ok(Flow::Continue)
    }

    fn limit(&self) -> u32 {
        0
    }

    fn is_stream(&self) -> bool {
        false
    }

    fn progress(&self) -> Option<Arc<dyn Progress>> {
        let shared: Arc<dyn Progress> = Arc::<Mutex<Shared>>::clone(&self.0.shared);
        Some(shared)
    }

    fn restart(&mut self) -> bool {
        // Nobody has what was taken any more.
        !self.0.has_taken
    }

    fn copy_data(&mut self) -> Option<&mut CopyData> {
        Some(&mut self.0)
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
