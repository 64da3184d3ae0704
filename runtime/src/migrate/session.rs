//! The connection that scripts run on: outside of the pool, and a new one after a script that changed its session.

use std::{
    panic::Location,
    time::{Duration, Instant},
};

use crate::{Backend, Connection, Database, Dialect, Error, Result, connection::shared::SharedConnection};

/// The connections of one run, one at a time.
pub(super) struct Sessions<'d> {
    database: &'d Database,
    /// How long to wait for another process's lock, at most.
    pub(super) patience: Duration,
    conn: Option<Connection>,
}

impl<'d> Sessions<'d> {
    pub(super) fn new(database: &'d Database, patience: Duration) -> Self {
        Sessions { database, patience, conn: None }
    }

    /// A connection on which no script has changed anything.
    pub(super) async fn clean(&mut self) -> Result<&Connection> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => Connection::new(
                SharedConnection::open_alone(self.database.endpoints(), Location::caller()).await?,
                None,
            ),
        };
        Ok(self.conn.insert(conn))
    }

    /// Closes the connection, and with it what is open there.
    pub(super) async fn close(&mut self) {
        if let Some(conn) = self.conn.take() {
            conn.close().await;
        }
    }

    /// Begins the runner's own transaction. Waits for a writer of another process for as long as for another runner.
    pub(super) async fn begin(&mut self, own: Option<&str>) -> Result<&Connection> {
        let patience = self.patience;
        let conn = self.clean().await?;
        let sql = match (conn.dialect(), own) {
            // So that no statement in it fails because another has written meanwhile.
            (Dialect::Sqlite, _) => "begin immediate",
            (_, Some(own)) => own,
            (_, None) => "begin",
        };
        let started = Instant::now();
        loop {
            match conn.executescript(crate::Trusted(sql)).await {
                Err(error) if is_busy(&error) && started.elapsed() < patience => {
                    aio_databases_net::sleep(Duration::from_millis(100)).await;
                }
                done => return done.map(|()| conn),
            }
        }
    }
}

/// SQLite: whether another connection is writing.
fn is_busy(error: &Error) -> bool {
    match error {
        Error::LockTimedOut(_) => true,
        // SQLITE_BUSY
        Error::Database(said) => said.backend() == Backend::Sqlite && said.code() == Some("5"),
        _ => false,
    }
}
