//! What the servers say of a query when it is prepared.

use std::collections::HashMap;

use aio_databases::Backend;
use aio_databases_tests::{beside, migrations};
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Either, Executor as _, MySqlConnection, PgConnection,
    Row as _, SqlSafeStr as _, Statement as _,
    postgres::{PgTypeInfo, types::Oid},
};
use tokio::runtime::{Builder, Runtime};

/// A server's verdict.
pub(crate) enum Verdict {
    /// Why it does not take the query.
    Refused(String),
    /// The types of the columns and parameters, where the server says them.
    Taken(Option<Types>),
}

/// Types by the server's names.
pub(crate) struct Types {
    pub(crate) columns: Vec<String>,
    pub(crate) params: Vec<String>,
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime starts")
}

/// PostgreSQL, in a transaction that is never committed.
pub(crate) struct Postgres {
    runtime: Runtime,
    conn: PgConnection,
    types: HashMap<u32, String>,
}

impl Postgres {
    pub(crate) fn connect(url: &str) -> Self {
        let runtime = runtime();
        let (conn, types) = runtime.block_on(Self::prepare(url)).unwrap_or_else(|error| panic!("{error}"));
        Postgres { runtime, conn, types }
    }

    async fn prepare(url: &str) -> sqlx::Result<(PgConnection, HashMap<u32, String>)> {
        let mut conn = PgConnection::connect(url).await?;
        let run = |sql: String| AssertSqlSafe(sql);
        conn.execute(run("begin; create schema mutants; set local search_path = mutants".to_owned())).await?;
        for (_, text) in migrations(Backend::Postgres) {
            conn.execute(run(text)).await?;
        }
        conn.execute("savepoint one").await?;
        let names = "select t.oid, coalesce(d.typname, t.typname) from pg_type t
                     left join pg_type d on d.oid = t.typbasetype";
        let mut types = HashMap::new();
        for row in sqlx::query(names).fetch_all(&mut conn).await? {
            types.insert(row.try_get::<Oid, _>(0)?.0, row.try_get(1)?);
        }
        Ok((conn, types))
    }

    /// The server's major release.
    pub(crate) fn release(&mut self) -> u8 {
        let number = "select current_setting('server_version_num')::int4 / 10000";
        let release = self.runtime.block_on(sqlx::query_scalar::<_, i32>(number).fetch_one(&mut self.conn));
        release.ok().and_then(|release| u8::try_from(release).ok()).expect("the server says its release")
    }

    pub(crate) fn ask(&mut self, sql: &str) -> Verdict {
        let statement =
            self.runtime.block_on(self.conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()));
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => {
                let refusal = error.to_string();
                let back = self.runtime.block_on(self.conn.execute("rollback to one"));
                back.unwrap_or_else(|error| panic!("{error} after {refusal} of {sql}"));
                return Verdict::Refused(refusal);
            }
        };
        let columns =
            statement.columns().iter().map(|column| name(&self.types, column.type_info())).collect();
        let params = match statement.parameters() {
            Some(Either::Left(params)) => params.iter().map(|ty| name(&self.types, ty)).collect(),
            _ => Vec::new(),
        };
        Verdict::Taken(Some(Types { columns, params }))
    }
}

/// A type's name as the analyzer has it: that of a domain's base, `int4[]` for `_int4`.
fn name(types: &HashMap<u32, String>, ty: &PgTypeInfo) -> String {
    let name = ty.oid().and_then(|oid| types.get(&oid.0)).map_or("?", String::as_str);
    match name.strip_prefix('_') {
        Some(element) => format!("{element}[]"),
        None => name.to_owned(),
    }
}

/// MariaDB, with a database of its own.
pub(crate) struct Mysql {
    runtime: Runtime,
    conn: MySqlConnection,
    database: String,
}

impl Mysql {
    pub(crate) fn connect(url: &str) -> Self {
        let runtime = runtime();
        let database = format!("mutants_{}", std::process::id());
        let conn = runtime.block_on(Self::prepare(url, &database)).unwrap_or_else(|error| panic!("{error}"));
        Mysql { runtime, conn, database }
    }

    async fn prepare(url: &str, database: &str) -> sqlx::Result<MySqlConnection> {
        let create = format!("create database {database}");
        MySqlConnection::connect(url).await?.execute(AssertSqlSafe(create)).await?;
        let mut conn = MySqlConnection::connect(&beside(url, database)).await?;
        for (_, text) in migrations(Backend::Mysql) {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut conn).await?;
        }
        Ok(conn)
    }

    pub(crate) fn ask(&mut self, sql: &str) -> Verdict {
        match self.runtime.block_on(self.conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str())) {
            Ok(_) => Verdict::Taken(None),
            Err(error) => Verdict::Refused(error.to_string()),
        }
    }

    pub(crate) fn remove(mut self) {
        let drop = AssertSqlSafe(format!("drop database {}", self.database));
        self.runtime.block_on(self.conn.execute(drop)).expect("the database is there");
    }
}

/// SQLite, in memory.
pub(crate) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    pub(crate) fn open() -> Self {
        let conn = rusqlite::Connection::open_in_memory().expect("memory opens");
        for (_, text) in migrations(Backend::Sqlite) {
            conn.execute_batch(&text).expect("the migrations run");
        }
        Sqlite(conn)
    }

    pub(crate) fn ask(&self, sql: &str) -> Verdict {
        match self.0.prepare(sql) {
            Ok(_) => Verdict::Taken(None),
            Err(error) => Verdict::Refused(error.to_string()),
        }
    }
}
