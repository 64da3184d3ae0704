//! `is null`, `is true`, `is distinct from`.

use sqlparser::ast::Expr;

use super::{
    super::{
        Infer,
        scope::Scope,
        term::{Atom, Form, NullIf, Term, Truth},
    },
    joined,
};
impl Infer<'_> {
    pub(super) fn is_null(&mut self, scope: &Scope<'_>, inner: &Expr, negated: bool) -> Term {
        let term = self.expr(scope, inner);
        self.ask(&term);
        self.null_asked(&term, negated)
    }

    pub(super) fn is_unknown(&mut self, scope: &Scope<'_>, inner: &Expr, negated: bool) -> Term {
        let term = self.truth(scope, inner, "`is`");
        self.null_asked(&term, negated)
    }

    fn null_asked(&mut self, term: &Term, negated: bool) -> Term {
        self.null_is_meant(term);
        let proven = match term.form {
            // Also of a date that may be one of zeros.
            Form::Column(table, column) if self.facts.values.zero_dates => {
                vec![Atom::Column(table, column)]
            }
            _ => term.not_null.clone(),
        };
        let truth = if negated {
            Truth { yes: proven, ..Truth::default() }
        } else {
            Truth { no: proven, ..Truth::default() }
        };
        self.boolean(NullIf::Never, term.span).made_of([term]).with_truth(truth)
    }

    /// PostgreSQL's `is json`
    pub(super) fn is_json(&mut self, scope: &Scope<'_>, inner: &Expr) -> Term {
        let term = self.expr_as(scope, inner, "text");
        self.needs(16, "`is json`", term.span);
        self.json_text(&term);
        self.boolean(term.null.clone(), term.span).made_of([&term]).strict_in([&term])
    }

    pub(super) fn is_truth(&mut self, scope: &Scope<'_>, inner: &Expr, wanted: bool, negated: bool) -> Term {
        let term = self.truth(scope, inner, "`is`");
        let proven = if wanted { term.if_true() } else { term.if_false() };
        let truth = match (negated, wanted) {
            (false, true) => Truth { yes: proven, no: Vec::new(), equal: term.equations().to_vec() },
            (false, false) => Truth { yes: proven, ..Truth::default() },
            (true, _) => Truth { no: proven, ..Truth::default() },
        };
        self.boolean(NullIf::Never, term.span).made_of([&term]).with_truth(truth)
    }

    pub(super) fn is_distinct(&mut self, scope: &Scope<'_>, left: &Expr, right: &Expr) -> Term {
        let left = self.comparand(scope, left);
        let right = self.comparand(scope, right);
        self.null_is_meant(&left);
        self.null_is_meant(&right);
        let span = joined([&left, &right]);
        let compared = self.operator("=", Some(left), right, span);
        self.boolean(NullIf::Never, span).made_of([&compared])
    }
}
