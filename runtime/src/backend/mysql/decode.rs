//! Reading MySQL's and MariaDB's values, in the binary format.
//!
//! Dates, times and decimals are also read from text: the server makes text of them where it unites them with something else,
//! as in `coalesce(?, created)`.

use std::borrow::Cow;

use sqlx::{
    Column as _, Decode, MySql, Row as _, Type, TypeInfo as _, ValueRef as _,
    mysql::{MySqlRow, MySqlTypeInfo, MySqlValueRef},
};

use crate::{
    DecodeError, Raw, Value,
    backend::mysql::encode::wire,
    value::reference::{Cell, Plain, Reader, RowSource, Typed, exact_float, parse, uuid_bytes, uuid_text},
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

#[derive(Clone)]
pub(crate) struct Mysql<'r>(MySqlValueRef<'r>);

/// What a value is, by its column's type.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Signed,
    /// Also `year` and `bit`.
    Unsigned,
    Float,
    Decimal,
    Date,
    Time,
    /// `datetime` and `timestamp`.
    Instant,
    /// Also enums and sets.
    Text,
    /// Also geometries.
    Bytes,
    Json,
    Null,
}

impl Kind {
    fn of(ty: &MySqlTypeInfo) -> Self {
        fn is<T: Type<MySql> + ?Sized>(ty: &MySqlTypeInfo) -> bool {
            T::compatible(ty)
        }
        // By type first: sqlx calls every `tinyint(1)`, unsigned or not, BOOLEAN.
        if is::<i64>(ty) {
            return Kind::Signed;
        }
        if is::<u64>(ty) {
            return Kind::Unsigned;
        }
        if is::<str>(ty) {
            return Kind::Text;
        }
        match ty.name() {
            "YEAR" | "BIT" => Kind::Unsigned,
            "FLOAT" | "DOUBLE" => Kind::Float,
            "DECIMAL" => Kind::Decimal,
            "DATE" => Kind::Date,
            "TIME" => Kind::Time,
            "DATETIME" | "TIMESTAMP" => Kind::Instant,
            "ENUM" | "SET" => Kind::Text,
            "JSON" => Kind::Json,
            "NULL" => Kind::Null,
            _ => Kind::Bytes,
        }
    }
}

impl<'a> Typed for Mysql<'a> {
    type Reader<'r>
        = Mysql<'r>
    where
        'a: 'r;

    fn reader<'r>(&'r self, _: Cell<'r>) -> Mysql<'r> {
        self.clone()
    }
}

/// A row, with its values.
pub(crate) struct MysqlRow<'r> {
    row: &'r MySqlRow,
    values: Vec<Mysql<'r>>,
}

impl<'r> MysqlRow<'r> {
    pub(crate) fn new(row: &'r MySqlRow) -> Self {
        let values = (0..row.len()).filter_map(|column| row.try_get_raw(column).ok().map(Mysql));
        MysqlRow { row, values: values.collect() }
    }
}

impl RowSource for MysqlRow<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn names(&self) -> Vec<String> {
        self.row.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        let size =
            |value: &Mysql<'_>| <&[u8] as Decode<MySql>>::decode(value.0.clone()).map_or(8, <[u8]>::len);
        self.values.iter().map(size).sum()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        Some(Raw::new(self.values.get(column)?, Cell::Null))
    }

    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        let value = &self.values.get(column)?;
        if value.is_null() {
            return Some(Plain::Null);
        }
        let read = value.0.clone();
        match value.kind() {
            Kind::Signed => <i64 as Decode<MySql>>::decode(read).ok().map(Plain::Integer),
            Kind::Float => <f64 as Decode<MySql>>::decode(read).ok().map(Plain::Float),
            Kind::Text => <&[u8] as Decode<MySql>>::decode(read).ok().map(Plain::Text),
            _ => None,
        }
    }
}

impl<'r> Mysql<'r> {
    fn kind(&self) -> Kind {
        Kind::of(&self.0.type_info())
    }

    /// The value as sqlx reads it, which knows both formats.
    fn sqlx<T: sqlx::Decode<'r, MySql>>(&self, what: &'static str) -> Result<T> {
        if self.is_null() {
            return Err(DecodeError::UnexpectedNull);
        }
        T::decode(self.0.clone()).map_err(|error| DecodeError::invalid(what, error))
    }

    fn some(&self) -> Result<&'r [u8]> {
        self.sqlx("bytes")
    }

    fn str(&self) -> Result<&'r str> {
        self.sqlx("UTF-8 text")
    }

    /// A date or time: in the binary format, which begins with a small length, or as text.
    fn temporal<T: std::str::FromStr>(&self, what: &'static str, read: fn(&[u8]) -> Option<T>) -> Result<T> {
        let bytes = self.some()?;
        if bytes.first().is_some_and(|&first| first > 12) {
            return parse(self.str()?, what);
        }
        read(bytes).ok_or_else(|| DecodeError::invalid(what, date_text(bytes)))
    }

    /// A `time` in microseconds.
    fn micros(&self) -> Result<i64> {
        let bytes = self.some()?;
        wire::read_time(bytes).ok_or_else(|| DecodeError::invalid("a time", format_args!("{bytes:?}")))
    }
}

/// A date that is none, as the server writes it: `0000-00-00`.
fn date_text(bytes: &[u8]) -> String {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    format!("{:04}-{:02}-{:02}", u16::from_le_bytes([byte(1), byte(2)]), byte(3), byte(4))
}

