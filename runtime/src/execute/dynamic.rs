//! A query that is only known at run time, ready to run.

use std::panic::Location;

use crate::{
    Arguments, ColumnIndex, Decode, Done, Fetch, IntoArguments, IntoSql, Record, Result, Rows,
    backend::sink::{Collect, Discard},
    execute::executor::{Handle, Takes},
    execute::fetch,
    statement::access::Read,
    statement::command::Request,
    statement::shape::Any as AnyRows,
    statement::sql_text::SqlText,
    value::record::{DecodeColumn, DecodeRecord, DecodeValue},
    value::sql_types::Any,
};

/// A query that is only known at run time, with its arguments; for any [`ReadExecutor`](crate::ReadExecutor).
///
/// [`Database`](crate::Database) and [`Connection`](crate::Connection) have the same methods, with the text and the
/// arguments first: `db.fetchone("select …", (1,))`.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// use aio_databases::{Database, sql};
///
/// # let db = Database::open("sqlite::memory:").await?;
/// let record = sql("select 2 * $1 as res", (2,)).fetchone(&db).await?.unwrap();
/// assert_eq!(record["res"], 4);
/// assert_eq!(record, (4,));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[track_caller]
pub fn sql(sql: impl IntoSql, args: impl IntoArguments) -> DynamicQuery {
    DynamicQuery { sql: sql.into_sql(), args: args.into_arguments(), place: Location::caller() }
}

/// A query that is only known at run time, with its arguments: what [`sql`] gives.
#[must_use = "a query does nothing until it is run: call fetchone, fetchall, execute, …"]
#[derive(Clone, Debug)]
pub struct DynamicQuery {
    sql: SqlText,
    args: Arguments,
    place: &'static Location<'static>,
}

impl DynamicQuery {
    /// The first row, or `None` where there is none.
    pub fn fetchone<'e, E: Takes<'e, Read>>(self, executor: E) -> Fetch<'e, Option<Record>> {
        let sink = Collect::new(DecodeRecord::default(), 1);
        let finish = fetch::one::<Record, AnyRows, DecodeRecord>;
        Fetch::new(executor.handle(), self.request(), Box::new(sink), finish)
    }

    /// All rows.
    pub fn fetchall<'e, E: Takes<'e, Read>>(self, executor: E) -> Fetch<'e, Vec<Record>> {
        self.fetchmany(executor, usize::MAX)
    }

    /// At most the first `size` rows; no more are read.
    pub fn fetchmany<'e, E: Takes<'e, Read>>(self, executor: E, size: usize) -> Fetch<'e, Vec<Record>> {
        let sink = Collect::new(DecodeRecord::default(), size);
        Fetch::new(executor.handle(), self.request(), Box::new(sink), fetch::all::<Record, DecodeRecord>)
    }

    /// The first column of the first row: `None` where there is no row or the value is null.
    pub fn fetchval<'e, T: Decode<Any> + Send + 'static, E: Takes<'e, Read>>(
        self,
        executor: E,
    ) -> Fetch<'e, Option<T>> {
        let sink = Collect::<Option<T>, _>::new(DecodeValue, 1);
        Fetch::new(executor.handle(), self.request(), Box::new(sink), |ran| {
            fetch::one::<Option<T>, AnyRows, DecodeValue>(ran).map(Option::flatten)
        })
    }

    /// A column of the first row, by index (from 0) or by name: `None` where there is no row or the value is null.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnNotFound`](crate::Error::ColumnNotFound) where there is a row, and no such column in it.
    pub fn fetchval_of<'e, T: Decode<Any> + Send + 'static, E: Takes<'e, Read>>(
        self,
        executor: E,
        column: impl ColumnIndex + Send + 'static,
    ) -> Fetch<'e, Option<T>> {
        column_of(executor.handle(), self.request(), column)
    }

    /// Runs the statement and tells what it has done; rows that it gives are dropped unread.
    pub fn execute<'e, E: Takes<'e, Read>>(self, executor: E) -> Fetch<'e, Done> {
        Fetch::new(executor.handle(), self.request(), Box::new(Discard), fetch::done)
    }

    /// The rows one by one, as they come.
    pub fn iterate<'e, E: Takes<'e, Read>>(self, executor: E) -> Rows<'e, Record> {
        Rows::new(executor.handle(), self.request(), DecodeRecord::default())
    }

    fn request(self) -> Request {
        Request::Dynamic {
            sql: self.sql.0,
            args: self.args,
            file: self.place.file(),
            line: self.place.line(),
        }
    }
}

