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

use self::{
    children::Child,
    names::{Id, TEMP},
    split::Script,
    view::View,
};
use crate::Catalog;

mod alter_table;
mod alter_type;
mod children;
mod column;
mod create_table;
mod create_type;
mod cursor;
mod do_block;
mod drop;
mod dynamic;
mod function;
mod index;
mod keys;
mod names;
mod reacts;
mod rename;
mod sequence;
mod session;
mod split;
mod statement;
mod trigger;
mod types;
mod view;
mod virtual_table;

#[cfg(test)]
mod tests;

/// A statement of the schema that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaProblem {
    /// The file, as it was named.
    pub source: String,
    /// Where in it.
    pub position: Position,
    /// What is the matter.
    pub message: String,
}

/// Makes a catalog from schema text.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
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
}

impl Builder {
    /// Nothing but what the server has built in.
    pub(crate) fn new(dialect: Dialect) -> Self {
        let catalog = Catalog::new(dialect);
        Builder {
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
        }
    }

    /// Takes one file's statements in, as a session of their own.
    pub(crate) fn apply(&mut self, source: &str, text: &str) {
        source.clone_into(&mut self.source);
        self.catalog.search_path =
            std::iter::once(TEMP.to_owned()).chain(self.search_path.iter().cloned()).collect();
        let script = Script::new(text, self.catalog.dialect);
        for statement in script.statements() {
            self.statement(statement);
        }
        self.refresh();
        self.drop_where(|(schema, _)| schema == TEMP);
        self.catalog.types.retain(|(schema, _), _| schema != TEMP);
        self.catalog.search_path = self.search_path.clone();
    }

    /// The same after a statement of a query, in the session that it runs in.
    pub(crate) fn after(&self, statement: &str) -> Builder {
        let mut builder = self.clone();
        if builder.catalog.search_path.first().is_none_or(|first| first != TEMP) {
            builder.catalog.search_path.insert(0, TEMP.to_owned());
        }
        for statement in Script::new(statement, self.catalog.dialect).statements() {
            builder.statement(statement);
        }
        builder.refresh();
        builder
    }

    /// Notes what could not be followed.
    fn problem(&mut self, script: &str, offset: usize, message: impl Into<String>) {
        self.problems.push(SchemaProblem {
            source: self.source.clone(),
            position: Position::of(script, offset),
            message: message.into(),
        });
    }
}
