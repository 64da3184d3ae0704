//! The table of the applied migrations, as sqlx has it.
//!
//! It is found once, and then named with its schema: whatever a script sets afterwards, it stays the same table.

use super::{Migration, checksum};
use crate::{Connection, Dialect, Executor, Result, Trusted, sql};

pub(super) const NAME: &str = "_sqlx_migrations";

/// The table of one database.
pub(super) struct Table {
    /// Its name as SQL, with the schema.
    pub(super) name: String,
    /// Whether it is there.
    pub(super) exists: bool,
}

impl Table {
    /// Finds it where the connection's settings lead, or the place where it is to be.
    pub(super) async fn find(conn: &Connection) -> Result<Table> {
        let (schema, exists) = match conn.dialect() {
            Dialect::Sqlite => ("main".to_owned(), exists(conn).await?),
            Dialect::Postgres => match postgres(conn).await? {
                Some(found) => found,
                // The server says best that the search path names no schema that is there.
                None => return Ok(Table { name: NAME.to_owned(), exists: false }),
            },
            Dialect::Mysql => {
                let database: Option<String> = conn.fetchval("select database()", ()).await?;
                (format!("`{}`", database.unwrap_or_default().replace('`', "``")), exists(conn).await?)
            }
        };
        Ok(Table { name: format!("{schema}.{NAME}"), exists })
    }

    /// Makes it, with the backend's types of a time with a default and of bytes.
    pub(super) async fn create(&mut self, conn: &Connection) -> Result<()> {
        let (time, bytes) = match conn.dialect() {
            Dialect::Sqlite => ("timestamp not null default current_timestamp", "blob"),
            Dialect::Postgres => ("timestamptz not null default now()", "bytea"),
            Dialect::Mysql => ("timestamp not null default current_timestamp", "blob"),
        };
        let create = Trusted(format!(
            "create table if not exists {} (
    version bigint primary key,
    description text not null,
    installed_on {time},
    success boolean not null,
    checksum {bytes} not null,
    execution_time bigint not null
)",
            self.name
        ));
        conn.execute(create, ()).await?;
        self.exists = true;
        Ok(())
    }

    /// Notes a migration. False: it is noted already.
    pub(super) async fn insert(
        &self,
        executor: &impl Executor,
        migration: &Migration,
        success: bool,
    ) -> Result<bool> {
        let name = &self.name;
        let select = Trusted(format!("select version from {name} where version = $1"));
        if sql(select, (migration.version,)).fetchone(executor).await?.is_some() {
            return Ok(false);
        }
        let insert = Trusted(format!(
            "insert into {name} (version, description, success, checksum, execution_time) values ($1, $2, $3, $4, -1)"
        ));
        let sum = checksum::to_store(&migration.up.sql);
        let row = (migration.version, migration.description.as_ref(), success, sum);
        sql(insert, row).execute(executor).await?;
        Ok(true)
    }

    /// Notes whether a migration is complete.
    pub(super) async fn set_success(
        &self,
        executor: &impl Executor,
        version: i64,
        success: bool,
    ) -> Result<()> {
        let update = Trusted(format!("update {} set success = $1 where version = $2", self.name));
        sql(update, (success, version)).execute(executor).await.map(drop)
    }

    /// Notes how long a migration took, in nanoseconds.
    pub(super) async fn set_time(&self, executor: &impl Executor, version: i64, time: i64) -> Result<()> {
        let update = Trusted(format!("update {} set execution_time = $1 where version = $2", self.name));
        sql(update, (time, version)).execute(executor).await.map(drop)
    }

    /// Forgets a migration.
    pub(super) async fn delete(&self, executor: &impl Executor, version: i64) -> Result<()> {
        let delete = Trusted(format!("delete from {} where version = $1", self.name));
        sql(delete, (version,)).execute(executor).await.map(drop)
    }
}

/// PostgreSQL: the schema in which the table is, by the search path, or will be; and whether it is there. `None`: there is no
/// such schema.
async fn postgres(conn: &Connection) -> Result<Option<(String, bool)>> {
    let find = "select quote_ident(n.nspname) from pg_catalog.pg_class c
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.oid = to_regclass('_sqlx_migrations')";
    if let Some(schema) = conn.fetchval::<String>(find, ()).await? {
        return Ok(Some((schema, true)));
    }
    let current: Option<String> = conn.fetchval("select quote_ident(current_schema())", ()).await?;
    Ok(current.map(|schema| (schema, false)))
}

/// Whether a database has the table.
pub(crate) async fn exists(conn: &Connection) -> Result<bool> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "select count(*) from main.sqlite_master where name = '_sqlx_migrations'",
        // Where the search path finds it, as `select` does.
        Dialect::Postgres => "select count(to_regclass('_sqlx_migrations'))",
        Dialect::Mysql => {
            "select count(*) from information_schema.tables
             where table_schema = database() and table_name = '_sqlx_migrations'"
        }
    };
    Ok(conn.fetchval::<i64>(sql, ()).await? == Some(1))
}
