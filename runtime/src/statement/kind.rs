//! What a statement's first words say of it, where nothing was checked.

use aio_databases_sql::{Dialect, Lexer, TokenKind};

use crate::statement::Access;

/// A kind of statement, as far as a connection must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// It gives rows and changes none: `select`, `values`, `show`, `explain`; not `select … into`, `select … for update`
    /// and `explain analyze delete`.
    Query,
    /// It adds rows: `insert`, `replace`.
    Insert,
    /// It changes rows: `update`, `delete`, `merge`.
    Change,
    /// It begins a transaction: `begin`, `start transaction`.
    Begin,
    /// It ends a transaction: `commit`, `rollback`, `end`, `abort`; not `rollback to`.
    End,
    /// It changes what later statements on the same connection mean or see: `set`, `pragma`, `attach`, …
    Session,
    /// PostgreSQL's `copy … from stdin`: it reads data that the program sends.
    CopyIn,
    /// PostgreSQL's `copy … to stdout`: it gives bytes.
    CopyOut,
    /// Anything else: `create`, `drop`, `vacuum`, …
    Other,
}

impl StatementKind {
    /// Whether such a statement may write. A `select` may as well, by a function: this is for texts of which nothing else is
    /// known.
    pub(crate) fn access(self) -> Access {
        match self {
            StatementKind::Query | StatementKind::CopyOut => Access::Read,
            _ => Access::Write,
        }
    }
}

/// The kind of a statement.
pub(crate) fn kind_of(sql: &str, dialect: Dialect) -> StatementKind {
    let mut all = words(sql, dialect);
    let first = all.next().map(|(word, _)| word).unwrap_or_default();
    match first.as_str() {
        "with" => return after_with(all, dialect),
        "select" | "values" | "table" => return after_select(all, dialect),
        "explain" | "describe" | "desc" => return after_explain(all),
        "show" => return StatementKind::Query,
        "copy" if dialect == Dialect::Postgres => return after_copy(all),
        _ => {}
    }
    let mut words = all.filter(|(_, depth)| *depth == 0).map(|(word, _)| word);
    match first.as_str() {
        "insert" | "replace" => StatementKind::Insert,
        "update" | "delete" | "merge" => StatementKind::Change,
        "begin" | "start" => StatementKind::Begin,
        "commit" | "end" | "rollback" | "abort" => {
            match words.find(|word| word == "to" || word == "chain").as_deref() {
                Some("to") => StatementKind::Other,
                // `commit and chain` begins the next.
                Some(_) => StatementKind::Session,
                None => StatementKind::End,
            }
        }
        "savepoint" | "set" | "reset" | "use" | "lock" | "pragma" | "attach" | "detach" | "listen"
        | "prepare" | "declare" | "load" | "handler" | "xa" | "discard" => StatementKind::Session,
        "create" if is_temporary(words) => StatementKind::Session,
        _ => StatementKind::Other,
    }
}

/// The kind of several statements, which stand at these places, or of the only one.
pub(crate) fn kind_of_all(sql: &str, statements: &[(usize, usize)], dialect: Dialect) -> StatementKind {
    if statements.is_empty() {
        return kind_of(sql, dialect);
    }
    let verbs = statements.iter().filter_map(|&(start, end)| Some(kind_of(sql.get(start..end)?, dialect)));
    verbs
        .reduce(|all, next| match (all, next) {
            (StatementKind::Query, other) | (other, StatementKind::Query) => other,
            // A transaction may have begun and ended: the connection must be looked at.
            (StatementKind::Begin | StatementKind::End | StatementKind::Session, _)
            | (_, StatementKind::Begin | StatementKind::End | StatementKind::Session) => {
                StatementKind::Session
            }
            _ => StatementKind::Other,
        })
        .unwrap_or(StatementKind::Other)
}

/// Whether a statement changes what later ones on its session mean or see, as far as its text shows: by its kind, or by a function that
/// it calls.
pub(crate) fn changes_session(sql: &str, kind: StatementKind, dialect: Dialect) -> bool {
    kind == StatementKind::Session
        || calls(sql, session_functions(dialect))
        || dialect == Dialect::Mysql && assigns_variable(sql, kind)
}

/// Whether a statement can assign a user variable: `select @a := 1`, `select 1 into @a`, `call p(@a)`. The server reports only those that
/// `set` assigns.
fn assigns_variable(sql: &str, kind: StatementKind) -> bool {
    sql.contains(":=") || kind == StatementKind::Other && sql.contains('@')
}

/// The same for the statements of a script.
pub(crate) fn script_changes_session(sql: &str, dialect: Dialect) -> bool {
    let changes = |span: aio_databases_sql::Span| {
        let sql = span.of(sql);
        changes_session(sql, kind_of(sql, dialect), dialect)
    };
    aio_databases_sql::split(sql, dialect).any(changes)
}

/// Functions that set something for the whole session, or lock something for it.
fn session_functions(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &[
            "set_config",
            "pg_advisory_lock",
            "pg_advisory_lock_shared",
            "pg_try_advisory_lock",
            "pg_try_advisory_lock_shared",
            "setseed",
        ],
        Dialect::Mysql => &["get_lock"],
        Dialect::Sqlite => &[],
    }
}

