//! Syntax that the parser accepts but MySQL and MariaDB reject, with alternatives.

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, LimitClause, OffsetRows, OrderBy, OrderByKind, Query, Statement,
    TableFactor, Value,
};

use super::super::{Unsupported, unsupported};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::SimilarTo { .. } => "`similar to` is only supported by PostgreSQL; write `… regexp '…'`",
        Expr::IsDistinctFrom(..) => "`is distinct from` is not supported here; write `not (… <=> …)`",
        Expr::IsNotDistinctFrom(..) => "`is not distinct from` is not supported here; write `… <=> …`",
        Expr::TypedString(typed) if matches!(typed.data_type, DataType::Datetime(_)) => {
            "`datetime '…'` is not supported; write `timestamp '…'`"
        }
        Expr::Collate { collation, .. } => {
            const OTHERS: [&str; 5] = ["nocase", "rtrim", "c", "posix", "default"];
            let own = !OTHERS.contains(&unsupported::collation(collation).as_str());
            return (!own).then_some(
                "MySQL doesn't have this collation; use `utf8mb4_bin`, `utf8mb4_general_ci` or another one",
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
            Some("`:=` assigns to a variable; write `@name := …`, or `=` to compare")
        }
        BinaryOperator::Arrow | BinaryOperator::LongArrow if !(column && text) => {
            Some("`->` requires a column and a quoted path; write `json_extract(…, …)`")
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
            problem: "`offset` requires `limit` here; write `limit 18446744073709551615 offset …`",
        });
    }
    let sorts_nulls = |order: &OrderBy| match &order.kind {
        OrderByKind::Expressions(items) => items.iter().any(|item| item.options.nulls_first.is_some()),
        OrderByKind::All(_) => false,
    };
    query.order_by.as_ref().is_some_and(sorts_nulls).then_some(Unsupported {
        word: "nulls",
        problem: "MySQL doesn't support `nulls first` and `nulls last`; write `order by … is null, …`",
    })
}

pub(super) fn change(statement: &Statement) -> Option<Unsupported> {
    unsupported::update_or(statement).or_else(|| match statement {
        Statement::Update(update) if update.from.is_some() => Some(Unsupported {
            word: "from",
            problem: "`update … from` is not supported by MySQL; write `update t join u on … set …`",
        }),
        _ => None,
    })
}

pub(super) fn table(factor: &TableFactor) -> Option<&'static str> {
    match factor {
        TableFactor::Table { sample: Some(_), .. } => {
            Some("`tablesample` is only supported by PostgreSQL; write `order by random() limit …`")
        }
        TableFactor::Table { alias: Some(alias), args: None, .. } if !alias.columns.is_empty() => {
            Some("a table's alias can't rename columns here; name them in a subquery")
        }
        _ => None,
    }
}
