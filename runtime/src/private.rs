//! What the macros write down. Not for use by hand: it changes without notice.

pub use aio_databases_sql::Dialect;

pub use crate::{
    ColumnError, Decode, DecodeError, Done, Encode, Executor, Fetch, NotNull, Query, Raw, Row, Value,
    execute::checked::{First, command, executemany, query, query_with_value},
    execute::copy::copy_rows as copy_in,
    execute::executor::reach,
    statement::shape::{Any as AnyRows, One as OneRow, Shape, Writes},
    statement::{Access, Batch, Cardinality as Rows, Sql, Statement},
    value,
    value::decode::{first, first_nullable, first_some, nullable},
    value::encode::{Put, arg, arg_not_null, put, put_not_null},
    value::record::{Fields, Refs, Same, copy, record, same, show},
    value::sql_types::*,
};

#[cfg(feature = "verify")]
pub use crate::verify::Checked;
#[cfg(feature = "verify")]
pub use inventory::submit;

// The standard library's, whatever these names mean where the macro is called.
pub use std::{
    clone::Clone,
    cmp::PartialEq,
    fmt::{Debug, Formatter, Result as Shown},
    iter::{IntoIterator, Iterator},
    option::Option::{self, Some},
    primitive::bool,
    result::Result::{self, Ok},
    string::String,
    vec::Vec,
};

// The crates whose types stand for SQL's, so that a crate that uses the macros needs no dependency of its own on them.
#[cfg(feature = "chrono")]
pub use chrono;
#[cfg(feature = "rust_decimal")]
pub use rust_decimal;
#[cfg(feature = "json")]
pub use serde_json;
#[cfg(feature = "time")]
pub use time;
#[cfg(feature = "uuid")]
pub use uuid;
