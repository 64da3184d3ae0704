//! Schema text → [`Catalog`]: the data definition that a project's migrations have run, in their order.
//!
//! ```text
//! split: a script's statements ─ statement: which operation ─ one file an operation ─ Catalog
//!            names  types  column  keys: what the operations share
//! ```
//!
//! **Invariant: never a wrong catalog.** A statement that does not change the catalog is passed over. One that does,
//! and cannot be followed, is a [`SchemaProblem`], and what it touches is called not known.

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

/// A statement of the schema that could not be followed, or that the server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaProblem {
    /// The file, as it was named.
    pub source: String,
    /// Where in it.
    pub position: Position,
    /// What is the matter.
    pub message: String,
    /// Whether the server certainly refuses the statement.
    pub refused: bool,
}

/// Makes a catalog from schema text.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    /// What infers the columns of views.
    queries: &'static dyn ViewQueries,
    pub(crate) catalog: Catalog,
    pub(crate) problems: Vec<SchemaProblem>,
    /// The file that is being read.
    source: String,
    /// Where a new session looks names up.
    search_path: Vec<String>,
    /// MySQL's current database, where the schema names one.
    database: Option<String>,
    /// What views and materialized views were made of.
    views: BTreeMap<Id, View>,
    /// Partitions and tables that inherit.
    children: Vec<Child>,
    /// The columns that indexes depend on by expressions and conditions, by schema and name of the index.
    index_words: BTreeMap<Id, BTreeSet<String>>,
    /// What has changed since views were last looked at.
    changed: BTreeSet<Id>,
    /// Whether a statement may find its work done: it stands under a condition, or before an exception handler.
    lenient: bool,
    /// Whether there may be tables and columns that are not known: what makes some could not be followed.
    open: bool,
    /// Whether MySQL may pass over foreign keys.
    loose_references: bool,
    /// Names of indexes, and of tables that ended with their session.
    other_names: BTreeSet<String>,
    /// What the statement that is being taken in says of columns.
    mentions: Vec<Mention>,
    /// For what the server refuses the statements that were taken in last.
    pub(crate) mistakes: Vec<Diagnostic>,
}

impl Builder {
    /// The facts about the schema's dialect.
    fn facts(&self) -> &'static Facts {
        self.catalog.dialect.facts()
    }

    /// Nothing but what the server has built in.
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

    /// Takes one file's statements in, as a session of their own.
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

    /// The same after a statement of a query, in the session that it runs in.
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

    /// Notes what could not be followed, after which there may be anything.
    fn problem(&mut self, script: &str, offset: usize, message: impl Into<String>) {
        self.tell(script, Stuck { offset, message: message.into(), mistake: None });
    }

    /// Notes why a statement could not be followed. What the server refuses does not come about.
    fn tell(&mut self, script: &str, Stuck { offset, message, mistake }: Stuck) {
        let refused = mistake.is_some();
        match mistake {
            Some(mistake) => self.mistakes.push(mistake),
            None => self.open(),
        }
        self.add_problem(script, offset, message, refused);
    }

    /// Notes what is not known of something that is.
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
