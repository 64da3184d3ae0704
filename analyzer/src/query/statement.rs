//! A whole statement: its kind, its access, its result.

use sqlparser::ast::{Function, Query, SetExpr, Statement as Tree};

use super::{
    Infer,
    output::{Output, OutputColumn},
    scope::Scope,
    term::{NullIf, Term},
};
use crate::{
    Rows, Statement, Type, diagnostics,
    dialect::Explain,
    resolve::{Kind, Operand},
    syntax,
};

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
                let output = match self.facts.select.explain {
                    Explain::Program => self.sqlite_explained(*query_plan),
                    Explain::Text | Explain::Unknown => self.explained(),
                };
                (Statement::Other, output)
            }
            Tree::Call(call) if self.facts.calls.procedures => (Statement::Other, self.procedure(call)),
            other => self.command(other),
        }
    }

    /// PostgreSQL's `call`. Its result consists of the `out` arguments, if there are any.
    fn procedure(&mut self, call: &Function) -> Output {
        self.writes();
        let scope = Scope::new(None);
        let (schema, name) = self.function_name(&call.name);
        let span = self.span(&call.name);
        let mut args = self.arguments(&scope, call);
        let Some(resolved) = self.call(schema.as_deref(), &name, &args, span) else {
            return Output::unclear();
        };
        self.take_all(&mut args.terms, &resolved.operands);
        if resolved.kind != Kind::Procedure {
            self.report(diagnostics::no_procedure(&name, span));
        }
        let Some(out) = resolved.out else { return Output::none() };
        let columns = out.into_iter().map(|(name, ty)| {
            let null = NullIf::because("an argument of a procedure may be null");
            let term = Term::new(Operand::from(ty), null, span);
            OutputColumn { name, aliased: false, term, origin: None }
        });
        Output::new(columns.collect(), Rows::One, true)
    }

    /// The result of `explain`, which is only known for PostgreSQL.
    fn explained(&mut self) -> Output {
        use super::{
            output::OutputColumn,
            term::{NullIf, Term},
        };
        use aio_databases_sql::Span;
        if self.facts.select.explain != Explain::Text {
            self.report(diagnostics::unknown_result("explain"));
            return Output::unclear();
        }
        let term = Term::new(Type::base("text"), NullIf::Never, Span::default());
        let columns =
            vec![OutputColumn { name: "QUERY PLAN".to_owned(), aliased: false, term, origin: None }];
        Output::new(columns, Rows::Many, true)
    }

    /// A statement other than a query, whose result is unknown.
    fn command(&mut self, tree: &Tree) -> (Statement, Output) {
        let name = syntax::variant(tree);
        let reads = name.starts_with("Show") || name == "ExplainTable";
        let gives = reads || matches!(&*name, "Fetch" | "Execute" | "Call");
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

/// Whether a statement creates, changes or drops tables or other objects.
pub(super) fn is_definition(tree: &Tree) -> bool {
    let name = syntax::variant(tree);
    ["Create", "Alter", "Drop", "Truncate", "RenameTable", "Comment"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The kind of a statement that can start with `with`.
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
