//! A listener's connection: it is opened, watched, and opened again.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use aio_databases_net as net;

use crate::{
    ConnectProblem, Error, Result,
    backend::{
        BoxFuture, Connector,
        listen::{ListenSession, Received},
    },
    pool::{endpoint::Endpoint, timed_out},
};

/// How long the server has to answer when it is asked whether it is there.
const ANSWER: Duration = Duration::from_secs(10);

/// How long to wait before connecting again: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

pub(super) struct ListenConnection {
    connector: Arc<dyn Connector>,
    /// The URL without its password.
    target: String,
    connect_timeout: Duration,
    heartbeat: Option<Duration>,
    channels: BTreeSet<String>,
    /// The server does not know of all changes to the channels.
    is_changed: bool,
    /// A session was lost, and nobody was told so far that there is another.
    was_lost: bool,
    pause: Duration,
    state: State,
    /// The runtime of the state's session and timers.
    runtime: Option<net::RuntimeId>,
}

enum State {
    Open(Open),
    /// A session is being opened, asked for an answer, or told of other channels.
    Working(BoxFuture<'static, Result<Session>>),
    /// The next attempt to connect comes after a pause.
    Pausing(Pin<Box<net::Sleep>>),
    /// There is no session.
    Lost,
}

type Session = Box<dyn ListenSession>;

/// An open session.
struct Open {
    session: Session,
    /// When the server was heard last.
    heard: Instant,
    /// When to look whether it was silent for too long.
    look: Option<Pin<Box<net::Sleep>>>,
}

impl ListenConnection {
    pub(super) async fn open(
        endpoint: &Endpoint,
        channels: Vec<String>,
        heartbeat: Option<Duration>,
    ) -> Result<Self> {
        let mut connection = ListenConnection {
            connector: Arc::clone(endpoint.connector()),
            target: endpoint.url.redacted().to_owned(),
            connect_timeout: endpoint.options().acquire_timeout,
            heartbeat,
            channels: channels.into_iter().collect(),
            is_changed: false,
            was_lost: false,
            pause: PAUSES.0,
            state: State::Lost,
            runtime: None,
        };
        let session = connection.connect().await?;
        connection.enter(session);
        Ok(connection)
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    pub(super) fn channels(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(String::as_str)
    }

    /// Changes the channels. The server is told with the next poll.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut BTreeSet<String>)) {
        change(&mut self.channels);
        self.is_changed = true;
    }

    /// Waits until the server listens on the channels.
    pub(super) async fn ready(&mut self) -> Result<()> {
        poll_fn(|cx| self.poll_open(cx)).await
    }

