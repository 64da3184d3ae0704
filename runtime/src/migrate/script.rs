//! What the statements of a script do to transactions and to the session.

use aio_databases_sql::{Dialect, Lexer, Span, TokenKind, split};

use super::Source;
use crate::statement::kind::{StatementKind, kind_of};

/// A script, understood as far as its runner must.
pub(super) struct Script<'m> {
    pub(super) file: &'m str,
    /// The text, without a byte order mark.
    pub(super) text: &'m str,
    pub(super) statements: Vec<Statement>,
    pub(super) mode: Mode,
    /// SQLite: it sets whether foreign keys are checked.
    pub(super) sets_foreign_keys: bool,
    /// Statements after it may mean something else on its connection.
    pub(super) changes_session: bool,
}

/// One statement of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) span: Span,
    pub(super) control: Control,
    pub(super) effect: Effect,
}

/// What a statement does to the open transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    None,
    Begin,
    End,
    /// `commit and chain`: ends one and begins the next.
    Chain,
}

/// What a statement leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// A setting of the session: `set`, `pragma foreign_keys`.
    Setting,
    /// Rows, which a rollback takes back.
    Rows,
    /// Anything else. MySQL commits by itself around most of it.
    Other,
}

/// How a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// In one transaction, which notes the migration, too. `own`: the indices of the script's own statements that begin and
    /// end it, with nothing but settings outside of them.
    Whole { own: Option<(usize, usize)> },
    /// In a transaction of the runner's, which the script ends (and may begin again), or which MySQL ends by itself.
    Begun,
    /// In no transaction but its own.
    Bare,
}

impl<'m> Script<'m> {
    pub(super) fn new(source: &'m Source, backend: Dialect) -> Self {
        let text = source.sql.strip_prefix('\u{feff}').unwrap_or(&source.sql);
        let statements: Vec<_> =
            split(text, backend).map(|span| Statement::new(text, span, backend)).collect();
        let sql = || statements.iter().map(|statement| statement.span.of(text));
        Script {
            file: &source.file,
            text,
            mode: mode(text, &statements, backend),
            sets_foreign_keys: backend == Dialect::Sqlite && sql().any(|sql| foreign_keys(sql).is_some()),
            changes_session: sql().any(|sql| changes_session(sql, backend)),
            statements,
        }
    }

    /// SQLite: whether it turns foreign keys on or off first; the pragma does nothing in a transaction.
    pub(super) fn first_foreign_keys(&self) -> Option<bool> {
        self.statements.iter().find_map(|statement| foreign_keys(statement.span.of(self.text)))
    }
}

impl Statement {
    fn new(text: &str, span: Span, backend: Dialect) -> Self {
        let sql = span.of(text);
        let effect = match kind_of(sql, backend) {
            _ if foreign_keys(sql).is_some() => Effect::Setting,
            StatementKind::Session if matches!(first_word(sql, backend).as_str(), "set" | "reset") => {
                Effect::Setting
            }
            StatementKind::Query | StatementKind::Insert | StatementKind::Change => Effect::Rows,
            _ => Effect::Other,
        };
        Statement { span, control: control(sql, backend), effect }
    }
}

/// The words of a statement in lowercase; other tokens are left out.
pub(super) fn words(sql: &str, backend: Dialect) -> impl Iterator<Item = String> {
    Lexer::new(sql, backend)
        .filter(|token| token.kind == TokenKind::Word)
        .map(move |token| token.span.of(sql).to_ascii_lowercase())
}

fn first_word(sql: &str, backend: Dialect) -> String {
    words(sql, backend).next().unwrap_or_default()
}

fn control(sql: &str, backend: Dialect) -> Control {
    let mut words = words(sql, backend);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let rest: Vec<String> = words.take(4).collect();
    let has = |word: &str| second == word || rest.iter().any(|other| other == word);
    match (first.as_str(), second.as_str()) {
        // MariaDB's compound statement.
        ("begin", "not") => Control::None,
        ("begin", _) | ("start", "transaction") => Control::Begin,
        ("prepare", "transaction") => Control::End,
        // `commit prepared 'a'` is about another transaction.
        ("commit" | "rollback", "prepared") => Control::None,
        ("commit" | "end" | "rollback" | "abort", _) if has("to") => Control::None,
        ("commit" | "end" | "rollback" | "abort", _) if has("chain") && !has("no") => Control::Chain,
        ("commit" | "end" | "rollback" | "abort", _) => Control::End,
        _ => Control::None,
    }
}

fn mode(text: &str, statements: &[Statement], backend: Dialect) -> Mode {
    let is_control = |at: &usize| statements[*at].control != Control::None;
    let controls: Vec<usize> = (0..statements.len()).filter(is_control).collect();
    let atomic = backend != Dialect::Mysql
        || statements.iter().all(|one| one.effect != Effect::Other || one.control != Control::None);
    if let [begin, end] = controls[..]
        && (statements[begin].control, statements[end].control) == (Control::Begin, Control::End)
        && first_word(statements[end].span.of(text), backend) != "rollback"
        && statements[..begin].iter().chain(&statements[end + 1..]).all(|one| one.effect == Effect::Setting)
        && atomic
    {
        return Mode::Whole { own: Some((begin, end)) };
    }
    if text.starts_with("-- no-transaction") {
        return Mode::Bare;
    }
    match controls.first().map(|at| statements[*at].control) {
        None if atomic => Mode::Whole { own: None },
        None | Some(Control::End | Control::Chain) => Mode::Begun,
        Some(_) => Mode::Bare,
    }
}

