//! Texts that may be run: those written in the program, and those that the program vouches for.

use crate::statement::command::Text;

/// A text that may be run as SQL: `&'static str`, which stands in the program, or [`Trusted`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not trusted as SQL",
    label = "write the text here, or wrap it as `Trusted(text)` if no part of it comes from outside of the program",
    note = "pass values as arguments: `db.fetchone(\"select … where id = $1\", (id,))`"
)]
pub trait IntoSql: sealed::Sealed {
    /// The text.
    #[doc(hidden)]
    fn into_sql(self) -> SqlText;
}

/// A text to run.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct SqlText(pub(crate) Text);

/// A text made at run time that is safe to run as SQL: nothing in it comes from outside of the program unchecked.
///
/// Values never need it: they are arguments. It is for names of tables and columns, and for generated SQL.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// use aio_databases::{Database, Trusted};
///
/// # let db = Database::open("sqlite::memory:").await?;
/// let column = "n";
/// let record = db.fetchone(Trusted(format!("select $1 as {column}")), (1,)).await?;
/// assert_eq!(record.unwrap()["n"], 1);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted<T = String>(pub T);

impl IntoSql for &'static str {
    fn into_sql(self) -> SqlText {
        SqlText(Text::Static(self))
    }
}

impl<T: AsRef<str>> IntoSql for Trusted<T> {
    fn into_sql(self) -> SqlText {
        SqlText(Text::Shared(self.0.as_ref().into()))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for &'static str {}
    impl<T: AsRef<str>> Sealed for super::Trusted<T> {}
}
