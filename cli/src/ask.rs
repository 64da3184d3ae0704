//! Analyzes one statement of a text. All places in the result are places in that text.

use aio_databases_analyzer::{Analysis, Diagnostic, Level, Severity};
use aio_databases_sql::{Alias, Position, Span, Template};

use crate::target::Target;

/// The analyzer's code for a column whose type is unknown.
const UNTYPED_COLUMN: &str = "untyped-column";

/// The result for a statement.
pub(crate) struct Answer {
    /// The statement with its placeholders, and its analysis. `None` if the statement could not be read.
    pub(crate) known: Option<(Template, Analysis)>,
    /// The problems, sorted by their places.
    pub(crate) problems: Vec<Problem>,
}

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// How to allow it, as text for people.
    pub(crate) advice: Option<String>,
    /// The place in the whole text.
    pub(crate) span: Span,
}

impl Answer {
    /// Whether the server would accept the statement.
    pub(crate) fn is_ok(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }

    /// The problems for a macro. A macro can take a missing type from the alias of its column: `as "x: Type"`.
    pub(crate) fn for_macros(self) -> Vec<Problem> {
        let columns = self.known.iter().flat_map(|(_, analysis)| &analysis.columns);
        let typed: Vec<Span> = columns
            .filter(|column| column.aliased && Alias::parse(&column.name).ty.is_some())
            .map(|column| column.span)
            .collect();
        let is_settled = |found: &Problem| found.code == UNTYPED_COLUMN && typed.contains(&found.span);
        self.problems.into_iter().filter(|found| !is_settled(found)).collect()
    }
}

/// Analyzes the statement at `at` in `text`.
pub(crate) fn ask(target: &Target, text: &str, at: Span) -> Answer {
    let shift = Shift::new(text, at);
    let template = match Template::parse(&shift.text, target.dialect) {
        Ok(template) => template,
        Err(error) => {
            let problem = Problem {
                severity: Severity::Error,
                code: error.kind.code(),
                message: error.message,
                help: error.help,
                advice: None,
                span: shift.back(error.span),
            };
            return Answer { known: None, problems: vec![problem] };
        }
    };
    let mut analysis = target.schema.analyze(&template);
    let problems = std::mem::take(&mut analysis.diagnostics)
        .into_iter()
        .filter_map(|found| Problem::new(target, found, &shift))
        .collect();
    for column in &mut analysis.columns {
        column.span = shift.back(column.span);
    }
    Answer { known: Some((template, analysis)), problems }
}

impl Problem {
    /// A problem with the level from the settings; `None` if they allow it.
    fn new(target: &Target, found: Diagnostic, shift: &Shift) -> Option<Problem> {
        let severity = match (found.severity, target.lints.level(found.code)) {
            (Severity::Warning, Level::Allow) => return None,
            (Severity::Warning, Level::Deny) => Severity::Error,
            (severity, _) => severity,
        };
        let advice = target.lints.advice(&found);
        let Diagnostic { code, message, help, span, .. } = found;
        Some(Problem { severity, code, message, help, advice, span: shift.back(span) })
    }
}

/// Puts space before a statement so that it has the same line and column as in the whole text. Messages contain lines
/// and columns.
struct Shift {
    text: String,
    space: usize,
    start: usize,
}

impl Shift {
    fn new(text: &str, at: Span) -> Self {
        let Position { line, column } = Position::of(text, at.start);
        let mut shifted = "\n".repeat(line - 1);
        shifted.extend(std::iter::repeat_n(' ', column - 1));
        let space = shifted.len();
        shifted.push_str(at.of(text));
        Shift { text: shifted, space, start: at.start }
    }

    fn back(&self, span: Span) -> Span {
        let back = |offset: usize| offset.saturating_sub(self.space) + self.start;
        Span::new(back(span.start), back(span.end))
    }
}
