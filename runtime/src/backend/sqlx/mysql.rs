//! MySQL and MariaDB through sqlx: each argument brings its type, rows come in the binary format.

use std::sync::OnceLock;

use ::sqlx::{
    Arguments as _, Column as _, Decode, Encode, Executor as _, MySql, MySqlConnection, Row as _, SqlStr,
    Type, TypeInfo as _,
    encode::IsNull,
    error::{BoxDynError, Error as SqlxError},
    mysql::{MySqlArguments, MySqlDatabaseError, MySqlRow, MySqlTypeInfo, types::MySqlTime},
};
use aio_databases_mysql::ColumnType;

use super::{
    errors::error,
    rows::{Next, Reading},
    run::{Driver, sql},
};
use crate::{
    Backend, DatabaseError, Done, Error, Raw, Result, Row, Value,
    backend::{
        mysql::{
            decode::plain,
            encode::{name, type_of, write},
            errors::said,
            results::SEVERAL_RESULTS,
            types::{Described, MysqlType},
        },
        refusal::argument,
        sink::Discard,
    },
    statement::{
        command::{Command, Text},
        kind::StatementKind,
    },
    value::reference::{Cell, Plain, RowSource},
};

/// The error of a statement that travels as text only; it has not run.
const NOT_PREPARABLE: u16 = 1295;

/// The error of `set transaction` in a transaction.
const IN_TRANSACTION: u16 = 1568;

impl Driver for MySql {
    const BACKEND: Backend = Backend::Mysql;
    const BEGIN: &'static str = "begin";
    const BATCHES: bool = true;
    // It takes the reply to what it prepares for the end of the dropped query.
    const RECOVERS: bool = false;

    async fn statement(
        connection: &mut MySqlConnection,
        text: &Text,
        command: &Command,
        args: &[Vec<Value>],
        reading: &mut Reading<'_>,
    ) -> Result<Done> {
        let types = Types::get(connection, args).await?;
        let arguments = arguments(&types, command, args)?;
        let has_none = arguments.len() == 0;
        let mut done = read(connection, sql(text), Some(arguments), reading).await;
        if has_none && done.as_ref().is_err_and(|error| number(error) == Some(NOT_PREPARABLE)) {
            done = read(connection, sql(text), None, reading).await;
        }
        let done = done.map_err(error::<MySql>)?;
        let returns_rows =
            matches!(command.kind, StatementKind::Insert | StatementKind::Change) && reading.rows > 0;
        Ok(Done {
            // MariaDB's `returning`: there are the rows instead of a count.
            rows_affected: if returns_rows { reading.rows } else { done.rows_affected() },
            last_insert_id: i64::try_from(done.last_insert_id()).ok().filter(|id| *id != 0),
        })
    }

    async fn is_in_transaction(connection: &mut MySqlConnection) -> Result<bool> {
        // Only in a transaction the first is an error, and what it sets ends with the next one.
        const ASK: &str = "set transaction read only; start transaction; commit";
        match connection.execute(ASK).await {
            Ok(_) => Ok(false),
            Err(error) if number(&error) == Some(IN_TRANSACTION) => Ok(true),
            Err(other) => Err(error::<MySql>(other)),
        }
    }

    fn database_error(error: Box<dyn ::sqlx::error::DatabaseError>) -> DatabaseError {
        let shown = match error.try_downcast_ref::<MySqlDatabaseError>() {
            Some(error) => said(error.number(), error.code().unwrap_or("HY000"), error.message()),
            None => said(0, "HY000", error.message()),
        };
        DatabaseError { source: Some(error.into_error()), ..shown }
    }
}

/// The server's number of an error.
fn number(error: &SqlxError) -> Option<u16> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}

