//! Analyzes a query for each backend.

use std::rc::Rc;

use aio_databases_analyzer::{Analysis, Diagnostic, Level, Lints, Severity};
use aio_databases_sql::{Dialect, Span, Template};

use crate::{
    input::{
        Call, Macro,
        sql::{Sql, Text},
    },
    message::{self, Mistake},
    project::Project,
};

/// One backend's answer.
pub(crate) struct Answer {
    pub(crate) dialect: Dialect,
    pub(crate) text: Rc<Text>,
    pub(crate) template: Template,
    pub(crate) analysis: Analysis,
}

/// The analyzer's code for a column whose type is unknown.
pub(crate) const UNTYPED_COLUMN: &str = "untyped-column";

/// All backends' answers and warnings.
pub(crate) struct Answers {
    pub(crate) answers: Vec<Answer>,
    pub(crate) warnings: Vec<Mistake>,
}

const DUPLICATE_NAME: &str = "duplicate-name";

/// Analyzes the query for every backend of the project.
pub(crate) fn check(project: &Project, call: &Call) -> Result<Answers, Vec<Mistake>> {
    let backends = &project.config.backends;
    let mut answers = Vec::new();
    let (mut told, mut warned) = (Vec::new(), Vec::new());
    for dialect in backends.iter().copied() {
        match ask(project, &call.sql, dialect) {
            Ok(answer) => {
                told.extend(mistakes(project, &answer).map(|mistake| (dialect.title(), mistake)));
                for (level, warning) in warnings(project, call.makro, &answer) {
                    let to = if level == Level::Deny { &mut told } else { &mut warned };
                    to.push((dialect.title(), warning));
                }
                answers.push(answer);
            }
            Err(mistake) => told.push((dialect.title(), mistake)),
        }
    }
    let shared = matches!(call.sql, Sql::One(_));
    match told.is_empty() {
        true => Ok(Answers { answers, warnings: message::merge(warned, backends.len(), shared) }),
        false => Err(message::merge(told, backends.len(), shared)),
    }
}

fn ask(project: &Project, sql: &Sql, dialect: Dialect) -> Result<Answer, Mistake> {
    let text = sql.text(dialect).ok_or_else(|| {
        Mistake::token(
            sql.span(),
            format!("no SQL text for {}, one of this crate's backends", dialect.title()),
        )
        .help(format!("add `{dialect}: \"…\"`, or `_: \"…\"` for all other backends"))
    })?;
    if let Some(at) = text.value.find('\0') {
        let message = "the SQL contains a NUL character, and a server ignores everything after it";
        return Err(Mistake::sql(text, Span::new(at, at + 1), message).help("pass values as arguments"));
    }
    let template = Template::parse(&text.value, dialect).map_err(|error| {
        let mistake = Mistake::sql(text, error.span, error.message);
        error.help.into_iter().fold(mistake, Mistake::help)
    })?;
    let analysis = project.schema(dialect).analyze(&template);
    Ok(Answer { dialect, text: text.clone(), template, analysis })
}

fn mistakes<'a>(project: &'a Project, answer: &'a Answer) -> impl Iterator<Item = Mistake> + 'a {
    // A column's alias can name its missing type: see `unite`.
    let errors = answer
        .analysis
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error && found.code != UNTYPED_COLUMN);
    errors.map(|diagnostic| {
        let mut mistake = mistake(answer, diagnostic);
        if diagnostic.code == "unknown-table" {
            mistake.help.extend(about_schema(project, answer.dialect));
        }
        mistake
    })
}

fn mistake(answer: &Answer, diagnostic: &Diagnostic) -> Mistake {
    let mut mistake = Mistake::sql(&answer.text, diagnostic.span, diagnostic.message.clone());
    mistake.help.extend(diagnostic.help.clone());
    mistake
}

/// The warnings that the settings do not allow. Columns with the same name are not among them: they only matter if a
/// record has fields, and then they are a mistake (see `unite`).
fn warnings(project: &Project, makro: Macro, answer: &Answer) -> Vec<(Level, Mistake)> {
    let mut found: Vec<Diagnostic> = answer.analysis.diagnostics.clone();
    found.retain(|found| found.severity == Severity::Warning && found.code != DUPLICATE_NAME);
    if matches!(makro, Macro::Fetchone | Macro::Fetchval)
        && answer.analysis.is_ok()
        && let Some(mut several) = answer.analysis.several_rows(&answer.template)
    {
        several.help = several.help.map(|help| format!("{help}, or use `fetchall!`"));
        found.push(several);
    }
    let lints = &project.config.lints;
    let levels = found.iter().map(|found| (lints.level(found.code), found));
    let shown = levels.filter(|(level, _)| *level != Level::Allow);
    shown.map(|(level, found)| (level, warning(answer, lints, found))).collect()
}

fn warning(answer: &Answer, lints: &Lints, found: &Diagnostic) -> Mistake {
    let mut mistake = mistake(answer, found);
    mistake.lint = Some(found.code);
    mistake.help.extend(lints.advice(found));
    mistake
}

/// Help for an unknown table: where the schema was read from.
fn about_schema(project: &Project, dialect: Dialect) -> Vec<String> {
    let located = project.located(dialect);
    let mut help = Vec::new();
    if located.files.is_empty() {
        let looked = located.looked.join("`, `");
        help.push(format!(
            "no schema files found; searched for `.sql` files in `{looked}` of {}",
            project.dir.display()
        ));
    }
    help.extend(project.unreadable(dialect).iter().cloned());
    let problems = project.schema(dialect).problems().iter().take(3);
    help.extend(problems.map(|problem| {
        let aio_databases_sql::Position { line, column } = problem.position;
        let what = if problem.refused { "is refused" } else { "was not understood" };
        format!("{}:{line}:{column} {what}: {}", problem.source, problem.message)
    }));
    help
}

/// The help for a column whose type is unknown.
pub(crate) fn cast_help(answer: &Answer, column: Span) -> Option<String> {
    let mut found = answer.analysis.diagnostics.iter().filter(|found| found.code == UNTYPED_COLUMN);
    found.find(|found| found.span == column)?.help.clone()
}

/// The place of a column, or of the whole query if the column has none.
pub(crate) fn place(answer: &Answer, span: Span) -> Span {
    if span.end > span.start { span } else { answer.template.statement() }
}
