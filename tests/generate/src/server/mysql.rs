//! MariaDB says what it gives when a statement is prepared, and again when it has run.

use std::collections::HashMap;

use aio_databases_analyzer::{Catalog, Relation, RelationKind, Type};
use anyhow::Result;
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, MySqlConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _,
    mysql::{MySqlArguments, MySqlConnectOptions, MySqlRow, MySqlTypeInfo},
    types::{
        Decimal,
        time::{Date, PrimitiveDateTime, Time},
    },
};
use tokio::runtime::Runtime;

use super::{
    Argument, Described, Ran, Server,
    catalog::{self, Listed},
};

/// A connection, and a database of its own.
pub(super) struct Mysql {
    runtime: Runtime,
    conn: MySqlConnection,
    database: String,
}

impl Mysql {
    pub(super) fn new(url: &str, name: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // The session that the run time has.
        let options: MySqlConnectOptions = url.parse()?;
        let options = options.pipes_as_concat(false).no_engine_substitution(false);
        let mut conn = runtime.block_on(MySqlConnection::connect_with(&options))?;
        // Many small questions are asked faster where the server's socket is at hand.
        let row = runtime.block_on(sqlx::query("select @@socket").fetch_one(&mut conn))?;
        let socket: String = row.try_get(0)?;
        if std::path::Path::new(&socket).exists() {
            let near = options.clone().host("localhost").socket(&socket);
            if let Ok(near) = runtime.block_on(MySqlConnection::connect_with(&near)) {
                conn = near;
            }
        }
        Ok(Mysql { runtime, conn, database: name.to_owned() })
    }

    /// The version that the server says.
    pub(super) fn version(&mut self) -> Result<String> {
        let row = self.runtime.block_on(sqlx::query("select version()").fetch_one(&mut self.conn))?;
        Ok(row.try_get(0)?)
    }

    fn script(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        self.runtime.block_on(query.execute(&mut self.conn)).map(|_| ())
    }

    fn fetch(&mut self, sql: &str, arguments: &[Argument]) -> Result<Vec<MySqlRow>, sqlx::Error> {
        let mut query =
            sqlx::query_with(AssertSqlSafe(sql.to_owned()), MySqlArguments::default()).persistent(false);
        for argument in arguments {
            let ty = argument.ty.as_ref().map_or_else(String::new, Type::to_string);
            query = match &argument.value {
                None => query.bind(None::<i64>),
                Some(text) => match ty.as_str() {
                    "float" | "double" | "float unsigned" | "double unsigned" => {
                        query.bind(text.parse::<f64>().unwrap_or(1.5))
                    }
                    "decimal" | "decimal unsigned" => {
                        query.bind(text.parse::<Decimal>().unwrap_or(Decimal::TEN))
                    }
                    "date" => query.bind(day(text)),
                    "time" => query.bind(Time::from_hms(12, 30, 0).unwrap_or(Time::MIDNIGHT)),
                    "datetime" | "timestamp" => query.bind(PrimitiveDateTime::new(day(text), Time::MIDNIGHT)),
                    // As wide as said, so that what is computed of it is as wide as it may be.
                    "int" | "mediumint" => query.bind(text.parse::<i32>().unwrap_or(1)),
                    "smallint" => query.bind(text.parse::<i16>().unwrap_or(1)),
                    "tinyint" | "tinyint(1)" => query.bind(text.parse::<i8>().unwrap_or(1)),
                    "int unsigned" | "mediumint unsigned" => query.bind(text.parse::<u32>().unwrap_or(1)),
                    "smallint unsigned" | "year" => query.bind(text.parse::<u16>().unwrap_or(1)),
                    "tinyint unsigned" => query.bind(text.parse::<u8>().unwrap_or(1)),
                    "bigint unsigned" => query.bind(text.parse::<u64>().unwrap_or(1)),
                    "bigint" => query.bind(text.parse::<i64>().unwrap_or(1)),
                    name if name.contains("blob") || name.contains("binary") => {
                        query.bind(text.clone().into_bytes())
                    }
                    _ => query.bind(text.clone()),
                },
            };
        }
        self.runtime.block_on(query.fetch_all(&mut self.conn))
    }
}

impl Server for Mysql {
    fn has_function(&mut self, name: &str) -> bool {
        let Err(error) = self.script(&format!("select {name}()")) else { return true };
        !error.to_string().contains("does not exist")
    }

    fn fresh(&mut self) -> Result<()> {
        let name = &self.database;
        let sql = format!(
            "drop database if exists {name}; create database {name}; use {name}; set max_statement_time = 1"
        );
        Ok(self.script(&sql)?)
    }

    fn take(&mut self, statement: &str) -> bool {
        if self.script(statement).is_err() {
            return false;
        }
        let view = statement.strip_prefix("create view ").and_then(|rest| rest.split_whitespace().next());
        let Some(view) = view else { return true };
        // MariaDB keeps a view as it prints it, and can't always read that again.
        let reads = self.script(&format!("select 1 from {view} limit 0")).is_ok();
        reads || self.script(&format!("drop view {view}")).is_err()
    }

