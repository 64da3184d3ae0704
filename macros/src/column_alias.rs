//! Annotations in a column's alias, as in sqlx: `as "id!"`, `as "id?"`, `as "id: Type"`, `as "id!: Type"`.

use aio_databases_sql::Alias;

/// The annotations of an alias.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Override {
    /// `!`: never null; `?`: maybe null.
    pub(crate) nullable: Option<bool>,
    /// The Rust type.
    pub(crate) ty: Option<String>,
}

/// Reads the name and the annotations of an alias. The error says what is wrong with it.
///
/// The part before the annotations must be a possible field name: `"ratio 1:2"` is an alias without annotations.
pub(crate) fn parse(alias: &str) -> Result<(&str, Override), String> {
    let Alias { name, nullable, ty } = Alias::parse(alias);
    if let Some(ty) = ty
        && syn::parse_str::<syn::Type>(ty).is_err()
    {
        return Err(format!("`{ty}` is not a Rust type"));
    }
    Ok((name, Override { nullable, ty: ty.map(str::to_owned) }))
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
        assert_eq!(parse("id: 1 2"), Err("`1 2` is not a Rust type".to_owned()));
        assert_eq!(parse("id:"), Err("`` is not a Rust type".to_owned()));
    }
}
