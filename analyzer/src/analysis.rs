//! The answer to one query.

use aio_databases_sql::Span;

use crate::Type;

/// The parameters, columns and mistakes of a query. Every text has an analysis. If [`Analysis::is_ok`] is false, it
/// contains what could be inferred despite the mistakes.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The kind of statement.
    pub statement: Statement,
    /// Whether it can change anything.
    pub access: Access,
    /// How many rows it returns.
    pub rows: Rows,
    /// Its parameters, in the order of [`Template::params`](aio_databases_sql::Template::params).
    pub params: Vec<Param>,
    /// The columns of its result, in order.
    pub columns: Vec<Column>,
    /// The mistakes and warnings, sorted by their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The lints that comments of the query allow: `/* allow(cross-join) */`. Their warnings are left out already.
    pub allowed: Vec<&'static str>,
}

impl Analysis {
    /// Whether the server would accept the query: no diagnostic is an error.
    pub fn is_ok(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }
}

/// The kind of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `select`, `values`, `table`, with or without `with`.
    Select,
    /// `insert` (and MySQL's `replace`).
    Insert,
    /// `update`.
    Update,
    /// `delete`.
    Delete,
    /// `merge`.
    Merge,
    /// Data definition: `create`, `alter`, `drop`, …
    Ddl,
    /// Anything else: `set`, `begin`, `pragma`, `vacuum`, `explain`, …
    Other,
}

/// Whether a statement can change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It only reads, so a replica can run it.
    Read,
    /// It can write, or take locks as a writer does.
    Write,
}

/// How many rows a statement returns, according to its form and the schema's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// It has no result.
    None,
    /// Exactly one.
    One,
    /// None or one: a whole unique key is compared with single values, or there is a `limit 1`.
    AtMostOne,
    /// Any number.
    Many,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its type; `None` if nothing in the query determines it.
    pub ty: Option<Type>,
    /// Whether null can be passed. False if it is written to a column that can't be null, or if a result column is only
    /// not null *because* this parameter is not null (see [`Column::not_null_if`]).
    pub nullable: bool,
    /// Its places in the query's text. The first one determines its type.
    pub spans: Vec<Span>,
}

/// A column of the result.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name as the server returns it, without annotations.
    pub name: String,
    /// Whether the name is an alias in the query. Otherwise it is the name of a table's column, or the server derives
    /// it from the expression.
    pub aliased: bool,
    /// Its type; `None` if it is unknown (a diagnostic says why).
    pub ty: Option<Type>,
    /// Whether it can be null.
    pub nullable: Nullability,
    /// The parameters (by index) that must not be null for a [`Nullability::NotNull`] to hold. `2 * $1` is not null if
    /// `$1` is not.
    pub not_null_if: Vec<usize>,
    /// The column of a table, if it is one: `users.id`.
    pub origin: Option<String>,
    /// The expression, in the query's text.
    pub span: Span,
}

/// Whether a column can be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nullability {
    /// It is never null.
    NotNull,
    /// It can be null, or it is unknown whether it can. The text is the reason, for people, if one is known: "null
    /// where `orders` has no match: left join at 2:15".
    Nullable(Option<String>),
}

/// A message for the query's author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the query can be used despite the problem.
    pub severity: Severity,
    /// The kind of mistake, which is the name of its file in `diagnostics/`: `unknown-column`.
    pub code: &'static str,
    /// The message, one sentence without a full stop: "no column `nmae` in `users`".
    pub message: String,
    /// The place in the query's text, as its author wrote it.
    pub span: Span,
    /// A suggestion: "did you mean `name`?".
    pub help: Option<String>,
}

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The server would reject the query, or its result is unknown.
    Error,
    /// The query runs, but probably not as intended.
    Warning,
}
