//! Operators.

use aio_databases_sql::Span;
use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator};

use super::{
    super::{
        Infer,
        cross_join::is_and,
        scope::Scope,
        term::{Form, NullIf, Term, Truth, intersection, union},
    },
    joined,
};
use crate::{diagnostics, resolve, syntax::Sugar};

impl Infer<'_> {
    /// A chain of binary operators, from left to right. Long chains must not recurse.
    pub(super) fn binary(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        match self.folds(expr) {
            true => self.folded(|infer| infer.chain(scope, expr)),
            false => self.chain(scope, expr),
        }
    }

    fn chain(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        let (mut chain, mut first) = (Vec::new(), expr);
        while let Expr::BinaryOp { left, op, right } = first {
            chain.push((op, &**right));
            first = left;
        }
        let mut pending = Some(first);
        let mut term: Option<Term> = None;
        let start = self.level.named.len();
        let mut noted = is_and(first);
        for (op, right) in chain.into_iter().rev() {
            let left = (!noted).then_some(start);
            noted = *op == BinaryOperator::And;
            term = Some(match (pending.take(), term) {
                (Some(first), _) => self.binary_first(scope, first, op, right, left),
                (None, Some(term)) => self.binary_next(scope, term, op, right, left),
                (None, None) => return Term::unclear(self.span(expr)),
            });
        }
        term.unwrap_or_else(|| Term::unclear(self.span(expr)))
    }

    /// `start` is the start of the left side in `LevelFacts::named`, if it was not recorded yet.
    fn binary_first(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        start: Option<usize>,
    ) -> Term {
        let rows = self.facts.values.rows_are_values || is_comparison(op);
        if let (Some(left), Some(right), true) = (row_items(left), row_items(right), rows) {
            return self.compare_rows(scope, left, op, right);
        }
        if let (Some(_), Some(query)) = (row_items(left), super::subqueries::subquery(right)) {
            return self.row_and_subquery(scope, left, op, query);
        }
        if let (Some(query), Some(_), true) = (super::subqueries::subquery(left), row_items(right), rows)
            && self.facts.select.subquery_before_row
        {
            return self.row_and_subquery(scope, right, &turned(op), query);
        }
        let left = self.expr(scope, left);
        self.binary_next(scope, left, op, right, start)
    }

    fn binary_next(
        &mut self,
        scope: &Scope<'_>,
        left: Term,
        op: &BinaryOperator,
        right: &Expr,
        start: Option<usize>,
    ) -> Term {
        let name = operator_name(op);
        let both = match op {
            BinaryOperator::And => Some(true),
            BinaryOperator::Or => Some(false),
            _ => None,
        };
        if let Some(and) = both {
            return self.logical(scope, left, and, right, start.filter(|_| and));
        }
        let right = self.expr(scope, right);
        let span = joined([&left, &right]);
        if matches!(op, BinaryOperator::Eq | BinaryOperator::NotEq)
            && [&left, &right].iter().any(|term| term.form == Form::Null)
        {
            self.report(diagnostics::equals_null(matches!(op, BinaryOperator::Eq), span));
        }
        self.operator(&name, Some(left), right, span)
    }

    fn logical(
        &mut self,
        scope: &Scope<'_>,
        mut left: Term,
        and: bool,
        right: &Expr,
        start: Option<usize>,
    ) -> Term {
        let place = if and { "`and`" } else { "`or`" };
        self.as_truth(&mut left, place);
        let before = self.level.named.len();
        if let Some(start) = start {
            self.relate(scope, start..before);
        }
        let whole = and && !is_and(right);
        let right = self.truth(scope, right, place);
        if whole {
            self.relate(scope, before..self.level.named.len());
        }
        let (mut yes, mut no) = (left.if_true(), left.if_false());
        if and {
            union(&mut yes, &right.if_true());
            no = intersection(&no, &right.if_false());
        } else {
            yes = intersection(&yes, &right.if_true());
            union(&mut no, &right.if_false());
        }
        let equal = if and { [left.equations(), right.equations()].concat() } else { Vec::new() };
        let mut term = self
            .boolean(NullIf::any([left.null.clone(), right.null.clone()]), joined([&left, &right]))
            .made_of([&left, &right])
            .with_truth(Truth { yes, no, equal });
        term.not_null = intersection(&left.not_null, &right.not_null);
        term
    }

    pub(super) fn unary(
        &mut self,
        scope: &Scope<'_>,
        op: UnaryOperator,
        inner: &Expr,
        _whole: &Expr,
    ) -> Term {
        match op {
            UnaryOperator::Not | UnaryOperator::BangNot => {
                // `not x in (…)` is `x not in (…)`.
                if let Expr::In { expr, target, negated: false, .. } = unnested(inner) {
                    return self.is_in(scope, expr, target, true);
                }
                let term = self.truth(scope, inner, "`not`");
                let truth = Truth { yes: term.if_false(), no: term.if_true(), equal: Vec::new() };
                self.boolean(term.null.clone(), term.span)
                    .made_of([&term])
                    .strict_in([&term])
                    .with_truth(truth)
            }
            _ => {
                let mut term = self.expr(scope, inner);
                let name = op.to_string().to_lowercase();
                let sign = matches!(op, UnaryOperator::Minus | UnaryOperator::Plus);
                if sign
                    && self.facts.values.negated_param_is_untyped
                    && term.is_untyped()
                    && let Form::Param(index) = term.form
                {
                    if op == UnaryOperator::Minus {
                        term.form = Form::Negated([index].into());
                    }
                    return term;
                }
                let number = match (&term.form, op) {
                    (Form::Number(text), UnaryOperator::Minus) => Some(format!("-{text}")),
                    _ => None,
                };
                // PostgreSQL's smallest integers: `-2147483648` is a negated int8.
                let span = Span::new(term.span.start.saturating_sub(name.len()), term.span.end);
                // MySQL converts a constant to a decimal if its negation is positive, but not if the constant is only
                // known later.
                let constant = self.facts.values.negated_constant_widens
                    && matches!(op, UnaryOperator::Minus)
                    && term.tables.is_empty()
                    && !matches!(term.form, Form::Number(_));
                let mut answer = self.operator(&name, None, term, span);
                if constant && answer.known().is_some_and(resolve::is_whole) {
                    answer.ty = resolve::Operand::Unclear;
                }
                match number {
                    Some(text) => answer.with_form(Form::Number(text.into())),
                    None => answer,
                }
            }
        }
    }

    pub(super) fn like(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
    ) -> Term {
        let left = self.expr(scope, expr);
        let mut right = self.expr(scope, pattern);
        self.check_escape(escape);
        if let (Some(escape), true) = (escape, self.facts.calls.pattern_symbols) {
            let name = if name.ends_with("~~") || name.ends_with("~~*") {
                "like_escape"
            } else {
                "similar_to_escape"
            };
            let escape = self.expr(scope, escape);
            let span = joined([&right, &escape]);
            right = self.special(scope, name, vec![right, escape], span);
        } else if let Some(escape) = escape {
            self.expr_as(scope, escape, self.facts.values.text);
        }
        let span = joined([&left, &right]);
        self.operator(&self.like_name(name), Some(left), right, span)
    }

    /// The escape is one character. In SQLite it is required; elsewhere it can be empty for no escape.
    fn check_escape(&mut self, escape: Option<&Expr>) {
        let Some(Expr::Value(value)) = escape else { return };
        let Some(text) = super::literals::text_of(&value.value) else { return };
        let fewest = self.facts.calls.fewest_escape;
        if !(fewest..=1).contains(&text.chars().count()) {
            self.report(diagnostics::escape_of_several(self.span(value)));
        }
    }

    /// SQLite and MySQL use keywords instead of PostgreSQL's symbols.
    fn like_name(&self, name: &str) -> String {
        match (self.facts.calls.pattern_symbols, name) {
            (true, "regexp") => "~",
            (true, name) => name,
            (_, "~~" | "!~~" | "~~*" | "!~~*") => "like",
            (_, "~" | "!~") => "regexp",
            (_, name) => name,
        }
        .to_owned()
    }

    pub(super) fn between(
        &mut self,
        scope: &Scope<'_>,
        expr: &Expr,
        negated: bool,
        low: &Expr,
        high: &Expr,
    ) -> Term {
        let value = self.comparand(scope, expr);
        let low = self.comparand(scope, low);
        let (from, to) = if negated { ("<", ">") } else { (">=", "<=") };
        let span = joined([&value, &low]);
        let first = self.operator(from, Some(value.clone()), low, span);
        let high = self.comparand(scope, high);
        let span = joined([&value, &high]);
        let value = self.again(&value);
        let second = self.operator(to, Some(value), high, span);
        let mut facts = first.not_null.clone();
        let truth = if negated {
            facts = intersection(&facts, &second.not_null);
            Truth { yes: facts, ..Truth::default() }
        } else {
            union(&mut facts, &second.not_null);
            Truth { yes: facts, ..Truth::default() }
        };
        self.boolean(NullIf::any([first.null.clone(), second.null.clone()]), joined([&first, &second]))
            .made_of([&first, &second])
            .with_truth(truth)
    }

    /// `expr in (…)`
    pub(super) fn is_in(&mut self, scope: &Scope<'_>, expr: &Expr, target: &InTarget, negated: bool) -> Term {
        match target {
            InTarget::List(list) => self.in_list(scope, expr, list, negated),
            InTarget::Subquery(query) => self.in_subquery(scope, expr, query, negated),
            InTarget::Unnest(_) | InTarget::Table { .. } => {
                let span = self.span(expr);
                self.report(diagnostics::unsupported(&format!("in {target}"), span));
                Term::unclear(span)
            }
        }
    }

    pub(super) fn in_list(&mut self, scope: &Scope<'_>, expr: &Expr, list: &[Expr], negated: bool) -> Term {
        if let Some(items) = row_items(expr) {
            return self.row_in_list(scope, items, list, negated);
        }
        let marked = matches!(list.first(), Some(Expr::Identifier(name)) if matches!(self.text.sugar(name), Some(Sugar::Item)));
        let list = if marked { &list[1..] } else { list };
        let left = match list.is_empty() {
            true => self.folded(|infer| infer.expr(scope, expr)),
            false => self.expr(scope, expr),
        };
        let mut items: Vec<Term> = list.iter().map(|item| self.expr(scope, item)).collect();
        let span = joined(std::iter::once(&left).chain(&items));
        if let (true, Some(null)) = (negated, items.iter().find(|item| item.form == Form::Null)) {
            self.report(diagnostics::not_in_null_list(null.span));
        }
        let mut left = left;
        self.look_again(items.iter_mut().chain([&mut left]));
        let types: Vec<_> = items.iter().map(|item| item.ty.clone()).collect();
        let columns: Vec<bool> =
            items.iter().map(|term| term.tables.iter().any(|table| scope.owns(*table))).collect();
        match resolve::in_list(self.catalog, &left.ty, &types, &columns) {
            Ok(resolved) => {
                self.take(&mut left, resolved.operands.first().and_then(Option::as_ref));
                self.take_all(&mut items, resolved.operands.get(1..).unwrap_or_default());
            }
            Err(problem) => {
                let all: Vec<_> = std::iter::once(left.ty.clone()).chain(types).collect();
                if !all.iter().any(|ty| matches!(ty, resolve::Operand::Unclear)) {
                    self.report(diagnostics::wrong_operands("in", &all, &problem, span));
                }
            }
        }
        let equal = match (&items[..], negated) {
            ([one], false) => self.equations(&left, one),
            _ => Vec::new(),
        };
        let all = || std::iter::once(&left).chain(&items);
        let null = NullIf::any(all().map(|term| term.null.clone()).chain(self.unfit(all())));
        let mut term = self.boolean(null, span).made_of(all()).with_truth(Truth {
            yes: Vec::new(),
            no: Vec::new(),
            equal,
        });
        // In SQLite, `in ()` is false for any left side.
        if !items.is_empty() {
            term.not_null = left.not_null;
        }
        term
    }

    fn row_in_list(&mut self, scope: &Scope<'_>, items: &[Expr], list: &[Expr], negated: bool) -> Term {
        let mut terms: Vec<Term> = Vec::new();
        for row in list {
            match row_items(row) {
                Some(row) => terms.push(self.compare_rows(scope, items, &BinaryOperator::Eq, row)),
                None => {
                    let term = self.expr(scope, row);
                    terms.push(Term::unclear(term.span));
                }
            }
        }
        let null = NullIf::any(terms.iter().map(|term| term.null.clone()));
        let yes = match (&terms[..], negated) {
            ([one], false) => Truth { yes: one.if_true(), no: Vec::new(), equal: one.equations().to_vec() },
            _ => Truth::default(),
        };
        self.boolean(null, joined(&terms)).made_of(&terms).with_truth(yes)
    }

    /// `(a, b) = (c, d)`, column by column.
    pub(crate) fn compare_rows(
        &mut self,
        scope: &Scope<'_>,
        left: &[Expr],
        op: &BinaryOperator,
        right: &[Expr],
    ) -> Term {
        let name = operator_name(op);
        if left.len() != right.len() {
            let span = right.first().map_or(Span::default(), |item| self.span(item));
            self.report(diagnostics::different_widths(left.len(), right.len(), span));
        }
        let lefts: Vec<Term> = left.iter().map(|item| self.expr(scope, item)).collect();
        let rights: Vec<Term> = right.iter().map(|item| self.expr(scope, item)).collect();
        if matches!(op, BinaryOperator::Overlaps) {
            let ends: Vec<Term> = lefts.into_iter().chain(rights).collect();
            let span = joined(&ends);
            return self.special(scope, "overlaps", ends, span);
        }
        let mut parts = Vec::new();
        for (left, right) in lefts.into_iter().zip(rights) {
            let span = joined([&left, &right]);
            parts.push(self.operator(&name, Some(left), right, span));
        }
        let mut truth = Truth::default();
        if matches!(op, BinaryOperator::Eq) {
            for part in &parts {
                union(&mut truth.yes, &part.if_true());
                truth.equal.extend(part.equations().iter().cloned());
            }
        }
        let null = NullIf::any(parts.iter().map(|part| part.null.clone()));
        self.boolean(null, joined(&parts)).made_of(&parts).with_truth(truth)
    }

    /// `left op any (…)` and `left op all (…)`.
    pub(super) fn quantified(
        &mut self,
        scope: &Scope<'_>,
        left: &Expr,
        name: &str,
        right: &Expr,
        any: bool,
    ) -> Term {
        if let Some(query) = super::subqueries::subquery(right) {
            return self.compare_subquery(scope, left, name, query, any);
        }
        let mut left = self.expr(scope, left);
        let mut right = self.expr(scope, right);
        let span = joined([&left, &right]);
        match resolve::operator_any(self.catalog, name, &left.ty, &right.ty) {
            Ok(resolved) => {
                self.take(&mut left, resolved.operands.first().and_then(Option::as_ref));
                self.take(&mut right, resolved.operands.get(1).and_then(Option::as_ref));
            }
            Err(problem) => {
                if !left.is_unclear() && !right.is_unclear() {
                    let all = [left.ty.clone(), right.ty.clone()];
                    self.report(diagnostics::wrong_operands(name, &all, &problem, span));
                }
            }
        }
        let mut term = self
            .boolean(NullIf::because("an element of the array may be null"), span)
            .made_of([&left, &right]);
        if any {
            let mut yes = left.not_null.clone();
            union(&mut yes, &right.not_null);
            term = term.with_truth(Truth { yes, ..Truth::default() });
        }
        term
    }
}

/// An expression without enclosing parentheses.
fn unnested(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => unnested(inner),
        other => other,
    }
}

/// The items of `(a, b)` and `row(a, b)`.
pub(crate) fn row_items(expr: &Expr) -> Option<&[Expr]> {
    match unnested(expr) {
        Expr::Tuple(items) => Some(items),
        _ => None,
    }
}

fn is_comparison(op: &BinaryOperator) -> bool {
    use BinaryOperator as B;
    matches!(op, B::Eq | B::NotEq | B::Lt | B::LtEq | B::Gt | B::GtEq | B::Spaceship)
}

/// The comparison with its sides swapped.
fn turned(op: &BinaryOperator) -> BinaryOperator {
    match op {
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        same => same.clone(),
    }
}

/// The server's symbol.
pub(crate) fn operator_name(op: &BinaryOperator) -> String {
    match op {
        BinaryOperator::PGCustomBinaryOperator(parts) => parts.last().cloned().unwrap_or_default(),
        other => other.to_string().to_lowercase(),
    }
}
