//! A checked query, ready to run.

use std::{fmt, marker::PhantomData};

use crate::{
    ColumnError, Done, Fetch, Row, Rows, Value,
    backend::sink::{Collect, DecodeFn, Discard},
    execute::executor::{Handle, Takes},
    execute::fetch,
    statement::access::Write,
    statement::command::{Args, Request},
    statement::shape::{Any, Shape},
    statement::{Batch, Statement},
    value::encode::Put,
};

/// A checked query with its arguments, to run later: what `query!`, `query_as!` and `query_val!` give.
///
/// `R` is the record and `S` the shape: with [`One`](crate::shape::One), [`fetchone`](Query::fetchone) gives a record,
/// with [`Any`] an `Option` of one; [`Writes`](crate::shape::Writes) of either is the shape of a query that may write, which
/// needs an [`Executor`](crate::Executor), where one that reads takes any [`ReadExecutor`](crate::ReadExecutor). `V` tells what [`fetchval`](Query::fetchval) gives, where there is a first column.
#[must_use = "a query does nothing until it is run: call fetchone, fetchall, execute, …"]
pub struct Query<R: 'static, S: Shape = Any, V = ()> {
    statement: &'static Statement,
    args: Vec<Value>,
    decode: DecodeFn<R>,
    value: V,
    shape: PhantomData<fn() -> S>,
}

/// How a query's first column is read: `T` with [`One`](crate::shape::One), `Option<T>` with [`Any`].
pub struct First<T: 'static, S: Shape>(DecodeFn<S::Out<T>>);

/// What expands to a query: the static description, the arguments, and how a row becomes a record.
#[doc(hidden)]
pub fn query<R: Send + 'static, S: Shape>(
    statement: &'static Statement,
    args: impl Into<Vec<Value>>,
    decode: fn(&Row<'_>) -> Result<R, ColumnError>,
) -> Query<R, S> {
    Query { statement, args: args.into(), decode, value: (), shape: PhantomData }
}

/// As [`query`], with how a row becomes its first column's value: a `T` with `One`, an `Option<T>` with `Any`, where
/// null is `None`.
#[doc(hidden)]
pub fn query_with_value<R: Send + 'static, T: 'static, S: Shape<Out<T>: Send>>(
    statement: &'static Statement,
    args: impl Into<Vec<Value>>,
    decode: fn(&Row<'_>) -> Result<R, ColumnError>,
    value: fn(&Row<'_>) -> Result<S::Out<T>, ColumnError>,
) -> Query<R, S, First<T, S>> {
    Query { statement, args: args.into(), decode, value: First(value), shape: PhantomData }
}

/// A statement of which only what it does is wanted.
#[doc(hidden)]
pub fn command<S: Shape>(statement: &'static Statement, args: impl Into<Vec<Value>>) -> Query<(), S> {
    query(statement, args, |_| Ok(()))
}

/// One statement for many rows of arguments, all or nothing; for all at once on the backends for which there is a batch.
/// `put` puts the arguments of a row, always equally many.
#[doc(hidden)]
pub fn executemany<'e, E: Takes<'e, Write>, R>(
    executor: E,
    statement: &'static Statement,
    batches: &'static [Batch],
    rows: impl IntoIterator<Item = R>,
    put: impl FnMut(R, &mut Put<'_>),
) -> Fetch<'e, Done> {
    many(executor.handle(), statement, batches, rows, put)
}

/// The same on an executor of any type.
pub(super) fn many<'e, R>(
    handle: Handle<'e>,
    statement: &'static Statement,
    batches: &'static [Batch],
    rows: impl IntoIterator<Item = R>,
    put: impl FnMut(R, &mut Put<'_>),
) -> Fetch<'e, Done> {
    let args = Args::many(rows, put, handle.packs_rows());
    let request = Request::CheckedMany { statement, batches, args };
    Fetch::new(handle, request, Box::new(Discard), fetch::done)
}

impl<R: Send + 'static, S: Shape, V> Query<R, S, V> {
    /// The first row. With [`Any`], `None` where there is none; with [`One`](crate::shape::One) there always is one.
    pub fn fetchone<'e, E: Takes<'e, S::Access>>(self, executor: E) -> Fetch<'e, S::Out<R>> {
        let sink = Collect::new(self.decode, 1);
        Fetch::new(executor.handle(), self.request(), Box::new(sink), fetch::one::<R, S, DecodeFn<R>>)
    }

    /// All rows.
    pub fn fetchall<'e, E: Takes<'e, S::Access>>(self, executor: E) -> Fetch<'e, Vec<R>> {
        self.fetchmany(executor, usize::MAX)
    }

    /// At most the first `size` rows; no more are read.
    pub fn fetchmany<'e, E: Takes<'e, S::Access>>(self, executor: E, size: usize) -> Fetch<'e, Vec<R>> {
        let sink = Collect::new(self.decode, size);
        Fetch::new(executor.handle(), self.request(), Box::new(sink), fetch::all::<R, DecodeFn<R>>)
    }

    /// Runs the statement and tells what it has done; rows that it gives are dropped unread.
    pub fn execute<'e, E: Takes<'e, S::Access>>(self, executor: E) -> Fetch<'e, Done> {
        Fetch::new(executor.handle(), self.request(), Box::new(Discard), fetch::done)
    }

    /// The rows one by one, as they come. The connection is given back when the stream ends or is dropped.
    pub fn iterate<'e, E: Takes<'e, S::Access>>(self, executor: E) -> Rows<'e, R> {
        let decode = self.decode;
        Rows::new(executor.handle(), self.request(), decode)
    }

    fn request(self) -> Request {
        Request::Checked { statement: self.statement, args: self.args }
    }
}

impl<R: Send + 'static, T: 'static, S: Shape<Out<T>: Send>> Query<R, S, First<T, S>> {
    /// The first column of the first row. With [`Any`], `None` where there is no row or the value is null.
    pub fn fetchval<'e, E: Takes<'e, S::Access>>(self, executor: E) -> Fetch<'e, S::Out<T>> {
        let sink = Collect::new(self.value.0, 1);
        Fetch::new(executor.handle(), self.request(), Box::new(sink), fetch::value::<T, S>)
    }
}

impl<R: 'static, S: Shape, V> fmt::Debug for Query<R, S, V> {
    /// The query's place and text. Its arguments are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("file", &self.statement.file)
            .field("line", &self.statement.line)
            .field("sql", &self.statement.sql.first().map(|sql| sql.text))
            .finish_non_exhaustive()
    }
}
