//! Annotations in a column's alias, as in sqlx.

/// An alias, split into its parts: `id!`, `id?`, `id: Type`, `id!: Type`.
///
/// ```
/// use aio_databases_sql::Alias;
///
/// let alias = Alias::parse("id!: UserId");
/// assert_eq!(alias, Alias { name: "id", nullable: Some(false), ty: Some("UserId") });
/// assert_eq!(Alias::parse("ratio 1:2"), Alias { name: "ratio 1:2", nullable: None, ty: None });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias<'a> {
    /// The column's name. If that can't be the name of a field, this is the whole alias, without annotations.
    pub name: &'a str,
    /// `!`: never null; `?`: maybe null.
    pub nullable: Option<bool>,
    /// The text of its Rust type. It is not checked here.
    pub ty: Option<&'a str>,
}

impl<'a> Alias<'a> {
    /// Splits an alias into its parts.
    pub fn parse(alias: &'a str) -> Self {
        let (left, ty) = match alias.split_once(':') {
            // `a::b` isn't a name with a type, and it can't be a field either.
            Some((left, ty)) if !ty.starts_with(':') => (left.trim_end(), Some(ty.trim())),
            _ => (alias, None),
        };
        let (name, nullable) = match left.as_bytes().last() {
            Some(b'!') => (&left[..left.len() - 1], Some(false)),
            // PostgreSQL names a column `?column?` if it has no other name.
            Some(b'?') if !left.starts_with('?') => (&left[..left.len() - 1], Some(true)),
            _ => (left, None),
        };
        if is_name(name) {
            Alias { name, nullable, ty }
        } else {
            Alias { name: alias, nullable: None, ty: None }
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
