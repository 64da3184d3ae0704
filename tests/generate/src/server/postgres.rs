//! PostgreSQL says what it would give when a statement is prepared.

use std::collections::HashMap;

use aio_databases_analyzer::{Catalog, Type};
use anyhow::{Result, anyhow};
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Either, Executor as _, PgConnection, Row as _,
    SqlSafeStr as _, Statement as _, ValueRef as _,
    postgres::{PgConnectOptions, PgRow, PgTypeInfo},
};
use tokio::runtime::Runtime;

use super::{
    Argument, Described, Ran, Server,
    catalog::{self, Listed},
};

/// A connection in a transaction that is never committed.
pub(super) struct Postgres {
    runtime: Runtime,
    conn: PgConnection,
    schema: String,
    types: HashMap<u32, (String, String)>,
}

impl Postgres {
    pub(super) fn new(url: &str, name: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let options: PgConnectOptions = url.parse()?;
        let mut conn = runtime.block_on(PgConnection::connect_with(&options))?;
        // Many small questions are asked faster where the server's socket is at hand.
        let query = sqlx::query("select current_setting('unix_socket_directories')");
        let folders: String = runtime.block_on(query.fetch_one(&mut conn))?.try_get(0)?;
        let folder = folders.split(',').next().unwrap_or_default().trim();
        if std::path::Path::new(folder).exists() {
            let near = options.clone().socket(folder);
            if let Ok(near) = runtime.block_on(PgConnection::connect_with(&near)) {
                conn = near;
            }
        }
        // Most of the time that a small query takes would be its compilation.
        let no_compiling = sqlx::raw_sql("set jit = off");
        runtime.block_on(no_compiling.execute(&mut conn))?;
        Ok(Postgres { runtime, conn, schema: name.to_owned(), types: HashMap::new() })
    }

    fn script(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        self.runtime.block_on(query.execute(&mut self.conn)).map(|_| ())
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        self.runtime.block_on(query.fetch_all(&mut self.conn))
    }

    /// A type's name as the analyzer has it: `int4[]` for `_int4`; and that of what it is a domain over.
    fn name(&mut self, ty: &PgTypeInfo) -> Result<(String, String)> {
        let oid = ty.oid().map_or(0, |oid| oid.0);
        if !self.types.contains_key(&oid) {
            let sql =
                "select t.oid::int8, t.typname::text, coalesce(d.typname, t.typname)::text from pg_type t
                       left join pg_type d on d.oid = t.typbasetype";
            for row in self.runtime.block_on(sqlx::query(sql).fetch_all(&mut self.conn))? {
                let oid: i64 = row.try_get(0)?;
                let name = |at| row.try_get::<String, _>(at).map(|name| array_name(&name));
                self.types.insert(u32::try_from(oid)?, (name(1)?, name(2)?));
            }
        }
        self.types.get(&oid).cloned().ok_or_else(|| anyhow!("no type {oid}"))
    }
}

fn array_name(name: &str) -> String {
    name.strip_prefix('_').map_or_else(|| name.to_owned(), |element| format!("{element}[]"))
}

impl Server for Postgres {
    fn has_function(&mut self, _: &str) -> bool {
        true
    }

    fn fresh(&mut self) -> Result<()> {
        let schema = &self.schema;
        self.types.clear();
        let sql = format!(
            "rollback; deallocate all; begin; create schema {schema}; set local search_path = {schema};
             set local client_min_messages = error; savepoint empty; savepoint one"
        );
        // A new connection knows no types of the schema before.
        self.runtime.block_on(self.conn.clear_cached_statements())?;
        Ok(self.script(&sql)?)
    }

    fn take(&mut self, statement: &str) -> bool {
        self.script("savepoint ddl").expect("a savepoint is made");
        if self.script(statement).is_ok() {
            return self.script("release ddl; savepoint empty; savepoint one").is_ok();
        }
        self.script("rollback to ddl; release ddl").expect("the savepoint is there");
        false
    }

