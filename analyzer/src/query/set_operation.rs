//! `union`, `intersect`, `except`.

use sqlparser::ast::{JoinOperator, SetExpr, SetOperator};

use super::{
    Infer,
    locks::Locked,
    output::{Output, OutputColumn, bounds, rows},
    scope::Scope,
    select::Untyped,
    term::{Form, NullIf, Term},
};
use crate::{Rows, diagnostics};

impl Infer<'_> {
    /// A chain of set operations, from left to right. Long chains must not recurse.
    pub(crate) fn set_operation(
        &mut self,
        scope: &Scope<'_>,
        left: &SetExpr,
        op: SetOperator,
        right: &SetExpr,
        untyped: Untyped,
    ) -> Output {
        let (mut chain, mut first) = (vec![(op, right)], left);
        while let SetExpr::SetOperation { left, op, right, .. } = first {
            chain.push((*op, right));
            first = left;
        }
        let mut output = self.body(first, scope, Untyped::Keep);
        self.locks_of_arm(first);
        let mut forgets = output.forgets;
        for (op, arm) in chain.into_iter().rev() {
            let arm_output = self.body(arm, scope, Untyped::Keep);
            self.locks_of_arm(arm);
            forgets |= arm_output.forgets || self.forgets(arm);
            output = self.unite(output, op, arm_output);
        }
        output.forgets = forgets;
        if untyped == Untyped::Text {
            output.columns.iter_mut().for_each(|column| self.as_text(&mut column.term));
        }
        output
    }

    /// Combines two arms.
    pub(crate) fn unite(&mut self, left: Output, op: SetOperator, right: Output) -> Output {
        if left.complete && right.complete && left.columns.len() != right.columns.len() {
            let span = right.columns.first().map_or_else(Default::default, |column| column.term.span);
            self.report(diagnostics::set_widths(op, left.columns.len(), right.columns.len(), span));
        }
        let complete = left.complete && right.complete;
        let rows = united_rows(op, left.rows, right.rows);
        let mut others = right.columns.into_iter();
        let columns = left
            .columns
            .into_iter()
            .map(|column| match others.next() {
                Some(other) => self.unite_column(column, op, other.term),
                None => column,
            })
            .collect();
        Output { locked: Locked::united(), ..Output::new(columns, rows, complete) }
    }

    /// SQLite (up to 3.51) loses a condition on the rows of a `union all` if a query other than the first has a right
    /// or full join. Rows of the others are returned although they don't satisfy it.
    fn forgets(&self, arm: &SetExpr) -> bool {
        let SetExpr::Select(select) = arm else { return false };
        self.facts.select.union_forgets
            && select.from.iter().flat_map(|table| &table.joins).any(|join| {
                matches!(
                    join.join_operator,
                    JoinOperator::Right(_) | JoinOperator::RightOuter(_) | JoinOperator::FullOuter(_)
                )
            })
    }

    fn unite_column(&mut self, column: OutputColumn, op: SetOperator, other: Term) -> OutputColumn {
        let mut both = [column.term.clone(), other];
        let what = match op {
            SetOperator::Union => "union",
            SetOperator::Intersect => "intersect",
            SetOperator::Except | SetOperator::Minus => "except",
        };
        let ty = self.common(what, &mut both);
        let [left, right] = both;
        let null = match op {
            SetOperator::Union => NullIf::any([left.null.clone(), right.null.clone()]),
            SetOperator::Except | SetOperator::Minus => left.null.clone(),
            // The rows of both sides.
            SetOperator::Intersect => match right.null.is_never() {
                true => NullIf::Never,
                false => left.null.clone(),
            },
        };
        let mut term = Term::new(ty, null, left.span).made_of([&left, &right]);
        if term.is_untyped() && term.form == Form::Other {
            // Both are null, so the context can still determine the type.
            term.form = left.form.clone();
        }
        OutputColumn { term, ..column }
    }
}

fn united_rows(op: SetOperator, left: Rows, right: Rows) -> Rows {
    let ((some, single), (other, _)) = (bounds(left), bounds(right));
    match op {
        SetOperator::Union => rows(some || other, false),
        SetOperator::Intersect | SetOperator::Except | SetOperator::Minus => rows(false, single),
    }
}
