//! What was expected of a query beside what the server says.

use aio_databases_sql::Dialect;

use super::{
    DifferenceKind,
    expected::{Described, DescribedColumn, Expected, ExpectedColumn, Params},
};

pub(super) fn compare(expected: &Expected, described: &Described, dialect: Dialect) -> Vec<DifferenceKind> {
    let mut found = params(expected, &described.params);
    let Some(columns) = &described.columns else { return found };
    let names_agree = |(expected, found): (&ExpectedColumn, &DescribedColumn)| {
        expected.name.is_none_or(|name| name == found.name)
    };
    let agree =
        expected.columns.len() == columns.len() && expected.columns.iter().zip(columns).all(names_agree);
    if !agree {
        found.push(DifferenceKind::Columns {
            expected: expected.columns.iter().map(|column| column.name.unwrap_or("?").to_owned()).collect(),
            found: columns.iter().map(|column| column.name.clone()).collect(),
        });
        return found;
    }
    for (expected, described) in expected.columns.iter().zip(columns) {
        found.extend(column(expected, described, dialect));
    }
    found
}

fn params(expected: &Expected, described: &Params) -> Vec<DifferenceKind> {
    let count = match described {
        Params::Unknown => return Vec::new(),
        Params::Count(count) => *count,
        Params::Types(types) => types.len(),
    };
    if count != expected.params.len() {
        return vec![DifferenceKind::Parameters { expected: expected.params.len(), found: count }];
    }
    let Params::Types(types) = described else { return Vec::new() };
    let pairs = expected.params.iter().zip(types).enumerate();
    let differ = pairs.filter_map(|(index, (expected, found))| {
        let expected = (*expected).filter(|expected| expected != found)?;
        Some(DifferenceKind::ParameterType {
            number: index + 1,
            expected: expected.to_owned(),
            found: found.clone(),
        })
    });
    differ.collect()
}

fn column(
    expected: &ExpectedColumn,
    described: &DescribedColumn,
    dialect: Dialect,
) -> impl Iterator<Item = DifferenceKind> {
    let name = || described.name.clone();
    let ty =
        expected.ty.zip(described.ty.as_deref()).filter(|(expected, found)| !same(expected, found, dialect));
    let ty = ty.map(|(expected, found)| DifferenceKind::ColumnType {
        column: name(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    });
    let null = (expected.not_null && described.not_null == Some(false))
        .then(|| DifferenceKind::Nullable { column: name() });
    ty.into_iter().chain(null)
}

/// Whether two types' names are for one type.
fn same(expected: &str, found: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => expected == found,
        Dialect::Mysql => mysql(expected) == mysql(found),
        Dialect::Sqlite => sqlite(expected) == sqlite(found),
    }
}

/// A type of MySQL's without length; text and bytes of any length are the same, and JSON, which is text on MariaDB.
fn mysql(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    if name.starts_with("tinyint(1)") && !name.contains("unsigned") || name == "bool" {
        return "boolean".to_owned();
    }
    let (words, rest) = name.split_once('(').unwrap_or((&name, ""));
    let rest = rest.rsplit_once(')').map_or("", |(_, rest)| rest);
    let unsigned = words.contains(" unsigned") || rest.contains("unsigned");
    let word = words.split(' ').next().unwrap_or_default();
    let kind = match word {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "json" | "uuid" | "set" => {
            "text"
        }
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "blob",
        "integer" => "int",
        other => other,
    };
    if unsigned { format!("{kind} unsigned") } else { kind.to_owned() }
}

/// A declared type of SQLite's: one of those that say what text or number is kept, else its affinity, by SQLite's own rules.
fn sqlite(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let words = name.split('(').next().unwrap_or_default().trim();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    match words {
        "bool" | "boolean" => "boolean",
        "date" => "date",
        "time" => "time",
        "datetime" | "timestamp" => "datetime",
        "timestamptz" | "timestamp with time zone" => "timestamptz",
        "uuid" => "uuid",
        "json" | "jsonb" => "json",
        _ if has(&["int"]) => "integer",
        _ if has(&["char", "clob", "text"]) => "text",
        _ if words.is_empty() || has(&["blob", "binary"]) => "blob",
        _ if has(&["real", "floa", "doub"]) => "real",
        _ => "numeric",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_one_name() {
        for (dialect, expected, found, is_same) in [
            (Dialect::Postgres, "int4", "int4", true),
            (Dialect::Postgres, "int4", "int8", false),
            (Dialect::Mysql, "bigint unsigned", "bigint(20) unsigned", true),
            (Dialect::Mysql, "bigint", "bigint(20) unsigned", false),
            (Dialect::Mysql, "tinyint(1)", "tinyint(1)", true),
            (Dialect::Mysql, "tinyint", "tinyint(4)", true),
            (Dialect::Mysql, "tinyint", "tinyint(1)", false),
            (Dialect::Mysql, "varchar", "varchar(50)", true),
            (Dialect::Mysql, "text", "varchar(50)", true),
            (Dialect::Mysql, "json", "longtext", true),
            (Dialect::Mysql, "enum", "enum('a','b unsigned')", true),
            (Dialect::Mysql, "int", "varchar(50)", false),
            (Dialect::Sqlite, "integer", "BIGINT", true),
            (Dialect::Sqlite, "text", "varchar(50)", true),
            (Dialect::Sqlite, "numeric", "decimal(12, 4)", true),
            (Dialect::Sqlite, "datetime", "timestamp", true),
            (Dialect::Sqlite, "date", "numeric", false),
            (Dialect::Sqlite, "integer", "text", false),
        ] {
            assert_eq!(same(expected, found, dialect), is_same, "{dialect}: {expected}, {found}");
        }
    }
}