/// Reads the rows of a statement. Without arguments it travels as text.
async fn read(
    connection: &mut MySqlConnection,
    text: SqlStr,
    arguments: Option<MySqlArguments>,
    reading: &mut Reading<'_>,
) -> Result<<MySql as ::sqlx::Database>::QueryResult, SqlxError> {
    let is_binary = arguments.is_some();
    let wants_no_row = (&*reading.sink as &dyn std::any::Any).is::<Discard>();
    let results = connection.fetch_many((text, arguments));
    let mut columns: Option<(usize, Vec<String>, Vec<&'static MysqlType>)> = None;
    reading
        .read::<MySql>(results, |reading, result, row| {
            let names =
                |row: &MySqlRow| row.columns().iter().map(|column| column.name().to_owned()).collect();
            let types = |row: &MySqlRow| row.columns().iter().map(|column| ty(column.type_info())).collect();
            match &mut columns {
                None => columns = Some((result, names(row), types(row))),
                // A procedure can return several results.
                Some((first, known, their_types)) if *first != result => {
                    let next: Vec<String> = names(row);
                    if next != *known && !wants_no_row {
                        return reading.fail(Error::Unsupported { message: SEVERAL_RESULTS, query: None });
                    }
                    (*first, *their_types) = (result, types(row));
                }
                Some(_) => {}
            }
            match &columns {
                Some((.., types)) => reading.take(&Row::new(&MysqlRow { row, types, is_binary })),
                None => Next::Read,
            }
        })
        .await
}

/// The arguments of a statement, for each of its rows.
fn arguments(types: &Types, command: &Command, args: &[Vec<Value>]) -> Result<MySqlArguments> {
    let rejected = |source| Error::Encode { query: None, source: Box::new(source) };
    let mut arguments = MySqlArguments::default();
    let mut bytes = Vec::new();
    for row in args {
        for &index in command.order.iter() {
            let value = argument(row, index).map_err(rejected)?;
            bytes.clear();
            write(value, &mut bytes).map_err(|refusal| rejected(refusal.of(index, name(value), value)))?;
            let bytes = if value.is_null() { None } else { Some(&*bytes) };
            arguments.add(Argument { ty: types.of(value)?, bytes }).map_err(Error::protocol)?;
        }
    }
    Ok(arguments)
}

/// sqlx's descriptions of the types that it has only with optional dependencies. They are the same for all servers.
static TYPES: OnceLock<Types> = OnceLock::new();

#[derive(Clone, Default)]
struct Types {
    decimal: Option<MySqlTypeInfo>,
    date: Option<MySqlTypeInfo>,
    datetime: Option<MySqlTypeInfo>,
}

impl Types {
    /// The types, which a server is asked about if a value needs one of them.
    async fn get(connection: &mut MySqlConnection, args: &[Vec<Value>]) -> Result<Types> {
        const ASK: &str = "select cast(1 as decimal(65, 30)), cast('2000-01-01' as date), cast('2000-01-01' as datetime(6))";
        if let Some(types) = TYPES.get() {
            return Ok(types.clone());
        }
        let needs = |value: &Value| {
            matches!(type_of(value).0, ColumnType::NEW_DECIMAL | ColumnType::DATE | ColumnType::DATETIME)
        };
        if !args.iter().flatten().any(needs) {
            return Ok(Types::default());
        }
        let row = connection.fetch_one(ASK).await.map_err(error::<MySql>)?;
        let ty = |index: usize| row.try_column(index).ok().map(|column| column.type_info().clone());
        let types = Types { decimal: ty(0), date: ty(1), datetime: ty(2) };
        Ok(TYPES.get_or_init(|| types).clone())
    }

    /// The type that a value is sent as.
    fn of(&self, value: &Value) -> Result<MySqlTypeInfo> {
        let learned = |ty: &Option<MySqlTypeInfo>| {
            ty.clone().ok_or_else(|| Error::protocol("the server did not describe a type"))
        };
        Ok(match type_of(value) {
            (ColumnType::TINY, _) => <bool as Type<MySql>>::type_info(),
            (ColumnType::LONG_LONG, false) => <i64 as Type<MySql>>::type_info(),
            (ColumnType::LONG_LONG, true) => <u64 as Type<MySql>>::type_info(),
            (ColumnType::DOUBLE, _) => <f64 as Type<MySql>>::type_info(),
            (ColumnType::TIME, _) => MySqlTime::type_info(),
            (ColumnType::BLOB, _) => <[u8] as Type<MySql>>::type_info(),
            (ColumnType::NEW_DECIMAL, _) => learned(&self.decimal)?,
            (ColumnType::DATE, _) => learned(&self.date)?,
            (ColumnType::DATETIME, _) => learned(&self.datetime)?,
            _ => <str as Type<MySql>>::type_info(),
        })
    }
}

/// An argument in the binary format.
struct Argument<'a> {
    ty: MySqlTypeInfo,
    bytes: Option<&'a [u8]>,
}

