//! Notifications: a stream that has a connection of its own, and opens it again when it is lost.

mod builder;
mod channels;
mod connection;

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

pub use builder::Listen;

use self::connection::ListenConnection;
use crate::{Result, backend::listen::Received};

/// A notification of PostgreSQL, which `notify` or `pg_notify` has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The channel.
    pub channel: String,
    /// What was sent with it: up to 8,000 bytes, or nothing.
    pub payload: String,
    /// The server's process that sent it, as `pg_backend_pid()` returns it there.
    pub process_id: i32,
}

/// An item of a [`Listener`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenEvent {
    /// A notification.
    Notification(Notification),
    /// The connection was lost, and is open again: what was sent meanwhile is lost. Read again whatever the notifications
    /// tell about.
    Reconnected,
    /// So many notifications were discarded, the oldest first: while the listener waited for an answer of the server (to
    /// [`Listener::listen`], say), more than 65,536 of them, or 16 MiB, arrived.
    Missed(u64),
}

/// A stream of notifications: what [`Database::listen`](crate::Database::listen) gives.
///
/// It never ends. When its connection is lost, it opens a new one, listens on the same channels, and gives
/// [`ListenEvent::Reconnected`]. Attempts that fail are repeated, after a pause of 0.1 seconds at first and of 30 seconds at
/// most; `tracing` gets a warning of each (target `aio_databases::listen`). An item is an error only if waiting won't help: the
/// server rejects the login, say. The next poll tries again, after the pause.
///
/// ```no_run
/// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
/// use aio_databases::ListenEvent;
///
/// let mut listener = db.listen(["jobs"]).await?;
/// while let Some(event) = listener.try_next().await? {
///     match event {
///         ListenEvent::Notification(job) => println!("{}: {}", job.channel, job.payload),
///         // Some might have been missed: look at the table.
///         _ => {
///             db.fetchall("select id from jobs where done is null", ()).await?;
///         }
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # The connection
///
/// It is opened beside the pool, and counts as one of the server's connections, not as one of the pool's. The
/// [`init`](crate::Builder::init) hook does not run on it. It is closed when the listener is dropped.
///
/// A server that has vanished silently is noticed: after [30 seconds](Listen::heartbeat) without a notification, the listener
/// asks the server for an answer, and gives the connection up if none comes within 10 seconds.
///
/// Behind a pooler such as PgBouncer in transaction mode, nothing arrives: listen on a `Database` whose URL leads to the
/// server itself.
///
/// # A reader that is slow
///
/// The listener reads only while it is polled, and keeps nothing that was not asked for. Notifications that nobody reads wait in
/// the socket, and then in the server's queue, from which none is removed before all listeners have read it. That queue has
/// 8 GB; when it is full, `notify` fails. So leave long work to another task.
pub struct Listener {
    connection: ListenConnection,
}

impl Listener {
    /// The next event. It is `None` never, so `while let Some(event)` goes on for ever.
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<ListenEvent>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// The next event; for `while let Some(event) = listener.try_next().await?`.
    ///
    /// # Errors
    ///
    /// If the server can't be reached for a reason that does not pass. The listener can still be used.
    pub async fn try_next(&mut self) -> Result<Option<ListenEvent>> {
        self.next().await.transpose()
    }

    /// Listens on more channels, and waits until the server does. If the connection is lost, this waits until it is open again.
    ///
    /// Dropping the future is safe: the next poll goes on.
    ///
    /// # Errors
    ///
    /// [`Error::Sql`](crate::Error::Sql) if a name can't be a channel's, and those of [`try_next`](Listener::try_next).
    #[track_caller]
    pub fn listen<C: AsRef<str>>(
        &mut self,
        channels: impl IntoIterator<Item = C>,
    ) -> impl Future<Output = Result<()>> + Send {
        let place = std::panic::Location::caller();
        let checked = channels::check(channels, place);
        async move {
            self.connection.change(|known| known.extend(checked.iter().flatten().cloned()));
            checked?;
            self.connection.ready().await
        }
    }

    /// Stops listening on channels. Notifications that have arrived already still come.
    ///
    /// # Errors
    ///
    /// Those of [`try_next`](Listener::try_next).
    pub async fn unlisten<C: AsRef<str>>(&mut self, channels: impl IntoIterator<Item = C>) -> Result<()> {
        let dropped: Vec<String> = channels.into_iter().map(|channel| channel.as_ref().to_owned()).collect();
        self.connection.change(|known| known.retain(|channel| !dropped.contains(channel)));
        self.connection.ready().await
    }

    /// The channels, in alphabetical order.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.connection.channels()
    }

    /// Closes the connection, and waits for that. Dropping the listener closes it, too.
    pub async fn close(self) {
        self.connection.close().await;
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<ListenEvent>>> {
        let received = match ready!(self.connection.poll_received(cx)) {
            Ok(Some(Received::Notification(notification))) => Ok(ListenEvent::Notification(notification)),
            Ok(Some(Received::Missed(count))) => Ok(ListenEvent::Missed(count)),
            Ok(None) => Ok(ListenEvent::Reconnected),
            Err(error) => Err(error),
        };
        Poll::Ready(Some(received))
    }
}

impl Stream for Listener {
    type Item = Result<ListenEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("channels", &self.channels().collect::<Vec<_>>())
            .field("connected", &self.connection.is_open())
            .finish()
    }
}