/// Whether one of these functions is called. A text that only looks like a call counts, too: a reset too many does no harm.
fn calls(sql: &str, functions: &[&str]) -> bool {
    !functions.is_empty()
        && sql.match_indices('(').any(|(at, _)| {
            let before = sql[..at].trim_end().trim_end_matches('"');
            let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            let name = before.get(start..).unwrap_or_default();
            functions.iter().any(|function| function.eq_ignore_ascii_case(name))
        })
}

/// The kind of a statement with common table expressions: the first of these words outside of parentheses is its own. One
/// that selects from what others of its parts write is no mere query.
fn after_with(mut words: impl Iterator<Item = (String, usize)>, dialect: Dialect) -> StatementKind {
    let mut writes = false;
    while let Some((word, depth)) = words.next() {
        match (word.as_str(), depth) {
            ("insert" | "replace", 0) => return StatementKind::Insert,
            ("update" | "delete" | "merge", 0) => return StatementKind::Change,
            ("select" | "values" | "table", 0) if writes => return StatementKind::Other,
            ("select" | "values" | "table", 0) => return after_select(words, dialect),
            ("insert" | "update" | "delete" | "merge", _) => writes = true,
            _ => {}
        }
    }
    StatementKind::Other
}

/// A query may lock the rows that it reads (`for update`, `for no key update`, `lock in share mode`), or keep them (`into`).
fn after_select(mut words: impl Iterator<Item = (String, usize)>, dialect: Dialect) -> StatementKind {
    if dialect == Dialect::Sqlite {
        return StatementKind::Query;
    }
    let mut last = (String::new(), 0);
    let writes = words.any(|(word, depth)| {
        let writes = match (last.0.as_str(), word.as_str()) {
            (_, "into") => depth == 0,
            ("for", "update" | "share" | "no" | "key") | ("in", "share") => last.1 == depth,
            _ => false,
        };
        last = (word, depth);
        writes
    });
    if writes { StatementKind::Other } else { StatementKind::Query }
}

/// A copy may also be one of the server's files or programs.
fn after_copy(words: impl Iterator<Item = (String, usize)>) -> StatementKind {
    let mut last = String::new();
    for (word, _) in words.filter(|(_, depth)| *depth == 0) {
        // PostgreSQL does not tell `stdin` from `stdout`.
        match (last.as_str(), word.as_str()) {
            ("from", "stdin" | "stdout") => return StatementKind::CopyIn,
            ("to", "stdin" | "stdout") => return StatementKind::CopyOut,
            _ => last = word,
        }
    }
    StatementKind::Other
}

/// Whether a `copy … to stdout` may write: its query has a word of a statement that does.
pub(crate) fn copy_writes(sql: &str) -> bool {
    words(sql, Dialect::Postgres)
        .any(|(word, _)| matches!(word.as_str(), "insert" | "update" | "delete" | "merge" | "into" | "share"))
}

/// What is explained runs if it is to be analyzed.
fn after_explain(words: impl Iterator<Item = (String, usize)>) -> StatementKind {
    let mut runs = false;
    for (word, _) in words {
        match word.as_str() {
            "analyze" | "analyse" => runs = true,
            "insert" | "update" | "delete" | "merge" | "replace" | "create" | "refresh" | "execute"
            | "declare" | "into"
                if runs =>
            {
                return StatementKind::Other;
            }
            _ => {}
        }
    }
    StatementKind::Query
}

/// `create temporary …`, `create or replace temp …`, `create local temporary …`.
pub(super) fn is_temporary(words: impl Iterator<Item: AsRef<str>>) -> bool {
    words
        .take_while(|word| {
            matches!(word.as_ref(), "or" | "replace" | "local" | "global" | "temp" | "temporary")
        })
        .any(|word| word.as_ref().starts_with("temp"))
}

