//! The queries, and the analyzer's answers held against what was seen.

use std::fmt::Write as _;

use aio_databases::Backend;
use aio_databases_analyzer::{Access, Analysis, Nullability, Rows, Schema, Type};
use aio_databases_sql::{Template, split};
use aio_databases_tests::migrations;

const COMMON: &str = include_str!("../../corpus/common.sql");
const POSTGRES: &str = include_str!("../../corpus/postgres.sql");
const MYSQL: &str = include_str!("../../corpus/mysql.sql");
const SQLITE: &str = include_str!("../../corpus/sqlite.sql");
const DATA: &str = include_str!("../../corpus/data.sql");

/// The statements that fill the tables.
pub(crate) fn data(backend: Backend) -> String {
    let own = match backend {
        Backend::Postgres => include_str!("../../corpus/data_postgres.sql"),
        Backend::Mysql => include_str!("../../corpus/data_mysql.sql"),
        Backend::Sqlite => include_str!("../../corpus/data_sqlite.sql"),
    };
    format!("{DATA}{own}")
}

/// The queries of a group: those for all backends and the backend's own.
pub(crate) fn queries(backend: Backend, group: &str) -> Vec<&'static str> {
    let mut queries = Vec::new();
    for file in [COMMON, own(backend)] {
        for section in file.split("\n## ").skip(1) {
            let (name, text) = section.split_once('\n').expect("a group has queries");
            if name == group {
                queries.extend(split(text, backend.dialect()).map(|span| span.of(text)));
            }
        }
    }
    assert!(!queries.is_empty(), "no group `{group}`");
    queries
}

/// The names of a backend's groups.
pub(crate) fn groups(backend: Backend) -> impl Iterator<Item = &'static str> {
    [COMMON, own(backend)]
        .into_iter()
        .flat_map(|file| file.split("\n## ").skip(1).filter_map(|section| section.lines().next()))
}

fn own(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => POSTGRES,
        Backend::Mysql => MYSQL,
        Backend::Sqlite => SQLITE,
    }
}

/// The schema that the migrations make.
pub(crate) fn schema(backend: Backend) -> Schema {
    let mut schema = Schema::new(backend.dialect());
    for (file, text) in migrations(backend) {
        schema.apply(&file, &text);
    }
    assert!(schema.problems().is_empty(), "{:?}", schema.problems());
    schema
}

const REFUSED: &str = "the server refuses it: ";

/// A query, the analyzer's answer, and what is wrong with it.
pub(crate) struct Case {
    pub(crate) sql: &'static str,
    pub(crate) template: Template,
    pub(crate) said: Analysis,
    pub(crate) wrong: Vec<String>,
}

impl Case {
    pub(crate) fn new(schema: &Schema, backend: Backend, sql: &'static str) -> Self {
        let template =
            Template::parse(sql, backend.dialect()).unwrap_or_else(|error| panic!("{sql}\n{error}"));
        let said = schema.analyze(&template);
        let wrong = said.diagnostics.iter().map(|found| format!("{:?}: {}", found.severity, found.message));
        let wrong = wrong.filter(|wrong| wrong.starts_with("Error")).collect();
        Case { sql, template, said, wrong }
    }

    pub(crate) fn rendered(&self) -> String {
        self.template.render().sql.into_owned()
    }

    /// Names and types of the columns; `same` compares the analyzer's type with the server's.
    pub(crate) fn columns(&mut self, seen: &[(String, String)], same: impl Fn(&Type, &str) -> bool) {
        if self.said.columns.len() != seen.len() {
            let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
            self.wrong.push(format!("{} columns, the server has {names:?}", self.said.columns.len()));
            return;
        }
        for (said, (name, ty)) in self.said.columns.iter().zip(seen) {
            if said.name != *name {
                self.wrong.push(format!("column `{}` is called `{name}`", said.name));
            }
            match &said.ty {
                None => self.wrong.push(format!("column `{name}` is unknown, the server says {ty}")),
                Some(said) if !same(said, ty) => {
                    self.wrong.push(format!("column `{name}` is {said}, the server says {ty}"));
                }
                Some(_) => {}
            }
        }
    }

