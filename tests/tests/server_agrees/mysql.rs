//! MariaDB says what it gives when it gives it: the columns of a result, once the arguments are there.

use aio_databases::Backend;
use aio_databases_analyzer::Type;
use aio_databases_tests::{beside, mariadb, migrations};
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, MySqlConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _, ValueRef as _,
    mysql::{MySqlArguments, MySqlRow, MySqlTypeInfo},
};
use tokio::runtime::Runtime;

use crate::{
    corpus::{self, Case, data, queries, report, schema},
    groups,
};

groups! {
    Mysql, check:
    literals_and_arithmetic columns comparisons joins subqueries common_table_expressions set_operations aggregates
    nulls windows conditions functions inserts updates_and_deletes rows operators casts writing not_known_yet
}

#[test]
fn mistakes() {
    with_server("mistakes", |server, runtime| {
        corpus::mistakes(Backend::Mysql, |sql| runtime.block_on(server.refuses(sql)));
    });
}

fn check(group: &str) {
    with_server(group, |server, runtime| {
        let cases = runtime.block_on(run(server, group)).unwrap_or_else(|error| panic!("{error}"));
        report(group, cases);
    });
}

/// Gives a connection to a database of its own, in which the migrations have run.
fn with_server(name: &str, check: impl FnOnce(&mut Server, &Runtime)) {
    let Some(url) = mariadb(name) else { return };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let name = format!("agrees_{}_{name}", std::process::id());
    let mut server = runtime.block_on(Server::connect(&url, &name)).unwrap_or_else(|error| panic!("{error}"));
    check(&mut server, &runtime);
    runtime
        .block_on(server.script(&format!("drop database {name}")))
        .unwrap_or_else(|error| panic!("{error}"));
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

struct Server {
    conn: MySqlConnection,
}

async fn run(server: &mut Server, group: &str) -> Result<Vec<Case>> {
    let schema = schema(Backend::Mysql);
    let mut cases: Vec<_> = queries(Backend::Mysql, group)
        .into_iter()
        .map(|sql| Case::new(&schema, Backend::Mysql, sql))
        .collect();
    for case in &mut cases {
        server.describe(case).await?;
        server.try_out(case, "on empty tables").await?;
    }
    server.script(&data(Backend::Mysql)).await?;
    for case in &mut cases {
        server.try_out(case, "on full tables").await?;
    }
    Ok(cases)
}

impl Server {
    async fn connect(url: &str, name: &str) -> Result<Self> {
        let mut server = Server { conn: MySqlConnection::connect(url).await? };
        server.script(&format!("create database {name}")).await?;
        server = Server { conn: MySqlConnection::connect(&beside(url, name)).await? };
        for (_, text) in migrations(Backend::Mysql) {
            server.script(&text).await?;
        }
        Ok(server)
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.conn)
            .await
            .map_err(|error| format!("{error}\n{sql}"))?;
        Ok(())
    }

    async fn refuses(&mut self, sql: &str) -> bool {
        self.conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await.is_err()
    }

    /// Names and number of the columns; their types depend on the arguments.
    async fn describe(&mut self, case: &mut Case) -> Result<()> {
        match self.conn.prepare(AssertSqlSafe(case.rendered()).into_sql_str()).await {
            Ok(statement) => {
                let columns: Vec<_> = statement
                    .columns()
                    .iter()
                    .map(|column| (column.name().to_owned(), String::new()))
                    .collect();
                if columns.is_empty() && !case.reads() {
                    // What `returning` gives is told when it is run.
                    return Ok(());
                }
                case.columns(&columns, |_, _| true);
            }
            Err(error) => case.no_query(error),
        }
        Ok(())
    }

    /// Runs it with values for the parameters, then with a null for each that may be null.
    async fn try_out(&mut self, case: &mut Case, when: &str) -> Result<()> {
        let nullable: Vec<usize> =
            (0..case.said.params.len()).filter(|at| case.said.params[*at].nullable).collect();
        self.run(case, None, when).await?;
        for at in nullable {
            self.run(case, Some(at), &format!("{when}, with a null for parameter {}", at + 1)).await?;
        }
        Ok(())
    }

    async fn run(&mut self, case: &mut Case, null: Option<usize>, when: &str) -> Result<()> {
        self.script(if case.reads() { "start transaction read only" } else { "start transaction" }).await?;
        match self.fetch(case, null).await {
            Ok(rows) => {
                let column = |at: usize| rows.iter().map(move |row| row.try_get_raw(at));
                let nulls: Vec<bool> = (0..case.said.columns.len())
                    .map(|at| column(at).any(|value| value.is_ok_and(|value| value.is_null())))
                    .collect();
                if let (Some(row), None) = (rows.first(), null) {
                    let columns: Vec<_> = (row.columns().iter())
                        .map(|column| (column.name().to_owned(), name(column.type_info())))
                        .collect();
                    case.columns(&columns, same);
                }
                case.ran(when, rows.len(), &nulls);
            }
            // What a value makes impossible (a duplicate key, no such parent) is no news of the analysis.
            Err(sqlx::Error::Database(error))
                if error.code().is_some_and(|code| code.starts_with("23") || code.starts_with("22")) => {}
            Err(error) => case.refused(when, error),
        }
        self.script("rollback").await
    }

    async fn fetch(&mut self, case: &Case, null: Option<usize>) -> sqlx::Result<Vec<MySqlRow>> {
        let rendered = case.template.render();
        let mut query = sqlx::query_with(AssertSqlSafe(rendered.sql.into_owned()), MySqlArguments::default())
            .persistent(false);
        for index in &rendered.order {
            let ty = case.said.params.get(*index).and_then(|param| param.ty.as_ref());
            query = match Class::of(ty) {
                _ if Some(*index) == null => query.bind(None::<i64>),
                Class::Integer => query.bind(1_i64),
                Class::Unsigned => query.bind(1_u64),
                Class::Real => query.bind(1.5_f64),
                Class::Bytes => query.bind(&b"\x00\xff"[..]),
                Class::Text(text) => query.bind(text),
            };
        }
        query.fetch_all(&mut self.conn).await
    }
}

