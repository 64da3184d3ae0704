//! A query: its body, and what can be around any body.

use std::cell::RefCell;

use aio_databases_sql::Span;
use sqlparser::ast::{
    Distinct, Expr, NamedWindowExpr, OrderBy, Query, Select, SetExpr, Statement as Tree, Value,
};

use self::settle::Level;
use super::{
    Infer, grouping,
    level::LevelFacts,
    output::{Output, OutputColumn},
    scope::{Clause, Scope},
};
use crate::diagnostics;

mod group_by;
mod limit;
mod list;
mod order;
mod settle;
mod values;

/// How an untyped output column gets its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untyped {
    /// PostgreSQL makes it text.
    Text,
    /// Its context determines the type: the column of an `insert`, or the other arm of a `union`.
    Keep,
}

impl Infer<'_> {
    /// A whole query, within its outer levels.
    pub(crate) fn query(&mut self, query: &Query, outer: &Scope<'_>) -> Output {
        self.query_with(query, outer, Untyped::Text)
    }

    pub(crate) fn query_with(&mut self, query: &Query, outer: &Scope<'_>, untyped: Untyped) -> Output {
        let answer = self.deeper(Span::default(), |infer| match &query.with {
            Some(with) => {
                let mut scope = Scope::new(Some(outer));
                infer.with(&mut scope, with);
                infer.query_body(query, &scope, untyped)
            }
            None => infer.query_body(query, outer, untyped),
        });
        answer.unwrap_or_else(Output::unclear)
    }

    fn query_body(&mut self, query: &Query, scope: &Scope<'_>, untyped: Untyped) -> Output {
        self.check_tail(query);
        if !query.locks.is_empty() {
            self.writes();
        }
        let mut output = match &*query.body {
            SetExpr::Select(select) => self.select(select, scope, query.order_by.as_ref(), untyped),
            body => {
                let mut output = self.body(body, scope, untyped);
                if let Some(order) = &query.order_by {
                    self.order_outputs(scope, order, &mut output);
                }
                output
            }
        };
        output.rows = self.limited(query, scope, output.rows);
        self.locks(query, &mut output);
        output
    }

    /// The body of a query that has `order by` and `limit` of its own, or an arm of a set operation.
    pub(crate) fn body(&mut self, body: &SetExpr, scope: &Scope<'_>, untyped: Untyped) -> Output {
        match body {
            SetExpr::Select(select) => self.select(select, scope, None, untyped),
            SetExpr::Query(query) => self.query_with(query, scope, untyped),
            SetExpr::SetOperation { left, op, right, .. } => {
                self.check_set_operation(body);
                self.set_operation(scope, left, *op, right, untyped)
            }
            SetExpr::Values(values) => self.values(scope, values, untyped),
            // Where it is supported, it is desugared to `select * from …`.
            SetExpr::Table(_) => {
                self.report(diagnostics::unsupported(&body.to_string(), self.span(body)));
                Output::unclear()
            }
            SetExpr::Insert(tree) | SetExpr::Update(tree) | SetExpr::Delete(tree) | SetExpr::Merge(tree) => {
                self.change(tree, scope)
            }
        }
    }

    /// A statement that changes data, possibly within a query.
    pub(crate) fn change(&mut self, tree: &Tree, scope: &Scope<'_>) -> Output {
        self.writes();
        self.check_change(tree);
        self.ungrouped(|infer| infer.changed(tree, scope))
    }

    fn changed(&mut self, tree: &Tree, scope: &Scope<'_>) -> Output {
        match tree {
            Tree::Insert(insert) => self.insert(insert, scope),
            Tree::Update(update) => self.update(update, scope),
            Tree::Delete(delete) => self.delete(delete, scope),
            Tree::Merge(merge) => self.merge_statement(merge, scope),
            _ => Output::none(),
        }
    }

    fn select(
        &mut self,
        select: &Select,
        outer: &Scope<'_>,
        order: Option<&OrderBy>,
        untyped: Untyped,
    ) -> Output {
        let ((output, for_outer), _) = self.gather(|infer| infer.select_level(select, outer, order, untyped));
        self.level.add(for_outer);
        self.level.subqueries = true;
        output
    }

    /// Analyzes a level phase by phase, in the server's order. Also returns the facts for the outer levels.
    fn select_level(
        &mut self,
        select: &Select,
        outer: &Scope<'_>,
        order: Option<&OrderBy>,
        untyped: Untyped,
    ) -> (Output, LevelFacts) {
        self.check_select(select);
        let mut scope = Scope::new(Some(outer));
        scope.rows = self.new_join();
        scope.windows = &select.named_window;
        scope.later = self.facts.select.windows_last.then(RefCell::default);
        let ((), facts) = self.gather(|infer| infer.from(&mut scope, &select.from));
        let mut facts = facts.of_outer_columns(&scope);
        scope.grouped = self.grouped_spellings(select);
        scope.early =
            self.facts.select.windows_unsettled && !grouping::expressions(&select.group_by).is_empty();

        let ((mut columns, complete), listed) = self.gather(|infer| infer.select_list(&scope, select));
        facts.add(listed);
        self.type_columns(select, untyped, &mut columns);
        let aliases = self.aliases(&columns);
        scope.outputs = columns.iter().map(|column| column.name.clone()).collect();
        if self.facts.select.aliases_in_where {
            scope.aliases = aliases.clone();
        }

        let (condition, filtered) = self.gather(|infer| {
            select.selection.as_ref().map(|selection| infer.condition(&scope, selection, Clause::Where))
        });
        facts.add(filtered.without_columns());
        if let Some(condition) = &condition {
            scope.equations.extend(condition.equations().iter().cloned());
        }
        if self.facts.select.aliases_after_where {
            scope.aliases = aliases;
        }

        if let Some(having) = &select.having {
            self.check_having(&scope, having, select, &facts);
        }
        scope.having = (self.facts.select.having_sees_selected && select.having.is_some())
            .then(|| self.for_having(&scope, select, &columns));
        let (having, of_groups) = self.gather(|infer| {
            select.having.as_ref().map(|having| infer.condition(&scope, having, Clause::Having))
        });
        facts.add(of_groups);
        scope.having = None;

        let ((), ordered) = self.gather(|infer| {
            if let Some(order) = order {
                infer.order_by(&scope, order, select, &columns);
            }
        });
        facts.add(ordered);
        // The tables that the parts of conditions depend on.
        self.cross_joins(&scope, true);

        let (grouping, grouped) = self.gather(|infer| {
            let grouping = infer.group_by(&scope, &select.group_by, select);
            infer.distinct_on(&scope, select, order, &columns);
            grouping
        });
        facts.add(grouped.without_columns());
        let ((), windows) = self.gather(|infer| infer.windows_of(&mut scope));
        facts.add(windows);

        let aggregated = facts.aggregates_of(&scope) || having.is_some() && self.facts.select.having_groups;
        self.check_grouping(&scope, &grouping, aggregated, &facts.columns);
        let level = Level {
            grouping: &grouping,
            aggregated,
            odd: self.facts.select.windows_unsettled && scope.windowed.get(),
            unsure: facts.unsure,
            condition: condition.as_ref(),
            having: having.as_ref(),
        };
        self.settle_columns(&scope, &level, &mut columns);
        let rows = self.select_rows(&scope, select, &level);
        if select.into.is_some() {
            self.writes();
        }
        let locked = self.locked(&scope, select, &grouping, aggregated && !level.unsure);
        (Output { locked, ..Output::new(columns, rows, complete) }, facts.for_outer(&scope))
    }

    /// Makes output columns text if nothing else determines their type.
    fn type_columns(&mut self, select: &Select, untyped: Untyped, columns: &mut [OutputColumn]) {
        // Columns of `distinct` become text regardless of the context.
        let sorted = matches!(select.distinct, Some(Distinct::Distinct));
        if untyped == Untyped::Text || sorted {
            columns.iter_mut().for_each(|column| self.as_text(&mut column.term));
        }
    }

    /// Analyzes the named windows, and those that are analyzed at the end of the level.
    fn windows_of(&mut self, scope: &mut Scope<'_>) {
        for window in scope.windows {
            self.reserved(&window.0);
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                self.window(scope, spec);
            }
        }
        for spec in scope.later.take().map(RefCell::into_inner).unwrap_or_default() {
            self.window(scope, &spec);
        }
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if !matches!(value.value, Value::Placeholder(_)))
}
