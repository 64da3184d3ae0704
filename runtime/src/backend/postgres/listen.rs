//! A session that listens for notifications.

use std::{
    ops::ControlFlow,
    pin::pin,
    task::{Context, Poll},
};

use aio_databases_postgres::{self as driver, Column, Connection, Done, Results, Row};

use super::errors::error;
use crate::{
    Error, Notification, Result,
    backend::{
        BoxFuture,
        listen::{ListenSession, Received},
    },
};

pub(super) struct PostgresListenSession {
    connection: Connection,
    /// The server's process that listens.
    process: Option<i32>,
}

/// The statement that returns the server's process.
const PROCESS: &str = "select pg_catalog.pg_backend_pid()";

impl PostgresListenSession {
    pub(super) fn new(connection: Connection) -> Self {
        PostgresListenSession { connection, process: None }
    }

    /// Runs statements, the last of which returns the server's process.
    async fn run(&mut self, sql: &str) -> Result<Option<i32>> {
        let mut process = Process(None);
        self.connection.simple(sql, &mut process).await.map_err(error)?;
        Ok(process.0)
    }
}

impl ListenSession for PostgresListenSession {
    fn listen<'a>(&'a mut self, channels: &'a [String]) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            // One text is one transaction: a channel that stays is never without a listener.
            let mut sql = String::from("unlisten *; ");
            for channel in channels {
                sql.push_str("listen \"");
                sql.push_str(&channel.replace('"', "\"\""));
                sql.push_str("\"; ");
            }
            sql.push_str(PROCESS);
            self.process = self.run(&sql).await?;
            Ok(())
        })
    }

    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received>> {
        // Those that are kept are newer than those that were thrown away.
        match self.connection.missed_notifications() {
            0 => {}
            missed => return Poll::Ready(Ok(Received::Missed(missed))),
        }
        // A future that is dropped loses no notification.
        let waiting = pin!(self.connection.wait_for_notification());
        waiting.poll(cx).map(|received| match received {
            Ok(driver::Notification { process_id, channel, payload }) => {
                Ok(Received::Notification(Notification { channel, payload, process_id }))
            }
            Err(problem) => Err(error(problem)),
        })
    }

    fn check(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.run(PROCESS).await? == self.process {
                return Ok(());
            }
            Err(Error::Unsupported {
                message: "the server's session is another one now, so a pooler in transaction mode is in between, behind which \
                          no notification arrives: listen on a `Database` whose URL leads to the server itself",
                query: None,
            })
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.connection.close())
    }
}

/// Reads the number of a process, the only value of a result.
struct Process(Option<i32>);

impl Results for Process {
    fn columns(&mut self, _: &[Column]) {}

    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        self.0 = row.get(0).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        ControlFlow::Continue(())
    }

    fn done(&mut self, _: &Done) {}
}
