//! The two shapes of a query's result.

/// The query gives exactly one row, whatever is in the tables: `fetchone` gives it as it is.
#[derive(Clone, Copy, Debug)]
pub enum One {}

/// The query gives any number of rows: `fetchone` gives an `Option`.
#[derive(Clone, Copy, Debug)]
pub enum Any {}

/// [`One`] or [`Any`].
pub trait Shape: sealed::Sealed + Sized + 'static {
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
    type Out<T: 'static> = T;

    fn some<T: 'static>(value: T) -> T {
        value
    }

    fn none<T: 'static>() -> Option<T> {
        None
    }
}

impl Shape for Any {
    type Out<T: 'static> = Option<T>;

    fn some<T: 'static>(value: T) -> Option<T> {
        Some(value)
    }

    fn none<T: 'static>() -> Option<Option<T>> {
        Some(None)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::One {}
    impl Sealed for super::Any {}
}
