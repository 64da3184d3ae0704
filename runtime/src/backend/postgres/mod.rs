//! PostgreSQL: sqlx's bare connection.
//!
//! A statement is prepared once per connection. The server says which types its parameters have, and arguments are
//! encoded as these.

mod decode;
#[cfg(feature = "verify")]
mod describe;
mod encode;

use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};

use aio_databases_sql::Dialect;
use futures_util::future::{Either, select};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, Row as _, Statement as _,
    error::DatabaseError as SqlxDatabaseError,
    postgres::{
        PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgQueryResult, PgSslMode,
        PgStatement, Postgres,
    },
};

use super::{
    BoxFuture, Connector, Outcome, Session,
    server::{self, Rest},
};
use crate::{
    ConnectProblem, ConstraintKind, DatabaseError, Done, Error, Result, Value,
    backend::postgres::encode::{arguments, arrays},
    backend::sink::Sink,
    error::ErrorAt,
    statement::Access,
    statement::chunks,
    statement::command::{Args, Command, Text},
    statement::kind::StatementKind,
    url::{DatabaseUrl, ServerTarget},
};

/// How long a statement that was cancelled may take to end by itself before the server is told to stop it.
const GRACE: Duration = Duration::from_millis(10);

/// Opens connections to one PostgreSQL database.
pub(super) struct PostgresConnector {
    options: Arc<PgConnectOptions>,
    redacted: String,
    without_user: Option<String>,
}

impl PostgresConnector {
    pub(super) fn new(target: &ServerTarget, url: &DatabaseUrl) -> Result<Self> {
        let options = options(target).map_err(|bad| url.bad_option(bad))?;
        Ok(PostgresConnector {
            options: Arc::new(options),
            redacted: url.redacted().to_owned(),
            without_user: server::without_user(target, url.scheme()),
        })
    }
}

/// The driver's options. What the URL does not say is libpq's default: `PGHOST` and its kin, `~/.pgpass`.
fn options(target: &ServerTarget) -> Result<PgConnectOptions, (&'static str, &'static str)> {
    // Queries are traced by this crate.
    let mut options =
        PgConnectOptions::new().disable_statement_logging().statement_cache_capacity(server::STATEMENTS);
    server::reach!(options, target);
    for (name, value) in &target.options {
        options = match *name {
            "sslmode" => {
                let mode: PgSslMode = value.parse().map_err(|_| ("sslmode", "a mode of libpq's"))?;
                options.ssl_mode(mode)
            }
            "sslrootcert" => options.ssl_root_cert(value),
            "sslcert" => options.ssl_client_cert(value),
            "sslkey" => options.ssl_client_key(value),
            "application_name" => options.application_name(value),
            "options" => options.options(server_settings(value)?),
            other => return Err((other, "nothing: the backend does not know it")),
        };
    }
    Ok(options)
}

/// `-c geqo=off -cstatement_timeout=5min --search_path=a`, as libpq's `options`.
fn server_settings(value: &str) -> Result<Vec<(String, String)>, (&'static str, &'static str)> {
    const EXPECTED: (&str, &str) = ("options", "settings as in `-c name=value -c name=value`");
    let mut words = words(value).into_iter();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            Some("") => words.next().ok_or(EXPECTED)?,
            Some(setting) => setting.to_owned(),
            None => return Err(EXPECTED),
        };
        let (name, value) = setting.split_once('=').ok_or(EXPECTED)?;
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

/// Words between blanks; a backslash takes the meaning from a blank, or from a backslash.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            char if char.is_ascii_whitespace() => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

impl Connector for PostgresConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        Box::pin(async move {
            let (connection, process) = connect(&self.options).await.map_err(|error| {
                let without_user = self.without_user.as_deref();
                server::connect_error(&self.redacted, without_user, error, database_error, connect_problem)
            })?;
            let options = Arc::clone(&self.options);
            let wire = PostgresSession {
                connection,
                statements: HashMap::new(),
                rest: Rest::None,
                process,
                options,
            };
            Ok(Box::new(wire) as Box<dyn Session>)
        })
    }
}

/// Connects, and asks for the number of the server's process: the driver does not tell it.
async fn connect(options: &PgConnectOptions) -> sqlx::Result<(PgConnection, i32)> {
    let mut connection = options.connect().await?;
    let row = (&mut connection).fetch_one(sqlx::raw_sql("select pg_backend_pid()")).await?;
    let process = row.try_get(0)?;
    Ok((connection, process))
}

