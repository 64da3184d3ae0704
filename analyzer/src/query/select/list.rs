//! The select list, and the items of `returning`.

use aio_databases_sql::Span;
use sqlparser::ast::{Expr, Select, SelectItem};

use super::super::{
    Infer,
    expr::windows::is_early,
    output::OutputColumn,
    scope::{Alias, Clause, Scope, fold},
    term::{NullIf, Term},
};
use crate::{
    diagnostics,
    syntax::{self, Sugar},
};

impl Infer<'_> {
    pub(super) fn select_list(&mut self, scope: &Scope<'_>, select: &Select) -> (Vec<OutputColumn>, bool) {
        let places = match syntax::span(select.select_token.0.span) {
            Some(token) => self.text.select_items(token.start),
            None => Vec::new(),
        };
        scope.clause.set(Clause::Select);
        self.items(scope, &select.projection, &places)
    }

    /// The output columns of a select list or of `returning`, and whether they are complete.
    pub(crate) fn items(
        &mut self,
        scope: &Scope<'_>,
        items: &[SelectItem],
        places: &[Span],
    ) -> (Vec<OutputColumn>, bool) {
        let (mut columns, mut complete) = (Vec::new(), true);
        for (index, item) in items.iter().enumerate() {
            let place = (places.len() == items.len()).then(|| places[index]);
            match item {
                SelectItem::UnnamedExpr(Expr::Function(call))
                    if matches!(self.text.sugar_of(&call.name), Some(Sugar::Fields)) =>
                {
                    complete &= self.fields(scope, call, place, &mut columns);
                }
                SelectItem::UnnamedExpr(expr) => self.item(scope, expr, None, place, &mut columns),
                SelectItem::ExprWithAlias { expr, alias } => {
                    if !self.facts.names.string_is_alias && alias.quote_style == Some('\'') {
                        let span = syntax::span(alias.span).unwrap_or_default();
                        self.report(diagnostics::string_as_alias(span));
                    }
                    self.check_label(alias, syntax::span(alias.span).unwrap_or_default());
                    self.item(scope, expr, Some(fold(self.dialect, alias)), place, &mut columns);
                }
                SelectItem::ExprWithAliases { expr, .. } => self.item(scope, expr, None, place, &mut columns),
                SelectItem::Wildcard(options) => {
                    let span = syntax::span(options.wildcard_token.0.span).or(place).unwrap_or_default();
                    complete &= self.wildcard(scope, span, &mut columns);
                }
                SelectItem::QualifiedWildcard(kind, _) => {
                    complete &= self.qualified_wildcard(scope, kind, place, &mut columns);
                }
            }
            let limit = self.facts.select.most_columns;
            if columns.len() > limit {
                let span = place.unwrap_or_default();
                self.report(diagnostics::too_many_columns(limit, self.dialect, span));
                columns.truncate(limit);
                return (columns, false);
            }
        }
        (columns, complete)
    }

    fn item(
        &mut self,
        scope: &Scope<'_>,
        expr: &Expr,
        alias: Option<String>,
        place: Option<Span>,
        columns: &mut Vec<OutputColumn>,
    ) {
        let (mut term, facts) = self.gather(|infer| infer.expr(scope, expr));
        let windows = facts.windows;
        self.level.add(facts);
        if scope.early && windows && is_early(expr) {
            let reason = NullIf::because("it may be computed before its window function if rows are grouped");
            term.null = NullIf::any([term.null, reason]);
        }
        let origin = self.origin(scope, &term);
        // A column of a subquery keeps its alias.
        let aliased = alias.is_some() || self.names_alias(scope, &term);
        let name = alias.unwrap_or_else(|| self.item_name(scope, expr, &term, place));
        if let Some(place) = place {
            term.span = place;
        }
        columns.push(OutputColumn { name, aliased, term, origin });
    }

    fn origin(&self, scope: &Scope<'_>, term: &Term) -> Option<String> {
        scope.column_of(term)?.origin.as_deref().map(str::to_owned)
    }

    fn names_alias(&self, scope: &Scope<'_>, term: &Term) -> bool {
        scope.column_of(term).is_some_and(|column| column.aliased)
    }

    pub(super) fn aliases(&self, columns: &[OutputColumn]) -> Vec<Alias> {
        columns.iter().map(|column| Alias { name: column.name.clone(), term: column.term.clone() }).collect()
    }
}