    fn column_types(&mut self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn catalog(&mut self, catalog: &Catalog) -> Result<Vec<String>> {
        let sql = "select table_name, column_name, is_nullable, data_type from information_schema.columns
             where table_schema = database() order by table_name, ordinal_position";
        let mut server: HashMap<String, Vec<Listed>> = HashMap::new();
        for row in self.fetch(sql, &[])? {
            let text = |at| row.try_get::<String, _>(at);
            // Bytes, since it is a system's table.
            let ty = String::from_utf8(row.try_get_unchecked(3)?)?;
            let column = Listed { name: text(1)?, ty, not_null: text(2)? == "NO" };
            server.entry(text(0)?).or_default().push(column);
        }
        // What a view makes of a type the server lists by other names.
        let same = |relation: &Relation, said: &Type, ty: &str| {
            relation.kind != RelationKind::Table || declared(said, ty)
        };
        Ok(catalog::compare(catalog, server, same))
    }

    fn fill(&mut self, tables: &[String], rows: &[String]) -> Result<()> {
        self.script("set foreign_key_checks = 0; start transaction")?;
        for table in tables {
            self.script(&format!("delete from {table}"))?;
        }
        for row in rows {
            // Keys collide, checks fail: then there is a row less.
            let _ = self.script(row);
        }
        Ok(self.script("commit; set foreign_key_checks = 1")?)
    }

    fn describe(&mut self, sql: &str) -> Result<Result<Described, String>> {
        let prepared = self.runtime.block_on(self.conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()));
        let described = match prepared {
            Ok(statement) => {
                let typed = !sql.contains('?');
                let columns: Vec<_> = (statement.columns().iter())
                    .map(|column| (column.name().to_owned(), typed.then(|| name(column.type_info()))))
                    .collect();
                let selects = ["select", "with", "values", "("].iter().any(|word| sql.starts_with(word));
                // The columns of `returning` are only known when it runs.
                let columns = (selects || !columns.is_empty()).then_some(columns);
                Ok(Described { columns, params: None, reads: None })
            }
            Err(sqlx::Error::Database(error)) => Err(error.message().to_owned()),
            Err(error) => return Err(error.into()),
        };
        self.runtime.block_on(self.conn.clear_cached_statements())?;
        Ok(described)
    }

    fn run(&mut self, sql: &str, arguments: &[Argument], reads: bool) -> Result<Ran> {
        self.script(if reads { "start transaction read only" } else { "start transaction" })?;
        let ran = match self.fetch(sql, arguments) {
            Ok(rows) => {
                let columns: Vec<_> = rows.first().map_or_else(Vec::new, |row| {
                    let column = |column: &sqlx::mysql::MySqlColumn| {
                        (column.name().to_owned(), Some(name(column.type_info())))
                    };
                    row.columns().iter().map(column).collect()
                });
                let null = |at| rows.iter().any(|row| is_null(row, at));
                Ran::Rows { count: rows.len(), nulls: (0..columns.len()).map(null).collect(), columns }
            }
            Err(sqlx::Error::Database(error)) if error.message().contains("READ ONLY") => {
                Ran::Wrote(error.message().to_owned())
            }
            Err(sqlx::Error::Database(error)) => Ran::Failed(error.message().to_owned()),
            Err(error) => return Err(error.into()),
        };
        self.script("rollback")?;
        Ok(ran)
    }

    /// Text and JSON are told apart by nothing but their length, `tinyint(1)` is called boolean, and of an integer the server may
    /// say that it is shorter than the analyzer does, who speaks for MySQL, too.
    fn same(&self, said: &Type, seen: &str) -> bool {
        const WIDTHS: [&str; 5] = ["tinyint", "smallint", "mediumint", "int", "bigint"];
        let width = |name: &str| WIDTHS.iter().position(|known| *known == name.trim_end_matches(" unsigned"));
        let (said, seen) = (said.to_string(), kind(seen));
        let said = kind(&said);
        // Of other numbers it does not tell whether they have a sign.
        let said = match said.strip_suffix(" unsigned") {
            Some(number) if width(number).is_none() => number,
            _ => said,
        };
        // A whole literal is an `int`, and a `bigint` where an aggregate kept it.
        if (said, seen) == ("int", "bigint") {
            return true;
        }
        let sign = said.ends_with(" unsigned") == seen.ends_with(" unsigned");
        said == seen || (sign && width(said).zip(width(seen)).is_some_and(|(said, seen)| said > seen))
    }
}

impl Drop for Mysql {
    fn drop(&mut self) {
        let name = &self.database;
        let sql = format!("drop database if exists {name}");
        if let Err(error) = self.script(&sql) {
            eprintln!("{sql}: {error}");
        }
    }
}

/// A type's name on the wire; text that is compared by its bytes is text.
fn name(ty: &MySqlTypeInfo) -> String {
    match <str as sqlx::Type<sqlx::MySql>>::compatible(ty) {
        true => "text".to_owned(),
        false => ty.name().to_lowercase(),
    }
}

/// Whether a value is null: not only a date of zeros, which the driver takes for one.
fn is_null(row: &MySqlRow, at: usize) -> bool {
    row.try_get_unchecked::<Vec<u8>, _>(at).is_err()
}

fn day(text: &str) -> Date {
    let year = text.get(..4).and_then(|year| year.parse().ok()).unwrap_or(2020);
    Date::from_ordinal_date(year, 31).unwrap_or(Date::MIN)
}

fn kind(name: &str) -> &str {
    match name {
        "boolean" | "tinyint(1)" => "tinyint",
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "json" | "uuid" | "inet6"
        | "enum" | "set" => "text",
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "blob",
        other => other,
    }
}

/// Whether a column is of a type that the server stores under this name.
fn declared(said: &Type, data_type: &str) -> bool {
    let said = said.to_string();
    let plain = said.trim_end_matches(" unsigned").trim_end_matches("(1)");
    let plain = if plain == "boolean" { "tinyint" } else { plain };
    // JSON is long text there.
    plain == data_type || (plain == "json" && data_type == "longtext")
}