/// Tells the server to do something to a process of its.
async fn tell(options: &PgConnectOptions, what: &str, process: i32) -> sqlx::Result<()> {
    let mut connection = options.connect().await?;
    let sql = Text::Shared(format!("select {what}({process})").into());
    (&mut connection).execute(sqlx::raw_sql(server::sql_str(&sql))).await?;
    connection.close().await
}

fn connect_problem(code: &str) -> ConnectProblem {
    match code {
        "28000" | "28P01" => ConnectProblem::Authentication,
        "3D000" => ConnectProblem::UnknownDatabase,
        "53300" => ConnectProblem::TooMany,
        _ => ConnectProblem::Other,
    }
}

/// What a statement's parameters are bound to.
#[derive(Clone, Copy)]
enum Bound<'a> {
    /// A row of values.
    One(&'a [Value]),
    /// Arrays, of the values that they have in many rows.
    Arrays(&'a [Vec<Value>]),
}

struct PostgresSession {
    connection: PgConnection,
    /// Statements whose text stands in the program, by where it stands there.
    statements: HashMap<(usize, usize), PgStatement>,
    rest: Rest,
    /// The server's process that serves it, and how to reach that server.
    process: i32,
    options: Arc<PgConnectOptions>,
}

impl PostgresSession {
    async fn command(&mut self, command: &Command, sink: &mut dyn Sink, rows: &mut u64) -> Result<Done> {
        self.read_rest().await?;
        match &command.args {
            Args::One(args) => self.statement(command, Bound::One(args), sink, rows).await,
            Args::Many(many) => {
                let mut done = Done::default();
                for (row, args) in many.iter().enumerate() {
                    let next = self.statement(command, Bound::One(args), sink, rows).await;
                    done = done.and(next.map_err(|error| error.in_row(row))?);
                }
                Ok(done)
            }
            Args::Batch(many, batch) => {
                let mut done = Done::default();
                for chunk in chunks(many, batch) {
                    done = done.and(self.statement(command, Bound::Arrays(chunk), sink, rows).await?);
                }
                Ok(done)
            }
            #[cfg(feature = "sqlite")]
            Args::PackedRows(_) => Err(Error::protocol("rows for SQLite came to another server")),
            Args::Script => self.script(&command.text).await.map(|()| Done::default()),
        }
    }

    async fn statement(
        &mut self,
        command: &Command,
        args: Bound<'_>,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let first = match self.attempt(command, args, sink, rows).await {
            Err(error) if is_stale(&error) => error,
            result => return result,
        };
        // The schema has changed since the statement was prepared, and it has not run. In a transaction the server takes
        // no more statements, and the first error is the one to tell.
        self.statements.clear();
        self.connection.clear_cached_statements().await.map_err(error)?;
        match self.attempt(command, args, sink, rows).await {
            Err(error) if error.code() == Some(IN_FAILED_TRANSACTION) => Err(first),
            result => result,
        }
    }

    async fn attempt(
        &mut self,
        command: &Command,
        args: Bound<'_>,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let statement = self.prepared(&command.text).await?;
        let types = match statement.parameters() {
            Some(sqlx::Either::Left(types)) => types,
            _ => &[],
        };
        let arguments = match args {
            Bound::One(args) => arguments(types, args, &command.order),
            Bound::Arrays(rows) => arrays(types, rows, &command.order),
        };
        let arguments =
            arguments.map_err(|source| Error::Encode { query: None, source: Box::new(source) })?;
        let query = statement.query_with(arguments);
        let (connection, rest) = (&mut self.connection, &mut self.rest);
        let read = if command.gives_one_at_most() && sink.wants_one() {
            server::read_one::<Postgres>(connection.fetch_optional(query), sink, rest, error).await
        } else {
            let may_stop = command.access == Access::Read;
            server::read::<Postgres>(connection.fetch_many(query), sink, may_stop, rest, error).await
        };
        *rows += read.rows;
        read.result?;
        Ok(done(command, &read.done))
    }

    /// The statement, which is prepared once: after that neither the server nor the driver is asked.
    async fn prepared(&mut self, text: &Text) -> Result<PgStatement> {
        let Text::Static(known) = text else { return self.prepare(text).await };
        let key = (known.as_ptr() as usize, known.len());
        if let Some(statement) = self.statements.get(&key) {
            return Ok(statement.clone());
        }
        let statement = self.prepare(text).await?;
        if self.statements.len() == server::STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(key, statement.clone());
        Ok(statement)
    }

    async fn prepare(&mut self, text: &Text) -> Result<PgStatement> {
        (&mut self.connection).prepare(server::sql_str(text)).await.map_err(error)
    }

    async fn script(&mut self, text: &Text) -> Result<()> {
        self.read_rest().await?;
        let script = sqlx::raw_sql(server::sql_str(text));
        (&mut self.connection).execute(script).await.map(|_| ()).map_err(error)
    }

    /// Reads what an earlier statement left, so that its errors are not taken for those of the next.
    async fn read_rest(&mut self) -> Result<()> {
        if self.rest == Rest::None {
            return Ok(());
        }
        let mut ping = self.connection.ping().await;
        for _ in 0..2 {
            // What was left ended with an error of its own, which nobody waits for.
            if matches!(ping, Err(sqlx::Error::Database(_))) {
                ping = self.connection.ping().await;
            }
        }
        ping.map_err(error)?;
        self.rest = Rest::None;
        Ok(())
    }
}

