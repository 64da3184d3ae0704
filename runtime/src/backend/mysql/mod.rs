//! MySQL and MariaDB: sqlx's bare connection.

pub(super) mod decode;
#[cfg(feature = "verify")]
mod describe;
mod encode;

use std::sync::Arc;

use aio_databases_sql::Dialect;
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, Row as _,
    error::DatabaseError as SqlxDatabaseError,
    mysql::{
        MySql, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlQueryResult, MySqlSslMode,
    },
};

use super::{
    BoxFuture, Connector, Outcome, Session,
    server::{self, Rest},
};
use crate::{
    ConnectProblem, ConstraintKind, DatabaseError, Done, Error, Result, Value,
    backend::mysql::encode::arguments,
    backend::sink::Sink,
    statement::Access,
    statement::chunks,
    statement::command::{Args, Command, Text},
    statement::kind::StatementKind,
    url::{DatabaseUrl, ServerTarget},
};

/// Opens connections to one MySQL database.
pub(super) struct MysqlConnector {
    options: Arc<MySqlConnectOptions>,
    redacted: String,
    without_user: Option<String>,
}

impl MysqlConnector {
    pub(super) fn new(target: &ServerTarget, url: &DatabaseUrl) -> Result<Self> {
        let options = options(target).map_err(|bad| url.bad_option(bad))?;
        Ok(MysqlConnector {
            options: Arc::new(options),
            redacted: url.redacted().to_owned(),
            without_user: server::without_user(target, url.scheme()),
        })
    }
}

/// The driver's options. The session is as the server has it (`sql_mode` too: `||` is what the server says it is), but for
/// its time zone, which is UTC: instants are sent and read as such.
fn options(target: &ServerTarget) -> Result<MySqlConnectOptions, (&'static str, &'static str)> {
    let mut options = MySqlConnectOptions::new()
        // Queries are traced by this crate.
        .disable_statement_logging()
        .statement_cache_capacity(server::STATEMENTS)
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    server::reach!(options, target);
    for (name, value) in &target.options {
        options = match *name {
            "ssl-mode" => {
                let mode: MySqlSslMode = value.parse().map_err(|_| ("ssl-mode", "a mode of MySQL's"))?;
                options.ssl_mode(mode)
            }
            "ssl-ca" => options.ssl_ca(value),
            "ssl-cert" => options.ssl_client_cert(value),
            "ssl-key" => options.ssl_client_key(value),
            "charset" => options.charset(value),
            "collation" => options.collation(value),
            other => return Err((other, "nothing: the backend does not know it")),
        };
    }
    Ok(options)
}

impl Connector for MysqlConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            let (connection, number) = connect(&self.options).await.map_err(|error| {
                let without_user = self.without_user.as_deref();
                server::connect_error(&self.redacted, without_user, error, database_error, connect_problem)
            })?;
            let options = Arc::clone(&self.options);
            Ok(Box::new(MysqlSession { connection, rest: Rest::None, number, options }) as Box<dyn Session>)
        })
    }
}

/// Connects, and asks for the connection's number: the driver does not tell it.
async fn connect(options: &MySqlConnectOptions) -> sqlx::Result<(MySqlConnection, i64)> {
    let mut connection = options.connect().await?;
    let row = (&mut connection).fetch_one(sqlx::raw_sql("select cast(connection_id() as signed)")).await?;
    let number = row.try_get(0)?;
    Ok((connection, number))
}

/// Has the server end a connection, and what it is doing there.
async fn kill(options: &MySqlConnectOptions, number: i64) -> sqlx::Result<()> {
    let mut connection = options.connect().await?;
    let sql = Text::Shared(format!("kill {number}").into());
    (&mut connection).execute(sqlx::raw_sql(server::sql_str(&sql))).await?;
    connection.close().await
}

fn connect_problem(code: &str) -> ConnectProblem {
    match code {
        // 1044 is of a database that may be there, and that this user has no rights to.
        "1044" | "1045" | "1698" => ConnectProblem::Authentication,
        "1049" => ConnectProblem::UnknownDatabase,
        "1040" | "1203" => ConnectProblem::TooMany,
        _ => ConnectProblem::Other,
    }
}

struct MysqlSession {
    connection: MySqlConnection,
    /// Where it is unknown, nothing can be done: the driver loses its place in the protocol when it is stopped.
    rest: Rest,
    /// The server's number of the connection, and how to reach that server.
    number: i64,
    options: Arc<MySqlConnectOptions>,
}

/// The statement cannot be prepared; it has not run.
const UNSUPPORTED_PREPARED: u16 = 1295;

