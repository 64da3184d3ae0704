//! A session: how commands run, and what the server reports of the open transaction.

use std::{sync::Arc, time::Duration, time::Instant};

use aio_databases_mysql::{
    BoxError, CancelToken, Connection, Done as DriverDone, Error as DriverError, Flow as DriverFlow, Params,
    Row as DriverRow, Sql, Status,
};
use aio_databases_net as net;

use super::{control::MysqlControl, encode, errors, results::Results};
use crate::{
    Backend, Done, Error, Result, Value,
    backend::{BoxFuture, Outcome, Session, TransactionStatus, control::Control, sink::Sink},
    statement::{
        chunks,
        command::{Args, Command, Text},
        kind::StatementKind,
    },
};

/// How long to try to have a statement stopped.
const INTERRUPT: Duration = Duration::from_secs(5);

/// One session.
pub(super) struct MysqlSession {
    connection: Connection,
    /// The flags of the server's last reply that had any: errors have none.
    status: Status,
}

impl MysqlSession {
    pub(super) fn new(connection: Connection) -> Self {
        let status = connection.status().unwrap_or_default();
        MysqlSession { connection, status }
    }

    async fn command(&mut self, command: &Command, sink: &mut dyn Sink, rows: &mut u64) -> Result<Done> {
        match &command.args {
            Args::One(args) => {
                let args = std::slice::from_ref(args);
                self.statement(command, &command.text, args, sink, rows).await
            }
            Args::Many(many) => {
                let mut done = Done::default();
                for (row, args) in many.iter().enumerate() {
                    let args = std::slice::from_ref(args);
                    let next = self.statement(command, &command.text, args, sink, rows).await;
                    done = done.and(next.map_err(|error| error.in_row(row))?);
                }
                Ok(done)
            }
            Args::Batch(many, batch) => {
                let mut done = Done::default();
                for chunk in chunks(many, batch) {
                    let text = Text::Shared(batch.of_rows(chunk.len()).into());
                    done = done.and(self.statement(command, &text, chunk, sink, rows).await?);
                }
                Ok(done)
            }
            #[cfg(feature = "sqlite")]
            Args::Packed(_) => Err(Error::protocol("rows for SQLite came to another server")),
            Args::Copy(_) => Err(Error::protocol("a copy came to MySQL")),
            Args::Script => self.script(&command.text).await.map(|()| Done::default()),
        }
    }

    /// Runs a prepared statement, with the arguments of one or more rows.
    async fn statement(
        &mut self,
        command: &Command,
        text: &Text,
        args: &[Vec<Value>],
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let sql = match text {
            Text::Static(text) => Sql::Static(text),
            Text::Shared(text) => Sql::Text(text),
        };
        let count = args.len() * command.order.len();
        let mut bind =
            |params: &mut Params<'_>| encode::bind(params, args, &command.order).map_err(BoxError::from);
        let mut results = Results::new(command.access, sink);
        let mut ran = self.connection.execute(sql, count, &mut bind, &mut results).await;
        if count == 0 && ran.as_ref().is_err_and(is_not_preparable) {
            ran = Box::pin(self.connection.query(text.as_str(), &mut results)).await;
        }
        let Results { rows: taken, result, .. } = results;
        *rows += taken;
        self.follow(command.kind).await;
        // An error of the sink came first.
        result?;
        ran.map(|ran| done(&ran, command.kind)).map_err(errors::error)
    }

    /// Runs statements without arguments, and discards their rows.
    async fn script(&mut self, text: &Text) -> Result<()> {
        let mut discard = |_: DriverRow<'_>| DriverFlow::Continue;
        let ran = self.connection.query(text.as_str(), &mut discard).await;
        self.follow(StatementKind::Other).await;
        ran.map(|_| ()).map_err(errors::error)
    }

    /// Takes note of the status that the server reported. After an error, which carries none, the server is asked.
    async fn follow(&mut self, kind: StatementKind) {
        let is_plain = matches!(kind, StatementKind::Query | StatementKind::Insert | StatementKind::Change);
        match self.connection.status() {
            Some(status) => self.status = status,
            // A transaction of its own, which ended with the statement.
            None if is_plain && self.status.autocommit() && !is_open(self.status) => {}
            None => Box::pin(self.ask()).await,
        }
    }

