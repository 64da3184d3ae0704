//! How a column of a record is named.

/// A column's index, or its name.
pub trait ColumnIndex: sealed::Sealed {
    /// Its index, if there is such a column.
    #[doc(hidden)]
    fn find(&self, columns: &[String]) -> Option<usize>;

    /// How it is called in an error.
    #[doc(hidden)]
    fn name(&self) -> String;
}

impl ColumnIndex for usize {
    fn find(&self, columns: &[String]) -> Option<usize> {
        (*self < columns.len()).then_some(*self)
    }

    fn name(&self) -> String {
        format!("number {} (counted from 0)", self)
    }
}

impl ColumnIndex for &str {
    fn find(&self, columns: &[String]) -> Option<usize> {
        columns.iter().position(|name| name == self)
    }

    fn name(&self) -> String {
        format!("`{self}`")
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for usize {}
    impl Sealed for &str {}
}
