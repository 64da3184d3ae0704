//! Syntax that the parser accepts and SQLite does not, with what to write instead.

use sqlparser::ast::{
    Expr, LimitClause, Query, SetExpr, SetOperator, SetQuantifier, Statement, TableFactor, Value,
};

use super::super::{Unsupported, unsupported};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::MemberOf(_) => "`member of` is MySQL's: write `… in (select value from json_each(…))`",
        Expr::SimilarTo { .. } => "`similar to` is PostgreSQL's: write `… glob '…'`",
        Expr::Convert { .. } => "`convert` is MySQL's: write `cast(… as …)`",
        Expr::Interval(_) => "there are no intervals here: write `datetime(…, '+1 day')`",
        Expr::TypedString(_) => "a date or time is a text here: write it without a word before",
        Expr::Substring { special: false, .. } => {
            "`from` and `for` are not SQLite's: write `substr(…, from, count)`"
        }
        Expr::Trim { trim_where: Some(_), .. } | Expr::Trim { trim_what: Some(_), .. } => {
            "`from` is not SQLite's: write `trim(…, characters)`, `ltrim` or `rtrim`"
        }
        Expr::Prefixed { .. } => "a character set before a text is MySQL's: write the text alone",
        Expr::Value(value) if matches!(value.value, Value::NationalStringLiteral(_)) => {
            "`n` before a text is not SQLite's: write the text alone"
        }
        Expr::Collate { collation, .. } if unsupported::is_collation_of_mysql(collation) => {
            "this collation is MySQL's: there are `nocase`, `binary` and `rtrim`"
        }
        _ => return unsupported::expr(expr),
    })
}

pub(super) fn tail(query: &Query) -> Option<Unsupported> {
    if query.fetch.is_some() {
        return Some(Unsupported { word: "fetch", problem: "`fetch first` is written `limit …` here" });
    }
    let alone =
        matches!(&query.limit_clause, Some(LimitClause::LimitOffset { limit: None, offset: Some(_), .. }));
    alone.then_some(Unsupported {
        word: "offset",
        problem: "`offset` comes after `limit` here: write `limit -1 offset …`",
    })
}

pub(super) fn change(statement: &Statement) -> Option<Unsupported> {
    unsupported::overwrite(statement).or_else(|| unsupported::limited_change(statement)).or_else(|| {
        match statement {
            Statement::Delete(delete) if delete.using.is_some() => Some(Unsupported {
                word: "using",
                problem: "`using` is PostgreSQL's and MySQL's: write `where id in (select …)`",
            }),
            _ => None,
        }
    })
}

pub(super) fn table(factor: &TableFactor) -> Option<&'static str> {
    match factor {
        TableFactor::Derived { lateral: true, .. } => {
            Some("there is no `lateral` here: write the subquery in the select list, or join by a condition")
        }
        TableFactor::JsonTable { .. } => {
            Some("there is no `json_table` here: write `json_each(…)`, and `value ->> '$.…'` for each column")
        }
        TableFactor::Table { sample: Some(_), .. } => {
            Some("`tablesample` is PostgreSQL's: write `order by random() limit …`")
        }
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. }
            if !alias.columns.is_empty() =>
        {
            Some("an alias names no columns here: name them in a subquery, or in `with name (a, b) as …`")
        }
        _ => None,
    }
}

pub(super) fn set_operation(whole: &SetExpr) -> Option<&'static str> {
    let SetExpr::SetOperation { op, set_quantifier, left, right } = whole else { return None };
    match set_quantifier {
        SetQuantifier::Distinct => Some("`distinct` is already the default; remove it"),
        SetQuantifier::All if *op != SetOperator::Union => {
            Some("`all` is only supported with `union` here: remove it, or count the rows of each kind")
        }
        _ if matches!(**left, SetExpr::Query(_)) || matches!(**right, SetExpr::Query(_)) => {
            Some("parentheses around a part are not supported here: write `select * from (…)`")
        }
        _ => None,
    }
}
