//! One value of a row, as the server sent it, read on request: `raw.int()`, `raw.text()`.

mod owned;
mod row;

pub(crate) use owned::{exact_float, json_number, parse, uuid_bytes, uuid_text};
pub use row::{AtOnce, Row};
pub(crate) use row::{Plain, RowSource};

use std::borrow::Cow;

use crate::{
    DecodeError, Value,
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// One value of a row. Read it with the method of the type that you want; nothing is copied that need not be.
///
/// Each method returns [`DecodeError::UnexpectedNull`] if the value is null, and [`DecodeError::WrongType`] if it has another
/// type. No method changes a number: an integer is never read from text, nor a float from a decimal.
#[derive(Clone, Copy)]
pub struct Raw<'r> {
    cell: Cell<'r>,
    ty: &'r dyn ValueType,
}

/// A value's content as it lies in the row, before its type is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'r> {
    Null,
    /// An integer of SQLite's.
    Integer(i64),
    /// A real of SQLite's.
    Real(f64),
    /// A text of SQLite's.
    Text(&'r [u8]),
    /// A blob of SQLite's.
    Blob(&'r [u8]),
    /// Bytes in a server's binary format, which the column's type explains.
    Binary(&'r [u8]),
    /// Bytes in a server's text format.
    Plaintext(&'r [u8]),
    /// A value of a dynamic record.
    Owned(&'r Value),
}

/// A backend's description of a column's type, with the reader of its values.
pub(crate) trait Typed {
    type Reader<'r>: Reader<'r>
    where
        Self: 'r;

    fn reader<'r>(&'r self, cell: Cell<'r>) -> Self::Reader<'r>;
}

/// How the values of one column are read.
pub(crate) trait ValueType {
    fn is_null<'r>(&'r self, cell: Cell<'r>) -> bool;
    fn type_name<'r>(&'r self, cell: Cell<'r>) -> Cow<'static, str>;
    fn to_value<'r>(&'r self, cell: Cell<'r>) -> Result<Value>;
    fn bool<'r>(&'r self, cell: Cell<'r>) -> Result<bool>;
    fn integer<'r>(&'r self, cell: Cell<'r>) -> Result<i128>;
    fn float<'r>(&'r self, cell: Cell<'r>) -> Result<f64>;
    fn text<'r>(&'r self, cell: Cell<'r>) -> Result<&'r str>;
    fn bytes<'r>(&'r self, cell: Cell<'r>) -> Result<&'r [u8]>;
    fn numeric<'r>(&'r self, cell: Cell<'r>) -> Result<Numeric>;
    fn date<'r>(&'r self, cell: Cell<'r>) -> Result<Date>;
    fn time<'r>(&'r self, cell: Cell<'r>) -> Result<Time>;
    fn timetz<'r>(&'r self, cell: Cell<'r>) -> Result<Timetz>;
    fn timestamp<'r>(&'r self, cell: Cell<'r>) -> Result<Timestamp>;
    fn timestamptz<'r>(&'r self, cell: Cell<'r>) -> Result<Timestamptz>;
    fn interval<'r>(&'r self, cell: Cell<'r>) -> Result<Interval>;
    fn uuid<'r>(&'r self, cell: Cell<'r>) -> Result<[u8; 16]>;
    fn json<'r>(&'r self, cell: Cell<'r>) -> Result<Cow<'r, str>>;
    fn array<'r>(&'r self, cell: Cell<'r>) -> Result<Vec<Raw<'r>>>;
}

impl<T: Typed> ValueType for T {
    #[inline]
    fn is_null<'r>(&'r self, cell: Cell<'r>) -> bool {
        self.reader(cell).is_null()
    }
    #[inline]
    fn type_name<'r>(&'r self, cell: Cell<'r>) -> Cow<'static, str> {
        self.reader(cell).type_name()
    }
    #[inline]
    fn to_value<'r>(&'r self, cell: Cell<'r>) -> Result<Value> {
        self.reader(cell).to_value()
    }
    #[inline]
    fn bool<'r>(&'r self, cell: Cell<'r>) -> Result<bool> {
        self.reader(cell).bool()
    }
    #[inline]
    fn integer<'r>(&'r self, cell: Cell<'r>) -> Result<i128> {
        self.reader(cell).integer()
    }
    #[inline]
    fn float<'r>(&'r self, cell: Cell<'r>) -> Result<f64> {
        self.reader(cell).float()
    }
    #[inline]
    fn text<'r>(&'r self, cell: Cell<'r>) -> Result<&'r str> {
        self.reader(cell).text()
    }
    #[inline]
    fn bytes<'r>(&'r self, cell: Cell<'r>) -> Result<&'r [u8]> {
        self.reader(cell).bytes()
    }
    #[inline]
    fn numeric<'r>(&'r self, cell: Cell<'r>) -> Result<Numeric> {
        self.reader(cell).numeric()
    }
    #[inline]
    fn date<'r>(&'r self, cell: Cell<'r>) -> Result<Date> {
        self.reader(cell).date()
    }
    #[inline]
    fn time<'r>(&'r self, cell: Cell<'r>) -> Result<Time> {
        self.reader(cell).time()
    }
    #[inline]
    fn timetz<'r>(&'r self, cell: Cell<'r>) -> Result<Timetz> {
        self.reader(cell).timetz()
    }
    #[inline]
    fn timestamp<'r>(&'r self, cell: Cell<'r>) -> Result<Timestamp> {
        self.reader(cell).timestamp()
    }
    #[inline]
    fn timestamptz<'r>(&'r self, cell: Cell<'r>) -> Result<Timestamptz> {
        self.reader(cell).timestamptz()
    }
    #[inline]
    fn interval<'r>(&'r self, cell: Cell<'r>) -> Result<Interval> {
        self.reader(cell).interval()
    }
    #[inline]
    fn uuid<'r>(&'r self, cell: Cell<'r>) -> Result<[u8; 16]> {
        self.reader(cell).uuid()
    }
    #[inline]
    fn json<'r>(&'r self, cell: Cell<'r>) -> Result<Cow<'r, str>> {
        self.reader(cell).json()
    }
    #[inline]
    fn array<'r>(&'r self, cell: Cell<'r>) -> Result<Vec<Raw<'r>>> {
        self.reader(cell).array()
    }
}

