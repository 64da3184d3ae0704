//! Names, as each server stores and looks them up.

use std::fmt;

use aio_databases_sql::Dialect;

use super::{Builder, cursor::Kind};

/// A name, with its schema if there is one, both as the server stores them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

/// The schema and name of an object in the catalog.
pub(super) type Id = (String, String);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

use crate::dialect::Described;
pub(super) use crate::dialect::TEMP;

/// The number of bytes to which PostgreSQL truncates names.
const LONGEST: usize = 63;

/// A name as the server stores it; `None` if the token isn't a name.
pub(super) fn stored(text: &str, kind: Kind, dialect: Dialect) -> Option<String> {
    let names = &dialect.facts().names;
    let name = match kind {
        Kind::Word if names.folded => text.to_ascii_lowercase(),
        Kind::Word => text.to_owned(),
        Kind::Quoted => unquoted(text, dialect)?,
        Kind::Str if names.string_is_name => unquoted(text, dialect)?,
        _ => return None,
    };
    Some(if names.longest.is_some() { cut(name) } else { name })
}

/// The text between quotes of any kind, with doubled quotes replaced by single ones.
pub(super) fn unquoted(text: &str, dialect: Dialect) -> Option<String> {
    let start = text.find(['\'', '"', '`', '['])?;
    let open = text[start..].chars().next()?;
    let close = if open == '[' { ']' } else { open };
    let inner = text[start + 1..].strip_suffix(close)?;
    let mut doubled = String::from(close);
    doubled.push(close);
    let content = inner.replace(&doubled, &String::from(close));
    let escapes = open == '\'' && (dialect.facts().names.backslash_escapes || text.starts_with(['e', 'E']));
    // Escapes in names and labels are rare. They are not supported, but also not misread.
    (!(escapes && content.contains('\\'))).then_some(content)
}

/// Truncates a name to PostgreSQL's limit.
pub(super) fn cut(mut name: String) -> String {
    let mut end = LONGEST.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    name
}

/// The name that PostgreSQL generates: `table_column_label`, whose longer part is shortened until it fits.
pub(super) fn generated(table: &str, columns: &str, label: &str) -> String {
    let over = label.len() + 1 + usize::from(!columns.is_empty());
    let available = LONGEST.saturating_sub(over);
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > available {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let head = |text: &str, mut end: usize| {
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    let mut parts = vec![head(table, first)];
    if !columns.is_empty() {
        parts.push(head(columns, second));
    }
    parts.push(label.to_owned());
    parts.join("_")
}

/// The columns in a name that PostgreSQL generates. A repeated column gets a number.
pub(super) fn listed(columns: &[String]) -> String {
    let mut listed: Vec<String> = Vec::new();
    for column in columns {
        let numbered = (1..).map(|n| format!("{column}{n}"));
        let mut names = std::iter::once(column.clone()).chain(numbered);
        listed.extend(names.find(|name| !listed.contains(name)));
    }
    listed.join("_")
}

impl Builder {
    /// Whether two column names are equal.
    pub(super) fn same_column(&self, a: &str, b: &str) -> bool {
        self.facts().names.same_ascii(a, b)
    }

    /// The schema of a new object without a schema.
    pub(super) fn creation_schema(&self) -> String {
        let path = &self.catalog.search_path;
        path.iter().find(|schema| *schema != TEMP).cloned().unwrap_or_default()
    }

    /// The schema and name of a new object.
    pub(super) fn new_id(&self, name: &Name, temporary: bool) -> Id {
        let schema = match &name.schema {
            _ if temporary => TEMP.to_owned(),
            Some(schema) => self.schema_name(schema),
            None => self.creation_schema(),
        };
        (schema, name.name.clone())
    }

    /// A written schema. MySQL's current database is the nameless schema.
    pub(super) fn schema_name(&self, written: &str) -> String {
        self.catalog.dialect.rules().schema_name(written, self.database.as_deref())
    }

    /// The table or view with a name, looked up as the server does.
    pub(super) fn find_relation(&self, name: &Name) -> Option<Id> {
        self.find(name, |id| self.relation_id(id))
    }

    /// The type with a name, looked up as the server does.
    pub(super) fn find_type(&self, name: &Name) -> Option<Id> {
        self.find(name, |id| self.catalog.types.contains_key(&id).then_some(id))
    }

    fn find(&self, name: &Name, get: impl Fn(Id) -> Option<Id>) -> Option<Id> {
        match &name.schema {
            Some(schema) => get((self.schema_name(schema), name.name.clone())),
            None => {
                self.catalog.search_path.iter().find_map(|schema| get((schema.clone(), name.name.clone())))
            }
        }
    }

    /// The relation with exactly this schema and name. SQLite ignores case.
    fn relation_id(&self, id: Id) -> Option<Id> {
        if self.catalog.relations.contains_key(&id) {
            return Some(id);
        }
        let mut ids = self.catalog.relations.keys();
        match self.facts().definitions.tables_ignore_case {
            true => ids.find(|(schema, name)| *schema == id.0 && name.eq_ignore_ascii_case(&id.1)).cloned(),
            false => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stored_as_the_server_stores_them() {
        let long = "x".repeat(70);
        let cases = [
            (Dialect::Postgres, "Users", Kind::Word, Some("users")),
            (Dialect::Postgres, "\"Us\"\"ers\"", Kind::Quoted, Some("Us\"ers")),
            (Dialect::Postgres, &long, Kind::Word, Some(&long[..63])),
            (Dialect::Postgres, "'users'", Kind::Str, None),
            (Dialect::Sqlite, "'users'", Kind::Str, Some("users")),
            (Dialect::Sqlite, "Users", Kind::Word, Some("Users")),
            (Dialect::Sqlite, "[a b]", Kind::Quoted, Some("a b")),
            (Dialect::Mysql, "`a``b`", Kind::Quoted, Some("a`b")),
        ];
        for (dialect, text, kind, want) in cases {
            assert_eq!(stored(text, kind, dialect).as_deref(), want, "{dialect} {text}");
        }
    }

    #[test]
    fn a_name_is_made_as_postgresql_makes_it() {
        let table = "very_long_table_name_that_goes_on_and_on_and_on";
        assert_eq!(generated(table, "", "pkey"), format!("{table}_pkey"));
        assert_eq!(generated("t", "b_c", "key"), "t_b_c_key");
        assert_eq!(generated(table, "an_even_longer_column_name_than_the_table_name_had", "key").len(), 63);
    }
}
