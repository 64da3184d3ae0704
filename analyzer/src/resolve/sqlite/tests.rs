//! A case a line.

use aio_databases_sql::Dialect;
use sqlparser::{ast::Statement, dialect::SQLiteDialect, parser::Parser};

use super::super::{Call, Nulls, Operand, function, operator, type_by_name};
use crate::{Catalog, Type};

fn operand(text: &str) -> Operand {
    match text {
        "$1" => Operand::Untyped,
        "?" => Operand::Unclear,
        ty => Operand::Known(Type::Base(ty.to_owned().into())),
    }
}

fn shown(ty: Option<&Type>) -> String {
    ty.map_or("?".to_owned(), Type::to_string)
}

#[test]
fn operators() {
    for (left, name, right, result, nulls, taken) in [
        ("integer", "*", "$1", "integer", Nulls::Strict, "integer integer"),
        ("integer", "+", "real", "real", Nulls::Maybe, "integer real"),
        ("boolean", "+", "integer", "integer", Nulls::Strict, "boolean integer"),
        ("integer", "/", "integer", "integer", Nulls::Maybe, "integer integer"),
        ("text", "+", "integer", "?", Nulls::Maybe, "text integer"),
        ("$1", "+", "$1", "?", Nulls::Maybe, "? ?"),
        ("numeric", "-", "integer", "numeric", Nulls::Maybe, "numeric integer"),
        ("?", "-", "integer", "?", Nulls::Maybe, "? integer"),
        ("integer", "||", "$1", "text", Nulls::Strict, "integer text"),
        ("text", "=", "$1", "integer", Nulls::Strict, "text text"),
        ("date", "<", "$1", "integer", Nulls::Strict, "date date"),
        ("text", "is", "$1", "integer", Nulls::Never, "text text"),
        ("text", "->>", "text", "?", Nulls::Maybe, "text text"),
    ] {
        let catalog = Catalog::new(Dialect::Sqlite);
        let found = operator(&catalog, name, Some(&operand(left)), &operand(right)).unwrap();
        let operands: Vec<_> = found.operands.iter().map(|ty| shown(ty.as_ref())).collect();
        let case = format!("{left} {name} {right}");
        assert_eq!(
            (shown(found.ty.as_ref()), found.nulls, operands.join(" ")),
            (result.into(), nulls, taken.into()),
            "{case}"
        );
    }
}

#[test]
fn functions() {
    for (name, args, result, nulls) in [
        ("abs", "integer", "integer", Nulls::Strict),
        ("abs", "text", "?", Nulls::Strict),
        ("sum", "integer", "integer", Nulls::Strict),
        ("sum", "real", "real", Nulls::Maybe),
        ("total", "integer", "real", Nulls::Never),
        ("max", "date", "date", Nulls::Strict),
        ("max", "integer integer", "integer", Nulls::Strict),
        ("max", "integer text", "?", Nulls::Strict),
        ("iif", "integer text $1", "text", Nulls::Maybe),
        ("ifnull", "boolean integer", "integer", Nulls::Maybe),
        ("substr", "blob integer", "blob", Nulls::Strict),
        ("lower", "$1", "text", Nulls::Strict),
        ("json_extract", "text text", "?", Nulls::Maybe),
        ("json_object", "text any", "text", Nulls::Never),
        ("datetime", "", "text", Nulls::Never),
        ("lag", "integer", "integer", Nulls::Maybe),
        ("count", "", "integer", Nulls::Never),
    ] {
        let catalog = Catalog::new(Dialect::Sqlite);
        let args: Vec<Operand> = args.split_whitespace().map(operand).collect();
        let found = function(&catalog, &Call::new(name, &args)).unwrap();
        assert_eq!((shown(found.ty.as_ref()), found.nulls), (result.into(), nulls), "{name} {args:?}");
    }
}

#[test]
fn declared_types() {
    for (declared, ty) in [
        ("INTEGER", "integer"),
        ("int", "integer"),
        ("bigint unsigned", "integer"),
        ("tinyint(1)", "integer"),
        ("varchar(255)", "text"),
        ("character varying(10)", "text"),
        ("nvarchar(10)", "text"),
        ("TEXT", "text"),
        ("clob", "text"),
        ("blob", "blob"),
        ("binary(16)", "blob"),
        ("double precision", "real"),
        ("float", "real"),
        ("REAL", "real"),
        ("numeric(10, 2)", "numeric"),
        ("decimal(10,2)", "numeric"),
        ("boolean", "boolean"),
        ("bool", "boolean"),
        ("date", "date"),
        ("datetime", "datetime"),
        ("timestamp", "timestamp"),
        ("timestamp with time zone", "timestamptz"),
        ("json", "json"),
        ("uuid", "uuid"),
        ("string", "?"),
        ("any", "?"),
        ("", "?"),
    ] {
        let sql = format!("create table t (a {declared})");
        let parsed = Parser::parse_sql(&SQLiteDialect {}, &sql).unwrap();
        let [Statement::CreateTable(table)] = &parsed[..] else { panic!("{sql}") };
        let found = type_by_name(&Catalog::new(Dialect::Sqlite), &table.columns[0].data_type);
        assert_eq!(shown(found.as_ref()), ty, "{declared}");
    }
}