impl Type<MySql> for Argument<'_> {
    fn type_info() -> MySqlTypeInfo {
        <str as Type<MySql>>::type_info()
    }
}

impl<'q> Encode<'q, MySql> for Argument<'_> {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<MySqlTypeInfo> {
        Some(self.ty.clone())
    }
}

/// A column's type, of which sqlx shows the name.
fn ty(info: &MySqlTypeInfo) -> &'static MysqlType {
    let name = info.name();
    let is_bool = name == "BOOLEAN";
    let ty = match name.strip_suffix(" UNSIGNED").unwrap_or(name) {
        "BOOLEAN" | "TINYINT" => ColumnType::TINY,
        "SMALLINT" => ColumnType::SHORT,
        "MEDIUMINT" => ColumnType::INT24,
        "INT" => ColumnType::LONG,
        "BIGINT" => ColumnType::LONG_LONG,
        "YEAR" => ColumnType::YEAR,
        "BIT" => ColumnType::BIT,
        "FLOAT" => ColumnType::FLOAT,
        "DOUBLE" => ColumnType::DOUBLE,
        "DECIMAL" => ColumnType::NEW_DECIMAL,
        "DATE" => ColumnType::DATE,
        "TIME" => ColumnType::TIME,
        "DATETIME" => ColumnType::DATETIME,
        "TIMESTAMP" => ColumnType::TIMESTAMP,
        "JSON" => ColumnType::JSON,
        "NULL" => ColumnType::NULL,
        "GEOMETRY" => ColumnType::GEOMETRY,
        "ENUM" => ColumnType::ENUM,
        "SET" => ColumnType::SET,
        // A text with a binary collation has the name of bytes.
        "CHAR" | "BINARY" => ColumnType::STRING,
        "VARCHAR" | "VARBINARY" => ColumnType::VAR_STRING,
        "TINYTEXT" | "TINYBLOB" => ColumnType::TINY_BLOB,
        "MEDIUMTEXT" | "MEDIUMBLOB" => ColumnType::MEDIUM_BLOB,
        "LONGTEXT" | "LONGBLOB" => ColumnType::LONG_BLOB,
        _ => ColumnType::BLOB,
    };
    Described {
        ty,
        is_unsigned: name.ends_with(" UNSIGNED") || is_bool && *info == <u8 as Type<MySql>>::type_info(),
        is_bool,
        is_binary: !<str as Type<MySql>>::compatible(info),
    }
    .ty()
}

struct MysqlRow<'r> {
    row: &'r MySqlRow,
    types: &'r [&'static MysqlType],
    is_binary: bool,
}

impl MysqlRow<'_> {
    /// The bytes of a value; `Some(None)`: it is null.
    fn bytes(&self, column: usize) -> Option<Option<&[u8]>> {
        let value = self.row.try_get_raw(column).ok()?;
        // sqlx takes zero dates for null, but has their bytes.
        let Ok(bytes) = <&[u8] as Decode<'_, MySql>>::decode(value) else { return Some(None) };
        // sqlx leaves the length before dates and times.
        let has_length = self.is_binary && self.types.get(column)?.is_temporal();
        Some(Some(if has_length { bytes.get(1..)? } else { bytes }))
    }
}

impl RowSource for MysqlRow<'_> {
    fn len(&self) -> usize {
        self.types.len()
    }

    fn names(&self) -> Vec<String> {
        self.row.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        (0..self.len()).map(|column| self.bytes(column).flatten().map_or(8, <[u8]>::len)).sum()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let ty = *self.types.get(column)?;
        let cell = match self.bytes(column)? {
            None => Cell::Null,
            Some(bytes) if self.is_binary => Cell::Binary(bytes),
            Some(bytes) => Cell::Plaintext(bytes),
        };
        Some(Raw::new(ty, cell))
    }

    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        match self.bytes(column)? {
            None => Some(Plain::Null),
            Some(bytes) => plain(self.types.get(column)?, bytes, self.is_binary),
        }
    }
}
