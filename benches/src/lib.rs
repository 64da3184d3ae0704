//! The schema and the queries that the benchmarks are about.

use aio_databases_analyzer::{Schema, Severity};
use aio_databases_sql::{Dialect, Template};

/// What a dialect is measured with.
#[derive(Debug)]
pub struct Sample {
    /// The dialect.
    pub dialect: Dialect,
    /// The text of its schema.
    pub schema: &'static str,
    /// Its queries, those of a kind one after the other.
    pub queries: Vec<Query>,
}

/// A query.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// What kind of query it is: one of [`KINDS`].
    pub kind: &'static str,
    /// Its text.
    pub sql: &'static str,
}

/// The kinds of queries.
pub const KINDS: [&str; 6] = ["point", "list", "join", "group", "nested", "change"];

impl Sample {
    /// The sample of a dialect.
    ///
    /// # Panics
    ///
    /// If the analyzer finds a mistake in it: then something else would be measured.
    pub fn of(dialect: Dialect) -> Sample {
        let (schema, own) = match dialect {
            Dialect::Postgres => {
                (include_str!("../schema/postgres.sql"), include_str!("../queries/postgres.sql"))
            }
            Dialect::Mysql => (include_str!("../schema/mysql.sql"), include_str!("../queries/mysql.sql")),
            Dialect::Sqlite => (include_str!("../schema/sqlite.sql"), include_str!("../queries/sqlite.sql")),
        };
        let mut queries: Vec<Query> = read(include_str!("../queries/common.sql")).chain(read(own)).collect();
        queries.sort_by_key(|query| KINDS.iter().position(|kind| *kind == query.kind));
        let sample = Sample { dialect, schema, queries };
        sample.check();
        sample
    }

    /// The schema, read.
    pub fn load(&self) -> Schema {
        let mut schema = Schema::new(self.dialect);
        schema.apply("schema.sql", self.schema);
        schema
    }

    /// The queries of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Query> {
        self.queries.iter().filter(|query| query.kind == kind).copied().collect()
    }

    fn check(&self) {
        let schema = self.load();
        assert!(schema.problems().is_empty(), "{}: {:?}", self.dialect, schema.problems());
        for Query { kind, sql } in &self.queries {
            assert!(KINDS.contains(kind), "{}: no kind {kind:?}", self.dialect);
            let template =
                Template::parse(sql, self.dialect).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let found = schema.analyze(&template).diagnostics;
            let error = found.iter().find(|found| found.severity == Severity::Error);
            assert!(error.is_none(), "{}: {sql}: {error:?}", self.dialect);
        }
    }
}

fn read(text: &'static str) -> impl Iterator<Item = Query> {
    let mut kind = "";
    text.lines().filter_map(move |line| match line.strip_prefix("-- ") {
        Some(word) => {
            kind = word;
            None
        }
        None => line.strip_suffix(';').map(|sql| Query { kind, sql }),
    })
}
