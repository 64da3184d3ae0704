//! The two shapes of a query's result, and whether it writes.

use crate::statement::access::{Access, Read, Write};

/// The query gives exactly one row, whatever is in the tables: `fetchone` gives it as it is.
#[derive(Clone, Copy, Debug)]
pub enum One {}

/// The query gives any number of rows: `fetchone` gives an `Option`.
#[derive(Clone, Copy, Debug)]
pub enum Any {}

/// The shape of a query that may write: no [`Connection<Read>`](crate::Connection) takes it.
#[derive(Clone, Copy, Debug)]
pub struct Writes<S>(S);

/// [`One`] or [`Any`], of a query that reads; [`Writes`] of one, of a query that may write.
pub trait Shape: sealed::Sealed + Sized + 'static {
    /// What the query does.
    type Access: Access;

    /// What a single `T` is given as.
    type Out<T: 'static>: 'static;

    /// That of a row that came.
    #[doc(hidden)]
    fn some<T: 'static>(value: T) -> Self::Out<T>;

    /// That of no row; `None` where there must be one.
    #[doc(hidden)]
    fn none<T: 'static>() -> Option<Self::Out<T>>;
}

impl Shape for One {
    type Access = Read;
    type Out<T: 'static> = T;

    fn some<T: 'static>(value: T) -> T {
        value
    }

    fn none<T: 'static>() -> Option<T> {
        None
    }
}

impl Shape for Any {
    type Access = Read;
    type Out<T: 'static> = Option<T>;

    fn some<T: 'static>(value: T) -> Option<T> {
        Some(value)
    }

    fn none<T: 'static>() -> Option<Option<T>> {
        Some(None)
    }
}

impl<S: Shape> Shape for Writes<S> {
    type Access = Write;
    type Out<T: 'static> = S::Out<T>;

    fn some<T: 'static>(value: T) -> S::Out<T> {
        S::some(value)
    }

    fn none<T: 'static>() -> Option<S::Out<T>> {
        S::none()
    }
}

mod sealed {
    pub trait Sealed {}
    impl<S: super::Shape> Sealed for super::Writes<S> {}
    impl Sealed for super::One {}
    impl Sealed for super::Any {}
}
