//! SQLite's built-in tables, table-valued functions, and pragmas. A line of `sqlite/tables.tsv` is a name, its kind
//! (`t`able, one that can be `w`ritten to, or `f`unction) and its columns; one of `sqlite/pragmas.tsv`:
//!
//! | column | |
//! |---|---|
//! | name | in lower case |
//! | answer | `list`: rows, whatever the argument; `value`: a row without an argument, none with one, which sets it; `both`: a row in either case; `maybe`: the same, or none; `does`: a row, and it may write; `changes`: rows, and it writes; `sets`: it gives nothing. `!` after it: `pragma_` and the name is no table |
//! | columns | `name:type`, `?` after it: may be null; `-` after it: hidden. `?` for a type: not known |

use super::Table;
use crate::{Relation, RelationColumn, RelationKind, Rows, Type};

const TABLES: Table = Table::new(include_str!("sqlite/tables.tsv"));
const PRAGMAS: Table = Table::new(include_str!("sqlite/pragmas.tsv"));

/// A column of a built-in table.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) ty: Option<Type>,
    pub(crate) nullable: bool,
    pub(crate) hidden: bool,
}

/// A built-in table.
pub(crate) struct Own {
    pub(crate) columns: Vec<Column>,
    /// Whether it can be called with arguments.
    pub(crate) callable: bool,
}

/// The result and the effect of a pragma.
pub(crate) struct Pragma {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Rows,
    pub(crate) writes: bool,
}

/// A table by its name in lowercase.
pub(crate) fn table(name: &str) -> Option<Own> {
    if let Some(name) = name.strip_prefix("pragma_") {
        let [_, answer, columns] = PRAGMAS.find(name).next()?.get();
        let hidden = ["arg", "schema"].map(|name| Column {
            name,
            ty: Some(Type::base("text")),
            nullable: true,
            hidden: true,
        });
        let columns = read(columns).chain(hidden).collect();
        return (!answer.ends_with('!')).then_some(Own { columns, callable: true });
    }
    let [_, kind, columns] = TABLES.find(name).next()?.get();
    Some(Own { columns: read(columns).collect(), callable: kind == "f" })
}

/// A writable table by its name in lowercase.
pub(crate) fn writable(name: &str) -> Option<Relation> {
    let [name, kind, columns] = TABLES.find(name).next()?.get();
    let columns = read(columns).map(|column| RelationColumn {
        name: column.name.to_owned(),
        ty: column.ty,
        not_null: !column.nullable,
        has_default: false,
        generated: false,
        hidden: column.hidden,
        digits: None,
        counts: false,
    });
    (kind == "w").then(|| Relation {
        schema: String::new(),
        name: name.to_owned(),
        kind: RelationKind::Table,
        columns: columns.collect(),
        keys: Vec::new(),
        partial_keys: Vec::new(),
        complete: true,
        triggers: Vec::new(),
        reacts: false,
        forgets: false,
    })
}

/// A pragma by its name in lowercase, with or without an argument.
pub(crate) fn pragma(name: &str, argument: bool) -> Option<Pragma> {
    let [_, answer, columns] = PRAGMAS.find(name).next()?.get();
    let columns: Vec<Column> = read(columns).collect();
    let (rows, writes) = match (answer.trim_end_matches('!'), argument) {
        ("list", _) => (Rows::Many, false),
        ("value" | "both", false) => (Rows::One, false),
        ("both", true) => (Rows::One, true),
        ("maybe", argument) => (Rows::AtMostOne, argument),
        ("does", _) => (Rows::One, true),
        ("changes", _) => (Rows::Many, true),
        _ => (Rows::None, true),
    };
    Some(Pragma { columns: if rows == Rows::None { Vec::new() } else { columns }, rows, writes })
}

fn read(columns: &'static str) -> impl Iterator<Item = Column> {
    columns.split_ascii_whitespace().map(|column| {
        let (name, ty) = column.split_once(':').unwrap_or((column, "?"));
        let (ty, hidden) = ty.strip_suffix('-').map_or((ty, false), |ty| (ty, true));
        let (ty, nullable) = ty.strip_suffix('?').map_or((ty, false), |ty| (ty, true));
        Column { name, ty: (ty != "?").then(|| Type::base(ty)), nullable, hidden }
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn names(columns: &[Column]) -> Vec<&str> {
        columns.iter().filter(|column| !column.hidden).map(|column| column.name).collect()
    }

    /// Its columns, and whether it only reads.
    fn prepared(sql: &str) -> Option<(Vec<String>, bool)> {
        let server = Connection::open_in_memory().unwrap();
        server.execute_batch("create table t (a integer primary key autoincrement)").unwrap();
        let statement = server.prepare(sql).ok()?;
        Some((statement.column_names().into_iter().map(str::to_owned).collect(), statement.readonly()))
    }

    #[test]
    fn pragmas_are_those_of_the_server() {
        let server = Connection::open_in_memory().unwrap();
        let mut statement = server.prepare("select name from pragma_pragma_list").unwrap();
        let there: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for name in &there {
            let said = pragma(name, false).unwrap_or_else(|| panic!("{name} is missing"));
            let (columns, reads) = prepared(&format!("pragma {name}")).unwrap();
            assert_eq!(names(&said.columns), columns, "{name}");
            assert!(said.writes || reads, "{name} writes");
            let table = table(&format!("pragma_{name}"));
            let real = prepared(&format!("select * from pragma_{name}"));
            assert_eq!(
                table.as_ref().map(|table| names(&table.columns)),
                real.as_ref().map(|(columns, _)| columns.iter().map(String::as_str).collect()),
                "pragma_{name}"
            );
        }
        assert_eq!(PRAGMAS.all().count(), there.len());
    }

    /// Pragmas that set a value return it, or nothing.
    #[test]
    fn pragmas_with_an_argument() {
        for (sql, name) in [
            ("user_version = 1", "user_version"),
            ("busy_timeout = 5", "busy_timeout"),
            ("journal_mode = wal", "journal_mode"),
            ("foreign_keys(on)", "foreign_keys"),
            ("locking_mode = normal", "locking_mode"),
            ("table_info(t)", "table_info"),
            ("secure_delete = on", "secure_delete"),
            ("synchronous = normal", "synchronous"),
            ("case_sensitive_like = on", "case_sensitive_like"),
            ("wal_autocheckpoint = 10", "wal_autocheckpoint"),
            ("journal_size_limit = 10", "journal_size_limit"),
            ("encoding = 'UTF-8'", "encoding"),
        ] {
            let said = pragma(name, true).unwrap();
            let (columns, _) = prepared(&format!("pragma {sql}")).unwrap();
            assert_eq!(names(&said.columns), columns, "{sql}");
        }
    }

    #[test]
    fn tables_are_those_of_the_server() {
        for row in TABLES.all() {
            let [name, _, columns] = row.get();
            if name == "sqlite_stat1" {
                continue;
            }
            let (real, _) = prepared(&format!("select * from {name}")).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(names(&read(columns).collect::<Vec<_>>()), real, "{name}");
        }
    }
}
