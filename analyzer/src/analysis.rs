//! The answer to one query.

use aio_databases_sql::Span;

use crate::Type;

/// What a query takes and gives. There is one for any text; where [`Analysis::is_ok`] is false, its parts hold what
/// could be learned in spite of the mistakes.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The kind of statement.
    pub statement: Statement,
    /// Whether it may change anything.
    pub access: Access,
    /// How many rows it gives.
    pub rows: Rows,
    /// Its parameters, in the order of [`Template::params`](aio_databases_sql::Template::params).
    pub params: Vec<Param>,
    /// The columns of its result, in order.
    pub columns: Vec<Column>,
    /// What is wrong with it, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The lints that comments of the query allow: `/* allow(cross-join) */`. Their warnings are left out already.
    pub allowed: Vec<&'static str>,
}

impl Analysis {
    /// Whether the server would take the query: there is no diagnostic that is an error.
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

/// Whether a statement may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It only reads: a replica may run it.
    Read,
    /// It may write, or take locks as a writer does.
    Write,
}

/// How many rows a statement gives, by its own shape and the schema's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// It has no result.
    None,
    /// Exactly one.
    One,
    /// None or one: a whole unique key is compared with single values, or `limit 1`.
    AtMostOne,
    /// Any number.
    Many,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its type; `None` where nothing in the query says.
    pub ty: Option<Type>,
    /// Whether null may be passed. False where it goes into a column that takes no null, and where a result column is
    /// called not null *because* this parameter is not (see [`Column::not_null_if`]).
    pub nullable: bool,
    /// Where it stands, in the query's text; the first is where its type comes from.
    pub spans: Vec<Span>,
}

/// A column of the result.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name as the server gives it, without an override.
    pub name: String,
    /// Whether the name is an alias that the query gives; else it is that of a table's column, or a name that the server
    /// makes of the expression.
    pub aliased: bool,
    /// Its type; `None` where it cannot be known (a diagnostic says why).
    pub ty: Option<Type>,
    /// Whether null may come out.
    pub nullable: Nullability,
    /// The parameters (by index) that must not be null for a [`Nullability::NotNull`] to hold. `2 * $1` is not null if
    /// `$1` is not.
    pub not_null_if: Vec<usize>,
    /// The column of a table that it is: `users.id`.
    pub origin: Option<String>,
    /// The expression, in the query's text.
    pub span: Span,
}

/// Whether null may come out of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nullability {
    /// No null can come out.
    NotNull,
    /// Null may come out, or it is not known that none can; with the reason, for people, where there is one to tell:
    /// "null where `orders` has no match: left join at 2:15".
    Nullable(Option<String>),
}

/// Something to tell the query's author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the query can be used all the same.
    pub severity: Severity,
    /// The kind of mistake, the name of its file in `diagnostics/`: `unknown-column`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop: "no column `nmae` in `users`".
    pub message: String,
    /// Where, in the query's text as its author wrote it.
    pub span: Span,
    /// What to type instead: "did you mean `name`?".
    pub help: Option<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The server would refuse the query, or its answer cannot be known.
    Error,
    /// The query runs, but likely not as meant.
    Warning,
}
