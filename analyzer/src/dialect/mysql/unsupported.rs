//! Syntax that the parser accepts and neither MySQL nor MariaDB does, with what to write instead.

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, LimitClause, OffsetRows, OrderBy, OrderByKind, Query, Statement,
    TableFactor, Value,
};

use super::super::{Unsupported, unsupported};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::SimilarTo { .. } => "`similar to` is PostgreSQL's: write `… regexp '…'`",
        Expr::IsDistinctFrom(..) => "`is distinct from` is written `not (… <=> …)` here",
        Expr::IsNotDistinctFrom(..) => "`is not distinct from` is written `… <=> …` here",
        Expr::TypedString(typed) if matches!(typed.data_type, DataType::Datetime(_)) => {
            "a literal of a date and a time is written `timestamp '…'`"
        }
        Expr::Collate { collation, .. } => {
            const OTHERS: [&str; 5] = ["nocase", "rtrim", "c", "posix", "default"];
            let own = !OTHERS.contains(&unsupported::collation(collation).as_str());
            return (!own).then_some(
                "this collation is not MySQL's: there are `utf8mb4_bin`, `utf8mb4_general_ci` and others",
            );
        }
        Expr::BinaryOp { left, op, right } => return operator(left, op, right),
        _ => return unsupported::expr(expr),
    })
}

fn operator(left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<&'static str> {
    let text = matches!(right, Expr::Value(value)
        if matches!(value.value, Value::SingleQuotedString(_) | Value::DoubleQuotedString(_)));
    let variable = matches!(left, Expr::Identifier(name) if name.value.starts_with('@'));
    let column = matches!(left, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    match op {
        BinaryOperator::Assignment if !variable => {
            Some("`:=` gives a variable a value: write `@name := …`, or `=` to compare")
        }
        BinaryOperator::Arrow | BinaryOperator::LongArrow if !(column && text) => {
            Some("`->` takes a column and a path in quotes: write `json_extract(…, …)`")
        }
        _ => None,
    }
}

pub(super) fn tail(query: &Query) -> Option<Unsupported> {
    if query.fetch.is_some() {
        return unsupported::ties(query);
    }
    // MariaDB accepts `offset 2 rows`.
    let alone = matches!(&query.limit_clause,
        Some(LimitClause::LimitOffset { limit: None, offset: Some(offset), .. }) if offset.rows == OffsetRows::None);
    if alone {
        return Some(Unsupported {
            word: "offset",
            problem: "`offset` comes after `limit` here: write `limit 18446744073709551615 offset …`",
        });
    }
    let sorts_nulls = |order: &OrderBy| match &order.kind {
        OrderByKind::Expressions(items) => items.iter().any(|item| item.options.nulls_first.is_some()),
        OrderByKind::All(_) => false,
    };
    query.order_by.as_ref().is_some_and(sorts_nulls).then_some(Unsupported {
        word: "nulls",
        problem: "`nulls first` and `nulls last` are not MySQL's: write `order by … is null, …`",
    })
}

pub(super) fn change(statement: &Statement) -> Option<Unsupported> {
    unsupported::update_or(statement).or_else(|| match statement {
        Statement::Update(update) if update.from.is_some() => Some(Unsupported {
            word: "from",
            problem: "`update … from` is PostgreSQL's and SQLite's: write `update t join u on … set …`",
        }),
        _ => None,
    })
}

pub(super) fn table(factor: &TableFactor) -> Option<&'static str> {
    match factor {
        TableFactor::Table { sample: Some(_), .. } => {
            Some("`tablesample` is PostgreSQL's: write `order by random() limit …`")
        }
        TableFactor::Table { alias: Some(alias), args: None, .. } if !alias.columns.is_empty() => {
            Some("a table's alias names no columns here: name them in a subquery")
        }
        _ => None,
    }
}
