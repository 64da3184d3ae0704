//! What the macros write down. Not for use by hand: it changes without notice.

pub use aio_databases_sql::Dialect as Backend;

pub use crate::{
    ColumnError, Done, Executor, Fetch, Query, Row, Value,
    encode::{arg, arg_not_null},
    query::{First, command, executemany, query, query_with_value},
    shape::{Any as AnyRows, One as OneRow, Shape},
    sql_types::*,
    statement::{Access, Cardinality as Rows, Sql, Statement},
};
