//! Syntax that the parser accepts but PostgreSQL rejects, with alternatives.

use sqlparser::ast::{DataType, Expr};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::RLike { .. } => "`regexp` is only supported by MySQL; write `… ~ '…'`",
        Expr::MemberOf(_) => "`member of` is only supported by MySQL; write `… @> …`",
        Expr::Convert { .. } => "`convert` is only supported by MySQL; write `cast(… as …)`",
        Expr::TypedString(typed) if typed.data_type == DataType::Binary(None) => {
            "`binary` is only supported by MySQL; write `'\\x41'::bytea` for bytes, and remove it in comparisons"
        }
        Expr::Prefixed { .. } => "a character set before a string is only supported by MySQL; remove it",
        Expr::Collate { collation, .. } if super::super::unsupported::is_collation_of_mysql(collation) => {
            "PostgreSQL doesn't have this collation; use `\"C\"`, `\"und-x-icu\"` or another one"
        }
        _ => return super::super::unsupported::expr(expr),
    })
}
