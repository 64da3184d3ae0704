//! `limit`, `offset` and `fetch`.

use sqlparser::ast::{Expr, LimitClause, Query};

use super::super::{
    Infer,
    expr::literals::whole_number,
    output::{bounds, rows},
    scope::{Clause, Scope},
    term::Atom,
};
use crate::{
    Rows, Type, diagnostics,
    resolve::{self, CastContext},
};

impl Infer<'_> {
    /// What `limit` leaves.
    pub(crate) fn limited(&mut self, query: &Query, outer: &Scope<'_>, before: Rows) -> Rows {
        let (limit, offset) = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => (Some(limit), Some(offset)),
            None => (None, None),
        };
        let fetch = query.fetch.as_ref();
        let limit = limit.or_else(|| fetch.and_then(|fetch| fetch.quantity.as_ref()));
        let outer_clause = outer.clause.replace(Clause::Limit);
        // PostgreSQL reads the offset first.
        for expr in offset.into_iter().chain(limit) {
            self.count(outer, expr);
        }
        outer.clause.set(outer_clause);
        let number = match (limit, fetch) {
            (Some(limit), _) => whole_number(limit),
            (None, Some(fetch)) => (fetch.quantity.is_none() && !fetch.with_ties).then_some(1),
            (None, None) => return if offset.is_some() { rows(false, bounds(before).1) } else { before },
        };
        let (some, single) = bounds(before);
        let ties = fetch.is_some_and(|fetch| fetch.with_ties || fetch.percent);
        let some = some && offset.is_none() && number.is_some_and(|number| number > 0);
        rows(some, single || !ties && number.is_some_and(|number| number <= 1))
    }

    fn count(&mut self, scope: &Scope<'_>, expr: &Expr) {
        // `limit all` and `limit null` are no limit.
        if matches!(expr, Expr::Identifier(name) if name.value.eq_ignore_ascii_case("all")) {
            return;
        }
        // PostgreSQL's sees the levels around: `lateral (select … limit t.many)`.
        let around = Scope::new(Some(scope));
        around.clause.set(Clause::Limit);
        let alone = Scope { ctes: scope.ctes.clone(), ..Scope::new(scope.outer) };
        let mut term = self.expr(if self.facts.select.limit_is_expression { &around } else { &alone }, expr);
        self.take(&mut term, Some(&Type::base(self.facts.select.limit)));
        if let (false, [Atom::Param(index)]) = (self.facts.select.limit_null, &term.not_null[..]) {
            self.params[*index as usize].not_null = true;
        }
        if let (true, Some(from)) = (self.facts.select.limit_is_expression, term.known())
            && !resolve::can_cast(
                self.catalog,
                from,
                &Type::base(self.facts.select.limit),
                CastContext::Assignment,
            )
        {
            self.report(diagnostics::not_a_count(from, term.span));
        }
    }
}