/// Reads one value. Whatever a backend does not have is of the wrong type.
pub(crate) trait Reader<'r>: Sized {
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

impl<'r> Raw<'r> {
    pub(crate) fn new(ty: &'r dyn ValueType, cell: Cell<'r>) -> Self {
        Raw { cell, ty }
    }

    /// Its content as it lies in the row.
    #[cfg(feature = "sqlite")]
    pub(crate) fn cell(&self) -> Cell<'r> {
        self.cell
    }

    /// Whether it is SQL's null.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.ty.is_null(self.cell)
    }

    /// The server's name of the value's type. SQLite's is that of the value itself: `integer`, `text`.
    #[inline]
    pub fn type_name(&self) -> Cow<'static, str> {
        self.ty.type_name(self.cell)
    }

    /// The value as it is, owned.
    #[inline]
    pub fn to_value(&self) -> Result<Value> {
        self.ty.to_value(self.cell)
    }

    /// A truth value; on SQLite and MySQL the integers 0 and 1.
    #[inline]
    pub fn bool(&self) -> Result<bool> {
        self.ty.bool(self.cell)
    }

    /// An integer of any width.
    #[inline]
    pub fn integer(&self) -> Result<i128> {
        self.ty.integer(self.cell)
    }

    /// A floating point number; also an integer, where an `f64` holds it exactly.
    #[inline]
    pub fn float(&self) -> Result<f64> {
        self.ty.float(self.cell)
    }

    /// Text of any kind: `varchar`, an enum's label, …
    #[inline]
    pub fn text(&self) -> Result<&'r str> {
        self.ty.text(self.cell)
    }

    /// Bytes.
    #[inline]
    pub fn bytes(&self) -> Result<&'r [u8]> {
        self.ty.bytes(self.cell)
    }

    /// A decimal number; also an integer.
    #[inline]
    pub fn numeric(&self) -> Result<Numeric> {
        self.ty.numeric(self.cell)
    }

    /// A day.
    #[inline]
    pub fn date(&self) -> Result<Date> {
        self.ty.date(self.cell)
    }

    /// A time of a day.
    #[inline]
    pub fn time(&self) -> Result<Time> {
        self.ty.time(self.cell)
    }

    /// A time of a day with its offset from UTC.
    #[inline]
    pub fn timetz(&self) -> Result<Timetz> {
        self.ty.timetz(self.cell)
    }

    /// A day and a time, without zone.
    #[inline]
    pub fn timestamp(&self) -> Result<Timestamp> {
        self.ty.timestamp(self.cell)
    }

    /// An instant.
    #[inline]
    pub fn timestamptz(&self) -> Result<Timestamptz> {
        self.ty.timestamptz(self.cell)
    }

    /// An interval.
    #[inline]
    pub fn interval(&self) -> Result<Interval> {
        self.ty.interval(self.cell)
    }

    /// A UUID's bytes.
    #[inline]
    pub fn uuid(&self) -> Result<[u8; 16]> {
        self.ty.uuid(self.cell)
    }

    /// JSON's text; of SQLite's values also a number, which is what it makes of JSON's numbers.
    #[inline]
    pub fn json(&self) -> Result<Cow<'r, str>> {
        self.ty.json(self.cell)
    }

    /// The elements of an array of one dimension.
    #[inline]
    pub fn array(&self) -> Result<Vec<Raw<'r>>> {
        self.ty.array(self.cell)
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
        Raw::new(&owned::Owned, Cell::Owned(value))
    }
}
