//! `distinct` and `order by` within a call's parentheses, `filter` behind them, and the calls that take none ("Aggregate Expressions" and "Window
//! Function Calls" of PostgreSQL's manual, "Aggregate Functions" of SQLite's and MySQL's).

use aio_databases_sql::Span;
use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
};

use super::{super::Infer, functions::argument_list};
use crate::{
    data::traits::{Traits, traits},
    diagnostics,
    dialect::Calls,
    resolve::Kind,
};

impl Infer<'_> {
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
            self.report(diagnostics::syntax_error(&problem, span, self.dialect));
        }
    }
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