    fn column_types(&mut self, relation: &str) -> Option<Vec<String>> {
        let sql = format!(
            "select coalesce(d.typname, t.typname)::text, t.typtype::text from pg_attribute a
             join pg_type t on t.oid = a.atttypid left join pg_type d on d.oid = t.typbasetype
             where attrelid = '{relation}'::regclass and attnum > 0 order by attnum"
        );
        let rows = self.rows(&sql).ok()?;
        rows.iter()
            .map(|row| {
                let name: String = row.try_get(0).ok()?;
                let name = array_name(&name);
                let plain =
                    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"[]_".contains(&b));
                Some(if plain && name != "char" {
                    name
                } else {
                    format!("\"{name}\"").replace("[]\"", "\"[]")
                })
            })
            .collect()
    }

    fn catalog(&mut self, catalog: &Catalog) -> Result<Vec<String>> {
        // A table gives the rows of those that inherit from it, too.
        let sql = "with recursive heirs (parent, heir) as (
                 select inhparent, inhrelid from pg_inherits
                 union select h.parent, i.inhrelid from pg_inherits i join heirs h on h.heir = i.inhparent
             )
             select c.relname::text, a.attname::text, coalesce(d.typname, t.typname)::text,
                 (t.typnotnull or a.attnotnull and not exists (
                     select from heirs h join pg_attribute own on own.attrelid = h.heir and own.attname = a.attname
                     where h.parent = c.oid and not own.attnotnull
                 ))::int::text
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
             left join pg_type d on d.oid = t.typbasetype
             where n.nspname = current_schema() and c.relkind in ('r', 'v', 'p', 'm') and attnum > 0
                 and not attisdropped
             order by 1, attnum";
        let mut server: HashMap<String, Vec<Listed>> = HashMap::new();
        for row in self.rows(sql)? {
            let get = |at| row.try_get::<String, _>(at);
            let column = Listed { name: get(1)?, ty: array_name(&get(2)?), not_null: get(3)? == "1" };
            server.entry(get(0)?).or_default().push(column);
        }
        Ok(catalog::compare(catalog, server, |_, said, ty| self.same(said, ty)))
    }

    fn fill(&mut self, _: &[String], rows: &[String]) -> Result<()> {
        self.script("rollback to empty; savepoint one")?;
        for row in rows {
            self.script("savepoint row")?;
            if self.script(row).is_err() {
                self.script("rollback to row")?;
            }
        }
        Ok(self.script("savepoint one")?)
    }

    fn describe(&mut self, sql: &str) -> Result<Result<Described, String>> {
        let prepared = self.runtime.block_on(self.conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()));
        let statement = match prepared {
            Ok(statement) => statement,
            Err(sqlx::Error::Database(error)) => {
                self.script("rollback to one")?;
                return Ok(Err(error.message().to_owned()));
            }
            // Multiranges are not among the types that the driver can read the description of.
            Err(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                self.runtime.block_on(self.conn.clear_cached_statements())?;
                return Ok(Ok(Described::default()));
            }
            Err(error) => return Err(error.into()),
        };
        let mut columns = Vec::new();
        for column in statement.columns() {
            columns.push((column.name().to_owned(), Some(self.name(column.type_info())?.1)));
        }
        let mut params = Vec::new();
        if let Some(Either::Left(types)) = statement.parameters() {
            for ty in types {
                params.push(self.name(ty)?.1);
            }
        }
        self.runtime.block_on(self.conn.clear_cached_statements())?;
        Ok(Ok(Described { columns: Some(columns), params: Some(params), reads: None }))
    }

    fn run(&mut self, sql: &str, arguments: &[Argument], reads: bool) -> Result<Ran> {
        let arguments: Vec<String> = (arguments.iter())
            .map(|argument| match &argument.value {
                Some(text) => format!("'{}'", text.replace('\'', "''")),
                None => "null".to_owned(),
            })
            .collect();
        let list = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let read_only = if reads { "set transaction read only;" } else { "" };
        let sql = format!(
            "rollback to one; deallocate all; set local statement_timeout = '200ms'; {read_only} prepare q as {sql}; execute q{list}"
        );
        let ran = match self.rows(&sql) {
            Ok(rows) => {
                let width = rows.first().map_or(0, |row| row.columns().len());
                let null = |at| rows.iter().any(|row| row.try_get_raw(at).is_ok_and(|value| value.is_null()));
                Ran::Rows { count: rows.len(), nulls: (0..width).map(null).collect(), columns: Vec::new() }
            }
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("25006") => {
                Ran::Wrote(error.message().to_owned())
            }
            Err(sqlx::Error::Database(error)) => {
                Ran::Failed(format!("{}: {}", error.code().unwrap_or_default(), error.message()))
            }
            Err(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Ran::Failed("the driver can't read its description".to_owned())
            }
            Err(error) => return Err(error.into()),
        };
        // Where the driver gave up midway, the statement may have ended since, with an error of its own: it took too long.
        if self.script("rollback to one").is_err() {
            self.script("rollback to one")?;
        }
        Ok(ran)
    }

    fn same(&self, said: &Type, seen: &str) -> bool {
        said.underlying().to_string() == seen
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Without it the server takes back what was done all the same.
        let _ = self.script("rollback");
    }
}