/// What is bound for a type.
enum Class {
    Integer,
    Unsigned,
    Real,
    Bytes,
    Text(&'static str),
}

impl Class {
    /// A value of a type; one that the data has, where there is one.
    fn of(ty: Option<&Type>) -> Self {
        let name = ty.map_or_else(String::new, Type::to_string);
        match name.as_str() {
            "float" | "double" => Class::Real,
            "decimal" => Class::Text("1"),
            "date" => Class::Text("2020-01-31"),
            "time" => Class::Text("12:30:00"),
            "datetime" | "timestamp" => Class::Text("2020-01-31 12:30:00"),
            "json" => Class::Text(r#"{"a": [1, null]}"#),
            "enum" => Class::Text("happy"),
            "year" => Class::Unsigned,
            name if name.contains("blob") || name.contains("binary") => Class::Bytes,
            name if name.contains("char") || name.contains("text") => Class::Text("Ada"),
            name if name.contains("unsigned") => Class::Unsigned,
            _ => Class::Integer,
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

/// Text and JSON are told apart by nothing but their length, `tinyint(1)` is called boolean, and of an integer the server may
/// say that it is shorter than the analyzer does, who speaks for MySQL, too.
fn same(said: &Type, seen: &str) -> bool {
    fn kind(name: &str) -> &str {
        match name {
            "boolean" | "tinyint(1)" => "tinyint",
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "json" | "uuid"
            | "enum" => "text",
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "blob",
            other => other,
        }
    }
    const SIGNED: [&str; 5] = ["tinyint", "smallint", "mediumint", "int", "bigint"];
    let width = |name: &str| SIGNED.iter().position(|known| *known == name);
    let (said, seen) = (said.to_string(), kind(seen));
    let said = kind(&said);
    said == seen || width(said).zip(width(seen)).is_some_and(|(said, seen)| said > seen)
}
