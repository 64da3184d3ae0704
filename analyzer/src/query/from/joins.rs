//! Joins: what their conditions prove, and which sides can have rows without a match.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{Expr, Ident, Join, JoinConstraint, JoinOperator};

use super::{
    super::{
        Infer,
        scope::{Clause, Merged, Scope, Visible, fold, same},
        term::{Atom, Form, NullIf, Reason, union},
    },
    column_of, counts_rows, visible_term,
};
use crate::{diagnostics, dialect::JoinCondition, syntax};

/// The sides of a join that can have rows without a match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outer {
    None,
    Left,
    Right,
    Full,
}

/// Whether a join is an inner one with `on`, or without a condition.
pub(super) fn is_inner_on(join: &Join) -> bool {
    use JoinOperator as J;
    matches!(
        &join.join_operator,
        J::Join(on) | J::Inner(on) | J::CrossJoin(on) if matches!(on, JoinConstraint::On(_) | JoinConstraint::None)
    )
}

impl Infer<'_> {
    pub(super) fn join(&mut self, scope: &mut Scope<'_>, join: &Join, left: Sides, right: Sides) {
        use JoinOperator as J;
        let (outer, constraint) = match &join.join_operator {
            J::Join(on) | J::Inner(on) | J::CrossJoin(on) | J::StraightJoin(on) => (Outer::None, on),
            J::Left(on) | J::LeftOuter(on) => (Outer::Left, on),
            J::Right(on) | J::RightOuter(on) => (Outer::Right, on),
            J::FullOuter(on) => (Outer::Full, on),
            other => {
                let name = syntax::variant(other).to_lowercase();
                self.report(diagnostics::unsupported(
                    &name,
                    scope.tables.get(right.table).map_or(Span::default(), |t| t.span),
                ));
                return;
            }
        };
        self.check_join(join, scope.tables.get(right.table).map_or(Span::default(), |table| table.span));
        let mut merged = Vec::new();
        match constraint {
            JoinConstraint::On(on) => self.on(scope, on, outer, left, right),
            JoinConstraint::Using(names) | JoinConstraint::UsingAlias(names, _) => {
                let names: Vec<Ident> = names
                    .iter()
                    .filter_map(|name| name.0.last().and_then(|part| part.as_ident()).cloned())
                    .collect();
                names.iter().for_each(|name| {
                    self.reserved(name);
                });
                merged = self.using(scope, &names, outer, left, right);
            }
            JoinConstraint::Natural => {
                let names = self.shared_names(scope, outer, left, right);
                merged = self.using(scope, &names, outer, left, right);
            }
            JoinConstraint::None => {
                self.condition_missing(scope, join, outer, right);
                if !matches!(join.join_operator, J::CrossJoin(_)) && counts_rows(&join.relation) {
                    scope.set_apart(right.table);
                }
            }
        }
        if matches!(outer, Outer::Left | Outer::Full) {
            self.nullable_side(
                scope,
                right.table..scope.tables.len(),
                if outer == Outer::Left { "left join" } else { "full join" },
            );
        }
        if matches!(outer, Outer::Right | Outer::Full) {
            self.nullable_side(
                scope,
                left.table..right.table,
                if outer == Outer::Right { "right join" } else { "full join" },
            );
        }
        if outer == Outer::Full {
            // A row of each side can have no match.
            for table in &mut scope.tables[left.table..] {
                table.single = false;
            }
        }
        self.merge(scope, merged, outer, left, right);
    }

    /// Reports a join without a condition that requires one.
    fn condition_missing(&mut self, scope: &Scope<'_>, join: &Join, outer: Outer, right: Sides) {
        let needed = match self.facts.from.condition {
            JoinCondition::All => !matches!(join.join_operator, JoinOperator::CrossJoin(_)),
            JoinCondition::Outer => outer != Outer::None,
            JoinCondition::Optional => false,
        };
        if needed {
            let span = scope.tables.get(right.table).map_or(Span::default(), |table| table.span);
            self.report(diagnostics::join_without_condition(span));
        }
    }

    fn on(&mut self, scope: &mut Scope<'_>, on: &Expr, outer: Outer, left: Sides, right: Sides) {
        let first = scope.first;
        if !self.facts.from.on_sees_every_table {
            scope.first = left.table;
        }
        let condition = self.ungrouped(|infer| infer.condition(scope, on, Clause::On));
        scope.first = first;
        let facts = scope.close(condition.if_true());
        self.proven_by_join(scope, &facts, condition.equations(), outer, left, right);
    }

    /// Applies the facts that a join's condition proves to the columns of the sides for which it holds.
    fn proven_by_join(
        &mut self,
        scope: &mut Scope<'_>,
        facts: &[Atom],
        equations: &[(Atom, Vec<u32>)],
        outer: Outer,
        left: Sides,
        right: Sides,
    ) {
        let holds = match outer {
            Outer::None => left.table..scope.tables.len(),
            Outer::Left => right.table..scope.tables.len(),
            Outer::Right => left.table..right.table,
            Outer::Full => 0..0,
        };
        if !facts.is_empty() {
            for table in &mut scope.tables[holds.clone()] {
                let id = table.id;
                for (index, column) in table.columns.iter_mut().enumerate() {
                    column.null = match facts.contains(&Atom::Column(id, index as u32)) {
                        true => NullIf::Never,
                        false => column.null.settle(facts, &|_, _| None),
                    };
                }
            }
        }
        let ids: Vec<u32> = scope.tables[holds].iter().map(|table| table.id).collect();
        scope.equations.extend(
            equations
                .iter()
                .filter(|(atom, _)| matches!(atom, Atom::Column(id, _) if ids.contains(id)))
                .cloned(),
        );
    }

    /// Makes the columns of one side of an outer join null if there is no match.
    pub(crate) fn nullable_side(
        &mut self,
        scope: &mut Scope<'_>,
        side: std::ops::Range<usize>,
        join: &'static str,
    ) {
        let number = self.new_join();
        for table in &mut scope.tables[side] {
            table.joins.push(number);
            let reason = Reason::Join { table: table.name.clone(), join, at: table.span.start };
            for column in &mut table.columns {
                let own = std::mem::replace(&mut column.null, NullIf::Never);
                column.null = NullIf::any([own, NullIf::NoMatch(number, reason.clone())]);
            }
        }
    }

    fn shared_names(&self, scope: &Scope<'_>, outer: Outer, left: Sides, right: Sides) -> Vec<Ident> {
        let mut lefts = &scope.visible[left.visible..right.visible];
        let mut rights = &scope.visible[right.visible..];
        if self.facts.from.natural_by_right || self.facts.from.right_join_swapped && outer == Outer::Right {
            // SQLite uses the order of the right side. MySQL swaps the sides of a right join.
            std::mem::swap(&mut lefts, &mut rights);
        }
        let mut shared: Vec<Rc<str>> = Vec::new();
        for name in lefts.iter().map(|column| column_of(scope, *column).name) {
            let is = |other: &str| same(self.dialect, other, &name);
            if rights.iter().any(|other| is(&column_of(scope, *other).name))
                && !shared.iter().any(|other| is(other))
            {
                shared.push(name);
            }
        }
        shared.iter().map(|name| Ident::with_quote('"', &**name)).collect()
    }

    /// `using (…)`: pairs of columns.
    fn using(
        &mut self,
        scope: &mut Scope<'_>,
        names: &[Ident],
        outer: Outer,
        left: Sides,
        right: Sides,
    ) -> Vec<(Visible, Visible)> {
        let beside = scope.tables.get(right.table).map_or(Span::default(), |table| table.span);
        let mut pairs = Vec::new();
        let (mut facts, mut equations) = (Vec::new(), Vec::new());
        let mut ambiguous = Vec::new();
        for ident in names {
            let name = fold(self.dialect, ident);
            // `natural` has no written names.
            let place =
                Some(self.ident_span(ident)).filter(|place| *place != Span::default()).unwrap_or(beside);
            let find = |columns: &[Visible]| {
                columns
                    .iter()
                    .find(|column| same(self.dialect, &column_of(scope, **column).name, &name))
                    .copied()
            };
            let (lefts, rights) =
                (&scope.visible[left.visible..right.visible], &scope.visible[right.visible..]);
            let sides = (find(lefts), find(rights));
            for tables in [lefts, rights].into_iter().filter_map(|side| self.several(scope, side, &name)) {
                ambiguous.push((name.clone(), tables, place));
            }
            let (Some(one), Some(other)) = sides else {
                if scope.tables[left.table..].iter().all(|table| table.complete) {
                    self.report(diagnostics::unknown_using(
                        &name,
                        if sides.0.is_none() { "left" } else { "right" },
                        place,
                    ));
                }
                continue;
            };
            if pairs.iter().any(|(left, right)| is(left, &one) && is(right, &other)) {
                // MariaDB ignores a repeated name.
                if self.facts.from.using_once {
                    self.report(diagnostics::repeated_using(&name, place));
                }
                continue;
            }
            let compared = self.operator(
                "=",
                Some(visible_term(self.dialect, scope, one)),
                visible_term(self.dialect, scope, other),
                place,
            );
            union(&mut facts, &compared.if_true());
            equations.extend(compared.equations().iter().cloned());
            pairs.push((one, other));
        }
        for (name, tables, place) in ambiguous {
            self.report(diagnostics::ambiguous_column(&name, &tables, place));
        }
        let facts = scope.close(facts);
        self.proven_by_join(scope, &facts, &equations, outer, left, right);
        pairs
    }

    /// The tables of one side of a join that have a column with a name, if there are several. SQLite uses the first.
    fn several(&self, scope: &Scope<'_>, side: &[Visible], name: &str) -> Option<Vec<Rc<str>>> {
        let of_name = side.iter().filter(|column| same(self.dialect, &column_of(scope, **column).name, name));
        let tables: Vec<Rc<str>> = of_name
            .map(|column| match column {
                Visible::Column(table, _) => scope.tables[*table].name.clone(),
                Visible::Merged(_) => Rc::from(""),
            })
            .collect();
        (self.facts.from.using_unambiguous && tables.len() > 1).then_some(tables)
    }

    /// Moves the merged columns of `using` before the others. SQLite leaves them at their place in the left side,
    /// except for the first join in parentheses. MySQL swaps the sides of a right join.
    fn merge(
        &mut self,
        scope: &mut Scope<'_>,
        pairs: Vec<(Visible, Visible)>,
        outer: Outer,
        left: Sides,
        right: Sides,
    ) {
        if pairs.is_empty() {
            return;
        }
        let mut columns = Vec::new();
        for (one, other) in &pairs {
            columns.push(match outer {
                Outer::None | Outer::Left if !self.comes_together(scope, *one, *other) => *one,
                Outer::Right if !self.comes_together(scope, *one, *other) => *other,
                _ => self.merged_column(scope, outer, *one, *other),
            });
        }
        let rest = scope.visible.split_off(left.visible);
        let gone = |column: &Visible| pairs.iter().any(|(one, other)| is(one, column) || is(other, column));
        let (lefts, rights) = rest.split_at(right.visible - left.visible);
        let is_next = scope.nested && right.table == left.table + 1;
        if !self.facts.from.using_first && !is_next {
            let merged = |column: &Visible| pairs.iter().position(|(one, _)| is(one, column));
            scope.visible.extend(lefts.iter().map(|column| merged(column).map_or(*column, |at| columns[at])));
            scope.visible.extend(rights.iter().filter(|column| !gone(column)));
            if matches!(outer, Outer::Right | Outer::Full) {
                self.show_as(scope, &columns, left.table..right.table);
            }
            return;
        }
        let turned = self.facts.from.right_join_swapped && outer == Outer::Right;
        let sides = if turned { [rights, lefts] } else { [lefts, rights] };
        columns.extend(sides.into_iter().flatten().filter(|column| !gone(column)).copied());
        scope.visible.extend(columns);
    }

    /// Makes `table.*` return the merged columns of a join instead of the columns with the same names on its left side.
    fn show_as(&self, scope: &mut Scope<'_>, columns: &[Visible], lefts: std::ops::Range<usize>) {
        for shown in columns {
            let name = column_of(scope, *shown).name;
            for at in lefts.clone() {
                let own =
                    scope.tables[at].columns.iter().position(|own| same(self.dialect, &own.name, &name));
                scope.shown_as.extend(own.map(|index| ((at, index), *shown)));
            }
        }
    }

    /// In PostgreSQL: whether the merged column has another type than one of the two.
    fn comes_together(&self, scope: &Scope<'_>, one: Visible, other: Visible) -> bool {
        let ty = |column| column_of(scope, column).ty;
        self.facts.from.using_unites_types && ty(one) != ty(other)
    }

    fn merged_column(
        &mut self,
        scope: &mut Scope<'_>,
        outer: Outer,
        one: Visible,
        other: Visible,
    ) -> Visible {
        let (left, right) =
            (visible_term(self.dialect, scope, one), visible_term(self.dialect, scope, other));
        let parts = [&left, &right].into_iter().filter_map(|term| match term.form {
            Form::Column(table, column) => Some((table, column)),
            _ => None,
        });
        let parts = parts.collect();
        let null = match outer {
            Outer::None | Outer::Left => left.null.clone(),
            Outer::Right => right.null.clone(),
            Outer::Full => NullIf::because("a column of a full join may be null"),
        };
        let ty = self.common("using", &mut [left, right]);
        let merged = Merged { name: column_of(scope, one).name, ty, null, parts, of_query: false };
        scope.merged.push(merged);
        Visible::Merged(scope.merged.len() - 1)
    }
}

/// The start of a side of a join.
#[derive(Clone, Copy)]
pub(super) struct Sides {
    pub(super) table: usize,
    pub(super) visible: usize,
}

fn is(one: &Visible, other: &Visible) -> bool {
    match (one, other) {
        (Visible::Column(a, b), Visible::Column(c, d)) => a == c && b == d,
        (Visible::Merged(a), Visible::Merged(b)) => a == b,
        _ => false,
    }
}
