//! A backend for tests: connections that are numbers, and statements that do what their text says.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    BoxFuture, Connector, Outcome, Session, TransactionStatus,
    listen::{self, ListenSession},
};
use crate::{
    Backend, Done, Error, Result,
    backend::{control::Control, sink::Sink, transaction::Mode},
    statement::command::{Command, Text},
};

/// What happened to the connections of one fake database.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    pub(crate) opened: AtomicUsize,
    pub(crate) closed: AtomicUsize,
    /// Whether no statement is answered any more.
    pub(crate) silent: std::sync::atomic::AtomicBool,
    /// Whether connections are refused.
    pub(crate) down: std::sync::atomic::AtomicBool,
    /// The connections up to this number are closed at the other end.
    pub(crate) cut: AtomicUsize,
    log: std::sync::Mutex<Vec<String>>,
}

impl Fake {
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    pub(crate) fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }

    /// What was sent, in order: `1: begin`, with the connection's number.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Connector for Arc<Fake> {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            if self.down.load(Ordering::SeqCst) {
                return Err(Error::io("the fake is down"));
            }
            let number = self.opened.fetch_add(1, Ordering::SeqCst) + 1;
            Ok(Box::new(FakeSession { number, transaction: TransactionStatus::Idle, fake: Arc::clone(self) })
                as Box<dyn Session>)
        })
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn runs_in_place(&self, _: &Command) -> bool {
        false
    }

    fn queue_to_write(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn listen(&self) -> BoxFuture<'_, Result<Box<dyn ListenSession>>> {
        listen::unsupported()
    }

    fn keep(&self, _: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct FakeSession {
    number: usize,
    transaction: TransactionStatus,
    fake: Arc<Fake>,
}

impl FakeSession {
    async fn act(&mut self, sql: &str) -> Result<()> {
        self.fake.log.lock().unwrap().push(format!("{}: {sql}", self.number));
        if self.number <= self.fake.cut.load(Ordering::SeqCst) {
            return Err(Error::io("the fake has closed the connection"));
        }
        match sql {
            _ if self.fake.silent.load(Ordering::SeqCst) => std::future::pending().await,
            "select hang" => std::future::pending().await,
            "select lost" => Err(Error::io("the fake hung up")),
            "select wrong" => Err(Error::protocol("the fake is confused")),
            _ => {
                self.transaction = match sql {
                    _ if sql.starts_with("begin") => TransactionStatus::Open,
                    "commit" | "rollback" => TransactionStatus::Idle,
                    _ => self.transaction,
                };
                Ok(())
            }
        }
    }
}

/// Control statements as short as can be.
struct FakeControl;

impl Control for FakeControl {
    fn begin(&self, _: &Mode) -> Vec<&'static str> {
        vec!["begin"]
    }

    fn after(&self, _: &Mode) -> Option<&'static str> {
        None
    }

    fn read_only(&self) -> &'static str {
        "read only"
    }
}

impl Session for FakeSession {
    fn backend(&self) -> Backend {
        Backend::Postgres
    }

    fn control_statements(&self) -> &'static dyn Control {
        &FakeControl
    }

    fn run(&mut self, _: Option<Text>, command: Arc<Command>, sink: Box<dyn Sink>) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let result = self.act(command.text.as_str()).await.map(|()| Done::default());
            Outcome { sink, result, rows: 0 }
        })
    }

    fn control(&mut self, _: Option<Text>, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.act(sql.as_str()).await })
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, _: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async { Err(Error::protocol("the fake describes nothing")) })
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.act("recover"))
    }

    fn lend(&mut self, _: &'static str, _: u32) {}

    fn number(&self) -> Option<u64> {
        None
    }

    fn is_atomic(&self, _: &Command) -> bool {
        false
    }

    fn pipelines_begin(&self) -> bool {
        false
    }

    fn run_now(
        &mut self,
        _: &Command,
        sink: Box<dyn Sink>,
        _: std::time::Instant,
    ) -> Result<Outcome, Box<dyn Sink>> {
        Err(sink)
    }

    fn transaction(&self) -> TransactionStatus {
        self.transaction
    }

    fn has_changed(&self) -> bool {
        false
    }

    fn accept_changes(&mut self) {}

    fn is_settled(&self) -> bool {
        true
    }

    fn is_closed(&mut self) -> bool {
        false
    }

    fn interrupt(&self) -> BoxFuture<'static, Result<()>> {
        let (number, fake) = (self.number, Arc::clone(&self.fake));
        Box::pin(async move {
            fake.log.lock().unwrap().push(format!("{number}: interrupt"));
            Ok(())
        })
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.act("reset"))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

impl Drop for FakeSession {
    fn drop(&mut self) {
        self.fake.closed.fetch_add(1, Ordering::SeqCst);
    }
}
