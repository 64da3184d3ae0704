//! PostgreSQL says what it would give when a statement is prepared.

use std::collections::HashMap;

use aio_databases::Backend;
use aio_databases_analyzer::Type;
use aio_databases_tests::server;
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Either, Executor as _, PgConnection, Row as _,
    SqlSafeStr as _, Statement as _, ValueRef as _,
    postgres::{PgRow, PgTypeInfo},
};
use tokio::runtime::Runtime;

use crate::{
    corpus::{self, Case, data, queries, report, schema},
    groups,
};

groups! {
    Postgres, check:
    literals_and_arithmetic columns comparisons joins subqueries common_table_expressions set_operations aggregates
    nulls windows conditions functions inserts updates_and_deletes rows casts operators json arrays types_of_postgres
    set_returning_functions writing subqueries_and_rows clauses_of_postgres since_16 since_17 since_18
}

#[test]
fn mistakes() {
    with_server("mistakes", |server, runtime| {
        corpus::mistakes(Backend::Postgres, |sql| runtime.block_on(server.refuses(sql)));
    });
}

fn with_server(name: &str, check: impl FnOnce(&mut Server, &Runtime)) {
    let Some(url) = server(Backend::Postgres) else { return };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let mut server = runtime.block_on(Server::connect(&url, name)).expect("the server lets us in");
    check(&mut server, &runtime);
}

