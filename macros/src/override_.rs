//! What a column's alias may say about it, as in sqlx: `as "id!"`, `as "id?"`, `as "id: Type"`, `as "id!: Type"`.

/// What an alias says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Override {
    /// `!`: never null; `?`: maybe null.
    pub(crate) nullable: Option<bool>,
    /// The Rust type.
    pub(crate) ty: Option<String>,
}

/// The name and what else the alias says; or what is wrong with it.
///
/// A column without an alias is called by its expression's text on SQLite and MySQL, which may look like more than a name:
/// `2*?`, `2*:number`. So what stands before must be a name as a field can have it.
pub(crate) fn parse(alias: &str) -> Result<(&str, Override), String> {
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
    if !is_name(name) {
        return Ok((alias, Override::default()));
    }
    let Some(ty) = ty else { return Ok((name, Override { nullable, ty: None })) };
    if syn::parse_str::<syn::Type>(ty).is_err() {
        return Err(format!("`{ty}` is no Rust type"));
    }
    Ok((name, Override { nullable, ty: Some(ty.to_owned()) }))
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases() {
        for (alias, name, nullable, ty) in [
            ("id", "id", None, None),
            ("id!", "id", Some(false), None),
            ("id?", "id", Some(true), None),
            ("id: UserId", "id", None, Some("UserId")),
            ("id!: a::B<C>", "id", Some(false), Some("a::B<C>")),
            ("id?:Vec<(u8, u8)>", "id", Some(true), Some("Vec<(u8, u8)>")),
            ("id: _", "id", None, Some("_")),
            ("?column?", "?column?", None, None),
            ("count(*)", "count(*)", None, None),
            ("a::text", "a::text", None, None),
            ("2*?", "2*?", None, None),
            ("2*:number", "2*:number", None, None),
            ("?", "?", None, None),
            (":id", ":id", None, None),
        ] {
            let expected = Override { nullable, ty: ty.map(str::to_owned) };
            assert_eq!(parse(alias), Ok((name, expected)), "{alias}");
        }
        assert_eq!(parse("id: 1 2"), Err("`1 2` is no Rust type".to_owned()));
        assert_eq!(parse("id:"), Err("`` is no Rust type".to_owned()));
    }
}
