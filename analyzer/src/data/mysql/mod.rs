//! The tables of `information_schema` of MySQL and MariaDB.

use super::Table;
use crate::{Relation, RelationColumn, RelationKind, Type};

const INFORMATION_SCHEMA: Table = Table::new(include_str!("information_schema.tsv"));

/// A table of `information_schema`. Some releases have more columns, so it is never complete.
pub(crate) fn relation(name: &str) -> Option<Relation> {
    let name = name.to_ascii_lowercase();
    let columns: Vec<RelationColumn> = INFORMATION_SCHEMA
        .find(&name)
        .map(|row| {
            let [_, column, ty, null] = row.get();
            RelationColumn {
                name: column.to_owned(),
                ty: (ty != "?").then(|| Type::base(ty)),
                not_null: null == "not_null",
                has_default: false,
                generated: false,
                hidden: false,
                digits: None,
                counts: false,
            }
        })
        .collect();
    (!columns.is_empty()).then(|| Relation {
        schema: "information_schema".to_owned(),
        name,
        kind: RelationKind::View,
        columns,
        keys: Vec::new(),
        partial_keys: Vec::new(),
        reacts: false,
        forgets: false,
        complete: false,
        triggers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_table_whatever_its_case() {
        let tables = relation("TABLES").unwrap();
        let column = |name: &str| tables.columns.iter().find(|column| column.name == name).unwrap();
        assert!(column("table_name").not_null && !column("data_length").not_null);
        assert_eq!(column("data_length").ty, Some(Type::base("bigint unsigned")));
        assert_eq!(column("create_time").ty, None);
        assert_eq!(relation("nope"), None);
    }
}
