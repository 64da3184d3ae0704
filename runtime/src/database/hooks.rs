//! What is done with each new connection before anyone has it.

use std::{
    future::Future,
    sync::{Arc, Weak},
};

use crate::{
    ConnectError, ConnectProblem, Connection, Error, Result,
    backend::{BoxFuture, Connector, Session, listen::ListenSession},
    connection::{scope, shared::SharedConnection},
    options::Options,
    pool::{endpoints::Endpoints, lease::Lease},
    statement::command::{Command, Text},
};

/// A user's hook.
pub(crate) type Init = Arc<dyn Fn(Connection) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// A hook from what a user writes: `async |conn| { … }`.
pub(crate) fn hook<F: Future<Output = Result<()>> + Send + 'static>(
    hook: impl Fn(Connection) -> F + Send + Sync + 'static,
) -> Init {
    Arc::new(move |connection| Box::pin(hook(connection)))
}

/// Opens connections and makes them ready.
pub(crate) struct Ready {
    pub(crate) inner: Arc<dyn Connector>,
    pub(crate) endpoints: Weak<Endpoints>,
    pub(crate) options: Arc<Options>,
    /// The URL without its password.
    pub(crate) target: String,
    pub(crate) init: Option<Init>,
    /// The session may only read.
    pub(crate) read_only: bool,
}

impl Connector for Ready {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            let mut session = self.inner.connect().await?;
            if let Some(init) = &self.init {
                session = self.run(init, session).await?;
            }
            if self.read_only {
                session
                    .control(None, Text::Static(session.control_statements().read_only()))
                    .await
                    .map_err(|error| self.error("it can't be set to only read", Some(error)))?;
                session.accept_changes();
            }
            Ok(session)
        })
    }

    fn is_remote(&self) -> bool {
        self.inner.is_remote()
    }

    fn runs_in_place(&self, command: &Command) -> bool {
        self.inner.runs_in_place(command)
    }

    fn queue_to_write(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        self.inner.queue_to_write()
    }

    fn listen(&self) -> BoxFuture<'_, Result<Box<dyn ListenSession>>> {
        // The hook prepares sessions for queries, and this one runs none.
        self.inner.listen()
    }

    fn keep(&self, connected: bool) -> BoxFuture<'_, Result<()>> {
        self.inner.keep(connected)
    }
}

impl Ready {
    /// Runs the hook on a connection. Queries on the database that it makes use that one, too.
    async fn run(&self, init: &Init, session: Box<dyn Session>) -> Result<Box<dyn Session>> {
        let Some(endpoints) = self.endpoints.upgrade() else {
            return Err(Error::PoolClosed);
        };
        let held = SharedConnection::new(endpoints, Lease::new(session, Arc::clone(&self.options), None));
        let connection = Connection::new(Arc::clone(&held), None);
        scope::within(&held, None, init(connection))
            .await
            .map_err(|error| self.error("the `init` hook failed", Some(error)))?;
        held.into_lease().and_then(Lease::into_session).ok_or_else(|| {
            self.error("the `init` hook kept its connection, or left a transaction open on it", None)
        })
    }

    fn error(&self, what: &str, error: Option<Error>) -> Error {
        let message = match &error {
            Some(error) => format!("{what}: {error}"),
            None => what.to_owned(),
        };
        let (database, source) = match error {
            Some(Error::Database(error)) => (Some(error), None),
            other => (None, other.map(|error| Box::new(error) as _)),
        };
        Error::Connect(Box::new(ConnectError {
            target: self.target.clone(),
            problem: ConnectProblem::Other,
            message,
            help: None,
            database,
            source,
        }))
    }
}
