//! SQLite has no types for columns and parameters: the values that come out are what the analyzer says.

use std::collections::BTreeSet;

use aio_databases_analyzer::{Catalog, RelationKind, Type};
use anyhow::{Context as _, Result};
use rusqlite::{
    Connection, params_from_iter,
    types::{Type as Class, Value},
};

use super::{Argument, Described, Ran, Server};

/// A database in memory.
pub(super) struct Sqlite {
    conn: Connection,
}

impl Sqlite {
    pub(super) fn new() -> Result<Self> {
        let conn = Connection::open_in_memory()?;
        // As many steps as a small query never takes.
        conn.progress_handler(2_000_000, Some(|| true))?;
        Ok(Sqlite { conn })
    }
}

impl Server for Sqlite {
    fn has_function(&mut self, name: &str) -> bool {
        let sql = "select count(*) from pragma_function_list where name = ?1";
        // Constructs that are not called by name have special syntax.
        self.conn.query_row(sql, [name], |row| row.get::<_, i64>(0)).is_ok_and(|count| count > 0)
    }

    fn fresh(&mut self) -> Result<()> {
        *self = Sqlite::new()?;
        Ok(())
    }

    fn take(&mut self, statement: &str) -> bool {
        self.conn.execute_batch(statement).is_ok()
    }

    fn column_types(&mut self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn catalog(&mut self, catalog: &Catalog) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        let sql =
            "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite_%'";
        let mut statement = self.conn.prepare(sql)?;
        let mut missing: BTreeSet<String> =
            statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for relation in catalog.relations.values() {
            if !missing.remove(&relation.name) {
                wrong.push(format!("the server has no `{}`", relation.name));
                continue;
            }
            let sql = "select name, \"notnull\" from pragma_table_xinfo(?1) where hidden <> 1 order by cid";
            let mut statement = self.conn.prepare(sql)?;
            let columns = statement
                .query_map([&relation.name], |row| Ok((row.get(0)?, row.get(1)?)))
                .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, bool)>>>);
            // A view that uses a dropped object.
            let Ok(columns) = columns else { continue };
            let said: Vec<_> = relation.columns.iter().filter(|column| !column.hidden).collect();
            let names: Vec<_> = said.iter().map(|column| &column.name).collect();
            if !relation.complete {
                continue;
            }
            if !names.iter().copied().eq(columns.iter().map(|(name, _)| name)) {
                wrong.push(format!("`{}` has {names:?}, the server {columns:?}", relation.name));
            }
            for (said, (name, not_null)) in said.iter().zip(&columns) {
                // What it does not tell: a key that is the row's number, or one of a table without.
                if relation.kind == RelationKind::Table && *not_null && !said.not_null {
                    wrong.push(format!("`{}.{name}` is not null on the server", relation.name));
                }
            }
        }
        wrong.extend(missing.into_iter().map(|name| format!("`{name}` is missing")));
        Ok(wrong)
    }

    fn fill(&mut self, tables: &[String], rows: &[String]) -> Result<()> {
        self.conn.execute_batch("pragma foreign_keys = off")?;
        for table in tables {
            self.conn.execute_batch(&format!("delete from {table}")).with_context(|| table.clone())?;
        }
        for row in rows {
            // Keys collide, checks fail: then there is a row less.
            let _ = self.conn.execute_batch(row);
        }
        Ok(self.conn.execute_batch("pragma foreign_keys = on")?)
    }

    fn describe(&mut self, sql: &str) -> Result<Result<Described, String>> {
        Ok(match self.conn.prepare(sql) {
            Ok(statement) => Ok(Described {
                columns: Some(
                    statement.column_names().into_iter().map(|name| (own_name(name), None)).collect(),
                ),
                params: None,
                reads: Some(statement.readonly()),
            }),
            Err(rusqlite::Error::SqlInputError { msg, .. }) => Err(msg),
            Err(error) => Err(error.to_string()),
        })
    }

    fn run(&mut self, sql: &str, arguments: &[Argument], _: bool) -> Result<Ran> {
        self.conn.execute_batch("savepoint one")?;
        let ran = fetch(&self.conn, sql, arguments);
        // A conflict may have been the end of the whole transaction: `insert or rollback`.
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("rollback to one; release one")?;
        }
        Ok(ran.unwrap_or_else(|error| Ran::Failed(error.to_string())))
    }

    /// Whether a value of a class is one that the type promises.
    fn same(&self, said: &Type, seen: &str) -> bool {
        seen.split('+').all(|seen| match said.name() {
            Some("integer" | "boolean") => seen == "integer",
            // A whole number may come as one: it is read as what it is all the same.
            Some("real") => matches!(seen, "integer" | "real"),
            Some("numeric") => matches!(seen, "integer" | "real"),
            // A column that is declared so keeps a number as a number.
            Some("json") => seen != "blob",
            Some("text" | "date" | "time" | "datetime" | "timestamp" | "uuid") => seen == "text",
            Some("blob") => seen == "blob",
            _ => false,
        })
    }
}

fn fetch(conn: &Connection, sql: &str, arguments: &[Argument]) -> rusqlite::Result<Ran> {
    let mut statement = conn.prepare(sql)?;
    let names: Vec<String> = statement.column_names().into_iter().map(own_name).collect();
    let mut rows = statement.query(params_from_iter(arguments.iter().map(value)))?;
    let mut count = 0;
    let mut nulls = vec![false; names.len()];
    let mut classes: Vec<BTreeSet<&'static str>> = vec![BTreeSet::new(); names.len()];
    while let Some(row) = rows.next()? {
        count += 1;
        for at in 0..names.len() {
            match row.get_ref(at)?.data_type() {
                Class::Null => nulls[at] = true,
                Class::Integer => _ = classes[at].insert("integer"),
                Class::Real => _ = classes[at].insert("real"),
                Class::Text => _ = classes[at].insert("text"),
                Class::Blob => _ = classes[at].insert("blob"),
            }
        }
    }
    // One entry for each class that a column had.
    let columns = names.into_iter().zip(classes).map(|(name, classes)| {
        let classes: Vec<&str> = classes.into_iter().collect();
        (name, (!classes.is_empty()).then(|| classes.join("+")))
    });
    Ok(Ran::Rows { count, nulls, columns: columns.collect() })
}

/// A column's name without the number that SQLite gives to one of a join that it makes a query of: `id:1`.
fn own_name(name: &str) -> String {
    match name.rsplit_once(':') {
        Some((own, number)) if number.bytes().all(|b| b.is_ascii_digit()) => own.to_owned(),
        _ => name.to_owned(),
    }
}

fn value(argument: &Argument) -> Value {
    let Some(text) = &argument.value else { return Value::Null };
    match argument.ty.as_ref().and_then(Type::name) {
        Some("integer" | "boolean" | "numeric") => Value::Integer(text.parse().unwrap_or(1)),
        Some("real") => Value::Real(text.parse().unwrap_or(1.5)),
        Some("blob") => Value::Blob(text.clone().into_bytes()),
        Some(_) => Value::Text(text.clone()),
        None => text.parse().map_or_else(|_| Value::Text(text.clone()), Value::Integer),
    }
}
