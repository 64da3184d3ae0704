//! What the tests share.

use std::{future::Future, pin::pin, sync::Arc, task::Poll};

use aio_databases_mysql::{
    BoxError, Config, Connection, Done, Error, Flow, Format, Params, Row, Sql, SslMode,
};

/// The server's address and a user with all rights.
pub(crate) struct Url {
    user: String,
    password: String,
    host: String,
    port: u16,
}

/// The URL, `mysql://user:password@host:port/database`; `None`, with a loud line, where there is none.
pub(crate) fn url() -> Option<Url> {
    let Ok(url) = std::env::var("AIO_DATABASES_MYSQL_URL") else {
        eprintln!("NOT TESTED: AIO_DATABASES_MYSQL_URL is not set; run `cargo xtask test`");
        return None;
    };
    let rest = url.strip_prefix("mysql://").expect("the URL starts with mysql://");
    let (login, rest) = rest.rsplit_once('@').expect("the URL has a user");
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (host, port) =
        rest.split('/').next().and_then(|rest| rest.split_once(':')).expect("the URL has a port");
    let port = port.parse().expect("the port is a number");
    Some(Url { user: user.to_owned(), password: password.to_owned(), host: host.to_owned(), port })
}

impl Url {
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Without a user.
    pub(crate) fn reach(&self) -> Config {
        Config::new().host(&*self.host).port(self.port).ssl_mode(SslMode::Disabled)
    }

    pub(crate) fn config(&self) -> Config {
        self.reach().user(&*self.user).password(&*self.password)
    }
}

/// The name of a test's own database, which differs between the async runtimes.
pub(crate) fn database(test: &str) -> String {
    let runtime = if tokio::runtime::Handle::try_current().is_ok() { "tokio" } else { "smol" };
    format!("aio_databases_mysql_{test}_{runtime}")
}

/// A connection of a user with all rights, in an empty database of the test's own.
pub(crate) async fn connect(test: &str) -> Option<Connection> {
    let config = Arc::new(url()?.config());
    let name = database(test);
    let mut first = Connection::connect(&config).await.expect("the server lets the tester in");
    run(&mut first, &format!("drop database if exists {name}; create database {name}")).await;
    first.close().await;
    Some(connect_to(url()?.config().database(name)).await)
}

pub(crate) async fn connect_to(config: Config) -> Connection {
    Connection::connect(&Arc::new(config)).await.expect("the server lets one in")
}

/// Runs a script whose rows do not matter.
pub(crate) async fn run(connection: &mut Connection, sql: &str) -> Done {
    let result = connection.query(sql, &mut |_: Row<'_>| Flow::Continue).await;
    result.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The error of a script.
pub(crate) async fn failure(connection: &mut Connection, sql: &str) -> Error {
    let result = connection.query(sql, &mut |_: Row<'_>| Flow::Continue).await;
    result.expect_err(sql)
}

/// The first value of a query, as text.
pub(crate) async fn text(connection: &mut Connection, sql: &str) -> Option<String> {
    let mut value = None;
    let mut sink = |row: Row<'_>| {
        assert_eq!(row.format(), Format::Text);
        value = row.get(0).map(|bytes| String::from_utf8(bytes.to_vec()).expect("it is UTF-8"));
        Flow::Continue
    };
    connection.query(sql, &mut sink).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    value
}

/// The integers in the first column of a prepared query with integers as arguments.
pub(crate) async fn ints(connection: &mut Connection, sql: &str, args: &[i64]) -> Vec<i64> {
    let mut values = Vec::new();
    let mut sink = |row: Row<'_>| {
        assert_eq!(row.format(), Format::Binary);
        let bytes = row.get(0).expect("it is not null");
        let mut all = [0; 8];
        all[..bytes.len()].copy_from_slice(bytes);
        values.push(i64::from_le_bytes(all));
        Flow::Continue
    };
    let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
        args.iter().for_each(|value| params.int(*value));
        Ok(())
    };
    let result = connection.execute(Sql::Text(sql), args.len(), &mut bind, &mut sink).await;
    result.unwrap_or_else(|error| panic!("{sql}: {error}"));
    values
}

/// Polls a future so many times, when it is woken, and then drops it. Whether it was ready.
pub(crate) async fn drop_after<F: Future>(polls: usize, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            // The last poll's waker would not be used.
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A test on tokio, and with the feature `smol` also outside of tokio, where that is used.
macro_rules! on_each_runtime {
    ($($name:ident)*) => {
        #[cfg(feature = "tokio")]
        mod on_tokio {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name().await;
                }
            )*
        }

        #[cfg(feature = "smol")]
        mod on_smol {
            $(
                #[test]
                fn $name() {
                    smol::block_on(super::$name());
                }
            )*
        }
    };
}
pub(crate) use on_each_runtime;
