//! `case`.

use aio_databases_sql::Span;
use sqlparser::ast::{CaseWhen, Expr};

use super::super::{
    Infer,
    scope::Scope,
    term::{Atom, Form, NullIf, Term, union},
};
use crate::diagnostics;

impl Infer<'_> {
    pub(super) fn case(
        &mut self,
        scope: &Scope<'_>,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        span: Span,
    ) -> Term {
        let mut operand = operand.map(|operand| self.comparand(scope, operand));
        // Its type is determined before the values that it is compared with are analyzed.
        if let Some(operand) = &mut operand {
            self.as_text(operand);
        }
        let mut parts: Vec<Term> = Vec::new();
        let mut results: Vec<Term> = Vec::new();
        // Facts that follow from the earlier conditions not being true.
        let mut passed: Vec<Atom> = Vec::new();
        for when in conditions {
            let condition = self.when(scope, operand.as_ref(), &when.condition);
            let mut facts = condition.if_true();
            union(&mut facts, &passed);
            let facts = scope.close(facts);
            let mut result = self.expr(scope, &when.result);
            result.null = result.null.given(&facts);
            results.push(result);
            if condition.null.is_never() {
                union(&mut passed, &condition.if_false());
            }
            parts.push(condition);
        }
        let last = match otherwise {
            Some(otherwise) => {
                let mut result = self.expr(scope, otherwise);
                result.null = result.null.given(&scope.close(passed));
                Some(result)
            }
            None => None,
        };
        let missing = last.is_none().then(|| {
            NullIf::because("it is possible that no branch of `case` applies, and there is no `else`")
        });
        // The server considers `else` first for the common type.
        let mut all: Vec<Term> = last.into_iter().chain(results).collect();
        let ty = self.common("case", &mut all);
        let null = NullIf::any(all.iter().map(|term| term.null.clone()).chain(missing));
        Term::new(ty, null, span).made_of(all.iter().chain(&parts).chain(&operand)).one_of(&all)
    }

    fn when(&mut self, scope: &Scope<'_>, operand: Option<&Term>, condition: &Expr) -> Term {
        match operand {
            None => self.truth(scope, condition, "`case when`"),
            Some(operand) => {
                let value = self.comparand(scope, condition);
                let span = value.span;
                if value.form == Form::Null {
                    self.report(diagnostics::when_null(span));
                }
                let operand = self.again(operand);
                self.operator("=", Some(operand), value, span)
            }
        }
    }
}
