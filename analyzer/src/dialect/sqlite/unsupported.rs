//! Syntax that the parser accepts but SQLite rejects, with alternatives.

use sqlparser::ast::{
    Expr, LimitClause, Query, SetExpr, SetOperator, SetQuantifier, Statement, TableFactor, Value,
};

use super::super::{Unsupported, unsupported};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::MemberOf(_) => {
            "`member of` is only supported by MySQL; write `… in (select value from json_each(…))`"
        }
        Expr::SimilarTo { .. } => "`similar to` is only supported by PostgreSQL; write `… glob '…'`",
        Expr::Convert { .. } => "`convert` is only supported by MySQL; write `cast(… as …)`",
        Expr::Interval(_) => "SQLite doesn't support intervals; write `datetime(…, '+1 day')`",
        Expr::TypedString(_) => "SQLite stores dates and times as text; write only the string",
        Expr::Substring { special: false, .. } => {
            "SQLite doesn't support `from` and `for` here; write `substr(…, from, count)`"
        }
        Expr::Trim { trim_where: Some(_), .. } | Expr::Trim { trim_what: Some(_), .. } => {
            "SQLite doesn't support `from` here; write `trim(…, characters)`, `ltrim` or `rtrim`"
        }
        Expr::Prefixed { .. } => "a character set before a string is only supported by MySQL; remove it",
        Expr::Value(value) if matches!(value.value, Value::NationalStringLiteral(_)) => {
            "SQLite doesn't support `n` before a string; remove it"
        }
        Expr::Collate { collation, .. } if unsupported::is_collation_of_mysql(collation) => {
            "SQLite doesn't have this collation; use `nocase`, `binary` or `rtrim`"
        }
        _ => return unsupported::expr(expr),
    })
}

pub(super) fn tail(query: &Query) -> Option<Unsupported> {
    if query.fetch.is_some() {
        return Some(Unsupported {
            word: "fetch",
            problem: "`fetch first` is not supported here; write `limit …`",
        });
    }
    let alone =
        matches!(&query.limit_clause, Some(LimitClause::LimitOffset { limit: None, offset: Some(_), .. }));
    alone.then_some(Unsupported {
        word: "offset",
        problem: "`offset` requires `limit` here; write `limit -1 offset …`",
    })
}

pub(super) fn change(statement: &Statement) -> Option<Unsupported> {
    unsupported::overwrite(statement).or_else(|| unsupported::limited_change(statement)).or_else(|| {
        match statement {
            Statement::Delete(delete) if delete.using.is_some() => Some(Unsupported {
                word: "using",
                problem: "`using` is not supported here; write `where id in (select …)`",
            }),
            _ => None,
        }
    })
}

pub(super) fn table(factor: &TableFactor) -> Option<&'static str> {
    match factor {
        TableFactor::Derived { lateral: true, .. } => Some(
            "`lateral` is not supported here; move the subquery to the select list, or join with a condition",
        ),
        TableFactor::JsonTable { .. } => Some(
            "`json_table` is not supported here; write `json_each(…)`, and `value ->> '$.…'` for each column",
        ),
        TableFactor::Table { sample: Some(_), .. } => {
            Some("`tablesample` is only supported by PostgreSQL; write `order by random() limit …`")
        }
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. }
            if !alias.columns.is_empty() =>
        {
            Some("an alias can't rename columns here; name them in a subquery, or in `with name (a, b) as …`")
        }
        _ => None,
    }
}

pub(super) fn set_operation(whole: &SetExpr) -> Option<&'static str> {
    let SetExpr::SetOperation { op, set_quantifier, left, right } = whole else { return None };
    match set_quantifier {
        SetQuantifier::Distinct => Some("`distinct` is already the default; remove it"),
        SetQuantifier::All if *op != SetOperator::Union => {
            Some("`all` is only supported with `union` here; remove it, or count equal rows")
        }
        _ if matches!(**left, SetExpr::Query(_)) || matches!(**right, SetExpr::Query(_)) => {
            Some("parentheses around an arm are not supported here; write `select * from (…)`")
        }
        _ => None,
    }
}
