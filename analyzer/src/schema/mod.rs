//! Schema text → [`Catalog`]: the data definition that a project's migrations have run, in their order.
//!
//! ```text
//! split: a script's statements ─ statement: which operation ─ one file an operation ─ Catalog
//!            names  types  column  keys: what the operations share
//! ```
//!
//! **Invariant: the catalog is never wrong.** A statement that does not change the catalog is skipped. If a statement
//! that does is not supported, it is a [`SchemaProblem`], and the objects that it affects become unknown.

use std::collections::{BTreeMap, BTreeSet};

use aio_databases_sql::{Dialect, Position};

pub(crate) use self::view::{ViewOutput, ViewQueries};
use self::{
    cursor::Stuck,
    existence::Mention,
    inheritance::Child,
    names::{Id, TEMP},
    split::Script,
    view::View,
};
use crate::{
    Catalog, Diagnostic,
    dialect::{Described, Facts},
};

mod alter_table;
mod alter_type;
mod column;
mod create_table;
mod create_type;
mod cursor;
mod do_block;
mod drop;
mod dynamic;
mod existence;
mod function;
mod index;
mod inheritance;
mod keys;
mod names;
mod rename;
mod sequence;
mod session;
mod side_effects;
mod split;
mod statement;
mod trigger;
mod types;
mod view;
mod virtual_table;
mod write;

#[cfg(test)]
mod tests;

/// A statement of the schema that is not supported, or that the server rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaProblem {
    /// The name of the file.
    pub source: String,
    /// The position in the file.
    pub position: Position,
    /// The message.
    pub message: String,
    /// Whether the server certainly rejects the statement.
    pub refused: bool,
}

/// Builds a catalog from schema text.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    /// Infers the columns of views.
    queries: &'static dyn ViewQueries,
    pub(crate) catalog: Catalog,
    pub(crate) problems: Vec<SchemaProblem>,
    /// The current file.
    source: String,
    /// The search path of a new session.
    search_path: Vec<String>,
    /// MySQL's current database, if the schema names one.
    database: Option<String>,
    /// The definitions of views and materialized views.
    views: BTreeMap<Id, View>,
    /// Partitions and tables that inherit.
    children: Vec<Child>,
    /// The columns that indexes depend on by expressions and conditions, by schema and name of the index.
    index_words: BTreeMap<Id, BTreeSet<String>>,
    /// The objects that changed since the last update of the views.
    changed: BTreeSet<Id>,
    /// Whether the object of a statement may already be created or dropped: the statement is conditional, or before an
    /// exception handler.
    lenient: bool,
    /// Whether there can be unknown tables and columns, because of a statement that is not supported.
    open: bool,
    /// Whether MySQL may ignore foreign keys.
    loose_references: bool,
    /// The names of indexes, and of temporary tables of earlier sessions.
    other_names: BTreeSet<String>,
    /// The columns that the current statement mentions.
    mentions: Vec<Mention>,
    /// The mistakes for which the server rejects the last statements.
    pub(crate) mistakes: Vec<Diagnostic>,
}

impl Builder {
    /// The facts about the schema's dialect.
    fn facts(&self) -> &'static Facts {
        self.catalog.dialect.facts()
    }

    /// A builder with only the built-in objects.
    pub(crate) fn new(dialect: Dialect, queries: &'static dyn ViewQueries) -> Self {
        let catalog = Catalog::new(dialect);
        Builder {
            queries,
            search_path: catalog.search_path.clone(),
            catalog,
            problems: Vec::new(),
            source: String::new(),
            database: None,
            views: BTreeMap::new(),
            children: Vec::new(),
            index_words: BTreeMap::new(),
            changed: BTreeSet::new(),
            lenient: false,
            open: false,
            loose_references: false,
            other_names: BTreeSet::new(),
            mentions: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Applies the statements of a file, as a separate session.
    pub(crate) fn apply(&mut self, source: &str, text: &str) {
        source.clone_into(&mut self.source);
        self.catalog.search_path =
            std::iter::once(TEMP.to_owned()).chain(self.search_path.iter().cloned()).collect();
        self.note_foreign_keys(text);
        let script = Script::new(text, self.catalog.dialect);
        for statement in script.statements() {
            self.statement(statement);
        }
        self.refresh();
        self.mistakes.clear();
        // Some tools run all files in one session.
        let ended = self.catalog.relations.keys().filter(|(schema, _)| schema == TEMP);
        self.other_names.extend(ended.map(|(_, name)| name.clone()));
        self.drop_where(|(schema, _)| schema == TEMP);
        self.catalog.types.retain(|(schema, _), _| schema != TEMP);
        self.catalog.search_path = self.search_path.clone();
    }

    /// The schema after a statement of a query, in the same session.
    pub(crate) fn after(&self, statement: &str) -> Builder {
        let mut builder = self.clone();
        builder.mistakes.clear();
        if builder.catalog.search_path.first().is_none_or(|first| first != TEMP) {
            builder.catalog.search_path.insert(0, TEMP.to_owned());
        }
        builder.note_foreign_keys(statement);
        for statement in Script::new(statement, self.catalog.dialect).statements() {
            builder.statement(statement);
        }
        builder.refresh();
        builder
    }

    /// Records an unsupported statement, after which anything can exist.
    fn problem(&mut self, script: &str, offset: usize, message: impl Into<String>) {
        self.tell(script, Stuck { offset, message: message.into(), mistake: None });
    }

    /// Records why a statement could not be applied. A statement that the server rejects has no effect.
    fn tell(&mut self, script: &str, Stuck { offset, message, mistake }: Stuck) {
        let refused = mistake.is_some();
        match mistake {
            Some(mistake) => self.mistakes.push(mistake),
            None => self.open(),
        }
        self.add_problem(script, offset, message, refused);
    }

    /// Records an unknown property of an existing object.
    fn note(&mut self, script: &str, offset: usize, message: String) {
        self.add_problem(script, offset, message, false);
    }

    fn add_problem(&mut self, script: &str, offset: usize, message: String, refused: bool) {
        self.problems.push(SchemaProblem {
            source: self.source.clone(),
            position: Position::of(script, offset),
            message,
            refused,
        });
    }
}
