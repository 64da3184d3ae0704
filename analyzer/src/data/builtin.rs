//! The functions of SQLite and of MySQL and MariaDB, written by hand from their manuals and checked against servers by the
//! tests. A line of `sqlite/functions.tsv` and `mysql/functions.tsv`:
//!
//! | column | |
//! |---|---|
//! | name | in lowercase |
//! | arguments | a type each (`_` for a space), which is what a parameter there is taken for (`any`: nothing says; `like`: for what the others come together in); `=` after it: may be left out; `*` before the last, or the last two: any number of these, at least one |
//! | result | a type, or a rule: `=1` as the first argument, `=common` what all come together in, `=common2` all but the first, `=number` …; `?` cannot be known |
//! | nulls | `strict` exactly for a null argument, `only` for nothing but a null argument, `never`, `maybe`, `maybe-strict` for a null argument and maybe more; `numeric`, `integer`, `temporal` and `text` (numbers too): strict over such a first argument, else `maybe-strict`; `integer-never`: never over integers |
//! | kind | `f`unction, `a`ggregate or `w`indow function; `v` if it writes |
//! | traits | see [`traits`](super::traits) |
//!
//! If a name has several lines, the first one that accepts the number of arguments counts.

use aio_databases_sql::Dialect;

use super::{
    Table,
    cache::{Cache, Named},
};
use crate::types::Nulls;

pub(super) const SQLITE: Table = Table::new(include_str!("sqlite/functions.tsv"));
pub(super) const MYSQL: Table = Table::new(include_str!("mysql/functions.tsv"));

/// A function.
#[derive(Clone, Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) params: Vec<&'static str>,
    /// The number of arguments, from the end, that can be left out.
    pub(crate) defaults: usize,
    /// The number of parameters, from the end, that can be repeated. Each needs at least one argument.
    pub(crate) repeated: usize,
    pub(crate) result: &'static str,
    nulls: &'static str,
    pub(crate) strict: bool,
    /// `f`unction, `a`ggregate or `w`indow function.
    pub(crate) kind: u8,
    pub(crate) writes: bool,
}

/// The kinds of argument values that make a difference for nulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArgumentKind {
    /// Whole numbers.
    Integer,
    /// Other numbers.
    Number,
    /// Dates and times.
    Temporal,
    /// Text.
    Text,
    /// Anything else, or unknown.
    Other,
}

impl Named for Builtin {
    fn name(&self) -> &'static str {
        self.name
    }
}

/// The functions with a name, except PostgreSQL's.
pub(crate) fn functions(dialect: Dialect, name: &str) -> &'static [Builtin] {
    static SQLITE_FOUND: Cache<Builtin> = Cache::new();
    static MYSQL_FOUND: Cache<Builtin> = Cache::new();
    let (found, table) = match dialect {
        Dialect::Sqlite => (&SQLITE_FOUND, SQLITE),
        Dialect::Mysql => (&MYSQL_FOUND, MYSQL),
        Dialect::Postgres => return &[],
    };
    found.get(name, || table.find(name).map(|row| Builtin::read(row.get())).collect())
}

/// Whether a function is an aggregate. PostgreSQL's functions are not searched.
pub(crate) fn is_aggregate(dialect: Dialect, name: &str) -> bool {
    functions(dialect, name).iter().any(|function| function.kind == b'a')
}

/// The names of all functions.
pub(crate) fn function_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    let table = if dialect == Dialect::Sqlite { SQLITE } else { MYSQL };
    table.all().map(|row| row.get::<1>()[0])
}

impl Builtin {
    fn read([name, params, result, nulls, kind]: [&'static str; 5]) -> Self {
        let params: Vec<&str> = params.split_ascii_whitespace().collect();
        Builtin {
            name,
            defaults: params.iter().filter(|param| param.ends_with('=')).count(),
            repeated: params
                .iter()
                .position(|param| param.starts_with('*'))
                .map_or(0, |at| params.len() - at),
            params: params.iter().map(|param| param.trim_matches(['=', '*'])).collect(),
            result,
            nulls,
            strict: !matches!(nulls, "only" | "never" | "maybe" | "integer-never"),
            kind: kind.bytes().next().unwrap_or(b'f'),
            writes: kind.ends_with('v'),
        }
    }

    /// Whether it accepts that many arguments.
    pub(crate) fn takes(&self, given: usize) -> bool {
        let most = self.params.len();
        let whole = match (self.repeated, given.saturating_sub(most)) {
            (0, more) => more == 0,
            (repeated, more) => more.is_multiple_of(repeated),
        };
        whole && given + self.defaults >= most
    }

    /// When it returns null, depending on the kind of the first argument.
    pub(crate) fn nulls(&self, first: ArgumentKind) -> Nulls {
        use ArgumentKind::{Integer, Number, Temporal, Text};
        match (self.nulls, first) {
            ("strict" | "only", _)
            | ("integer", Integer)
            | ("numeric", Integer | Number)
            | ("temporal", Temporal)
            | ("text", Text | Integer | Number) => Nulls::Strict,
            ("never", _) | ("integer-never", Integer) => Nulls::Never,
            _ => Nulls::Maybe,
        }
    }

    /// The type of an argument.
    pub(crate) fn param(&self, n: usize) -> &'static str {
        let fixed = self.params.len() - self.repeated;
        let at = if n < fixed || self.repeated == 0 { n } else { fixed + (n - fixed) % self.repeated };
        self.params.get(at).or(self.params.last()).copied().unwrap_or("any")
    }

    /// The function as a message shows it.
    pub(crate) fn signature(&self) -> String {
        let needed = self.params.len() - self.defaults;
        let shown = self.params.iter().map(|param| if *param == "like" { "any" } else { param });
        let params = shown.enumerate().map(|(n, param)| {
            let dots = if self.repeated > 0 && n + 1 == self.params.len() { ", …" } else { "" };
            if n >= needed { format!("[{param}]") } else { format!("{param}{dots}") }
        });
        format!("{}({})", self.name, params.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NULLS: [&str; 10] = [
        "strict",
        "only",
        "never",
        "maybe",
        "maybe-strict",
        "numeric",
        "integer",
        "integer-never",
        "temporal",
        "text",
    ];

    #[test]
    fn every_line_is_understood() {
        for (dialect, table) in [(Dialect::Sqlite, SQLITE), (Dialect::Mysql, MYSQL)] {
            let mut last = "";
            for row in table.all() {
                let fields: [&str; 5] = row.get();
                let [name, _, result, nulls, kind] = fields;
                assert!(last <= name, "{dialect}: {name} stands after {last}");
                assert!(!result.is_empty(), "{fields:?}");
                assert!(NULLS.contains(&nulls), "{fields:?}");
                assert!(["f", "a", "w", "fv"].contains(&kind), "{fields:?}");
                last = name;
            }
        }
    }
}
