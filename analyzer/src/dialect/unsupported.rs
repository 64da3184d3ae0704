//! Syntax that the parser accepts but several dialects reject.

use sqlparser::ast::{CastKind, Expr, ObjectName, Query, Statement};

use super::Unsupported;

/// An expression that no dialect supports.
pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Cast { kind: CastKind::TryCast | CastKind::SafeCast, .. } => {
            Some("this cast is not supported; write `cast(… as …)`")
        }
        _ => None,
    }
}

/// Whether a collation is a MySQL collation.
pub(super) fn is_collation_of_mysql(name: &ObjectName) -> bool {
    const MYSQL: [&str; 5] = ["utf8mb4_", "utf8mb3_", "utf8_", "latin1_", "ascii_"];
    let name = collation(name);
    MYSQL.iter().any(|start| name.starts_with(start))
}

/// The name of a collation, in lowercase and without quotes.
pub(super) fn collation(name: &ObjectName) -> String {
    name.to_string().trim_matches(['"', '`']).to_ascii_lowercase()
}

/// `fetch first 3 rows with ties` without an order.
pub(super) fn ties(query: &Query) -> Option<Unsupported> {
    let ties = query.fetch.as_ref().is_some_and(|fetch| fetch.with_ties);
    (ties && query.order_by.is_none())
        .then_some(Unsupported { word: "fetch", problem: "`with ties` requires `order by`" })
}

/// `update or ignore …`
pub(super) fn update_or(statement: &Statement) -> Option<Unsupported> {
    match statement {
        Statement::Update(update) if update.or.is_some() => {
            Some(Unsupported { word: "or", problem: "`update or …` is only supported by SQLite" })
        }
        _ => overwrite(statement),
    }
}

/// `insert overwrite …`
pub(super) fn overwrite(statement: &Statement) -> Option<Unsupported> {
    match statement {
        Statement::Insert(insert) if insert.overwrite => Some(Unsupported {
            word: "overwrite",
            problem: "`insert overwrite` is not supported; write `insert into`",
        }),
        _ => None,
    }
}

/// `update … order by … limit …` and `delete … order by … limit …`
pub(super) fn limited_change(statement: &Statement) -> Option<Unsupported> {
    let (limit, order) = match statement {
        Statement::Update(update) => (update.limit.is_some(), !update.order_by.is_empty()),
        Statement::Delete(delete) => (delete.limit.is_some(), !delete.order_by.is_empty()),
        _ => return None,
    };
    (limit || order).then_some(Unsupported {
        word: if order { "order" } else { "limit" },
        problem: "`limit` is not supported here; write `where id in (select id from … order by … limit …)`",
    })
}
