//! What an alias may say about its column, as in sqlx.

/// An alias, taken apart: `id!`, `id?`, `id: Type`, `id!: Type`.
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
    /// The column's name. Where it is none that a field could have, this is the whole alias, which then says no more.
    pub name: &'a str,
    /// `!`: never null; `?`: maybe null.
    pub nullable: Option<bool>,
    /// The text of its Rust type, whatever it is.
    pub ty: Option<&'a str>,
}

impl<'a> Alias<'a> {
    /// Takes an alias apart.
    pub fn parse(alias: &'a str) -> Self {
        let (left, ty) = match alias.split_once(':') {
            // `a::b` is no name with a type, but neither can it be a field.
            Some((left, ty)) if !ty.starts_with(':') => (left.trim_end(), Some(ty.trim())),
            _ => (alias, None),
        };
        let (name, nullable) = match left.as_bytes().last() {
            Some(b'!') => (&left[..left.len() - 1], Some(false)),
            // PostgreSQL calls a column without a name `?column?`.
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
