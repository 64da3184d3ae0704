//! One statement as a connection runs it: text for one dialect, and arguments in the order in which it binds them.

use std::{borrow::Cow, sync::Arc, time::Duration};

use aio_databases_sql::{Dialect, split};

#[cfg(feature = "sqlite")]
use crate::statement::packed::PackedRows;
use crate::{
    Arguments, Error, QueryPlace, Result, Value,
    error::Effect,
    statement::copy::{Copy, copy_command, copy_rows, without_copy},
    statement::kind::{StatementKind, changes_session, kind_of, kind_of_all, script_changes_session},
    statement::template::Template,
    statement::{Access, Batch, Cardinality, Statement},
    value::encode::{Put, To},
};

/// A text to run and all that the connection needs to know about it.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) text: Text,
    /// For each placeholder that is bound, the index of its argument.
    pub(crate) order: Cow<'static, [u16]>,
    /// The types of the placeholders, if they are known: see [`Sql::types`](crate::statement::Sql::types).
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    pub(crate) types: &'static [u32],
    /// Where each statement is, if there are several ones.
    pub(crate) statements: Cow<'static, [(usize, usize)]>,
    pub(crate) args: Args,
    /// Whether it may write: as it was checked, or as its first word says.
    pub(crate) access: Access,
    /// What its first words say.
    pub(crate) kind: StatementKind,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    /// The names of its columns, where they were checked.
    pub(crate) columns: &'static [&'static str],
    /// How many rows it gives, as it was checked.
    pub(crate) rows: Cardinality,
    /// Whether what it does was checked when the program was compiled.
    pub(crate) checked: bool,
    /// Whether it changes what later statements of its session mean or see.
    pub(crate) changes_session: bool,
    /// How its many rows may go at once.
    pub(crate) batch: Option<&'static Batch>,
    /// How long it can take, if its query says so.
    pub(crate) timeout: Option<Duration>,
}

