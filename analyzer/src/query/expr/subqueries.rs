//! Subqueries in expressions.

use aio_databases_sql::Span;
use sqlparser::ast::{BinaryOperator, Expr, Query};

use super::{
    super::{
        Infer,
        output::{Output, bounds},
        scope::Scope,
        term::{Form, NullIf, Reason, Term, Truth},
    },
    joined,
    operators::row_items,
};
use crate::{diagnostics, resolve::Operand};

/// The query of `(select …)`, with any number of parentheses.
pub(crate) fn subquery(expr: &Expr) -> Option<&Query> {
    match expr {
        Expr::Subquery(query) => Some(query),
        Expr::Nested(inner) => subquery(inner),
        _ => None,
    }
}

impl Infer<'_> {
    /// A query within an expression, which sees the outer level. Also returns the outer tables that it depends on.
    pub(crate) fn inner(&mut self, scope: &Scope<'_>, query: &Query) -> (Output, Vec<u32>) {
        let (output, mut facts) = self.gather(|infer| infer.query(query, scope));
        let mut tables = std::mem::take(&mut facts.named);
        tables.sort_unstable();
        tables.dedup();
        tables.retain(|table| scope.levels().any(|level| level.owns(*table)));
        facts.named.clone_from(&tables);
        self.level.add(facts);
        (output, tables)
    }

    pub(super) fn exists(&mut self, scope: &Scope<'_>, query: &Query) -> Term {
        let (_, tables) = self.inner(scope, query);
        let span = self.subquery_span(query);
        let mut term = self.boolean(NullIf::Never, span);
        term.tables = tables;
        if self.facts.values.literals_adapt {
            term.form = Form::Exists;
        }
        term
    }

    pub(super) fn scalar_subquery(&mut self, scope: &Scope<'_>, query: &Query) -> Term {
        let (output, tables) = self.inner(scope, query);
        let span = self.subquery_span(query);
        let Some(column) = self.only_column(&output, span) else {
            return Term::unclear(span);
        };
        let (some, _) = bounds(output.rows);
        let missing = (!some).then(|| NullIf::because("the subquery may return no row"));
        // MariaDB doesn't run it for the row of an aggregate over no rows.
        let alone = (self.facts.select.subqueries_need_rows && !tables.is_empty()).then(|| {
            NullIf::NoMatch(scope.rows, Reason::text("it is null if there are no rows to aggregate"))
        });
        let nulls = [column.null.clone()].into_iter().chain(missing).chain(alone);
        let mut term = Term::new(column.ty.clone(), NullIf::any(nulls), span);
        term.tables = tables;
        term.huge = column.huge;
        // It only runs once for each row if it depends on the row.
        term.steady = term.tables.is_empty();
        if column.is_untyped() || matches!(column.form, Form::Uuid | Form::Bytes) {
            term.form = column.form.clone();
        }
        term
    }

    fn subquery_span(&self, query: &Query) -> Span {
        self.text.with_parentheses(self.span(query))
    }

    fn only_column(&mut self, output: &Output, span: Span) -> Option<Term> {
        match &output.columns[..] {
            [column] if output.complete => Some(column.term.clone()),
            _ if !output.complete => None,
            several => {
                self.report(diagnostics::not_one_column(several.len(), span));
                None
            }
        }
    }

    pub(super) fn in_subquery(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        query: &Query,
        negated: bool,
    ) -> Term {
        let (term, output, span) = self.compared(scope, left, "=", query, !negated);
        if negated {
            self.not_in_null(&output, span);
        }
        term
    }

    /// `left op any (select …)`, or `all`.
    pub(super) fn compare_subquery(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        name: &str,
        query: &Query,
        any: bool,
    ) -> Term {
        let (term, output, span) = self.compared(scope, left, name, query, any);
        // `<> all` is `not in`.
        if !any && matches!(name, "<>" | "!=") {
            self.not_in_null(&output, span);
        }
        term
    }

    /// The result of a comparison with a subquery's rows, the subquery's output, and its place.
    fn compared(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        name: &str,
        query: &Query,
        any: bool,
    ) -> (Term, Output, Span) {
        let read = |infer: &mut Self| -> Vec<Term> {
            match row_items(left) {
                Some(items) => items.iter().map(|item| infer.expr(scope, item)).collect(),
                None => vec![infer.expr(scope, left)],
            }
        };
        // PostgreSQL analyzes the subquery first.
        let first = (!self.facts.select.subquery_first).then(|| read(self));
        let ((output, tables), facts) = self.gather(|infer| infer.inner(scope, query));
        let windows = facts.windows;
        self.level.add(facts);
        let lefts = first.unwrap_or_else(|| read(self));
        let span = self.subquery_span(query);
        if output.complete && output.columns.len() != lefts.len() {
            self.report(diagnostics::different_widths(lefts.len(), output.columns.len(), span));
        }
        let mut proven = Vec::new();
        let mut nulls = Vec::new();
        for (left, column) in lefts.iter().zip(&output.columns) {
            let mut right = column.term.clone();
            right.span = span;
            nulls.extend(
                [left.null.clone(), right.null.clone()].into_iter().chain(self.unfit([left, &right])),
            );
            super::super::term::union(&mut proven, &left.not_null);
            let place = joined([left]);
            self.operator(name, Some(left.clone()), right, place);
        }
        // MariaDB's result is always null if the subquery has a window function.
        if !output.complete || self.facts.select.windows_unsettled && windows {
            nulls.push(NullIf::maybe());
        }
        let mut term = self.boolean(NullIf::any(nulls), joined(&lefts)).made_of(&lefts);
        for table in tables {
            if !term.tables.contains(&table) {
                term.tables.push(table);
            }
        }
        if any {
            term = term.with_truth(Truth { yes: proven, ..Truth::default() });
        }
        (term, output, span)
    }

    /// Reports a subquery of `not in` that can return null, because `not in` is then never true.
    fn not_in_null(&mut self, output: &Output, span: Span) {
        let reasons = output.columns.iter().filter_map(|column| column.term.null.verdict(&[]).err());
        if let Some(reason) = reasons.filter_map(|reason| self.reason(&reason)).next() {
            self.report(diagnostics::not_in_null_subquery(&reason, span));
        }
    }

    /// `array(select …)`
    pub(super) fn array_subquery(&mut self, scope: &Scope<'_>, query: &Query, span: Span) -> Term {
        let (output, tables) = self.inner(scope, query);
        let Some(column) = self.only_column(&output, span) else {
            return Term::unclear(span);
        };
        let ty = match &column.ty {
            Operand::Known(ty) => Operand::Known(super::arrays::array_of_type(ty.clone())),
            _ => Operand::Unclear,
        };
        let mut term = Term::new(ty, NullIf::Never, span);
        term.tables = tables;
        term.steady = term.tables.is_empty();
        term
    }

    /// `(a, b) = (select …)`
    pub(crate) fn row_and_subquery(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        op: &BinaryOperator,
        query: &Query,
    ) -> Term {
        let name = super::operators::operator_name(op);
        let mut term = self.compare_subquery(scope, left, &name, query, true);
        term.null = NullIf::because("the subquery may return no row");
        term
    }
}
