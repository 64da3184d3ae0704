//! `values`

use aio_databases_sql::Span;
use sqlparser::ast::Values;

use super::{
    super::{
        Infer,
        output::{Output, OutputColumn, rows},
        scope::{Clause, Scope},
        term::{NullIf, Term},
    },
    Untyped,
};
use crate::diagnostics;

impl Infer<'_> {
    pub(crate) fn values(&mut self, outer: &Scope<'_>, values: &Values, untyped: Untyped) -> Output {
        let scope = Scope::new(Some(outer));
        scope.clause.set(Clause::Values);
        self.check_values(values, Span::default());
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut columns: Vec<Vec<Term>> = vec![Vec::new(); width];
        for row in &values.rows {
            if row.content.len() != width {
                let span = row.content.first().map_or(Span::default(), |item| self.span(item));
                self.report(diagnostics::different_widths(width, row.content.len(), span));
            }
            for (index, item) in row.content.iter().enumerate() {
                let term = self.expr(&scope, item);
                if let Some(column) = columns.get_mut(index) {
                    column.push(term);
                }
            }
        }
        let columns = columns
            .into_iter()
            .enumerate()
            .map(|(index, mut terms)| {
                let ty = self.common("values", &mut terms);
                let null = NullIf::any(terms.iter().map(|term| term.null.clone()));
                let span = terms.first().map_or(Span::default(), |term| term.span);
                let mut term = Term::new(ty, null, span).made_of(&terms);
                if let ([one], true) = (&terms[..], term.is_untyped()) {
                    term.form = one.form.clone();
                }
                if untyped == Untyped::Text {
                    terms.iter_mut().for_each(|term| self.as_text(term));
                    self.as_text(&mut term);
                }
                let name = self.facts.names.values_column(index);
                OutputColumn { name, aliased: false, term, origin: None }
            })
            .collect();
        Output::new(columns, rows(!values.rows.is_empty(), values.rows.len() < 2), true)
    }
}