    /// The next notification; `None`: some might have been lost with an earlier session.
    pub(super) fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Received>>> {
        loop {
            ready!(self.poll_open(cx))?;
            if std::mem::take(&mut self.was_lost) {
                return Poll::Ready(Ok(None));
            }
            let State::Open(open) = &mut self.state else { continue };
            match open.session.poll_received(cx) {
                Poll::Ready(Ok(received)) => {
                    open.heard = Instant::now();
                    return Poll::Ready(Ok(Some(received)));
                }
                Poll::Ready(Err(error)) => self.lose(&error),
                Poll::Pending if self.is_silent(cx) => self.check(),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    pub(super) async fn close(mut self) {
        if let State::Open(open) = std::mem::replace(&mut self.state, State::Lost) {
            open.session.close().await;
        }
    }

    /// Goes on until there is a session that listens on the channels.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.follow_runtime()?;
        loop {
            match &mut self.state {
                State::Open(_) if self.is_changed => self.tell_channels(),
                State::Open(_) => return Poll::Ready(Ok(())),
                State::Working(work) => match ready!(work.as_mut().poll(cx)) {
                    Ok(session) => self.enter(session),
                    Err(error) => {
                        self.lose(&error);
                        if !may_pass(&error) {
                            return Poll::Ready(Err(error));
                        }
                    }
                },
                State::Pausing(pause) => {
                    ready!(pause.as_mut().poll(cx));
                    self.state = State::Lost;
                }
                State::Lost => self.state = State::Working(self.connect()),
            }
        }
    }

    /// Gives up what belongs to another runtime than the caller's: it may be gone.
    fn follow_runtime(&mut self) -> Result<()> {
        let here = net::current().map_err(Error::io)?.id();
        if self.runtime.replace(here).is_some_and(|before| before != here) {
            self.was_lost = true;
            self.state = State::Lost;
        }
        Ok(())
    }

    /// Opens a session and listens.
    fn connect(&mut self) -> BoxFuture<'static, Result<Session>> {
        self.is_changed = false;
        self.runtime = net::current().ok().map(|runtime| runtime.id());
        let (connector, channels) = (Arc::clone(&self.connector), self.list());
        let (limit, target) = (self.connect_timeout, self.target.clone());
        let opening = async move {
            let mut session = connector.listen().await?;
            session.listen(&channels).await?;
            Ok(session)
        };
        Box::pin(async move {
            net::timeout(limit, opening).await.unwrap_or_else(|_| Err(timed_out(&target, limit)))
        })
    }

    fn list(&self) -> Vec<String> {
        self.channels.iter().cloned().collect()
    }

    /// Takes a session that has answered.
    fn enter(&mut self, session: Session) {
        self.pause = PAUSES.0;
        let look = self.heartbeat.and_then(timer);
        self.state = State::Open(Open { session, heard: Instant::now(), look });
    }

    /// Gives up a session.
    fn lose(&mut self, error: &Error) {
        tracing::warn!(target: "aio_databases::listen", url = self.target, %error, "the connection is lost");
        self.was_lost = true;
        self.state = timer(self.pause).map_or(State::Lost, State::Pausing);
        self.pause = (self.pause * 2).min(PAUSES.1);
    }

    fn tell_channels(&mut self) {
        self.is_changed = false;
        let channels = self.list();
        self.work(move |mut session| async move {
            session.listen(&channels).await?;
            Ok(session)
        });
    }

    fn check(&mut self) {
        self.work(|mut session| async move {
            session.check().await?;
            Ok(session)
        });
    }

    /// Does something with the session. It is lost if the server does not answer.
    fn work<F>(&mut self, work: impl FnOnce(Session) -> F)
    where
        F: Future<Output = Result<Session>> + Send + 'static,
    {
        let State::Open(open) = std::mem::replace(&mut self.state, State::Lost) else { return };
        let work = work(open.session);
        let limit = self.heartbeat.map_or(ANSWER, |silence| silence.min(ANSWER));
        self.state = State::Working(Box::pin(async move {
            let ended = net::timeout(limit, work).await;
            ended.unwrap_or_else(|_| Err(Error::io(format!("the server did not answer within {limit:?}"))))
        }));
    }

    /// Whether the server was silent for too long.
    fn is_silent(&mut self, cx: &mut Context<'_>) -> bool {
        let (State::Open(open), Some(limit)) = (&mut self.state, self.heartbeat) else { return false };
        while open.look.as_mut().is_some_and(|look| look.as_mut().poll(cx).is_ready()) {
            match limit.checked_sub(open.heard.elapsed()) {
                None | Some(Duration::ZERO) => return true,
                Some(left) => open.look = timer(left),
            }
        }
        false
    }
}

impl Drop for ListenConnection {
    fn drop(&mut self) {
        if let State::Open(open) = std::mem::replace(&mut self.state, State::Lost) {
            // Without a runtime, the socket is just closed.
            let _ = net::spawn(open.session.close());
        }
    }
}

/// A timer, if the caller is inside of a runtime.
fn timer(duration: Duration) -> Option<Pin<Box<net::Sleep>>> {
    Some(Box::pin(net::current().ok()?.sleep(duration)))
}

/// Whether an error may pass by itself, so that it is enough to try again.
fn may_pass(error: &Error) -> bool {
    match error {
        Error::Io { .. } => true,
        Error::Connect(error) => !matches!(
            error.problem(),
            ConnectProblem::Authentication | ConnectProblem::UnknownDatabase | ConnectProblem::Tls
        ),
        error => error.ends_connection(),
    }
}
