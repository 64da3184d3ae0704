//! A whole statement: its kind, its access, its result.

use aio_databases_sql::Dialect;
use sqlparser::ast::{Query, SetExpr, Statement as Tree};

use super::{Infer, output::Output, scope::Scope};
use crate::{Statement, Type, diagnostics};

impl Infer<'_> {
    pub(super) fn statement(&mut self, tree: &Tree) -> (Statement, Output) {
        let scope = Scope::new(None);
        match tree {
            Tree::Query(query) => (kind_of(query), self.query(query, &scope)),
            Tree::Insert(_) => (Statement::Insert, self.change(tree, &scope)),
            Tree::Update(_) => (Statement::Update, self.change(tree, &scope)),
            Tree::Delete(_) => (Statement::Delete, self.change(tree, &scope)),
            Tree::Merge(_) => (Statement::Merge, self.change(tree, &scope)),
            Tree::Explain { statement, analyze, query_plan, .. } => {
                let before = self.access;
                let (_, inner) = self.statement(statement);
                drop(inner);
                if !*analyze {
                    self.access = before;
                }
                let output = match self.dialect {
                    Dialect::Sqlite => self.sqlite_explained(*query_plan),
                    _ => self.explained(),
                };
                (Statement::Other, output)
            }
            other => self.command(other),
        }
    }

    /// What `explain` gives: of PostgreSQL's it is known.
    fn explained(&mut self) -> Output {
        use super::{
            output::OutputColumn,
            term::{NullIf, Term},
        };
        use aio_databases_sql::Span;
        if self.dialect != Dialect::Postgres {
            self.report(diagnostics::unknown_result("explain"));
            return Output::unclear();
        }
        let term = Term::new(Type::base("text"), NullIf::Never, Span::default());
        let columns =
            vec![OutputColumn { name: "QUERY PLAN".to_owned(), aliased: false, term, origin: None }];
        Output { columns, rows: crate::Rows::Many, complete: true }
    }

    /// A statement that is no query: nothing is known of what it may give.
    fn command(&mut self, tree: &Tree) -> (Statement, Output) {
        let text = format!("{tree:?}");
        let name = text.split(['(', ' ', '{']).next().unwrap_or_default();
        let reads = name.starts_with("Show") || name == "ExplainTable";
        let gives = reads || matches!(name, "Fetch" | "Execute" | "Call");
        if !reads {
            self.writes();
        }
        if gives {
            let words = tree.to_string().to_lowercase();
            self.report(diagnostics::unknown_result(words.split_whitespace().next().unwrap_or_default()));
            return (Statement::Other, Output::unclear());
        }
        (if is_definition(tree) { Statement::Ddl } else { Statement::Other }, Output::none())
    }
}

/// Whether a statement makes, changes or drops tables and the like.
pub(super) fn is_definition(tree: &Tree) -> bool {
    let text = format!("{tree:?}");
    ["Create", "Alter", "Drop", "Truncate", "RenameTable", "Comment"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// The kind of a statement that may have `with` before it.
fn kind_of(query: &Query) -> Statement {
    match &*query.body {
        SetExpr::Insert(_) => Statement::Insert,
        SetExpr::Update(_) => Statement::Update,
        SetExpr::Delete(_) => Statement::Delete,
        SetExpr::Merge(_) => Statement::Merge,
        SetExpr::Query(inner) => kind_of(inner),
        _ => Statement::Select,
    }
}