fn column_of<'e, T: Decode<Any> + Send + 'static, C: ColumnIndex + Send + 'static>(
    handle: Handle<'e>,
    request: Request,
    column: C,
) -> Fetch<'e, Option<T>> {
    let sink = Collect::<Result<Option<T>>, _>::new(DecodeColumn(column), 1);
    Fetch::new(handle, request, Box::new(sink), |ran| {
        let place = ran.place.clone();
        let found = fetch::one::<Result<Option<T>>, AnyRows, DecodeColumn<C>>(ran)?;
        found.transpose().map(Option::flatten).map_err(|error| error.with_query(|| place.to_query()))
    })
}

/// One statement for many rows of arguments, all or nothing.
pub(crate) fn executemany<'e>(
    handle: Handle<'e>,
    sql: impl IntoSql,
    rows: impl IntoIterator<Item: IntoArguments>,
    place: &'static Location<'static>,
) -> Fetch<'e, Done> {
    let request = Request::DynamicMany {
        sql: sql.into_sql().0,
        rows: rows.into_iter().map(IntoArguments::into_arguments).collect(),
        file: place.file(),
        line: place.line(),
    };
    Fetch::new(handle, request, Box::new(Discard), fetch::done)
}

/// Several statements without arguments.
pub(crate) fn executescript<'e>(
    handle: Handle<'e>,
    sql: impl IntoSql,
    place: &'static Location<'static>,
) -> Fetch<'e, ()> {
    let request = Request::Script { sql: sql.into_sql().0, file: place.file(), line: place.line() };
    Fetch::new(handle, request, Box::new(Discard), |ran| fetch::done(ran).map(|_| ()))
}

