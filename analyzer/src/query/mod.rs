//! From a query to its [`Analysis`]: names, types, nullability, rows, access, mistakes.
//!
//! ```text
//! syntax ─ statement ─┬─ select/, set_operation, from, with    the rows that a query reads and returns
//!                     ├─ insert, update, delete, merge         the rows that it writes
//!                     └─ expr/                                 one file for each family of expressions
//! scope/: name resolution    term: facts about an expression    level: facts about a part of a level
//! unsupported: syntax that the parser accepts but the dialect rejects
//! into_analysis: the result
//! ```
//!
//! Parts are read in the order of PostgreSQL (`with`, `from`, select list, `where`, `having`, `order by`, `group by`,
//! `limit`), because there the first use of a parameter decides its type.

use aio_databases_sql::{Dialect, Span, Template};
use sqlparser::ast::{Spanned, Statement as Tree};

mod call;
mod cardinality;
mod conflict;
mod cross_join;
mod delete;
mod expr;
mod from;
mod grouping;
mod insert;
mod into_analysis;
mod json;
mod level;
mod locks;
mod merge;
mod names;
mod old_and_new;
mod output;
mod params;
mod reserved;
mod scope;
mod select;
mod set_operation;
mod sqlite;
mod sqlite_limit;
mod statement;
mod term;
mod unsupported;
mod update;
mod wildcard;
mod with;
mod write_target;

use self::{level::LevelFacts, output::Output, params::ParamState, scope::Scope};
use crate::{
    Access, Analysis, Catalog, Diagnostic, Severity, Statement, diagnostics,
    dialect::{Described, Facts},
    schema::{self, Builder, ViewOutput},
    syntax::{self, Parsed, ParsedQuery, Pieces, Source},
};

/// How deeply a query can be nested.
const DEPTH: u32 = 160;

/// Analyzes a query.
pub(crate) fn analyze(schema: &Builder, template: &Template) -> Analysis {
    let (text, parsed) = syntax::parse(template);
    let later = parsed.as_ref().map_or_else(|_| Vec::new(), |pieces| definitions(schema, &text, pieces));
    let mut infer = Infer::new(&schema.catalog, &text);
    let (statement, output) = match parsed {
        Ok(pieces) => infer.pieces(pieces, &later),
        Err(refusal) => {
            let words = text.words_up_to(refusal.span.start);
            let dialect = schema.catalog.dialect;
            infer.report(diagnostics::unparsed(&refusal.message, &words, refusal.span, dialect));
            (Statement::Other, Output::unclear())
        }
    };
    infer.into_analysis(statement, output)
}

/// For each statement that defines or changes tables: its number, and the schema after it.
fn definitions(schema: &Builder, text: &Source<'_>, pieces: &Pieces) -> Vec<(usize, Builder)> {
    let mut later: Vec<(usize, Builder)> = Vec::new();
    for (number, (place, parsed)) in pieces.iter().enumerate() {
        if let Parsed::Statements(trees) = parsed
            && trees.iter().any(statement::is_definition)
        {
            let before = later.last().map_or(schema, |(_, builder)| builder);
            later.push((number, before.after(place.of(text.sql()))));
        }
    }
    later
}

/// Infers the columns of views.
#[derive(Debug)]
pub(crate) struct ViewQueries;

impl schema::ViewQueries for ViewQueries {
    fn output(&self, catalog: &Catalog, query: &ParsedQuery) -> ViewOutput {
        let text = Source::none(query.sugar.clone());
        let mut infer = Infer::new(catalog, &text);
        let output = infer.query(&query.tree, &Scope::new(None));
        let (complete, forgets) = (output.complete, output.forgets);
        let errors = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
        let mistake = infer.diagnostics.iter().find(errors).map(|error| error.message.clone());
        ViewOutput { columns: infer.view(output), complete, forgets, mistake }
    }
}

