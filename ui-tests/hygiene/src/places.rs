//! Loops, closures, `async` blocks, constants, methods, macros of the user's.

use db::{Database, execute, fetchall, fetchone, fetchval, iterate};

macro_rules! count {
    ($db:expr, $table:literal) => {
        fetchval!($db, concat!("select count(*) from ", $table))
    };
}

macro_rules! through {
    ($db:ident, $sql:expr $(, $arg:expr)*) => {
        fetchall!($db, $sql $(, $arg)*)
    };
}

/// Where queries may stand.
#[derive(Clone, Copy, Debug)]
pub struct Places<'db, const N: usize> {
    db: &'db Database,
}

impl<'db, const N: usize> Places<'db, N> {
    const LIMIT: i64 = 3;

    /// A place.
    #[must_use]
    pub const fn new(db: &'db Database) -> Self {
        Places { db }
    }

    /// Two queries in one expression, a query as an argument of a query, and early returns.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn expressions(&self) -> db::Result<i64> {
        let sum = fetchval!(self.db, "select 1").await? + fetchval!(self.db, "select 2").await?;
        let nested = fetchval!(self.db, "select 2 * $1", fetchval!(self.db, "select 3").await?).await?;
        let Some(user) =
            fetchone!(self.db, "select id from users where id < $1 limit 1", Self::LIMIT).await?
        else {
            return Ok(sum + nested);
        };
        Ok(user.id)
    }

    /// Loops, closures and blocks.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn blocks(&self) -> db::Result<usize> {
        for number in 0..N {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let _ =
                execute!(self.db, "insert into users (name, \"userAge\") values ('x', ?)", number).await?;
        }
        let find = async |id: i64| fetchone!(self.db, "select name from users where id = {id}").await;
        let block = async { fetchall!(self.db, "select id, \"type\", \"userAge\" from users").await };
        let (found, users) = (find(1).await?, block.await?);
        assert!(users.iter().all(|user| user.r#type.is_none() && user.userAge < Some(1000)));
        Ok(users.len() + usize::from(found.is_some()))
    }

    /// Queries that macros of the user's write.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn macros(&self) -> db::Result<usize> {
        let db = self.db;
        let count = count!(db, "users").await?;
        let users = through!(db, "select id from users where id >= $1", 1).await?;
        assert_eq!(usize::try_from(count).ok(), Some(users.len()));
        let mut stream = iterate!(db, (i64,), "select id from users");
        let mut seen = 0;
        while let Some((id,)) = stream.try_next().await? {
            seen += usize::from(id > 0);
        }
        Ok(seen)
    }

    /// Queries that are warned of, but for a comment or an attribute.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn warned(&self) -> db::Result<u64> {
        #[expect(deprecated, reason = "every row is meant")]
        let updated = execute!(self.db, "update users set name = 'y'").await?;
        let deleted = execute!(self.db, "delete from users /* allow(delete-without-where) */").await?;
        Ok(updated.rows_affected + deleted.rows_affected)
    }
}