/// The methods for SQL that is only known at run time, for each kind of executor.
macro_rules! dynamic_methods {
    ([$($generics:tt)*] $executor:ty) => {
        /// SQL that is only known at run time. The text is a `&'static str` or [`Trusted`](crate::Trusted), with
        /// placeholders of any style; the arguments are a tuple, an array, a `Vec`, or [`Named`](crate::Named). For SQLite
        /// it may be several statements, which share the arguments; the rows are the last one's.
        impl<$($generics)*> $executor {
            /// The first row, or `None` where there is none.
            #[track_caller]
            pub fn fetchone(
                &self,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, Option<crate::Record>> {
                crate::sql(sql, args).fetchone(self)
            }

            /// All rows.
            #[track_caller]
            pub fn fetchall(
                &self,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, Vec<crate::Record>> {
                crate::sql(sql, args).fetchall(self)
            }

            /// At most the first `size` rows; no more are read.
            #[track_caller]
            pub fn fetchmany(
                &self,
                size: usize,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, Vec<crate::Record>> {
                crate::sql(sql, args).fetchmany(self, size)
            }

            /// The first column of the first row, read into the type that is wanted (or [`Value`](crate::Value));
            /// `None` where there is no row or the value is null.
            #[track_caller]
            pub fn fetchval<T: crate::Decode<crate::value::sql_types::Any> + Send + 'static>(
                &self,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, Option<T>> {
                crate::sql(sql, args).fetchval(self)
            }

            /// A column of the first row, by index (from 0) or by name; `None` where there is no row or the value is null.
            #[track_caller]
            pub fn fetchval_of<T: crate::Decode<crate::value::sql_types::Any> + Send + 'static>(
                &self,
                column: impl crate::ColumnIndex + Send + 'static,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, Option<T>> {
                crate::sql(sql, args).fetchval_of(self, column)
            }

            /// Runs a statement and tells what it has done.
            #[track_caller]
            pub fn execute(
                &self,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Fetch<'_, crate::Done> {
                crate::sql(sql, args).execute(self)
            }

            /// Runs one statement for many rows of arguments, all or nothing, and tells the sum of what was done.
            #[track_caller]
            pub fn executemany(
                &self,
                sql: impl crate::IntoSql,
                rows: impl IntoIterator<Item: crate::IntoArguments>,
            ) -> crate::Fetch<'_, crate::Done> {
                let handle = crate::ReadExecutor::executor(self);
                crate::execute::dynamic::executemany(handle, sql, rows, std::panic::Location::caller())
            }

            /// Runs several statements, separated by `;`, without arguments: a migration, a schema. Where one fails,
            /// those after it do not run; what those before it did stays, but for PostgreSQL, which takes it back.
            #[track_caller]
            pub fn executescript(&self, sql: impl crate::IntoSql) -> crate::Fetch<'_, ()> {
                let handle = crate::ReadExecutor::executor(self);
                crate::execute::dynamic::executescript(handle, sql, std::panic::Location::caller())
            }

            /// Copies a stream's bytes into a table, and gives the number of rows: PostgreSQL's `copy … from stdin`, in any of its
            /// formats. All rows are inserted, or none.
            ///
            /// The items are bytes or text, or `Result`s of them. They need not be whole rows. An item that is an error ends the
            /// copy. While it runs, its stream must not use the same connection.
            ///
            /// For rows of Rust values, and for other backends, there is `copy_in!`.
            ///
            /// ```no_run
            /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
            /// let lines = futures_util::stream::iter(["Ada,ada@example.org\n", "Grace,\n"]);
            /// let rows = db.copy_in("copy users (name, email) from stdin (format csv)", lines).await?;
            /// assert_eq!(rows, 2);
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// [`Error::CopyData`](crate::Error::CopyData) if an item is an error (or that error itself, if it is one of this crate's);
            /// [`Error::Unsupported`](crate::Error::Unsupported) if it is another statement, and on SQLite and MySQL; and the server's.
            #[track_caller]
            pub fn copy_in<'e, S>(&'e self, sql: impl crate::IntoSql, data: S) -> crate::CopyIn<'e>
            where
                S: futures_core::Stream<Item: crate::CopyChunk> + Send + 'e,
            {
                let handle = crate::ReadExecutor::executor(self);
                crate::execute::copy::copy_in(handle, sql, data, std::panic::Location::caller())
            }

            /// Copies a table, or the rows of a query, as a stream of bytes: PostgreSQL's `copy … to stdout`, in any of its formats.
            ///
            /// An item is some of the bytes, with any number of rows. If the stream is dropped before its end, the copy is stopped.
            ///
            /// ```no_run
            /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
            /// use std::io::Write as _;
            ///
            /// let mut file = std::fs::File::create("users.csv")?;
            /// let mut bytes = db.copy_out("copy (select name, email from users) to stdout (format csv, header)");
            /// while let Some(some) = bytes.try_next().await? {
            ///     file.write_all(&some)?;
            /// }
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// An item is [`Error::Unsupported`](crate::Error::Unsupported) if it is another statement, and on SQLite and MySQL; or the
            /// server's error.
            #[track_caller]
            pub fn copy_out(&self, sql: impl crate::IntoSql) -> crate::Rows<'_, bytes::Bytes> {
                let handle = crate::ReadExecutor::executor(self);
                crate::execute::copy::copy_out(handle, sql, std::panic::Location::caller())
            }

            /// The rows one by one, as they come.
            #[track_caller]
            pub fn iterate(
                &self,
                sql: impl crate::IntoSql,
                args: impl crate::IntoArguments,
            ) -> crate::Rows<'_, crate::Record> {
                crate::sql(sql, args).iterate(self)
            }
        }
    };
}
pub(crate) use dynamic_methods;