    async fn ask(&mut self) {
        // If the connection is lost, it is not settled, and nobody uses it again.
        if self.connection.ping().await.is_ok()
            && let Some(status) = self.connection.status()
        {
            self.status = status;
        }
    }
}

impl Session for MysqlSession {
    fn lend(&mut self, _: &'static str, _: u32) {}

    fn backend(&self) -> Backend {
        Backend::Mysql
    }

    fn control_statements(&self) -> &'static dyn Control {
        &MysqlControl
    }

    fn number(&self) -> Option<u64> {
        None
    }

    fn is_atomic(&self, _: &Command) -> bool {
        false
    }

    fn pipelines_begin(&self) -> bool {
        // The server runs whatever follows a `begin` that failed.
        false
    }

    fn run(
        &mut self,
        begin: Option<Text>,
        command: Arc<Command>,
        mut sink: Box<dyn Sink>,
    ) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            if let Some(begin) = begin
                && let Err(error) = Box::pin(self.script(&begin)).await
            {
                return Outcome { sink, result: Err(error), rows: 0 };
            }
            let mut rows = 0;
            let result = self.command(&command, &mut *sink, &mut rows).await;
            Outcome { sink, result, rows }
        })
    }

    fn run_now(&mut self, _: &Command, sink: Box<dyn Sink>, _: Instant) -> Result<Outcome, Box<dyn Sink>> {
        Err(sink)
    }

    fn control(&mut self, begin: Option<Text>, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if let Some(begin) = begin {
                self.script(&begin).await?;
            }
            self.script(&sql).await
        })
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async move {
            let described = super::describe::describe(&mut self.connection, &wanted).await;
            self.follow(StatementKind::Other).await;
            described.map_err(errors::error)
        })
    }

    fn transaction(&self) -> TransactionStatus {
        match is_open(self.status) {
            true => TransactionStatus::Open,
            false => TransactionStatus::Idle,
        }
    }

    fn has_changed(&self) -> bool {
        self.connection.session().changed
    }

    fn accept_changes(&mut self) {
        self.connection.accept_changes();
    }

    fn is_settled(&self) -> bool {
        self.connection.is_clean()
    }

    fn is_closed(&mut self) -> bool {
        self.connection.is_closed()
    }

    fn interrupt(&self) -> BoxFuture<'static, Result<()>> {
        Box::pin(interrupt(self.connection.cancel_token()))
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let mut recovered = self.connection.recover().await;
            if let Err(DriverError::Outstanding) = recovered {
                // More rows than are worth reading.
                interrupt(self.connection.cancel_token()).await?;
                recovered = self.connection.recover().await;
            }
            recovered.map_err(errors::error)?;
            self.follow(StatementKind::Other).await;
            match self.connection.is_clean() {
                true => Ok(()),
                false => Err(Error::Interrupted { query: None }),
            }
        })
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.connection.reset().await.map_err(errors::error)?;
            self.follow(StatementKind::Other).await;
            Ok(())
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.connection.close())
    }
}

/// Has the server stop the statement of a session. Nothing happens unless a new connection reaches the same server.
async fn interrupt(token: CancelToken) -> Result<()> {
    match net::timeout(INTERRUPT, token.cancel()).await {
        Ok(cancelled) => cancelled.map_err(errors::error),
        Err(late) => Err(Error::io(late)),
    }
}

fn is_open(status: Status) -> bool {
    status.in_transaction() || status.in_read_only_transaction()
}

fn is_not_preparable(error: &DriverError) -> bool {
    error.server().is_some_and(|error| error.is_not_preparable())
}

/// What a statement did.
fn done(ran: &DriverDone, kind: StatementKind) -> Done {
    let returns_rows = matches!(kind, StatementKind::Insert | StatementKind::Change) && ran.rows > 0;
    Done {
        // MariaDB's `returning`: there are the rows instead of a count.
        rows_affected: if returns_rows { ran.rows } else { ran.affected_rows },
        last_insert_id: i64::try_from(ran.last_insert_id).ok().filter(|id| *id != 0),
    }
}
