//! What the grammar rejects in a call: in how it is written, and in its clauses once the function is known.
//!
//! The clauses are `distinct` and `order by` within the parentheses, and `filter` after them ("Aggregate Expressions" and
//! "Window Function Calls" of PostgreSQL's manual, "Aggregate Functions" of those of SQLite and MySQL).

use aio_databases_sql::Span;
use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
};

use super::{super::Infer, functions::argument_list};
use crate::{
    data::traits::{Traits, traits},
    diagnostics,
    dialect::{Calls, Described, Keyword},
    resolve::Kind,
};

impl Infer<'_> {
    /// Checks how a call is written, before its arguments are read; false if it means nothing.
    pub(super) fn check_call(
        &mut self,
        schema: Option<&str>,
        name: &str,
        function: &Function,
        span: Span,
    ) -> bool {
        if self.text.sugar_of(&function.name).is_some() {
            self.reject(span, "a comma is missing after `*`");
            return false;
        }
        if schema.is_some() && !self.facts.calls.in_schemas {
            let problem = format!("`{name}` needs no schema: SQLite's functions are in none");
            self.reject(span, &problem);
            return false;
        }
        if ignores_nulls(function) {
            self.reject(span, "`ignore nulls` and `respect nulls` are not supported: nulls count");
        }
        let problem = match schema {
            None => self.dialect.rules().call_problem(name, function),
            Some(_) => None,
        };
        if let Some(problem) = problem {
            self.reject(span, &problem);
        }
        let calls = &self.facts.calls;
        let called = schema.is_none() && argument_list(function).is_some();
        if called && calls.keywords_not_called && calls.keyword(name) == Some(Keyword::Call) {
            self.reject(span, &format!("`{name}` has no parentheses"));
        }
        true
    }

    fn reject(&mut self, span: Span, problem: &str) {
        self.report(diagnostics::syntax_error(problem, span, self.dialect));
    }

    /// Checks the clauses of a call of a function that is known.
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
        if let Some(problem) = call.problem(name, &self.facts.calls, traits(self.dialect, name)) {
            self.reject(span, &problem);
        }
    }
}

/// Whether a call says what becomes of nulls.
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
    fn problem(&self, name: &str, calls: &Calls, traits: Traits) -> Option<String> {
        Some(match self {
            Call { filtered: true, window: true, aggregate: false, .. } => {
                format!("`{name}` is no aggregate: it takes no `filter`")
            }
            Call { distinct: false, ordered: false, .. } => return None,
            Call { star: true, .. } => format!("`{name}(*)` takes no `distinct` and no `order by`"),
            Call { aggregate: false, ordered: true, .. } => {
                format!("`{name}` is no aggregate: it takes no `order by`")
            }
            Call { aggregate: false, .. } if !calls.plain_distinct => {
                format!("`{name}` is no aggregate: it takes no `distinct`")
            }
            Call { window: true, distinct: true, .. } if !calls.distinct_over_windows => {
                format!("`{name}` over a window takes no `distinct`: count in a subquery first")
            }
            Call { window: true, ordered: true, .. } if !calls.distinct_over_windows => {
                format!("`{name}` over a window takes no `order by` of its own: write it behind `over`")
            }
            Call { distinct: true, aggregate: true, args, .. } if calls.distinct_of_one && *args != 1 => {
                format!("`{name}` with `distinct` takes one argument here")
            }
            Call { distinct: true, .. } if calls.clauses_in_data && !traits.has("distinct") => {
                format!("`{name}` takes no `distinct`")
            }
            Call { ordered: true, .. } if calls.clauses_in_data && !traits.has("order-by") => {
                format!("`{name}` takes no `order by` here")
            }
            _ => return None,
        })
    }
}

fn is_star(list: &FunctionArgumentList) -> bool {
    matches!(list.args[..], [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)])
}