/// SQLite: `pragma foreign_keys = off`, in all its spellings: what it is set to.
fn foreign_keys(sql: &str) -> Option<bool> {
    let mut tokens = Lexer::new(sql, Dialect::Sqlite)
        .filter(|token| token.is_significant())
        .map(|token| token.span.of(sql).trim_matches(['"', '\'', '`', '[', ']']).to_ascii_lowercase());
    if tokens.next()? != "pragma" {
        return None;
    }
    let rest: Vec<String> = tokens.collect();
    let rest = match rest.get(1).map(String::as_str) {
        Some(".") => &rest[2..],
        _ => &rest[..],
    };
    match rest {
        [name, sign, value @ ..] if name == "foreign_keys" && (sign == "=" || sign == "(") => {
            let value = value.first()?;
            Some(matches!(value.as_str(), "on" | "yes" | "true") || value.parse().is_ok_and(|n: i64| n != 0))
        }
        _ => None,
    }
}

/// Statements after which a session is as it was before.
const HARMLESS: [&str; 29] = [
    "create", "alter", "drop", "insert", "update", "delete", "replace", "merge", "with", "comment", "grant",
    "revoke", "truncate", "analyze", "analyse", "reindex", "vacuum", "refresh", "rename", "cluster",
    "optimize", "begin", "start", "commit", "end", "rollback", "abort", "security", "reassign",
];

/// Functions that change a session.
const CHANGING: [&str; 5] =
    ["set_config", "pg_advisory_lock", "pg_try_advisory_lock", "pg_advisory_lock_shared", "get_lock"];

fn changes_session(sql: &str, backend: Dialect) -> bool {
    !HARMLESS.contains(&first_word(sql, backend).as_str())
        || kind_of(sql, backend) == StatementKind::Session && control(sql, backend) == Control::None
        || words(sql, backend).any(|word| CHANGING.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn read<T>(sql: &str, backend: Dialect, read: impl Fn(Script<'_>) -> T) -> T {
        let source = Source { file: Cow::Borrowed("a.sql"), sql: Cow::Owned(sql.to_owned()) };
        read(Script::new(&source, backend))
    }

    #[test]
    fn modes() {
        let whole = Mode::Whole { own: None };
        let own = |begin, end| Mode::Whole { own: Some((begin, end)) };
        for (sql, mode) in [
            ("create table a (b int)", whole),
            ("", whole),
            ("begin; create table a (b int); commit;", own(0, 2)),
            ("-- no-transaction\nbegin; create table a (b int); commit;", own(0, 2)),
            ("start transaction isolation level serializable; select 1; end", own(0, 2)),
            ("set role a; begin; select 1; commit; reset role", own(1, 3)),
            ("create table a (b int); begin; select 1; commit", Mode::Bare),
            ("begin; select 1; commit; vacuum", Mode::Bare),
            ("begin; select 1; rollback", Mode::Bare),
            ("begin; select 1", Mode::Bare),
            ("begin; select 1; commit; begin; select 2; commit", Mode::Bare),
            ("select 1; commit; vacuum; begin transaction; select 2", Mode::Begun),
            ("commit and chain; select 1", Mode::Begun),
            ("commit prepared 'a'; rollback to savepoint b", whole),
            ("-- no-transaction\nvacuum", Mode::Bare),
            ("create function f() returns int begin atomic select 1; end", whole),
            ("do $$ begin commit; end $$", whole),
        ] {
            assert_eq!(read(sql, Dialect::Postgres, |script| script.mode), mode, "{sql}");
        }
        for (sql, mode) in [
            ("insert into a values (1); update a set b = 2; set sql_mode = ''", whole),
            ("begin; insert into a values (1); commit", own(0, 2)),
            ("create table a (b int)", Mode::Begun),
            ("begin; create table a (b int); commit", Mode::Bare),
            ("create procedure p() begin commit; end", Mode::Begun),
            ("begin not atomic commit; end", Mode::Begun),
        ] {
            assert_eq!(read(sql, Dialect::Mysql, |script| script.mode), mode, "{sql}");
        }
        let rebuild = "pragma foreign_keys = off; begin; drop table a; commit; pragma foreign_keys = on";
        assert_eq!(read(rebuild, Dialect::Sqlite, |script| script.mode), own(1, 3));
    }

    #[test]
    fn foreign_keys_are_turned_off() {
        for (sql, expected) in [
            ("pragma foreign_keys = off", Some(false)),
            ("PRAGMA Foreign_Keys(0)", Some(false)),
            ("pragma main.foreign_keys='no'", Some(false)),
            ("pragma \"foreign_keys\" = ON", Some(true)),
            ("pragma foreign_keys = 1", Some(true)),
            ("pragma foreign_keys", None),
            ("pragma foreign_key_check", None),
            ("pragma defer_foreign_keys = on", None),
            ("select 'pragma foreign_keys = off'", None),
        ] {
            assert_eq!(foreign_keys(sql), expected, "{sql}");
        }
    }

    #[test]
    fn sessions_that_change() {
        for (sql, changed) in [
            ("create table a (b int); insert into a values (1); alter table a add c int", false),
            ("begin; delete from a; commit", false),
            ("create temp table a (b int)", true),
            ("set search_path = a", true),
            ("select pg_catalog.set_config('search_path', '', false)", true),
            ("insert into a select set_config('a.b', 'c', false)", true),
            ("do $$ begin end $$", true),
            ("select f()", true),
        ] {
            assert_eq!(read(sql, Dialect::Postgres, |script| script.changes_session), changed, "{sql}");
        }
    }
}
