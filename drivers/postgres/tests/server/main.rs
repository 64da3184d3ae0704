//! The driver against a server: the one at `AIO_DATABASES_POSTGRES_URL`. Without it, the tests say so and pass.

mod copy;
mod damage;
mod dropped;
mod run;
mod session;
mod stale;
mod stream;
mod tls;

use std::ops::ControlFlow;

use aio_databases_postgres::{
    Column, Config, Connection, Connector, Done, Encoded, Error, Oid, Params, Query, Results, Row, Sql, Step,
};

const INT4: Oid = 23;
const TEXT: Oid = 25;

/// How to reach the server: `postgres://user:password@host:port/database`.
fn config() -> Option<Config> {
    let Ok(url) = std::env::var("AIO_DATABASES_POSTGRES_URL") else {
        eprintln!("NOT TESTED: AIO_DATABASES_POSTGRES_URL is not set");
        return None;
    };
    let rest = url.split_once("://").unwrap().1;
    let (address, database) = rest.split_once('/').unwrap();
    let database = database.split('?').next().unwrap();
    let (login, host) = address.rsplit_once('@').unwrap_or(("postgres", address));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "5432"));
    let mut config = Config::new();
    for (option, value) in
        [("host", host), ("port", port), ("user", user), ("password", password), ("dbname", database)]
    {
        config.set(option, value).unwrap();
    }
    Some(config)
}

async fn connect() -> Option<Connection> {
    Some(Connector::new(config()?).unwrap().connect().await.unwrap())
}

/// A connection, or the end of the test.
macro_rules! connection {
    () => {
        match crate::connect().await {
            Some(connection) => connection,
            None => return,
        }
    };
}
use connection;

fn query(sql: &str) -> Query<'_> {
    Query::new(Sql::Text(sql))
}

/// Encodes numbers as text: the server reads that as any type.
fn args(values: &[Option<&str>]) -> impl FnMut(usize, usize, Oid, &mut Vec<u8>) -> Encode + Send + use<> {
    let values: Vec<Option<String>> = values.iter().map(|value| value.map(str::to_owned)).collect();
    move |run, index, _, out| {
        let per_run = values.len();
        match &values[index % per_run] {
            None => Ok(Encoded::Null),
            Some(value) => {
                out.extend_from_slice(value.replace("{run}", &run.to_string()).as_bytes());
                Ok(Encoded::Text)
            }
        }
    }
}

type Encode = Result<Encoded, aio_databases_postgres::BoxError>;

/// Collects rows: texts, and the bytes of numbers as numbers.
fn texts(row: Row<'_>) -> Vec<String> {
    let text = |(value, column): (Option<&[u8]>, &Column)| match (value, column.type_oid, column.binary) {
        (None, ..) => "null".to_owned(),
        (Some(value), 23, true) => i32::from_be_bytes(value.try_into().unwrap()).to_string(),
        (Some(value), 20, true) => i64::from_be_bytes(value.try_into().unwrap()).to_string(),
        (Some(value), 16, true) => (value == [1]).to_string(),
        (Some(value), ..) => String::from_utf8_lossy(value).into_owned(),
    };
    row.iter().zip(row.columns()).map(text).collect()
}

/// Runs one statement and returns its rows, as text.
async fn rows(connection: &mut Connection, sql: &str, values: &[Option<&str>]) -> Result<Vec<String>, Error> {
    let (mut encode, mut found) = (args(values), Vec::new());
    let mut take = |row: Row<'_>| {
        found.push(texts(row).join(","));
        ControlFlow::Continue(())
    };
    let step = Step::new(query(sql)).params(Params::new(values.len(), &mut encode)).rows(&mut take);
    connection.run(&mut [step]).await?;
    Ok(found)
}

async fn execute(connection: &mut Connection, sql: &str) {
    connection.simple(sql, &mut ()).await.unwrap();
}

/// Whether the connection does what it is told.
async fn works(connection: &mut Connection) {
    assert!(!connection.is_busy());
    assert_eq!(rows(connection, "select $1::int4 + 1", &[Some("41")]).await.unwrap(), ["42"]);
    assert_eq!(rows(connection, "select 'x'", &[]).await.unwrap(), ["x"]);
}

/// Results of the simple protocol, as a text.
#[derive(Default)]
struct Told(String);

impl Results for Told {
    fn columns(&mut self, columns: &[Column]) {
        let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        self.0 += &format!("[{}]", names.join(","));
    }

    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        self.0 += &format!("({})", texts(row).join(","));
        ControlFlow::Continue(())
    }

    fn done(&mut self, done: &Done) {
        self.0 += &format!("{};", done.tag.as_str());
    }
}