const IN_FAILED_TRANSACTION: &str = "25P02";

/// Whether a prepared statement is of no use any more: its result would have other columns than when it was prepared, or
/// someone has deallocated it.
fn is_stale(error: &Error) -> bool {
    match error.database() {
        Some(said) if said.code() == Some("0A000") => said.message().contains("cached plan"),
        Some(said) => said.code() == Some("26000"),
        None => false,
    }
}

impl Session for PostgresSession {
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
        Box::pin(
            async move { describe::describe(&mut self.connection, wanted.sql.text).await.map_err(error) },
        )
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        // The driver never loses its place: it counts which answers are still to come.
        self.rest = Rest::Unknown;
        let (options, process) = (Arc::clone(&self.options), self.process);
        Box::pin(async move {
            let rest = pin!(self.read_rest());
            match select(rest, pin!(tokio::time::sleep(GRACE))).await {
                Either::Left((read, _)) => read,
                Either::Right(((), rest)) => {
                    server::stop(tell(&options, "pg_cancel_backend", process)).await;
                    rest.await
                }
            }
        })
    }

    fn abort(self: Box<Self>) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(async move {
            // While the connection is there, no other has the process's number.
            server::stop(tell(&self.options, "pg_terminate_backend", self.process)).await;
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

/// What the server says it has done. It also counts the rows that a `select` or a `create table … as` gives.
fn done(command: &Command, results: &[PgQueryResult]) -> Done {
    let changes = matches!(command.kind, StatementKind::Insert | StatementKind::Change);
    let rows_affected = results.iter().map(PgQueryResult::rows_affected).sum();
    Done { rows_affected: if changes { rows_affected } else { 0 }, last_insert_id: None }
}

fn error(error: sqlx::Error) -> Error {
    server::error(error, database_error)
}

fn database_error(source: &dyn SqlxDatabaseError) -> DatabaseError {
    let mut error = server::database_error(Dialect::Postgres, source);
    if let Some(said) = source.try_downcast_ref::<PgDatabaseError>() {
        error.detail = said.detail().map(str::to_owned);
        error.hint = said.hint().map(str::to_owned);
        if let Some(PgErrorPosition::Original(character)) = said.position() {
            error.at = Some(ErrorAt::Character(character.saturating_sub(1)));
        }
        error.constraint = match error.violated {
            // It has no name before PostgreSQL 18: the column is what people want to know.
            Some(ConstraintKind::NotNull) => {
                said.table().zip(said.column()).map(|(table, column)| format!("{table}.{column}"))
            }
            _ => said.constraint().map(str::to_owned),
        };
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_for_the_server() {
        let read = |text| {
            let settings = server_settings(text).map_err(|(option, _)| option)?;
            Ok(settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";"))
        };
        for (text, expected) in [
            ("", Ok("")),
            ("-c geqo=off", Ok("geqo=off")),
            ("-cgeqo=off  -c a.b=5min", Ok("geqo=off;a.b=5min")),
            ("--search-path=a,b", Ok("search_path=a,b")),
            (r"-c search_path=a,\ b\\c -c x=", Ok(r"search_path=a, b\c;x=")),
            ("-c x=a-c", Ok("x=a-c")),
            ("-c", Err("options")),
            ("-c geqo", Err("options")),
            ("geqo=off", Err("options")),
        ] {
            assert_eq!(read(text), expected.map(str::to_owned), "{text}");
        }
    }
}
