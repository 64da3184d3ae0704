//! Checks a call against the grammar: its form first, and its clauses once the function is known.
//!
//! The clauses are `distinct` and `order by` within the parentheses, and `filter` after them ("Aggregate Expressions"
//! and "Window Function Calls" in PostgreSQL's manual, "Aggregate Functions" in the manuals of SQLite and MySQL).

use aio_databases_sql::Span;
use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
};

use super::{super::Infer, functions::argument_list};
use crate::{
    Diagnostic,
    data::traits::{Traits, traits},
    diagnostics,
    dialect::{Calls, Described, Keyword},
    resolve::Kind,
};

impl Infer<'_> {
    /// Checks the form of a call before its arguments are analyzed. Returns false if the call is meaningless.
    pub(super) fn check_call(
        &mut self,
        schema: Option<&str>,
        name: &str,
        function: &Function,
        span: Span,
    ) -> bool {
        if self.text.sugar_of(&function.name).is_some() {
            self.report(diagnostics::no_comma_after_star(span));
            return false;
        }
        if schema.is_some() && !self.facts.calls.in_schemas {
            self.report(diagnostics::function_with_schema(name, span));
            return false;
        }
        if ignores_nulls(function) {
            self.report(diagnostics::null_treatment(span));
        }
        let problem = match schema {
            None => self.dialect.rules().call_problem(name, function),
            Some(_) => None,
        };
        if let Some(problem) = problem {
            self.report(diagnostics::syntax_error(&problem, span, self.dialect));
        }
        let calls = &self.facts.calls;
        let called = schema.is_none() && argument_list(function).is_some();
        if called && calls.keywords_not_called && calls.keyword(name) == Some(Keyword::Call) {
            self.report(diagnostics::called_keyword(name, span));
        }
        true
    }

    /// Checks the clauses of a call of a known function.
    pub(super) fn check_call_clauses(&mut self, name: &str, function: &Function, kind: Kind, span: Span) {
        let Some(list) = argument_list(function) else { return };
        let call = Call {
            distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
            ordered: list.clauses.iter().any(|clause| matches!(clause, FunctionArgumentClause::OrderBy(_))),
            star: is_star(list),
            window: function.over.is_some(),
            filtered: function.filter.is_some(),
            aggregate: kind == Kind::Aggregate,
            args: list.args.len(),
        };
        let facts = (&self.facts.calls, traits(self.dialect, name));
        if let Some(problem) = call.problem(name, facts, span) {
            self.report(problem);
        }
    }
}

/// Whether a call has `ignore nulls` or `respect nulls`.
fn ignores_nulls(function: &Function) -> bool {
    let clause =
        |clause: &FunctionArgumentClause| matches!(clause, FunctionArgumentClause::IgnoreOrRespectNulls(_));
    function.null_treatment.is_some()
        || argument_list(function).is_some_and(|list| list.clauses.iter().any(clause))
}

struct Call {
    distinct: bool,
    ordered: bool,
    star: bool,
    window: bool,
    filtered: bool,
    aggregate: bool,
    args: usize,
}

impl Call {
    fn problem(&self, name: &str, (calls, traits): (&Calls, Traits), span: Span) -> Option<Diagnostic> {
        Some(match self {
            Call { filtered: true, window: true, aggregate: false, .. } => {
                diagnostics::clause_of_aggregates(name, "filter", span)
            }
            Call { distinct: false, ordered: false, .. } => return None,
            Call { star: true, .. } => diagnostics::clauses_with_star(name, span),
            Call { aggregate: false, ordered: true, .. } => {
                diagnostics::clause_of_aggregates(name, "order by", span)
            }
            Call { aggregate: false, .. } if !calls.plain_distinct => {
                diagnostics::clause_of_aggregates(name, "distinct", span)
            }
            Call { window: true, distinct: true, .. } if !calls.distinct_over_windows => {
                diagnostics::distinct_over_window(name, span)
            }
            Call { window: true, ordered: true, .. } if !calls.distinct_over_windows => {
                diagnostics::order_over_window(name, span)
            }
            Call { distinct: true, aggregate: true, args, .. } if calls.distinct_of_one && *args != 1 => {
                diagnostics::distinct_of_several(name, span)
            }
            Call { distinct: true, .. } if calls.clauses_in_data && !traits.has("distinct") => {
                diagnostics::no_such_clause(name, "distinct", span)
            }
            Call { ordered: true, .. } if calls.clauses_in_data && !traits.has("order-by") => {
                diagnostics::no_such_clause(name, "order by", span)
            }
            _ => return None,
        })
    }
}

fn is_star(list: &FunctionArgumentList) -> bool {
    matches!(list.args[..], [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)])
}