/// The state of one query's analysis.
pub(crate) struct Infer<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) dialect: Dialect,
    pub(crate) facts: &'static Facts,
    pub(crate) text: &'a Source<'a>,
    params: Vec<ParamState>,
    diagnostics: Vec<Diagnostic>,
    /// The indexes of diagnostics whose places are already in the author's text.
    placed: Vec<usize>,
    access: Access,
    /// SQLite: unqualified names in join conditions, with the tables that they referred to when they were resolved.
    on_names: Vec<(String, Vec<u32>, Span)>,
    /// The facts about the part that is being analyzed.
    level: LevelFacts,
    /// The tables that each part of a condition depends on, if tables are listed without joins.
    related: Vec<Vec<u32>>,
    tables: u32,
    joins: u32,
    depth: u32,
}

impl<'a> Infer<'a> {
    fn new(catalog: &'a Catalog, text: &'a Source<'a>) -> Self {
        Infer {
            catalog,
            dialect: catalog.dialect,
            facts: catalog.dialect.facts(),
            text,
            params: vec![ParamState::default(); text.params()],
            diagnostics: Vec::new(),
            placed: Vec::new(),
            access: Access::Read,
            on_names: Vec::new(),
            level: LevelFacts::default(),
            related: Vec::new(),
            tables: 0,
            joins: 0,
            depth: 0,
        }
    }

    /// Analyzes the statements in order. The result is that of the last one.
    fn pieces(&mut self, pieces: Pieces, later: &'a [(usize, Builder)]) -> (Statement, Output) {
        let mut result = (Statement::Other, Output::none());
        let last = pieces.len() - 1;
        for (number, (place, parsed)) in pieces.into_iter().enumerate() {
            // `pragma busy_timeout = 5000` returns the value that was set.
            let sets = matches!(&parsed, Parsed::Pragma(pragma) if pragma.argument);
            result = match parsed {
                Parsed::Statements(statements) => self.statements(&statements),
                Parsed::Pragma(pragma) => self.pragma(&pragma),
                Parsed::Command => {
                    self.writes();
                    (Statement::Other, Output::none())
                }
            };
            if number < last && !sets && !result.1.columns.is_empty() {
                self.report(diagnostics::lost_rows(place));
            }
            if let Some((_, builder)) = later.iter().find(|(after, _)| *after == number) {
                self.mistakes_of(&builder.mistakes, place);
                self.catalog = &builder.catalog;
            }
        }
        result
    }

    fn statements(&mut self, statements: &[Tree]) -> (Statement, Output) {
        match statements {
            [] => {
                self.report(diagnostics::no_statement());
                (Statement::Other, Output::unclear())
            }
            [statement] => {
                self.sqlite_limit(statement);
                self.statement(statement)
            }
            [_, second, ..] => {
                self.report(diagnostics::several_statements(self.span(second)));
                (Statement::Other, Output::unclear())
            }
        }
    }

    /// Reports mistakes in a statement that defines or changes tables.
    fn mistakes_of(&mut self, mistakes: &[Diagnostic], place: Span) {
        for mistake in mistakes {
            let span = Span::new(place.start + mistake.span.start, place.start + mistake.span.end);
            self.report(Diagnostic { span, ..mistake.clone() });
        }
    }

    /// Adds a diagnostic, unless the same one already exists at that place.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether there is already an error, so that its consequences need not be reported.
    pub(crate) fn failed(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// The place of a part of the syntax tree; empty and at the start if the parser does not provide it.
    pub(crate) fn span(&self, node: &impl Spanned) -> Span {
        syntax::span(node.span()).unwrap_or_default()
    }

    /// Reports a feature that requires a later release than the queries run on.
    pub(crate) fn needs(&mut self, since: u8, what: &str, span: Span) {
        if let Some(here) = self.catalog.release.filter(|here| *here < since) {
            self.report(diagnostics::newer_release(what, since, here, span));
        }
    }

    pub(crate) fn writes(&mut self) {
        self.access = Access::Write;
    }

    fn new_table(&mut self) -> u32 {
        self.tables += 1;
        self.tables
    }

    fn new_join(&mut self) -> u32 {
        self.joins += 1;
        self.joins
    }

    /// Runs `f` one level deeper. Returns `None` and reports a diagnostic if that is too deep.
    fn deeper<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            if !self.failed() {
                self.report(diagnostics::too_deep(span));
            }
            return None;
        }
        self.depth += 1;
        let answer = f(self);
        self.depth -= 1;
        Some(answer)
    }
}
