//! A case a line.

use aio_databases_sql::Dialect;
use sqlparser::{ast::Statement, dialect::SQLiteDialect, parser::Parser};

use super::super::{Call, Nulls, Operand, function, operator, type_by_name};
use crate::{Catalog, Type, data::builtin};

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
        ("max", "integer real", "real", Nulls::Strict),
        ("substr", "datetime integer", "text", Nulls::Maybe),
        ("substr", "uuid integer", "?", Nulls::Maybe),
        ("ifnull", "boolean integer", "integer", Nulls::Maybe),
        ("substr", "blob integer", "blob", Nulls::Maybe),
        ("substr", "text integer", "text", Nulls::Strict),
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

/// Values of each type; none so large that a sum overflows.
const VALUES: [(&str, &[&str]); 4] = [
    ("integer", &["0", "1", "-1", "5", "123456"]),
    ("real", &["0.0", "1.5", "-2.5", "9e999", "-9e999"]),
    ("text", &["''", "'a'", "'1'", "'1.5'", "'2020-01-01'", "'{\"a\": [1, null]}'", "'$.a'", "'%Y'"]),
    ("blob", &["x''", "x'31'", "x'00ff'"]),
];

/// Functions that give one of their arguments.
const COMMON: [&str; 6] = ["coalesce(", "ifnull(", "max(", "min(", "lag(", "lead("];

/// What SQLite gives is of the type, and is null only where that is said.
#[test]
fn live() {
    let sqlite = rusqlite::Connection::open_in_memory().unwrap();
    let catalog = Catalog::new(Dialect::Sqlite);
    let mut checked = 0;
    let mut wrong = Vec::new();
    let mut check = |sql: String, ty: Option<&Type>, nulls: Nulls| {
        let Ok(found) = sqlite.query_row(&format!("select typeof({sql})"), [], |row| row.get::<_, String>(0))
        else {
            return;
        };
        checked += 1;
        let right = match found.as_str() {
            "null" => nulls == Nulls::Maybe,
            // An integer beside a real stays one, and is read as a real.
            "integer" if COMMON.iter().any(|name| sql.starts_with(name)) => {
                ty.is_none_or(|ty| ["integer", "real"].contains(&ty.name().unwrap_or_default()))
            }
            found => ty.is_none_or(|ty| ty.name() == Some(found)),
        };
        if !right {
            wrong.push(format!("{sql}: {found}, said {} {nulls:?}", shown(ty)));
        }
    };
    let operators = [
        "+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>", "=", "==", "<>", "<", "<=", "is", "is not",
        "like", "glob", "and", "or", "->", "->>",
    ];
    for (left, ones) in VALUES {
        for name in ["+", "-", "~", "not"] {
            let found = operator(&catalog, name, None, &operand(left)).unwrap();
            ones.iter().for_each(|one| check(format!("{name} {one}"), found.ty.as_ref(), found.nulls));
        }
        for (right, others) in VALUES {
            for name in operators {
                let found = operator(&catalog, name, Some(&operand(left)), &operand(right)).unwrap();
                for one in ones {
                    others
                        .iter()
                        .for_each(|two| check(format!("{one} {name} {two}"), found.ty.as_ref(), found.nulls));
                }
            }
        }
    }
    for name in crate::data::builtin::function_names(Dialect::Sqlite) {
        for count in 0..=3 {
            for step in 0..64 {
                let chosen: Vec<_> = (0..count).map(|n| VALUES[(step >> (2 * n)) % 4]).collect();
                let args: Vec<Operand> = chosen.iter().map(|(ty, _)| operand(ty)).collect();
                let Ok(found) = function(&catalog, &Call::new(name, &args)) else { continue };
                if found.writes
                    || ["abs", "zeroblob", "randomblob"].contains(&name)
                        && count > 0
                        && chosen[0].0 != "integer"
                {
                    continue;
                }
                for round in 0..6 {
                    let texts: Vec<&str> = chosen
                        .iter()
                        .enumerate()
                        .map(|(n, (_, values))| values[(round * (n + 1)) % values.len()])
                        .collect();
                    let over = if found.kind == super::super::Kind::Window { " over ()" } else { "" };
                    check(format!("{name}({}){over}", texts.join(", ")), found.ty.as_ref(), found.nulls);
                }
            }
        }
    }
    assert!(checked > 10_000, "{checked}");
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {checked}: {:#?}", wrong.len(), &wrong[..wrong.len().min(70)]);
}

/// The functions of the SQLite that comes with the crate, and no others.
#[test]
fn functions_are_those_of_the_server() {
    // Operators, and what only C can call.
    const NONE: [&str; 4] = ["->", "->>", "fts3_tokenizer", "fts5"];
    let server = rusqlite::Connection::open_in_memory().unwrap();
    let mut statement = server.prepare("select distinct name, narg from pragma_function_list").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let there: Vec<(String, i64)> = rows.map(Result::unwrap).collect();
    for (name, count) in there.iter().filter(|(name, _)| !NONE.contains(&name.as_str())) {
        let ours = builtin::functions(Dialect::Sqlite, name);
        assert!(!ours.is_empty(), "{name} is missing");
        if let Ok(count) = usize::try_from(*count) {
            assert!(ours.iter().any(|function| function.takes(count)), "{name} takes {count} arguments");
        }
    }
    for name in builtin::function_names(Dialect::Sqlite) {
        assert!(there.iter().any(|(there, _)| there == name), "there is no {name}");
    }
}
