//! Arrays and rows.

use aio_databases_sql::Span;
use sqlparser::ast::{Array, Expr};

use super::{
    super::{
        Infer,
        scope::Scope,
        term::{NullIf, Term},
    },
    operators::row_items,
};
use crate::{Type, diagnostics, resolve::Operand};

impl Infer<'_> {
    /// `array[…]`
    pub(super) fn array(&mut self, scope: &Scope<'_>, items: &[Expr], span: Span) -> Term {
        let mut items: Vec<Term> = items.iter().map(|item| self.array_item(scope, item)).collect();
        if items.is_empty() {
            let span = self.array_span(span);
            self.report(diagnostics::empty_array(span));
            return Term::unclear(span);
        }
        let mut ty = self.common("array", &mut items);
        if matches!(ty, Operand::Untyped) {
            for item in &mut items {
                self.as_text(item);
            }
            ty = Operand::Known(Type::base("text"));
        }
        let ty = match ty {
            Operand::Known(ty) => Operand::Known(array_of_type(ty)),
            other => other,
        };
        Term::new(ty, NullIf::Never, span).made_of(&items)
    }

    /// Reports brackets without `array` before them, which are only allowed within an array.
    pub(super) fn array_word(&mut self, array: &Array, expr: &Expr) {
        if !array.named {
            let span = self.span(expr);
            self.report(diagnostics::bare_array(span));
        }
    }

    /// The place of an array without elements.
    fn array_span(&self, span: Span) -> Span {
        if span == Span::default() { self.text.empty_array() } else { span }
    }

    /// An element. The inner arrays of `array[[1, 2], [3, 4]]` have no keyword.
    fn array_item(&mut self, scope: &Scope<'_>, item: &Expr) -> Term {
        match item {
            Expr::Array(inner) => self.array(scope, &inner.elem, self.span(item)),
            other => self.expr(scope, other),
        }
    }

    /// `array[…]::element[]`: untyped elements adopt the type of the cast.
    pub(super) fn array_of(&mut self, scope: &Scope<'_>, items: &[Expr], element: &Type, span: Span) -> Term {
        let mut terms = Vec::new();
        let span = if items.is_empty() { self.array_span(span) } else { span };
        for item in items {
            let mut term = match item {
                Expr::Array(inner) => self.array_of(scope, &inner.elem, element, self.span(item)),
                other => self.expr(scope, other),
            };
            self.take(&mut term, Some(element));
            terms.push(term);
        }
        Term::new(array_of_type(element.clone()), NullIf::Never, span).made_of(&terms)
    }

    /// `row(a, b)` and `(a, b)`, which is only a value in PostgreSQL.
    pub(super) fn row(&mut self, scope: &Scope<'_>, items: &[Expr], span: Span) -> Term {
        let terms = items.iter().map(|item| self.expr(scope, item)).collect();
        self.row_of(terms, span)
    }

    /// A row of terms.
    pub(super) fn row_of(&mut self, mut terms: Vec<Term>, span: Span) -> Term {
        if !self.facts.values.rows_are_values {
            self.report(diagnostics::misplaced_row(span));
            return Term::unclear(span);
        }
        for term in &mut terms {
            self.as_text(term);
        }
        Term::new(Type::Record, NullIf::Never, span).made_of(&terms)
    }

    /// An operand of a comparison, where SQLite accepts rows.
    pub(super) fn comparand(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        match row_items(expr) {
            Some(items) if self.facts.values.rows_are_comparands => {
                let terms: Vec<Term> = items.iter().map(|item| self.expr(scope, item)).collect();
                let null = NullIf::any(terms.iter().map(|term| term.null.clone()));
                Term::new(Type::Record, null, self.span(expr)).made_of(&terms)
            }
            _ => self.expr(scope, expr),
        }
    }
}

/// The array of a type; an array of arrays is an array of more dimensions.
pub(super) fn array_of_type(ty: Type) -> Type {
    match ty {
        Type::Array(_) => ty,
        other => other.array(),
    }
}