impl MysqlSession {
    async fn command(&mut self, command: &Command, sink: &mut dyn Sink, rows: &mut u64) -> Result<Done> {
        self.read_rest().await?;
        match &command.args {
            Args::One(args) => self.statement(command, &command.text, &[args], sink, rows).await,
            Args::Many(many) => {
                let mut done = Done::default();
                for (row, args) in many.iter().enumerate() {
                    let next = self.statement(command, &command.text, &[args], sink, rows).await;
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
            Args::PackedRows(_) => Err(Error::protocol("rows for SQLite came to another server")),
            Args::Script => Box::pin(self.script(&command.text)).await.map(|()| Done::default()),
        }
    }

    async fn statement(
        &mut self,
        command: &Command,
        text: &Text,
        args: &[impl AsRef<[Value]>],
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let arguments = arguments(args, &command.order)
            .map_err(|source| Error::Encode { query: None, source: Box::new(source) })?;
        let may_stop = command.access == Access::Read;
        let read = {
            let query = sqlx::query_with(server::sql_str(text), arguments);
            let steps = (&mut self.connection).fetch_many(query);
            server::read::<MySql>(steps, sink, may_stop, &mut self.rest, error).await
        };
        *rows += read.rows;
        match read.result {
            Err(error) if command.order.is_empty() && is_unsupported_prepared(&error) => {
                Box::pin(self.script(text)).await.map(|()| Done::default())
            }
            result => result.map(|()| {
                let mut done = done(&read.done);
                if matches!(command.kind, StatementKind::Insert | StatementKind::Change) && read.rows > 0 {
                    // MariaDB's `returning`: instead of a count there are the rows.
                    done.rows_affected = read.rows + read.unwanted;
                }
                done
            }),
        }
    }

    async fn script(&mut self, text: &Text) -> Result<()> {
        self.read_rest().await?;
        self.rest = Rest::Unknown;
        let script = sqlx::raw_sql(server::sql_str(text));
        let result = (&mut self.connection).execute(script).await.map(|_| ()).map_err(error);
        self.rest = Rest::None;
        result
    }

    /// Reads what an earlier statement left.
    async fn read_rest(&mut self) -> Result<()> {
        match self.rest {
            Rest::None => return Ok(()),
            Rest::Rows => {}
            Rest::Unknown => return Err(Error::Interrupted { query: None }),
        }
        self.rest = Rest::Unknown;
        self.connection.ping().await.map_err(error)?;
        self.rest = Rest::None;
        Ok(())
    }
}

impl Session for MysqlSession {
    fn run(&mut self, command: Arc<Command>, mut sink: Box<dyn Sink>) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let mut rows = 0;
            let result = self.command(&command, &mut *sink, &mut rows).await;
            Outcome { sink, result, rows }
        })
    }

    fn control(&mut self, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.script(&sql).await })
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async move { describe::describe(&mut self.connection, &wanted).await.map_err(error) })
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.read_rest())
    }

    fn abort(self: Box<Self>) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(async move {
            // A server that was not told goes on with a statement whose connection is gone.
            server::stop(kill(&self.options, self.number)).await;
            drop(self);
        }))
    }

    fn is_clean(&self) -> bool {
        self.rest == Rest::None
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            // It is closed either way.
            let _ = self.connection.close().await;
        })
    }
}

fn done(results: &[MySqlQueryResult]) -> Done {
    let last = results.iter().rev().map(MySqlQueryResult::last_insert_id).find(|id| *id != 0);
    Done {
        rows_affected: results.iter().map(MySqlQueryResult::rows_affected).sum(),
        last_insert_id: last.and_then(|id| i64::try_from(id).ok()),
    }
}

fn error(error: sqlx::Error) -> Error {
    server::error(error, database_error)
}

fn is_unsupported_prepared(error: &Error) -> bool {
    error.code() == Some(UNSUPPORTED_PREPARED.to_string().as_str())
}

fn database_error(source: &dyn SqlxDatabaseError) -> DatabaseError {
    let mut error = server::database_error(Dialect::Mysql, source);
    if let Some(said) = source.try_downcast_ref::<MySqlDatabaseError>() {
        error.code = Some(said.number().to_string().into());
    }
    error.constraint = error.violated.and_then(|violated| constraint(violated, &error.message));
    error
}

/// The constraint's name, which only the message has.
fn constraint(violated: ConstraintKind, message: &str) -> Option<String> {
    let (before, quote) = match violated {
        // Duplicate entry 'Ada' for key 'users.name'
        ConstraintKind::Unique => ("for key '", '\''),
        // … a foreign key constraint fails (`db`.`orders`, CONSTRAINT `orders_user` FOREIGN KEY …
        ConstraintKind::ForeignKey => ("CONSTRAINT `", '`'),
        // Column 'name' cannot be null; Field 'name' doesn't have a default value
        ConstraintKind::NotNull => ("'", '\''),
        // CONSTRAINT `positive` failed for `db`.`t`; Check constraint 'positive' is violated.
        ConstraintKind::Check if message.starts_with("CONSTRAINT `") => ("`", '`'),
        ConstraintKind::Check => ("'", '\''),
    };
    let (_, rest) = message.split_once(before)?;
    rest.split_once(quote).map(|(name, _)| name.to_owned())
}