    /// The types of the parameters.
    pub(crate) fn params(&mut self, seen: &[String], same: impl Fn(&Type, &str) -> bool) {
        if self.said.params.len() != seen.len() {
            self.wrong.push(format!("{} parameters, the server has {seen:?}", self.said.params.len()));
            return;
        }
        for (index, (said, ty)) in self.said.params.iter().zip(seen).enumerate() {
            match &said.ty {
                None => self.wrong.push(format!("parameter {} is unknown, the server says {ty}", index + 1)),
                Some(said) if !same(said, ty) => {
                    self.wrong.push(format!("parameter {} is {said}, the server says {ty}", index + 1));
                }
                Some(_) => {}
            }
        }
    }

    /// What came out when the query ran: how many rows, and for each column whether a null was among its values.
    pub(crate) fn ran(&mut self, when: &str, rows: usize, nulls: &[bool]) {
        let fits = match self.said.rows {
            Rows::None => rows == 0,
            Rows::One => rows == 1,
            Rows::AtMostOne => rows <= 1,
            Rows::Many => true,
        };
        if !fits {
            self.wrong.push(format!("{rows} rows came {when}, not {:?}", self.said.rows));
        }
        for (said, null) in self.said.columns.iter().zip(nulls) {
            if *null && said.nullable == Nullability::NotNull {
                self.wrong.push(format!(
                    "a null came {when} out of column `{}`, which is called not null",
                    said.name
                ));
            }
        }
    }

    /// A query that is said to only read was refused where only reading is allowed.
    pub(crate) fn refused(&mut self, when: &str, error: impl std::fmt::Display) {
        self.wrong.push(format!("it failed {when} (access {:?}): {error}", self.said.access));
    }

    /// The server does not take it.
    pub(crate) fn no_query(&mut self, error: impl std::fmt::Display) {
        self.wrong.push(format!("{REFUSED}{error}"));
    }

    pub(crate) fn reads(&self) -> bool {
        self.said.access == Access::Read
    }
}

/// Queries that the server refuses and the analyzer should: `refuses` asks the server.
pub(crate) fn mistakes(backend: Backend, mut refuses: impl FnMut(&str) -> bool) {
    let schema = schema(backend);
    for sql in queries(backend, "mistakes") {
        let case = Case::new(&schema, backend, sql);
        assert!(refuses(&case.rendered()), "the server takes it: {sql}");
        assert!(!case.said.is_ok(), "the analyzer takes it: {sql}");
    }
}

/// The group of queries that the server takes and of which the analyzer may say that it does not know enough.
const NOT_KNOWN_YET: &str = "not_known_yet";

/// Fails with all that is wrong, query by query.
pub(crate) fn report(group: &str, mut cases: Vec<Case>) {
    if group == NOT_KNOWN_YET {
        cases.retain(|case| case.said.is_ok() || case.wrong.iter().any(|wrong| wrong.starts_with(REFUSED)));
    }
    let mut text = String::new();
    for case in cases.iter().filter(|case| !case.wrong.is_empty()) {
        let _ = writeln!(text, "{}", case.sql);
        for wrong in &case.wrong {
            let _ = writeln!(text, "    {wrong}");
        }
    }
    let count = cases.iter().filter(|case| !case.wrong.is_empty()).count();
    assert!(text.is_empty(), "{count} of {} queries:\n\n{text}", cases.len());
}

/// A test for each group of a backend, and one that finds groups without a test.
#[macro_export]
macro_rules! groups {
    ($backend:ident, $check:path: $($group:ident)*) => {
        $(
            #[test]
            fn $group() {
                $check(stringify!($group));
            }
        )*

        #[test]
        fn every_group_is_a_test() {
            let tests = [$(stringify!($group)),*];
            let missing: Vec<_> = $crate::corpus::groups(aio_databases::Backend::$backend)
                .filter(|group| !tests.contains(group) && *group != "mistakes")
                .collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    };
}

#[test]
fn what_is_wrong_is_seen() {
    use aio_databases_analyzer::Nullability::NotNull;

    let mut case =
        Case::new(&schema(Backend::Postgres), Backend::Postgres, "select age from users where id = 1");
    case.ran("in a test", 1, &[true]);
    case.columns(&[("age".to_owned(), "int8".to_owned())], |said, seen| said.to_string() == seen);
    assert_eq!(case.wrong, [""; 0]);
    case.said.columns[0].nullable = NotNull;
    case.ran("in a test", 2, &[true]);
    case.columns(&[("ages".to_owned(), "int4".to_owned())], |said, seen| said.to_string() == seen);
    let expected = [
        "2 rows came in a test, not AtMostOne",
        "a null came in a test out of column `age`, which is called not null",
        "column `age` is called `ages`",
        "column `ages` is int8, the server says int4",
    ];
    assert_eq!(case.wrong, expected);
}
