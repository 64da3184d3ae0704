//! A listener to be, with its settings.

use std::{fmt, future::IntoFuture, panic::Location, sync::Arc, time::Duration};

use super::{Listener, channels, connection::ListenConnection};
use crate::{Result, backend::BoxFuture, pool::endpoints::Endpoints};

/// How long a connection may be silent before the server is asked for an answer.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// A listener to be: what [`Database::listen`](crate::Database::listen) gives. Await it to have one.
#[must_use = "await it to listen"]
pub struct Listen<'d> {
    endpoints: &'d Arc<Endpoints>,
    channels: Result<Vec<String>>,
    heartbeat: Option<Duration>,
}

impl<'d> Listen<'d> {
    pub(crate) fn new<C: AsRef<str>>(
        endpoints: &'d Arc<Endpoints>,
        channels: impl IntoIterator<Item = C>,
        place: &'static Location<'static>,
    ) -> Self {
        Listen { endpoints, channels: channels::check(channels, place), heartbeat: Some(HEARTBEAT) }
    }

    /// How long the connection may be silent before the server is asked for an answer. 30 seconds by default. The answer has
    /// to come within 10 seconds, or within this time if it is shorter. With `None` it is
    /// never asked; then only the system notices a server that has vanished, after two minutes by default (TCP's keepalive),
    /// and never over a unix socket.
    pub fn heartbeat(mut self, silence: impl Into<Option<Duration>>) -> Self {
        self.heartbeat = silence.into();
        self
    }
}

impl<'d> IntoFuture for Listen<'d> {
    type Output = Result<Listener>;
    type IntoFuture = BoxFuture<'d, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Listen { endpoints, channels, heartbeat } = self;
        Box::pin(async move {
            #[cfg(feature = "postgres")]
            if endpoints.primary.is_behind_pooler() {
                let message = crate::statement::pooled::LISTEN;
                return Err(crate::Error::Unsupported { message, query: None });
            }
            let connection = ListenConnection::open(&endpoints.primary, channels?, heartbeat).await?;
            Ok(Listener { connection })
        })
    }
}

impl fmt::Debug for Listen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listen")
            .field("database", &self.endpoints.primary.url.redacted())
            .field("channels", &self.channels)
            .field("heartbeat", &self.heartbeat)
            .finish()
    }
}