fn check(group: &str) {
    let Some(url) = server(Backend::Postgres) else { return };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let cases = runtime.block_on(run(&url, group)).unwrap_or_else(|error| panic!("{error}"));
    report(group, cases);
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A connection that sees the test schema, in a transaction that is never committed.
struct Server {
    conn: PgConnection,
    types: HashMap<u32, String>,
}

async fn run(url: &str, group: &str) -> Result<Vec<Case>> {
    let mut server = Server::connect(url, group).await?;
    let mut schema = schema(Backend::Postgres);
    schema.set_release(Some(server.release().await?));
    let mut cases: Vec<_> = queries(Backend::Postgres, group)
        .into_iter()
        .map(|sql| Case::new(&schema, Backend::Postgres, sql))
        .collect();
    let since = group.strip_prefix("since_").map_or(Ok(0), str::parse::<u8>)?;
    if server.release().await? < since {
        server.lacks(&cases).await;
        return Ok(Vec::new());
    }
    for case in &mut cases {
        server.describe(case).await?;
        server.try_out(case, "on empty tables").await?;
    }
    server.script(&data(Backend::Postgres)).await?;
    for case in &mut cases {
        server.try_out(case, "on full tables").await?;
    }
    Ok(cases)
}

impl Server {
    async fn connect(url: &str, group: &str) -> Result<Self> {
        let mut server = Server { conn: PgConnection::connect(url).await?, types: HashMap::new() };
        server.script(&format!("begin; create schema {group}; set local search_path = {group}")).await?;
        for (_, text) in aio_databases_tests::migrations(Backend::Postgres) {
            server.script(&text).await?;
        }
        let types = "select t.oid, coalesce(d.typname, t.typname) from pg_type t
                     left join pg_type d on d.oid = t.typbasetype";
        for row in sqlx::query(types).fetch_all(&mut server.conn).await? {
            server.types.insert(row.try_get::<sqlx::postgres::types::Oid, _>(0)?.0, row.try_get(1)?);
        }
        Ok(server)
    }

    /// The server's major version.
    async fn release(&mut self) -> Result<u8> {
        let number = "select current_setting('server_version_num')::int4 / 10000";
        let release: i32 = sqlx::query_scalar(number).fetch_one(&mut self.conn).await?;
        Ok(u8::try_from(release)?)
    }

    /// What a later release brought is refused by this one, and by the analyzer.
    async fn lacks(&mut self, cases: &[Case]) {
        for case in cases {
            assert!(self.refuses(&case.rendered()).await, "the server takes it: {}", case.sql);
            assert!(!case.wrong.is_empty(), "the analyzer takes it: {}", case.sql);
        }
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        self.conn.execute(AssertSqlSafe(sql.to_owned())).await.map_err(|error| format!("{error}\n{sql}"))?;
        Ok(())
    }

    /// A type's name as the analyzer has it: that of a domain's base, `int4[]` for `_int4`.
    fn name(&self, ty: &PgTypeInfo) -> String {
        let name = ty.oid().and_then(|oid| self.types.get(&oid.0)).map_or("?", String::as_str);
        match name.strip_prefix('_') {
            Some(element) => format!("{element}[]"),
            None => name.to_owned(),
        }
    }

    async fn describe(&mut self, case: &mut Case) -> Result<()> {
        self.script("savepoint one").await?;
        match self.conn.prepare(AssertSqlSafe(case.rendered()).into_sql_str()).await {
            Ok(statement) => {
                let columns: Vec<_> = statement
                    .columns()
                    .iter()
                    .map(|column| (column.name().to_owned(), self.name(column.type_info())))
                    .collect();
                let params: Vec<_> = match statement.parameters() {
                    Some(Either::Left(params)) => params.iter().map(|ty| self.name(ty)).collect(),
                    _ => Vec::new(),
                };
                case.columns(&columns, same);
                case.params(&params, same);
            }
            Err(error) => case.no_query(error),
        }
        self.script("rollback to one").await
    }

    async fn refuses(&mut self, sql: &str) -> bool {
        self.script("savepoint one").await.expect("a savepoint is made");
        // Not all is checked before a query is planned.
        let refused = self.conn.execute(AssertSqlSafe(format!("prepare q as {sql}"))).await.is_err()
            || self.conn.execute("explain execute q").await.is_err();
        self.script("rollback to one; deallocate all").await.expect("the savepoint is there");
        refused
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
        self.script("savepoint one").await?;
        if case.reads() {
            self.script("set transaction read only").await?;
        }
        let values: Vec<Option<String>> = (case.said.params.iter().enumerate())
            .map(|(at, param)| (Some(at) != null).then(|| sample(param.ty.as_ref())))
            .collect();
        match self.fetch(case, &values).await {
            Ok(rows) => {
                let nulls: Vec<bool> = (0..case.said.columns.len())
                    .map(|at| rows.iter().any(|row| row.try_get_raw(at).is_ok_and(|value| value.is_null())))
                    .collect();
                case.ran(when, rows.len(), &nulls);
            }
            // What a value makes impossible (division by zero, a duplicate key) is no news of the analysis.
            Err(sqlx::Error::Database(error)) if is_data(error.code().as_deref()) => {}
            Err(error) => case.refused(when, error),
        }
        self.script("rollback to one; deallocate all").await
    }

    async fn fetch(&mut self, case: &Case, values: &[Option<String>]) -> sqlx::Result<Vec<PgRow>> {
        // As text that the server reads, so that any type has a value.
        let arguments = values.iter().map(|value| match value {
            Some(text) => format!("'{}'", text.replace('\'', "''")),
            None => "null".to_owned(),
        });
        self.conn.execute(AssertSqlSafe(format!("prepare q as {}", case.rendered()))).await?;
        let arguments: Vec<_> = arguments.collect();
        let list = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        sqlx::query(AssertSqlSafe(format!("execute q{list}")))
            .persistent(false)
            .fetch_all(&mut self.conn)
            .await
    }
}

/// Whether an error is about values: classes 21 to 23, and `raise`.
fn is_data(code: Option<&str>) -> bool {
    code.is_some_and(|code| ["21", "22", "23"].contains(&&code[..2]))
}

/// A value of a type, as text; one that the data has, where there is one.
fn sample(ty: Option<&Type>) -> String {
    let name = ty.map_or_else(String::new, |ty| ty.underlying().to_string());
    match name.as_str() {
        "bool" => "true",
        "date" => "2020-01-31",
        "time" => "12:30:00",
        "timestamp" | "timestamptz" => "2020-01-31 12:30:00",
        "interval" => "1 day",
        "uuid" => "00000000-0000-0000-0000-000000000001",
        "json" | "jsonb" => r#"{"a": [1, null]}"#,
        "bytea" => "\\x00ff",
        "mood" => "happy",
        "text[]" => "{Ada,NULL}",
        "mood[]" => "{happy,NULL}",
        "uuid[]" | "timestamptz[]" => "{NULL}",
        name if name.ends_with("[]") => "{1,NULL}",
        "text" | "varchar" | "bpchar" | "name" => "Ada",
        _ => "1",
    }
    .to_owned()
}

fn same(said: &Type, seen: &str) -> bool {
    said.underlying().to_string() == seen
}
