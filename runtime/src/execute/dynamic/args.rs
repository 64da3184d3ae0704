//! Arguments of a query that is only known at run time.

use crate::{Encode, Value, value::sql_types::Any};

/// What can be passed as the arguments of a query that is only known at run time: `()`, tuples of up to 16 values,
/// arrays and `Vec`s of values, and [`Named`] arguments.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// use aio_databases::{Database, Named, Value};
///
/// # let db = Database::open("sqlite::memory:").await?;
/// let sum: Option<i64> = db.fetchval("select $1 + $2", (1, 2)).await?;
/// let sum: Option<i64> = db.fetchval("select ? + ?", [1, 2]).await?;
/// let sum: Option<i64> = db.fetchval("select ? + ?", vec![Value::Int(1), Value::Int(2)]).await?;
/// let sum: Option<i64> = db.fetchval("select :a + :b", Named::new().set("a", 1).set("b", 2)).await?;
/// assert_eq!(sum, Some(3));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed as the arguments of a query",
    label = "expected `()`, a tuple, an array or a `Vec` of values, or `Named`",
    note = "one argument is a tuple as well: `(id,)`"
)]
pub trait IntoArguments {
    /// The arguments as values.
    fn into_arguments(self) -> Arguments;
}

/// The arguments of a query that is only known at run time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Arguments {
    /// By number, or by place.
    Positional(Vec<Value>),
    /// By name.
    Named(Vec<(String, Value)>),
}

/// Arguments by name, for `:name`, `@name`, `$name`, `%(name)s` and `{name}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named(Vec<(String, Value)>);

impl Named {
    /// No arguments yet.
    pub fn new() -> Self {
        Named::default()
    }

    /// Adds one.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Encode<Any>) -> Self {
        self.0.push((name.into(), value.encode()));
        self
    }
}

impl IntoArguments for Arguments {
    fn into_arguments(self) -> Arguments {
        self
    }
}

impl IntoArguments for Named {
    fn into_arguments(self) -> Arguments {
        Arguments::Named(self.0)
    }
}

impl IntoArguments for () {
    fn into_arguments(self) -> Arguments {
        Arguments::Positional(Vec::new())
    }
}

impl<T: Encode<Any>, const N: usize> IntoArguments for [T; N] {
    fn into_arguments(self) -> Arguments {
        Arguments::Positional(self.iter().map(Encode::encode).collect())
    }
}

impl<T: Encode<Any>> IntoArguments for &[T] {
    fn into_arguments(self) -> Arguments {
        Arguments::Positional(self.iter().map(Encode::encode).collect())
    }
}

impl<T: Encode<Any>> IntoArguments for Vec<T> {
    fn into_arguments(self) -> Arguments {
        self.as_slice().into_arguments()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ $($name)* ;);
    };
    (@ ; $($done:ident)*) => {};
    (@ $next:ident $($rest:ident)* ; $($done:ident)*) => {
        impl<$($done: Encode<Any>,)* $next: Encode<Any>> IntoArguments for ($($done,)* $next,) {
            #[allow(non_snake_case)]
            fn into_arguments(self) -> Arguments {
                let ($($done,)* $next,) = self;
                Arguments::Positional(vec![$($done.encode(),)* $next.encode()])
            }
        }
        tuples!(@ $($rest)* ; $($done)* $next);
    };
}
tuples!(A B C D E F G H I J K L M N O P);