impl<'r> Reader<'r> for Mysql<'r> {
    fn is_null(&self) -> bool {
        // Not sqlx's: it takes `0000-00-00` for null, even in a column that is never null.
        <&[u8] as sqlx::Decode<MySql>>::decode(self.0.clone()).is_err()
    }

    fn type_name(&self) -> Cow<'static, str> {
        let name = match (self.kind(), self.0.type_info().name()) {
            (_, "BOOLEAN") => "tinyint(1)",
            // sqlx takes text that is compared by its bytes for bytes.
            (Kind::Text, "BINARY") => "char",
            (Kind::Text, "VARBINARY") => "varchar",
            (Kind::Text, "TINYBLOB") => "tinytext",
            (Kind::Text, "BLOB") => "text",
            (Kind::Text, "MEDIUMBLOB") => "mediumtext",
            (Kind::Text, "LONGBLOB") => "longtext",
            (_, name) => return name.to_lowercase().into(),
        };
        name.into()
    }

    fn to_value(&self) -> Result<Value> {
        if self.is_null() {
            return Ok(Value::Null);
        }
        Ok(match self.kind() {
            Kind::Null => Value::Null,
            Kind::Signed => Value::Int(self.sqlx("an integer")?),
            Kind::Unsigned => Value::UInt(self.sqlx("an integer")?),
            Kind::Float => Value::Float(self.float()?),
            Kind::Decimal => Value::Numeric(self.numeric()?),
            Kind::Date => Value::Date(self.date()?),
            Kind::Time => match self.time() {
                Ok(time) => Value::Time(time),
                Err(_) => Value::Interval(self.interval()?),
            },
            Kind::Instant if self.0.type_info().name() == "TIMESTAMP" => {
                Value::Timestamptz(self.timestamptz()?)
            }
            Kind::Instant => Value::Timestamp(self.timestamp()?),
            Kind::Text => Value::Text(self.str()?.into()),
            Kind::Bytes => Value::Bytes(self.some()?.into()),
            Kind::Json => Value::Json(self.str()?.into()),
        })
    }

    fn bool(&self) -> Result<bool> {
        match self.kind() {
            Kind::Signed | Kind::Unsigned => match self.integer()? {
                value @ (0 | 1) => Ok(value == 1),
                value => Err(DecodeError::out_of_range(value, "bool")),
            },
            _ => self.wrong("a boolean (0 or 1)"),
        }
    }

    fn integer(&self) -> Result<i128> {
        match self.kind() {
            Kind::Signed => self.sqlx::<i64>("an integer").map(Into::into),
            Kind::Unsigned => self.sqlx::<u64>("an integer").map(Into::into),
            _ => self.wrong("an integer"),
        }
    }

    fn float(&self) -> Result<f64> {
        match self.kind() {
            Kind::Float => self.sqlx("a floating point number"),
            Kind::Signed | Kind::Unsigned => exact_float(self.integer()?),
            _ => self.wrong("a floating point number"),
        }
    }

    fn text(&self) -> Result<&'r str> {
        match self.kind() {
            Kind::Text => self.str(),
            _ => self.wrong("text"),
        }
    }

    fn bytes(&self) -> Result<&'r [u8]> {
        match self.kind() {
            Kind::Bytes => self.some(),
            _ => self.wrong("bytes"),
        }
    }

    fn numeric(&self) -> Result<Numeric> {
        match self.kind() {
            Kind::Decimal | Kind::Text => parse(self.str()?, "a decimal number"),
            Kind::Signed | Kind::Unsigned => Ok(self.integer()?.into()),
            _ => self.wrong("a decimal number"),
        }
    }

    fn date(&self) -> Result<Date> {
        match self.kind() {
            Kind::Date | Kind::Text => self.temporal("a date", wire::read_date),
            _ => self.wrong("a date"),
        }
    }

    fn time(&self) -> Result<Time> {
        match self.kind() {
            Kind::Time => {
                let micros = self.micros()?;
                let nanos = u64::try_from(micros).ok().and_then(|micros| micros.checked_mul(1_000));
                let value = Interval { micros, ..Interval::default() };
                nanos.and_then(Time::from_nanos).ok_or_else(|| DecodeError::out_of_range(value, "Time"))
            }
            Kind::Text => parse(self.str()?, "a time"),
            _ => self.wrong("a time"),
        }
    }

    fn timestamp(&self) -> Result<Timestamp> {
        match self.kind() {
            Kind::Instant | Kind::Text => self.temporal("a date and time", wire::read_datetime),
            _ => self.wrong("a date and time"),
        }
    }

    fn timestamptz(&self) -> Result<Timestamptz> {
        // The session's zone is UTC.
        self.timestamp().map(Timestamptz::from_utc)
    }

    fn interval(&self) -> Result<Interval> {
        match self.kind() {
            Kind::Time => Ok(Interval { micros: self.micros()?, ..Interval::default() }),
            _ => self.wrong("a time"),
        }
    }

    fn uuid(&self) -> Result<[u8; 16]> {
        match self.kind() {
            Kind::Bytes => uuid_bytes(self.some()?),
            Kind::Text => uuid_text(self.str()?),
            _ => self.wrong("a uuid"),
        }
    }

    fn json(&self) -> Result<Cow<'r, str>> {
        match self.kind() {
            Kind::Json | Kind::Text => self.str().map(Cow::Borrowed),
            _ => self.wrong("json"),
        }
    }
}