/// The words, in lower case, and in how many parentheses each stands.
pub(super) fn words(sql: &str, dialect: Dialect) -> impl Iterator<Item = (String, usize)> {
    let mut depth = 0_usize;
    Lexer::new(sql, dialect).filter_map(move |token| {
        let text = token.span.of(sql);
        match (token.kind, text) {
            (TokenKind::Word, word) => return Some((word.to_ascii_lowercase(), depth)),
            (_, "(") => depth += 1,
            (_, ")") => depth = depth.saturating_sub(1),
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_statements() {
        let kind = |sql| {
            let statements: Vec<_> =
                aio_databases_sql::split(sql, Dialect::Sqlite).map(|span| (span.start, span.end)).collect();
            kind_of_all(sql, &statements, Dialect::Sqlite)
        };
        assert_eq!(kind("select 1; select 2"), StatementKind::Query);
        assert_eq!(kind("insert into t values (1); select 2"), StatementKind::Insert);
        assert_eq!(kind("insert into t values (1); delete from u"), StatementKind::Other);
        assert_eq!(kind("begin; insert into t values (1)"), StatementKind::Session);
        assert_eq!(kind("insert into t values (1); commit"), StatementKind::Session);
    }

    #[test]
    fn what_changes_the_session() {
        for (sql, dialect, expected) in [
            ("select set_config('a.b', 'c', false)", Dialect::Postgres, true),
            ("select pg_catalog.PG_ADVISORY_LOCK (1)", Dialect::Postgres, true),
            ("select \"pg_advisory_lock\"(1)", Dialect::Postgres, true),
            ("select pg_advisory_xact_lock(1)", Dialect::Postgres, false),
            ("select my_set_config(1), é(2)", Dialect::Postgres, false),
            ("listen jobs", Dialect::Postgres, true),
            ("select get_lock('a', 1)", Dialect::Mysql, true),
            ("select release_lock('a')", Dialect::Mysql, false),
            ("select 1", Dialect::Mysql, false),
            ("select @a := 1", Dialect::Mysql, true),
            ("select 1 into @a", Dialect::Mysql, true),
            ("call p(@a)", Dialect::Mysql, true),
            ("insert into t values ('a@b.c')", Dialect::Mysql, false),
            ("select @a", Dialect::Mysql, false),
        ] {
            assert_eq!(changes_session(sql, kind_of(sql, dialect), dialect), expected, "{sql}");
        }
        let script = |sql| script_changes_session(sql, Dialect::Sqlite);
        assert!(!script("create table a (b int); insert into a values (1);"));
        assert!(script("create table a (b int); pragma foreign_keys = off"));
    }

    #[test]
    fn copies() {
        for (sql, expected) in [
            ("copy users from stdin", StatementKind::CopyIn),
            ("COPY users (a, \"b\") FROM STDIN (format csv) where a > 1", StatementKind::CopyIn),
            ("-- a\ncopy app.users to stdout csv header", StatementKind::CopyOut),
            ("copy (select a from stdin) to stdout", StatementKind::CopyOut),
            ("copy stdin to stdout", StatementKind::CopyOut),
            ("copy users from stdout", StatementKind::CopyIn),
            ("copy users from '/tmp/users'", StatementKind::Other),
            ("copy users to program 'cat'", StatementKind::Other),
        ] {
            assert_eq!(kind_of(sql, Dialect::Postgres), expected, "{sql}");
            assert_eq!(kind_of(sql, Dialect::Sqlite), StatementKind::Other, "{sql}");
        }
        assert!(copy_writes("copy (delete from users returning id) to stdout"));
        assert!(!copy_writes("copy (select * from users where \"update\") to stdout"));
    }

    #[test]
    fn first_words_tell_the_kind() {
        for (sql, expected) in [
            ("select 1", StatementKind::Query),
            ("/* a */ SELECT 1", StatementKind::Query),
            ("-- a\n(select 1) union select 2", StatementKind::Query),
            ("values (1)", StatementKind::Query),
            ("with a as (select 1) select * from a", StatementKind::Query),
            ("select a from t for update", StatementKind::Other),
            ("select * from (select a from t for no key update) b", StatementKind::Other),
            ("with a as (select 1) select * from t lock in share mode", StatementKind::Other),
            ("select a into b from t", StatementKind::Other),
            (
                "select substring(a for 3), update from t where a in (share) and exists (select into from u)",
                StatementKind::Query,
            ),
            ("explain delete from t", StatementKind::Query),
            ("explain (analyze, buffers) delete from t", StatementKind::Other),
            ("explain analyze select 1", StatementKind::Query),
            (
                "explain analyze with a as (insert into t values (1) returning a) select 1",
                StatementKind::Other,
            ),
            ("show all", StatementKind::Query),
            // It writes: its rows must be read to the end.
            ("with a as (insert into t values (1) returning id) select * from a", StatementKind::Other),
            ("with a as (select 1), b as (delete from t returning id) select * from b", StatementKind::Other),
            ("with a as (select 1) insert into t select * from a", StatementKind::Insert),
            ("insert into t values (1)", StatementKind::Insert),
            ("replace into t values (1)", StatementKind::Insert),
            ("update t set a = 1", StatementKind::Change),
            ("with a as (select 1) delete from t", StatementKind::Change),
            ("begin", StatementKind::Begin),
            ("START TRANSACTION read only", StatementKind::Begin),
            ("commit", StatementKind::End),
            ("rollback", StatementKind::End),
            ("rollback to savepoint a", StatementKind::Other),
            ("SET x = 1", StatementKind::Session),
            ("create temporary table t (a int)", StatementKind::Session),
            ("create or replace temp view v as select 1", StatementKind::Session),
            ("create local temporary table t (a int)", StatementKind::Session),
            ("create table temp (a int)", StatementKind::Other),
            ("create or replace view temp as select 1", StatementKind::Other),
            ("commit and chain", StatementKind::Session),
            ("rollback and no chain", StatementKind::Session),
            ("", StatementKind::Other),
        ] {
            assert_eq!(kind_of(sql, Dialect::Postgres), expected, "{sql}");
        }
    }
}
