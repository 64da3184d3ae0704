//! The macros, with examples that run; they are written in `aio-databases-macros`.
//!
//! The examples' schema is `docs/schema.sql`.

/// Lets a type of yours be an argument, and the type of a column.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, Type, execute, fetchone};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// #[derive(Debug, PartialEq, Type)]
/// struct UserId(i64);
///
/// #[derive(Debug, PartialEq, Type)]
/// #[aio_databases(rename_all = "snake_case")]
/// enum Mood {
///     Happy,
///     VerySad,
/// }
///
/// execute!(db, "insert into users (id, name) values ($1, $2)", UserId(1), Mood::VerySad).await?;
/// let user = fetchone!(db, r#"select id as "id: UserId", name as "mood: Mood" from users where id = 1"#).await?;
/// assert_eq!(user.unwrap(), (UserId(1), Mood::VerySad));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::Type;

/// Runs a statement, and tells what it has done: [`Done`](crate::Done).
///
/// SQLite's text may be several statements, `;` between them. They run in turn with the same arguments (`?` counts on),
/// and what they have done is added up; the rows are the last one's. One that fails leaves what those before it have done,
/// unless a transaction is around them.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, execute};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// let done = execute!(db, "insert into users (name, email) values ($1, $2)", "Ada", None::<&str>).await?;
/// assert_eq!(done.rows_affected, 1);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::execute;

/// The project's migrations, compiled in: a `&'static` [`Migrations`](crate::Migrations) for
/// [`Database::migrate`](crate::Database::migrate).
///
/// They are those that queries are checked against: of `migrations/<backend>/`, else of `migrations/`, or of what the setting
/// `schema` names. `migrate!("folder")` takes others, of `folder/<backend>/` or of `folder/`. Of the project's own, the compiler
/// warns of what the server will refuse: an index on a column that is not there, say.
///
/// ```ignore
/// use aio_databases::{Database, migrate};
///
/// let db = Database::open(url).await?;
/// db.migrate(migrate!()).await?;
/// ```
pub use aio_databases_macros::migrate;

/// Runs one statement for many rows of arguments: for all of them, or for none.
///
/// A row is a tuple; where the statement has one parameter, it may be the argument alone.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, executemany};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// let users = [("Ada", Some("ada@example.org")), ("Grace", None)];
/// let done = executemany!(db, "insert into users (name, email) values ($1, $2)", users).await?;
/// assert_eq!(done.rows_affected, 2);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::executemany;

/// Inserts many rows as fast as the database can, all or none, and gives their number.
///
/// The text is a table and its columns; rows and columns are checked as those of an insert. On PostgreSQL the rows go through
/// `copy … from stdin` in its binary format, as the iterator gives them: no more than a few are held in memory. Other backends
/// insert them as [`executemany!`] does.
///
/// A row is a tuple; for one column, it may be the value alone. With a type before the text it is a struct with a field for each
/// column, or a reference to one; other fields are ignored.
///
/// What PostgreSQL says of `copy` is true here: rules don't apply, and tables with row-level security and most views are
/// rejected.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, copy_in};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// struct NewUser {
///     name: String,
///     email: Option<String>,
/// }
///
/// let users = vec![NewUser { name: "Ada".to_owned(), email: None }];
/// assert_eq!(copy_in!(db, NewUser, "users (name, email)", &users).await?, 1);
/// assert_eq!(copy_in!(db, "users (name)", ["Grace", "Alan"]).await?, 2);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::copy_in;

/// All records of a query.
///
/// A type after the executor is that of the records: a struct with a field for each column, or a tuple.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, executemany, fetchall};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// # executemany!(db, "insert into users (name) values ($1)", ["Ada", "Grace"]).await?;
/// struct User {
///     id: i64,
///     name: String,
///     email: Option<String>,
/// }
///
/// let users = fetchall!(db, "select id, name from users order by id").await?;
/// assert_eq!((users[0].id, users[0].name.as_str()), (1, "Ada"));
///
/// let users = fetchall!(db, User, "select id, name, email from users where name like $1", "G%").await?;
/// assert_eq!((users[0].id, &*users[0].name, users[0].email.is_none()), (2, "Grace", true));
///
/// let pairs = fetchall!(db, (i64, String), "select id, name from users where id = {id}", id = 2).await?;
/// assert_eq!(pairs, [(2, "Grace".to_owned())]);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::fetchall;

/// The first records of a query, at most so many; no more are read.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, executemany, fetchmany};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// # executemany!(db, "insert into users (name) values ($1)", ["Ada", "Grace", "Alan"]).await?;
/// let users = fetchmany!(db, 2, "select name from users").await?;
/// assert_eq!(users.len(), 2);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::fetchmany;

/// The first record of a query: an `Option`, or the record itself where the query always gives exactly one.
///
/// A query that may give several is warned of: compare a unique key, add `limit 1`, or allow it in the SQL, as
/// `/* allow(several-rows) */` does.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, fetchone};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// let record = fetchone!(db, "select 2*$1 res", 2).await?;
/// assert_eq!(record.res, 4);
/// assert_eq!(record, (4,));
///
/// let user = fetchone!(db, "select name from users where id = $1", 1).await?;
/// assert!(user.is_none());
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::fetchone;

/// The first column of a query's first record: an `Option`, `None` where there is no record or the value is null; the
/// value itself where the query always gives exactly one record and the column is never null.
///
/// A query that may give several records is warned of, as [`fetchone!`] does.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, fetchval};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
/// assert_eq!(fetchval!(db, "select max(id) from users").await?, None);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::fetchval;

/// The records of a query one by one, as they come: a stream, [`Rows`](crate::Rows).
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, executemany, iterate};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// # executemany!(db, "insert into users (name) values ($1)", ["Ada", "Grace"]).await?;
/// let mut users = iterate!(db, "select name from users order by name");
/// let mut names = Vec::new();
/// while let Some(user) = users.try_next().await? {
///     names.push(user.name);
/// }
/// assert_eq!(names, ["Ada", "Grace"]);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::iterate;

/// A query with its arguments, to run later, on any executor: [`Query`](crate::Query).
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, query};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// let query = query!("select id, name from users where email is null and id > :least", least = 0);
/// assert!(query.fetchall(&db).await?.is_empty());
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::query;

/// A query whose records are of a type of yours, a struct or a tuple, to run later.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, query_as};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// struct User {
///     id: i64,
///     name: String,
/// }
///
/// let user: Option<User> = query_as!(User, "select id, name from users limit 1").fetchone(&db).await?;
/// assert!(user.is_none_or(|user| user.id == 1 && !user.name.is_empty()));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::query_as;

/// A query for the first column of its rows, to run later: its records are the values.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # use aio_databases::{Database, query_val};
/// # let db = Database::open("sqlite::memory:").await?;
/// # db.execute(include_str!("../docs/schema.sql"), ()).await?;
/// let emails: Vec<Option<String>> = query_val!("select email from users").fetchall(&db).await?;
/// assert!(emails.is_empty());
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub use aio_databases_macros::query_val;
