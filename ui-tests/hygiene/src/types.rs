//! Types of the user's, as arguments and in records.

use db::{Database, Type, execute, fetchall, fetchone, fetchval};

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]
pub struct UserId(pub i64);

/// A kind of user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]
#[aio_databases(rename_all = "kebab-case")]
pub enum Kind {
    /// `site-admin`
    SiteAdmin,
    /// `nobody`
    #[aio_databases(rename = "nobody")]
    Unknown,
}

/// A type that neither prints nor compares: nor does a record with it.
#[derive(Type)]
#[allow(missing_debug_implementations, reason = "this is what is tested")]
pub struct Secret(String);

/// Writes and reads them.
///
/// # Errors
///
/// Those of the database.
pub async fn round_trip(db: &Database) -> db::Result<(Vec<Kind>, usize)> {
    let _ = execute!(
        db,
        "insert into users (id, name, \"type\") values ($1, 'x', $2), ($3, 'y', $4)",
        UserId(1),
        &Kind::SiteAdmin,
        UserId(2),
        Some(Kind::Unknown)
    )
    .await?;
    let users =
        fetchall!(db, r#"select id as "id: UserId", type as "kind!: Kind" from users order by 1"#).await?;
    assert_eq!(users[0], (UserId(1), Kind::SiteAdmin));
    let id: Option<UserId> = fetchval!(db, r#"select max(id) as "id: UserId" from users"#).await?;
    assert_eq!(id, Some(UserId(2)));
    let secret =
        fetchone!(db, r#"select name as "name: Secret" from users where id = $1"#, UserId(1)).await?;
    let length = secret.map_or(0, |user| user.name.0.len());
    Ok((users.into_iter().map(|user| user.kind).collect(), length))
}
