//! `distinct` and `order by` within a call's parentheses, `filter` behind them, and the calls that take none ("Aggregate Expressions" and "Window
//! Function Calls" of PostgreSQL's manual, "Aggregate Functions" of SQLite's and MySQL's).

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
};

use super::{super::Infer, functions::argument_list};
use crate::{diagnostics, resolve::Kind};

/// MySQL's and MariaDB's aggregates that take `distinct`.
const DISTINCT: [&str; 7] = ["avg", "count", "group_concat", "json_arrayagg", "max", "min", "sum"];

/// Those that take `order by`.
const ORDERED: [&str; 2] = ["group_concat", "json_arrayagg"];

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
        if let Some(problem) = call.problem(name, self.dialect) {
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
    fn problem(&self, name: &str, dialect: Dialect) -> Option<String> {
        let sqlite = dialect == Dialect::Sqlite;
        let mysql = dialect == Dialect::Mysql;
        Some(match self {
            Call { filtered: true, window: true, aggregate: false, .. } => {
                format!("`{name}` is no aggregate: it takes no `filter`")
            }
            Call { distinct: false, ordered: false, .. } => return None,
            Call { star: true, .. } => format!("`{name}(*)` takes no `distinct` and no `order by`"),
            Call { aggregate: false, ordered: true, .. } => {
                format!("`{name}` is no aggregate: it takes no `order by`")
            }
            Call { aggregate: false, .. } if !sqlite => {
                format!("`{name}` is no aggregate: it takes no `distinct`")
            }
            Call { window: true, distinct: true, .. } if !mysql => {
                format!("`{name}` over a window takes no `distinct`: count in a subquery first")
            }
            Call { window: true, ordered: true, .. } if !mysql => {
                format!("`{name}` over a window takes no `order by` of its own: write it behind `over`")
            }
            Call { distinct: true, aggregate: true, args, .. } if sqlite && *args != 1 => {
                format!("`{name}` with `distinct` takes one argument here")
            }
            Call { distinct: true, .. } if mysql && !DISTINCT.contains(&name) => {
                format!("`{name}` takes no `distinct`")
            }
            Call { ordered: true, .. } if mysql && !ORDERED.contains(&name) => {
                format!("`{name}` takes no `order by` here")
            }
            _ => return None,
        })
    }
}

fn is_star(list: &FunctionArgumentList) -> bool {
    matches!(list.args[..], [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)])
}
