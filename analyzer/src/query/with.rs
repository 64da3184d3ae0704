//! Common table expressions.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{Cte as CteTree, SetExpr, SetOperator, With};

use super::{
    Infer,
    output::{Output, OutputColumn},
    scope::{Cte, Scope, fold, same},
    select::Untyped,
    term::{NullIf, Term},
};
use crate::{
    Rows, diagnostics,
    resolve::Operand,
    syntax::{self, RecursionColumn, Sugar},
};

impl Infer<'_> {
    /// Analyzes them in order. Each one sees those before it.
    pub(crate) fn with(&mut self, scope: &mut Scope<'_>, with: &With) {
        for cte in &with.cte_tables {
            let name = fold(self.dialect, &cte.alias.name);
            if let Some(Sugar::RecursionColumns(columns)) = self.text.sugar(&cte.alias.name) {
                widen(scope, columns);
                continue;
            }
            self.reserved(&cte.alias.name);
            cte.alias.columns.iter().for_each(|column| {
                self.reserved(&column.name);
            });
            if cte.alias.name.quote_style == Some('\'') {
                let span = self.ident_span(&cte.alias.name);
                self.report(diagnostics::string_as_name(span));
            }
            self.check_cte(cte);
            if scope.ctes.iter().any(|other| same(self.dialect, &other.name, &name)) {
                self.report(diagnostics::duplicate_alias(&name, self.ident_span(&cte.alias.name)));
            }
            // SQLite's `with` always behaves like `with recursive`.
            let recursive = with.recursive || self.facts.select.with_recursive;
            let output = match recursive_arms(recursive, cte) {
                Some((first, op, second)) => self.recursive(scope, cte, &name, first, op, second),
                None => self.query(&cte.query, scope),
            };
            let output = self.name_columns(cte, &name, output);
            scope.ctes.push(Rc::new(Cte { name, output, extra: 0 }));
        }
    }

    /// `with t(a, b) as …`
    fn name_columns(&mut self, cte: &CteTree, name: &str, mut output: Output) -> Output {
        let names = &cte.alias.columns;
        for (column, alias) in output.columns.iter_mut().zip(names) {
            column.name = fold(self.dialect, &alias.name);
            column.aliased = true;
        }
        if names.len() > output.columns.len() && output.complete {
            let span = syntax::span(cte.alias.name.span).unwrap_or_default();
            self.report(diagnostics::too_many_aliases(name, output.columns.len(), names.len(), span));
        }
        output
    }

    /// `with recursive t as (first union second)`: the first arm determines the types. Nullability is the fixed point
    /// of analyzing the second arm.
    fn recursive(
        &mut self,
        scope: &mut Scope<'_>,
        cte: &CteTree,
        name: &str,
        first: &SetExpr,
        op: SetOperator,
        second: &SetExpr,
    ) -> Output {
        if !mentions(second, name) {
            return self.query(&cte.query, scope);
        }
        let mut inner = Scope::new(Some(scope));
        if let Some(with) = &cte.query.with {
            self.with(&mut inner, with);
        }
        let mut start = self.body(first, &inner, Untyped::Text);
        start.rows = Rows::Many;
        let mut assumed = self.name_columns(cte, name, start.clone());
        let rounds = 3 * assumed.columns.len() + 1;
        for _ in 0..=rounds {
            let told = self.diagnostics.len();
            inner.ctes.push(Rc::new(Cte { name: name.to_owned(), output: assumed.clone(), extra: 0 }));
            let step = self.body(second, &inner, Untyped::Keep);
            inner.ctes.pop();
            let wider: Vec<usize> = (0..assumed.columns.len())
                .filter(|index| {
                    let null =
                        |output: &Output| output.columns.get(*index).map(|column| column.term.null.clone());
                    matches!(null(&assumed), Some(NullIf::Never))
                        && !matches!(null(&step), Some(NullIf::Never))
                })
                .collect();
            if wider.is_empty() {
                let mut output = self.unite(start.clone(), op, step);
                // The first arm determines the types of the table for the rows. SQLite has no such table; each step
                // reads the rows of the previous one.
                if !self.facts.select.with_recursive {
                    for (column, own) in output.columns.iter_mut().zip(&start.columns) {
                        column.term.ty = own.term.ty.clone();
                        column.term.form = own.term.form.clone();
                    }
                } else if takes_types(&mut assumed, &output) {
                    self.diagnostics.truncate(told);
                    continue;
                }
                output.rows = self.limited(&cte.query, &inner, Rows::Many);
                return output;
            }
            self.diagnostics.truncate(told);
            for index in wider {
                let Some(null) = step.columns.get(index).map(|column| column.term.null.clone()) else {
                    continue;
                };
                assumed.columns[index].term.null =
                    NullIf::any([null, NullIf::because("a step of the recursion may return null")]);
            }
        }
        let mut output = assumed.map_null(|_| NullIf::maybe());
        for column in &mut output.columns {
            column.term.ty = Operand::Unclear;
        }
        output
    }
}

/// Gives the columns the types of others. Returns whether a type changed.
fn takes_types(columns: &mut Output, others: &Output) -> bool {
    let mut changed = false;
    for (column, other) in columns.columns.iter_mut().zip(&others.columns) {
        changed |= column.term.ty != other.term.ty;
        column.term.ty = other.term.ty.clone();
    }
    changed
}

fn recursive_arms(recursive: bool, cte: &CteTree) -> Option<(&SetExpr, SetOperator, &SetExpr)> {
    match &*cte.query.body {
        SetExpr::SetOperation { left, op, right, .. } if recursive => Some((left, *op, right)),
        _ => None,
    }
}

/// Adds the columns of `search` and `cycle` to the previous query.
fn widen(scope: &mut Scope<'_>, columns: &[RecursionColumn]) {
    let Some(last) = scope.ctes.last_mut() else { return };
    let mut output = last.output.clone();
    let extra = last.extra + columns.len();
    output.columns.extend(columns.iter().map(|RecursionColumn { name, ty }| OutputColumn {
        name: name.clone(),
        aliased: true,
        term: Term::new(Operand::from(ty.clone()), NullIf::Never, Span::default()),
        origin: None,
    }));
    *last = Rc::new(Cte { name: last.name.clone(), output, extra });
}

/// Whether a name occurs in the text of a query, which is enough to recognize a recursive one.
fn mentions(body: &SetExpr, name: &str) -> bool {
    body.to_string().to_lowercase().contains(&name.to_lowercase())
}
