//! Merges the backends' answers into one, with Rust types.

mod columns;
mod document;
mod params;

use aio_databases_analyzer::{Access, Rows, Type};
use aio_databases_sql::{Dialect, Span};

use crate::{
    check::{self, Answer},
    input::Macro,
    message::Mistake,
    types::{Features, Marker},
};

/// A query's parameters and columns, for every backend.
pub(crate) struct Checked {
    pub(crate) access: Access,
    pub(crate) rows: Rows,
    /// The parameters. Named ones are merged by name.
    pub(crate) params: Vec<Param>,
    /// The columns that the macro reads.
    pub(crate) columns: Vec<ColumnOut>,
    /// For each answer and each of its parameters: the index in `params`.
    pub(crate) order: Vec<Vec<usize>>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub(crate) name: Option<String>,
    pub(crate) marker: Marker,
    pub(crate) not_null: bool,
    /// The place, in the first answer that has the parameter.
    pub(crate) answer: usize,
    pub(crate) span: Span,
}

/// A column of the result.
pub(crate) struct ColumnOut {
    pub(crate) name: String,
    pub(crate) marker: Marker,
    pub(crate) nullable: bool,
    /// The Rust type of a value that is not null, where `__p` is `__private`. A type in the alias overrides it.
    pub(crate) ty: String,
    pub(crate) overridden: bool,
    /// The documentation of its field.
    pub(crate) doc: String,
    pub(crate) span: Span,
}

/// The columns that a macro reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    None,
    First,
    All,
}

impl Wanted {
    pub(crate) fn of(makro: Macro) -> Self {
        match makro {
            Macro::Execute | Macro::Executemany | Macro::CopyIn => Wanted::None,
            Macro::Fetchval | Macro::QueryVal => Wanted::First,
            _ => Wanted::All,
        }
    }
}

/// How columns become a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Each column becomes a field.
    Fields,
    /// The names of the columns are ignored.
    ByPlace,
}

/// Unites the answers.
pub(crate) fn unite(
    answers: &[Answer],
    wanted: Wanted,
    naming: Naming,
    typed: bool,
    features: Features,
) -> Result<Checked, Vec<Mistake>> {
    let mut united = Uniter { answers, naming, typed, features, mistakes: Vec::new() };
    let columns = united.columns(wanted);
    let (params, order) = united.params(&columns);
    if !united.mistakes.is_empty() {
        return Err(united.mistakes);
    }
    let writes = answers.iter().any(|answer| answer.analysis.access == Access::Write);
    Ok(Checked {
        access: if writes { Access::Write } else { Access::Read },
        rows: rows(answers),
        params,
        columns: columns.into_iter().map(|(column, _)| column).collect(),
        order,
    })
}

fn rows(answers: &[Answer]) -> Rows {
    let rank = |rows: Rows| match rows {
        Rows::One => 0,
        Rows::None => 1,
        Rows::AtMostOne => 2,
        Rows::Many => 3,
    };
    let rows = answers.iter().map(|answer| answer.analysis.rows);
    let (least, most) = (rows.clone().min_by_key(|rows| rank(*rows)), rows.max_by_key(|rows| rank(*rows)));
    match (least, most) {
        // No rows on one backend and one row on another make at most one.
        (Some(Rows::One), Some(Rows::None)) => Rows::AtMostOne,
        (_, Some(most)) => most,
        (_, None) => Rows::None,
    }
}

struct Uniter<'a> {
    answers: &'a [Answer],
    naming: Naming,
    /// Whether the user's type determines the Rust types of the columns.
    typed: bool,
    features: Features,
    mistakes: Vec<Mistake>,
}

impl Uniter<'_> {
    fn mistake(&mut self, answer: usize, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let answer = &self.answers[answer];
        let mistake = Mistake::sql(&answer.text, check::place(answer, span), message).help(help);
        self.mistakes.push(mistake);
    }

    /// One line for each backend.
    fn each(&self, say: impl Fn(&Answer) -> String) -> String {
        let lines =
            self.answers.iter().map(|answer| format!("  {}: {}", answer.dialect.title(), say(answer)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// " on PostgreSQL", if there are several backends.
    fn on(&self, dialect: Dialect) -> String {
        if self.answers.len() > 1 { format!(" on {}", dialect.title()) } else { String::new() }
    }
}

fn shown(ty: Option<&Type>) -> String {
    ty.map_or("not known".to_owned(), |ty| format!("`{ty}`"))
}
