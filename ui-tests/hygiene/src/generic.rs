//! Generic functions, references, and futures that are sent to another thread.

use std::sync::Arc;

use db::{Database, Encode, Executor, NotNull, fetchall, fetchone, fetchval, sql_types::Int8};

/// A struct of the user's that is generic.
#[derive(Debug)]
pub struct Named<I, N = String> {
    /// The key.
    pub id: I,
    /// The name.
    pub name: N,
}

/// Anything that runs queries, any argument that fits, any type of the user's.
///
/// # Errors
///
/// Those of the database.
pub async fn find<E, A>(executor: &E, id: A) -> db::Result<Option<Named<i64>>>
where
    E: Executor + ?Sized,
    A: Encode<Int8> + NotNull,
{
    fetchone!(executor, Named<i64>, "select id, name from users where id = $1", id).await
}

/// Executors by value, by reference, behind a pointer and in a field.
///
/// # Errors
///
/// Those of the database.
pub async fn executors(db: Database) -> db::Result<i64> {
    struct Holder<'a> {
        db: &'a Database,
    }
    let shared = Arc::new(db);
    let holder = Holder { db: &shared };
    let connection = shared.connection().await?;
    let one: i64 = fetchval!(shared, "select 1").await?;
    let two: i64 = fetchval!(&shared, "select 1").await?;
    let three: i64 = fetchval!(holder.db, "select 1").await?;
    let four: i64 = fetchval!(connection, "select 1").await?;
    let five: i64 = fetchval!(&&*shared, "select 1").await?;
    Ok(one + two + three + four + five)
}

/// A future that is sent to another thread.
///
/// # Errors
///
/// Those of the database.
pub async fn sent(db: Arc<Database>) -> db::Result<usize> {
    let users = fetchall!(db, "select id, name from users").await?;
    let found = find(&*db, &1).await?;
    Ok(users.len() + usize::from(found.is_some()))
}
