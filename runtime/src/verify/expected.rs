//! What was known of a query when it was compiled, and what a server says of it.

use aio_databases_sql::Dialect;

use crate::statement::{Sql, Statement};

/// A checked query, and for each backend what the analyzer said of it, and the migrations that it was checked against: what
/// a macro writes down.
///
/// The first text is lines, their parts between tabs: `p` and the type of a parameter, for each that the text binds; `c`, the name of a column (none: the server
/// may call it as it likes), its type, `!` where it relies on a table's column to be not null, and that table and column. A
/// type that is not known is empty. The second: see `verify::migrations`.
#[derive(Debug)]
#[doc(hidden)]
pub struct Checked {
    pub statement: &'static Statement,
    pub said: &'static [(Dialect, &'static str, &'static str)],
}

/// What the analyzer said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) params: Vec<Option<&'static str>>,
    pub(crate) columns: Vec<ExpectedColumn>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExpectedColumn {
    pub(crate) name: Option<&'static str>,
    pub(crate) ty: Option<&'static str>,
    /// It is not null because the table's column is.
    pub(crate) not_null: bool,
    pub(crate) origin: Option<Origin>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
}

/// What a connection is asked.
pub(crate) struct Wanted {
    pub(crate) sql: &'static Sql,
    /// For each column the table's that it is. PostgreSQL tells that itself.
    #[cfg_attr(not(any(feature = "sqlite", feature = "mysql")), expect(dead_code))]
    pub(crate) origins: Vec<Option<Origin>>,
}

/// What a server says of a query.
#[derive(Debug, Default)]
pub(crate) struct Described {
    /// The columns; `None` where they are only known when the query runs.
    pub(crate) columns: Option<Vec<DescribedColumn>>,
    pub(crate) params: Params,
}

#[derive(Debug, Default)]
pub(crate) struct DescribedColumn {
    pub(crate) name: String,
    /// Its type, or the declared one of the table's column that it is.
    pub(crate) ty: Option<String>,
    /// Whether the table's column that it is is not null.
    pub(crate) not_null: Option<bool>,
}

/// What a server says of parameters.
#[derive(Debug, Default)]
pub(crate) enum Params {
    /// Nothing.
    #[default]
    Unknown,
    /// How many there are.
    #[cfg_attr(not(any(feature = "sqlite", feature = "mysql")), expect(dead_code))]
    Count(usize),
    /// Their types.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    Types(Vec<String>),
}

impl Checked {
    /// What was said for a backend; `None` where the query is not checked for it.
    pub(crate) fn expected(&self, dialect: Dialect) -> Option<Expected> {
        self.of(dialect).map(|(said, _)| Expected::read(said))
    }

    /// The migrations that it was checked against for a backend.
    pub(crate) fn migrations(&self, dialect: Dialect) -> Option<&'static str> {
        self.of(dialect).map(|(_, migrations)| migrations)
    }

    fn of(&self, dialect: Dialect) -> Option<(&'static str, &'static str)> {
        let (_, said, migrations) = self.said.iter().find(|(other, ..)| *other == dialect)?;
        Some((said, migrations))
    }
}

impl Expected {
    fn read(text: &'static str) -> Self {
        let mut expected = Expected::default();
        let some = |part: Option<&'static str>| part.filter(|part| !part.is_empty());
        for line in text.lines() {
            let mut parts = line.split('\t');
            match parts.next() {
                Some("p") => expected.params.push(some(parts.next())),
                Some("c") => expected.columns.push(ExpectedColumn {
                    name: some(parts.next()),
                    ty: some(parts.next()),
                    not_null: parts.next() == Some("!"),
                    origin: some(parts.next())
                        .zip(some(parts.next()))
                        .map(|(table, column)| Origin { table, column }),
                }),
                _ => {}
            }
        }
        expected
    }
}

impl Wanted {
    pub(crate) fn new(statement: &'static Statement, expected: &Expected, dialect: Dialect) -> Self {
        const NONE: &Sql =
            &Sql { dialect: Dialect::Sqlite, text: "", order: &[], types: &[], statements: &[] };
        Wanted {
            sql: statement.for_dialect(dialect).unwrap_or(NONE),
            origins: expected.columns.iter().map(|column| column.origin).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read() {
        let read = Expected::read("p\tint8\np\t\nc\tid\tint8\t!\tusers\tid\nc\t\t\t\n");
        assert_eq!(read.params, [Some("int8"), None]);
        let origin = Some(Origin { table: "users", column: "id" });
        let id = ExpectedColumn { name: Some("id"), ty: Some("int8"), not_null: true, origin };
        let unknown = ExpectedColumn { name: None, ty: None, not_null: false, origin: None };
        assert_eq!(read.columns, [id, unknown]);
        assert_eq!(Expected::read(""), Expected::default());
    }
}