/// What to run.
pub(crate) enum Request {
    /// A query that was checked when the program was compiled.
    Checked { statement: &'static Statement, args: Vec<Value> },
    /// The same for many rows of arguments, all or nothing.
    CheckedMany { statement: &'static Statement, batches: &'static [Batch], args: Args },
    /// A query that is only known at run time.
    Dynamic { sql: Text, args: Arguments, file: &'static str, line: u32 },
    /// The same for many rows of arguments, all or nothing.
    DynamicMany { sql: Text, rows: Vec<Arguments>, file: &'static str, line: u32 },
    /// A copy, whose data the sink has or takes.
    Copy { sql: Text, copy: Copy, file: &'static str, line: u32 },
    /// A copy of rows, which were checked as those of an insert.
    CopyRows { statement: &'static Statement, copy: &'static str },
    /// Several statements without arguments.
    Script { sql: Text, file: &'static str, line: u32 },
}

/// Where the program runs a text.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    text: Text,
    file: &'static str,
    line: u32,
}

impl Place {
    /// The same, for people.
    pub(crate) fn to_query(&self) -> QueryPlace {
        QueryPlace { file: self.file, line: self.line, sql: self.text.to_cow() }
    }
}

/// A statement's text.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

/// The arguments of a command.
#[derive(Debug)]
pub(crate) enum Args {
    /// Of one statement.
    One(Vec<Value>),
    /// Of one statement for many rows, all or nothing.
    Many(Vec<Vec<Value>>),
    /// The same for SQLite, where each row is a statement of its own that takes a microsecond or two.
    #[cfg(feature = "sqlite")]
    Packed(Box<PackedRows>),
    /// Those of a command of many rows, for all of them at once.
    Batch(Arc<Command>, &'static Batch),
    /// None: the sink has the data, or takes it.
    Copy(Copy),
    /// None: the text may be several statements.
    Script,
}

impl Args {
    /// Those of a checked statement for many rows. `packed`: for SQLite, through our own backend.
    pub(crate) fn many<R>(
        rows: impl IntoIterator<Item = R>,
        mut put: impl FnMut(R, &mut Put<'_>),
        _packed: bool,
    ) -> Self {
        #[cfg(feature = "sqlite")]
        if _packed {
            return Args::Packed(Box::new(PackedRows::new(rows, put)));
        }
        let mut width = 0;
        let values = |row| {
            let mut values = Vec::with_capacity(width);
            put(row, &mut Put(To::Values(&mut values)));
            width = values.len();
            values
        };
        Args::Many(rows.into_iter().map(values).collect())
    }
}

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }

    pub(crate) fn to_cow(&self) -> Cow<'static, str> {
        match self {
            Text::Static(text) => Cow::Borrowed(text),
            Text::Shared(text) => Cow::Owned(text.to_string()),
        }
    }
}

impl Command {
    /// What a request means in one dialect.
    pub(crate) fn new(request: Request, dialect: Dialect) -> Result<Command> {
        without_nul(&request)?;
        match request {
            Request::Checked { statement, args } => {
                checked(statement, dialect, Args::One(args)).and_then(without_copy)
            }
            Request::CheckedMany { statement, batches, args } => {
                let batch = batches.iter().find(|batch| batch.dialect == dialect);
                Ok(Command { batch, ..checked(statement, dialect, args)? })
            }
            Request::Dynamic { sql, args, file, line } => {
                let template = Template::new(sql, dialect, file, line)?;
                let args = Args::One(template.arrange(args)?);
                without_copy(template.command(args))
            }
            Request::DynamicMany { sql, rows, file, line } => {
                let template = Template::new(sql, dialect, file, line)?;
                let rows = rows.into_iter().map(|args| template.arrange(args)).collect::<Result<_>>()?;
                without_copy(template.command(Args::Many(rows)))
            }
            Request::Copy { sql, copy, file, line } => copy_command(sql, copy, dialect, file, line),
            Request::CopyRows { statement, copy } => copy_rows(statement, copy, dialect),
            Request::Script { sql, file, line } => Ok(Command {
                changes_session: script_changes_session(sql.as_str(), dialect),
                text: sql,
                order: Cow::Borrowed(&[]),
                types: &[],
                statements: Cow::Borrowed(&[]),
                args: Args::Script,
                access: Access::Write,
                kind: StatementKind::Session,
                file,
                line,
                columns: &[],
                rows: Cardinality::Many,
                checked: false,
                batch: None,
                timeout: None,
            }),
        }
    }

    /// Whether it only reads, and never more than one row.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    pub(crate) fn gives_one_at_most(&self) -> bool {
        self.access == Access::Read && matches!(self.rows, Cardinality::One | Cardinality::AtMostOne)
    }

    /// Whether nothing of it was done when its connection ended with an error, or it does not matter: so that it may run again.
    pub(crate) fn may_run_again(&self, error: &Error) -> bool {
        let single = matches!(self.args, Args::One(_) | Args::Batch(..));
        let plain = matches!(self.kind, StatementKind::Query | StatementKind::Insert | StatementKind::Change);
        let not_done = match error.effect() {
            Effect::Nothing => true,
            // Other statements can have committed by themselves.
            Effect::RolledBack => plain,
            Effect::Unknown => false,
        };
        single && error.ends_connection() && (not_done || self.checked && self.access == Access::Read)
    }

    /// What it does to the transaction that is open, as far as first words tell: whether a statement begins one, and the
    /// last that begins or ends one.
    pub(crate) fn controls(&self, dialect: Dialect) -> (bool, Option<StatementKind>) {
        let add = |(begins, last), verb| match verb {
            StatementKind::Begin => (true, Some(verb)),
            StatementKind::End => (begins, Some(verb)),
            _ => (begins, last),
        };
        let text = self.text.as_str();
        let kind_at = |start: usize, end: usize| kind_of(&text[start..end], dialect);
        match (&self.args, &self.statements[..]) {
            (Args::Script, _) => {
                split(text, dialect).map(|span| kind_at(span.start, span.end)).fold((false, None), add)
            }
            (_, []) => add((false, None), self.kind),
            (_, several) => several.iter().map(|&(start, end)| kind_at(start, end)).fold((false, None), add),
        }
    }

    /// Whether a transaction is open after it, as far as first words tell.
    pub(crate) fn leaves_transaction(&self, dialect: Dialect) -> bool {
        matches!(self.kind, StatementKind::Begin | StatementKind::Session)
            && self.controls(dialect).1 == Some(StatementKind::Begin)
    }

    /// Where the query is.
    pub(crate) fn at(&self) -> Place {
        Place { text: self.text.clone(), file: self.file, line: self.line }
    }

    /// Where the query is, for people.
    pub(crate) fn place(&self) -> QueryPlace {
        QueryPlace { file: self.file, line: self.line, sql: self.text.to_cow() }
    }

    /// Completes an error that a connection gave.
    pub(crate) fn explain(&self, error: Error) -> Error {
        error
            .with_query(|| self.place())
            .with_column(|index| self.columns.get(index).map(|name| (*name).to_owned()))
    }
}

/// Rejects a NUL character in SQL: PostgreSQL and SQLite would drop what follows it.
fn without_nul(request: &Request) -> Result<()> {
    let (sql, file, line) = match request {
        Request::Dynamic { sql, file, line, .. }
        | Request::DynamicMany { sql, file, line, .. }
        | Request::Copy { sql, file, line, .. }
        | Request::Script { sql, file, line } => (sql, *file, *line),
        // The compiler has rejected it.
        Request::Checked { .. } | Request::CheckedMany { .. } | Request::CopyRows { .. } => return Ok(()),
    };
    let Some(at) = sql.as_str().find('\0') else { return Ok(()) };
    let before = &sql.as_str()[..at];
    Err(Error::Sql {
        message:
            "the SQL has a NUL character, after which a server ignores the rest: pass values as arguments"
                .to_owned(),
        query: Box::new(QueryPlace { file, line, sql: Cow::Owned(before.to_owned()) }),
    })
}

pub(super) fn checked(statement: &'static Statement, dialect: Dialect, args: Args) -> Result<Command> {
    let sql = statement.checked_for(dialect)?;
    let kind = match statement.access {
        Access::Read => StatementKind::Query,
        Access::Write => kind_of_all(sql.text, sql.statements, dialect),
    };
    Ok(Command {
        text: Text::Static(sql.text),
        order: Cow::Borrowed(sql.order),
        types: sql.types,
        statements: Cow::Borrowed(sql.statements),
        args,
        access: statement.access,
        kind,
        file: statement.file,
        line: statement.line,
        columns: statement.columns,
        rows: statement.rows,
        checked: true,
        changes_session: changes_session(sql.text, kind, dialect),
        batch: None,
        timeout: None,
    })
}
