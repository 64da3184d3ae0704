//! One value of a row, as the server gave it, read at will: `raw.int()`, `raw.text()`.

#[cfg(feature = "mysql")]
mod mysql;
mod owned;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
#[cfg(feature = "sqlite")]
mod sqlite;

pub(crate) use row::Plain;
pub use row::{AtOnce, Row};

use std::borrow::Cow;

use crate::{
    DecodeError, Value,
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// One value of a row. It is read by the method of the type that is wanted; nothing is copied that need not be.
///
/// Each method gives [`DecodeError::UnexpectedNull`] where the value is null, and [`DecodeError::WrongType`] where it is of another
/// type. No method changes a number: an integer is never read from text, nor a float from a decimal.
#[derive(Clone)]
pub struct Raw<'r>(Source<'r>);

#[derive(Clone)]
enum Source<'r> {
    Owned(&'r Value),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite<'r>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres<'r>),
    #[cfg(feature = "mysql")]
    Mysql(mysql::Mysql<'r>),
}

/// What each backend knows to read. What it does not have is of the wrong type.
trait Pull<'r> {
    fn is_null(&self) -> bool;
    fn type_name(&self) -> Cow<'static, str>;
    fn to_value(&self) -> Result<Value>;

    fn bool(&self) -> Result<bool> {
        self.wrong("a boolean")
    }
    fn integer(&self) -> Result<i128> {
        self.wrong("an integer")
    }
    fn float(&self) -> Result<f64> {
        self.wrong("a floating point number")
    }
    fn text(&self) -> Result<&'r str> {
        self.wrong("text")
    }
    fn bytes(&self) -> Result<&'r [u8]> {
        self.wrong("bytes")
    }
    fn numeric(&self) -> Result<Numeric> {
        self.wrong("a decimal number")
    }
    fn date(&self) -> Result<Date> {
        self.wrong("a date")
    }
    fn time(&self) -> Result<Time> {
        self.wrong("a time")
    }
    fn timetz(&self) -> Result<Timetz> {
        self.wrong("a time with time zone")
    }
    fn timestamp(&self) -> Result<Timestamp> {
        self.wrong("a timestamp without time zone")
    }
    fn timestamptz(&self) -> Result<Timestamptz> {
        self.wrong("a timestamp with time zone")
    }
    fn interval(&self) -> Result<Interval> {
        self.wrong("an interval")
    }
    fn uuid(&self) -> Result<[u8; 16]> {
        self.wrong("a uuid")
    }
    fn json(&self) -> Result<Cow<'r, str>> {
        self.wrong("json")
    }
    fn array(&self) -> Result<Vec<Raw<'r>>> {
        self.wrong("an array")
    }

    /// The error of a value that cannot be read as what was asked for.
    fn wrong<T>(&self, expected: &'static str) -> Result<T> {
        if self.is_null() {
            return Err(DecodeError::UnexpectedNull);
        }
        Err(DecodeError::wrong_type(expected, self.type_name()))
    }
}

macro_rules! pull {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(&self) -> $ty {
            match &self.0 {
                Source::Owned(source) => source.$name(),
                #[cfg(feature = "sqlite")]
                Source::Sqlite(source) => source.$name(),
                #[cfg(feature = "postgres")]
                Source::Postgres(source) => source.$name(),
                #[cfg(feature = "mysql")]
                Source::Mysql(source) => source.$name(),
            }
        }
    )*};
}

impl<'r> Raw<'r> {
    pull! {
        /// Whether it is SQL's null.
        is_null -> bool;
        /// The server's name of the value's type. SQLite's is that of the value itself: `integer`, `text`.
        type_name -> Cow<'static, str>;
        /// The value as it is, owned.
        to_value -> Result<Value>;
        /// A truth value; on SQLite and MySQL the integers 0 and 1.
        bool -> Result<bool>;
        /// An integer of any width.
        integer -> Result<i128>;
        /// A floating point number; also an integer, where an `f64` holds it exactly.
        float -> Result<f64>;
        /// Text of any kind: `varchar`, an enum's label, …
        text -> Result<&'r str>;
        /// Bytes.
        bytes -> Result<&'r [u8]>;
        /// A decimal number; also an integer.
        numeric -> Result<Numeric>;
        /// A day.
        date -> Result<Date>;
        /// A time of a day.
        time -> Result<Time>;
        /// A time of a day with its offset from UTC.
        timetz -> Result<Timetz>;
        /// A day and a time, without zone.
        timestamp -> Result<Timestamp>;
        /// An instant.
        timestamptz -> Result<Timestamptz>;
        /// An interval.
        interval -> Result<Interval>;
        /// A UUID's bytes.
        uuid -> Result<[u8; 16]>;
        /// JSON's text; of SQLite's values also a number, which is what it makes of JSON's numbers.
        json -> Result<Cow<'r, str>>;
        /// The elements of an array of one dimension.
        array -> Result<Vec<Raw<'r>>>;
    }

    /// A signed integer of any width.
    #[inline]
    pub fn int(&self) -> Result<i64> {
        let integer = self.integer()?;
        i64::try_from(integer).map_err(|_| DecodeError::out_of_range(integer, "i64"))
    }

    /// An integer that is not negative.
    pub fn uint(&self) -> Result<u64> {
        let integer = self.integer()?;
        u64::try_from(integer).map_err(|_| DecodeError::out_of_range(integer, "u64"))
    }
}

impl<'r> From<&'r Value> for Raw<'r> {
    fn from(value: &'r Value) -> Self {
        Raw(Source::Owned(value))
    }
}
