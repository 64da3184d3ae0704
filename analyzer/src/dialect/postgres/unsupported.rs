//! Syntax that the parser accepts and PostgreSQL does not, with what to write instead.

use sqlparser::ast::{DataType, Expr};

pub(super) fn expr(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::RLike { .. } => "`regexp` is MySQL's: write `… ~ '…'`",
        Expr::MemberOf(_) => "`member of` is MySQL's: write `… @> …`",
        Expr::Convert { .. } => "`convert` is MySQL's: write `cast(… as …)`",
        Expr::TypedString(typed) if typed.data_type == DataType::Binary(None) => {
            "`binary` is MySQL's: bytes are written `'\\x41'::bytea`, and texts are compared as they are"
        }
        Expr::Prefixed { .. } => "a character set before a text is MySQL's: write the text alone",
        Expr::Collate { collation, .. } if super::super::unsupported::is_collation_of_mysql(collation) => {
            "this collation is MySQL's: there are `\"C\"`, `\"und-x-icu\"` and others"
        }
        _ => return super::super::unsupported::expr(expr),
    })
}
