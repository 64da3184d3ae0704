//! A row whose columns are only known at run time.

mod compare;
mod decode;
mod fields;
mod index;

use std::{
    fmt,
    iter::{Map, Zip},
    ops::Index,
    slice,
    sync::Arc,
};

pub(crate) use decode::{DecodeColumn, DecodeRecord, DecodeValue};
#[doc(hidden)]
pub use fields::{Fields, Refs, Same, copy, record, same, show};
pub use index::ColumnIndex;

use crate::{Decode, Error, Raw, Result, Value, value::sql_types::Any};

/// A row whose columns are only known at run time: what `db.fetchone("select …", …)` gives.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # let db = aio_databases::Database::open("sqlite::memory:").await?;
/// let record = db.fetchone("select 1 as id, 'Ada' as name", ()).await?.unwrap();
/// assert_eq!(record["id"], 1);
/// assert_eq!(record[1], "Ada");
/// assert_eq!(record.get::<String>("name")?, "Ada");
/// assert_eq!(record, (1, "Ada"));
/// assert_eq!(record.to_string(), "id=1 name='Ada'");
/// assert_eq!(record.columns(), ["id", "name"]);
/// for (name, value) in &record {
///     println!("{name} is {value}");
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Record {
    /// One list for all rows of a result.
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Record {
    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The columns' names, in order. A name may stand more than once.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The values, in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values, in order, without a copy.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The columns' names with their values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.into_iter()
    }

    /// The value of a column, by index or by name: the first of this name. `None` where there is no such column.
    pub fn value(&self, column: impl ColumnIndex) -> Option<&Value> {
        self.values.get(column.find(&self.columns)?)
    }

    /// A column by index or by name, read as a Rust type.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnNotFound`], or [`Error::Decode`] where the value is of another type, does not fit, or is null and
    /// the type is no `Option`.
    pub fn get<T: Decode<Any>>(&self, column: impl ColumnIndex) -> Result<T> {
        let Some(index) = column.find(&self.columns).filter(|index| *index < self.len()) else {
            return Err(self.without(column));
        };
        T::decode(Raw::from(&self.values[index])).map_err(|source| Error::Decode {
            index,
            column: Some(self.columns[index].clone()),
            query: None,
            source: Box::new(source),
        })
    }

    /// The error of a column that it does not have.
    fn without(&self, column: impl ColumnIndex) -> Error {
        Error::ColumnNotFound { column: column.name(), columns: self.columns.to_vec(), query: None }
    }
}

impl<I: ColumnIndex> Index<I> for Record {
    type Output = Value;

    /// The value of a column, by index or by name.
    ///
    /// # Panics
    ///
    /// Where there is no such column; [`Record::value`] does not panic.
    fn index(&self, column: I) -> &Value {
        let found = column.find(&self.columns).and_then(|index| self.values.get(index));
        match found {
            Some(value) => value,
            None => panic!("{}", self.without(column)),
        }
    }
}

impl IntoIterator for Record {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    /// The values, in order.
    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl<'a> IntoIterator for &'a Record {
    type Item = (&'a str, &'a Value);
    type IntoIter = Zip<Map<slice::Iter<'a, String>, fn(&String) -> &str>, slice::Iter<'a, Value>>;

    /// The columns' names with their values, in order: [`Record::iter`].
    fn into_iter(self) -> Self::IntoIter {
        let names: Map<_, fn(&String) -> &str> = self.columns.iter().map(String::as_str);
        names.zip(&self.values)
    }
}

impl fmt::Display for Record {
    /// `id=1 name='Ada'`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            match value {
                Value::Text(text) => write!(f, "{space}{name}='{text}'")?,
                other => write!(f, "{space}{name}={other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Record {self}>")
    }
}
