//! A case a line, and the same questions to a live server.

use std::{
    collections::HashMap,
    io::Write,
    process::{Command, Stdio},
};

use aio_databases_sql::Dialect;
use sqlparser::{ast::Statement, dialect::MySqlDialect, parser::Parser};

use super::super::{Call, Nulls, Operand, common_type, function, operator, type_by_name};
use crate::{Catalog, Type};

const COLUMNS: [&str; 26] = [
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "tinyint unsigned",
    "int unsigned",
    "bigint unsigned",
    "decimal(10,2)",
    "float",
    "double",
    "bit(8)",
    "year",
    "char(5)",
    "varchar(20)",
    "text",
    "longtext",
    "binary(4)",
    "varbinary(10)",
    "blob",
    "date",
    "time",
    "datetime",
    "timestamp null",
    "json",
    "enum('a','b')",
    "boolean",
];

fn declared(name: &str) -> Option<Type> {
    let sql = format!("create table t (a {name})");
    let parsed = Parser::parse_sql(&MySqlDialect {}, &sql).unwrap();
    let [Statement::CreateTable(table)] = &parsed[..] else { panic!("{sql}") };
    type_by_name(&Catalog::new(Dialect::Mysql), &table.columns[0].data_type)
}

fn operand(text: &str) -> Operand {
    match text {
        "$1" => Operand::Untyped,
        "?" => Operand::Unclear,
        ty => Operand::Known(Type::Base(ty.replace('_', " ").into())),
    }
}

fn shown(ty: Option<&Type>) -> String {
    ty.map_or("?".to_owned(), Type::to_string)
}

#[test]
fn declared_types() {
    for (name, ty) in [
        ("int(11)", "int"),
        ("int unsigned", "int unsigned"),
        ("bigint(20) unsigned", "bigint unsigned"),
        ("integer", "int"),
        ("tinyint(1)", "tinyint(1)"),
        ("tinyint(4)", "tinyint"),
        ("tinyint unsigned", "tinyint unsigned"),
        ("bool", "tinyint(1)"),
        ("serial", "bigint unsigned"),
        ("decimal(10,2)", "decimal"),
        ("numeric", "decimal"),
        ("float", "float"),
        ("double", "double"),
        ("real", "double"),
        ("varchar(255)", "varchar"),
        ("char(36)", "char"),
        ("mediumtext", "mediumtext"),
        ("binary(16)", "binary"),
        ("varbinary(16)", "varbinary"),
        ("longblob", "longblob"),
        ("datetime(6)", "datetime"),
        ("timestamp(6)", "timestamp"),
        ("json", "json"),
        ("year", "year"),
        ("bit(1)", "bit"),
        ("set('a','b')", "set"),
        ("enum('a','b')", "enum"),
        ("nothing", "?"),
    ] {
        assert_eq!(shown(declared(name).as_ref()), ty, "{name}");
    }
}

#[test]
fn operators() {
    for (left, name, right, result, nulls, taken) in [
        ("int", "*", "$1", "bigint", Nulls::Strict, "int bigint"),
        ("int", "+", "int_unsigned", "bigint unsigned", Nulls::Strict, "int int unsigned"),
        ("int", "/", "int", "decimal", Nulls::Maybe, "int int"),
        ("int", "%", "int", "bigint", Nulls::Maybe, "int int"),
        ("int", "div", "double", "bigint", Nulls::Maybe, "int double"),
        ("varchar", "+", "int", "double", Nulls::Strict, "varchar int"),
        ("date", "+", "interval_day", "date", Nulls::Maybe, "date interval day"),
        ("date", "+", "interval_hour", "datetime", Nulls::Maybe, "date interval hour"),
        ("date", "+", "interval", "?", Nulls::Maybe, "date interval"),
        ("datetime", "-", "interval", "datetime", Nulls::Maybe, "datetime interval"),
        ("date", "+", "int", "?", Nulls::Strict, "date int"),
        ("varchar", "||", "varchar", "int", Nulls::Strict, "varchar varchar"),
        ("varchar", "<=>", "$1", "int", Nulls::Never, "varchar varchar"),
        ("int", "=", "$1", "int", Nulls::Strict, "int int"),
        ("json", "->>", "varchar", "longtext", Nulls::Maybe, "json varchar"),
        ("$1", "*", "$1", "?", Nulls::Strict, "? ?"),
    ] {
        let catalog = Catalog::new(Dialect::Mysql);
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
        ("count", "int", "bigint", Nulls::Never),
        ("sum", "int", "decimal", Nulls::Strict),
        ("sum", "double", "double", Nulls::Strict),
        ("avg", "int", "decimal", Nulls::Strict),
        ("max", "date", "date", Nulls::Strict),
        ("ifnull", "decimal int", "decimal", Nulls::Maybe),
        ("ifnull", "int int_unsigned", "?", Nulls::Maybe),
        ("coalesce", "varchar $1", "varchar", Nulls::Maybe),
        ("if", "int varchar text", "longtext", Nulls::Maybe),
        ("now", "", "datetime", Nulls::Never),
        ("year", "date", "bigint", Nulls::Strict),
        ("year", "varchar", "bigint", Nulls::Maybe),
        ("date_add", "date interval_day", "date", Nulls::Maybe),
        ("unix_timestamp", "datetime", "?", Nulls::Maybe),
        ("concat", "varchar $1", "varchar", Nulls::Strict),
        ("concat", "varbinary $1", "varbinary", Nulls::Strict),
        ("json_extract", "json varchar", "json", Nulls::Maybe),
        ("lag", "int", "int", Nulls::Maybe),
    ] {
        let catalog = Catalog::new(Dialect::Mysql);
        let args: Vec<Operand> = args.split_whitespace().map(operand).collect();
        let found = function(&catalog, &Call::new(name, &args)).unwrap();
        assert_eq!((shown(found.ty.as_ref()), found.nulls), (result.into(), nulls), "{name} {args:?}");
    }
}

/// The types that the server gives expressions over a table of [`COLUMNS`] (`c0`, `c1`, …); none where it refuses.
fn ask(url: &str, questions: &[String]) -> Vec<Option<String>> {
    let columns: Vec<String> = COLUMNS.iter().enumerate().map(|(n, ty)| format!("c{n} {ty}")).collect();
    let mut script = format!("create temporary table t ({});\n", columns.join(", "));
    for (n, question) in questions.iter().enumerate() {
        script.push_str(&format!(
            "select '#{n}';\ncreate temporary table x as select {question} as c from t;\nshow columns from x;\n\
             drop temporary table if exists x;\n"
        ));
    }
    let output = run(url, script);
    let mut found = HashMap::new();
    let mut current = 0;
    for line in output.lines() {
        if let Some(n) = line.strip_prefix('#') {
            current = n.parse().expect("a number");
        } else if let Some(rest) = line.strip_prefix("c\t") {
            found.insert(current, rest.split('\t').next().unwrap_or_default().to_owned());
        }
    }
    (0..questions.len()).map(|n| found.remove(&n)).collect()
}

fn run(url: &str, script: String) -> String {
    // mysql://user:password@host:port/database
    let rest = url.split_once("://").expect("a URL").1;
    let (user, place) = rest.rsplit_once('@').expect("a user");
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, database) = place.split_once('/').expect("a database");
    let (host, port) = host.split_once(':').unwrap_or((host, "3306"));
    let mut child = Command::new("mariadb")
        .args(["-N", "-B", "--force", "-h", host, "-P", port, "-u", user])
        .arg(format!("--password={password}"))
        .arg(database.split('?').next().unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("mariadb starts");
    let mut input = child.stdin.take().expect("mariadb has an input");
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.wait_with_output().expect("mariadb ends");
    writer.join().expect("the script is written").expect("mariadb takes the script");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether a type holds all that the server's gives, in the same kind of value.
fn holds(ours: &Type, theirs: &str) -> bool {
    // A function that gives nothing but null here, and MariaDB's own type for text.
    if theirs == "binary(0)" || theirs == "uuid" {
        return true;
    }
    let Some(theirs) = declared(theirs) else { return false };
    use super::Class::{Bytes, Decimal, Double, Enum, Integer, Json, Text};
    match (super::class(ours), super::class(&theirs)) {
        (Integer { bytes: n, unsigned: a }, Integer { bytes: m, unsigned: b }) => {
            n >= m && a == b || n > m && !a
        }
        (Text { .. }, Text { .. } | Enum) | (Bytes { .. }, Bytes { .. }) | (Json, Text { .. }) => true,
        (Decimal, Decimal) | (Double, Double) => true,
        (a, b) => a == b,
    }
}

#[test]
fn live() {
    let Ok(url) = std::env::var("AIO_DATABASES_MYSQL_URL") else { return };
    let catalog = Catalog::new(Dialect::Mysql);
    let operands: Vec<Operand> = COLUMNS.iter().map(|name| Operand::from(declared(name))).collect();
    let mut cases: Vec<(String, Option<Type>)> = Vec::new();
    let mut literals: Vec<(String, Operand)> =
        (0..COLUMNS.len()).map(|n| (format!("c{n}"), operands[n].clone())).collect();
    literals.extend([
        ("1".into(), operand("int")),
        ("1.5".into(), operand("decimal")),
        ("1e1".into(), operand("double")),
        ("'a'".into(), operand("varchar")),
    ]);
    for (a, left) in &literals {
        for name in ["-", "not", "~"] {
            cases.push((format!("{name} {a}"), operator(&catalog, name, None, left).unwrap().ty));
        }
        for (b, right) in &literals {
            for name in ["+", "-", "*", "/", "%", "div", "&", "=", "<=>", "like", "and", "xor"] {
                let ty = operator(&catalog, name, Some(left), right).unwrap().ty;
                cases.push((format!("{a} {name} {b}"), ty));
            }
            let two = [left.clone(), right.clone()];
            cases.push((format!("coalesce({a}, {b})"), common_type(&catalog, &two).unwrap()));
            cases.push((format!("if(1, {a}, {b})"), common_type(&catalog, &two).unwrap()));
        }
    }
    for name in crate::data::builtin::function_names(Dialect::Mysql) {
        let plain = ["json_", "regexp_", "release_", "get_lock", "master_pos", "sleep", "default", "value"];
        if plain.iter().any(|start| name.starts_with(start)) && !name.starts_with("json_ext") {
            continue;
        }
        for count in 0..4 {
            for step in 0..literals.len() {
                let chosen: Vec<_> = (0..count).map(|n| &literals[(step + n * 7) % literals.len()]).collect();
                let args: Vec<Operand> = chosen.iter().map(|(_, operand)| operand.clone()).collect();
                let Ok(found) = function(&catalog, &Call::new(name, &args)) else { continue };
                let texts: Vec<&str> = chosen.iter().map(|(text, _)| text.as_str()).collect();
                let over = if found.kind == super::super::Kind::Window { " over (order by c0)" } else { "" };
                cases.push((format!("{name}({}){over}", texts.join(", ")), found.ty));
            }
        }
    }
    let questions: Vec<String> = cases.iter().map(|(question, _)| question.clone()).collect();
    let answers = ask(&url, &questions);
    let (mut same, mut unknown, mut refused) = (0, 0, 0);
    let mut wrong = Vec::new();
    for ((question, ours), theirs) in cases.iter().zip(&answers) {
        match (ours, theirs) {
            (_, None) => refused += 1,
            (None, Some(_)) => unknown += 1,
            (Some(ours), Some(theirs)) if holds(ours, theirs) => same += 1,
            // One digit may be of any width.
            (Some(ours), Some(theirs))
                if question.contains("(1") && ours.name() == Some("int") && theirs == "bigint(1)" =>
            {
                same += 1;
            }
            (Some(ours), Some(theirs)) => wrong.push(format!("{question}: server {theirs}, ours {ours}")),
        }
    }
    eprintln!("mysql: {same} same, {unknown} unknown, {refused} refused, {} wrong", wrong.len());
    for line in wrong.iter().take(80) {
        eprintln!("  {line}");
    }
    assert!(wrong.is_empty(), "{} wrong", wrong.len());
}

/// Values by type.
const VALUES: [(&str, &[&str]); 8] = [
    ("int", &["0", "1", "-1", "5", "12345"]),
    ("decimal", &["0.0", "1.5", "-2.25"]),
    ("double", &["0e0", "1.5e0", "-2.5e3"]),
    ("varchar", &["''", "'a'", "'1'", "'2020-01-01'", "'{\"a\": [1, null]}'", "'$.a'", "'%Y'", "'abc def'"]),
    ("date", &["date'2020-02-29'", "date'0001-01-01'", "cast(20191231 as date)"]),
    ("time", &["time'00:00:00'", "time'-12:34:56'", "time'838:59:59'"]),
    ("datetime", &["timestamp'2020-02-29 12:34:56'", "timestamp'9999-12-31 23:59:59'"]),
    ("varbinary", &["cast('' as binary)", "cast('a1' as binary)"]),
];

/// No null comes out where that is said.
#[test]
fn live_nulls() {
    let Ok(url) = std::env::var("AIO_DATABASES_MYSQL_URL") else { return };
    let catalog = Catalog::new(Dialect::Mysql);
    let mut questions = Vec::new();
    for (left, ones) in VALUES {
        for (right, others) in VALUES {
            for name in ["+", "-", "*", "&", "<<", "=", "<", "<=>", "like", "regexp", "and", "or", "xor"] {
                let found = operator(&catalog, name, Some(&operand(left)), &operand(right)).unwrap();
                if found.nulls != Nulls::Maybe {
                    questions.extend(
                        ones.iter()
                            .flat_map(|one| others.iter().map(move |two| format!("{one} {name} {two}"))),
                    );
                }
            }
        }
    }
    for name in crate::data::builtin::function_names(Dialect::Mysql) {
        for count in 0..=3 {
            for step in 0..96 {
                let chosen: Vec<_> =
                    (0..count).map(|n| VALUES[(step * (2 * n + 1) + n) % VALUES.len()]).collect();
                let args: Vec<Operand> = chosen.iter().map(|(ty, _)| operand(ty)).collect();
                let Ok(found) = function(&catalog, &Call::new(name, &args)) else { continue };
                if found.nulls == Nulls::Maybe || found.writes || found.kind == super::super::Kind::Window {
                    continue;
                }
                let texts =
                    chosen.iter().enumerate().map(|(n, (_, values))| values[(step + n) % values.len()]);
                questions.push(format!("{name}({})", texts.collect::<Vec<_>>().join(", ")));
            }
        }
    }
    questions.sort_unstable();
    questions.dedup();
    let nulls: Vec<String> = questions.iter().map(|question| format!("isnull({question})")).collect();
    let script: String =
        nulls.iter().enumerate().map(|(n, question)| format!("select {n}, {question};\n")).collect();
    let output = run(&url, script);
    let mut given = 0;
    let mut wrong = Vec::new();
    for line in output.lines() {
        let Some((n, is_null)) = line.split_once('\t') else { continue };
        given += 1;
        if is_null == "1" {
            wrong.push(&questions[n.parse::<usize>().expect("a number")]);
        }
    }
    eprintln!("mysql nulls: {} calls, {given} answers, {} nulls", questions.len(), wrong.len());
    assert!(given * 2 > questions.len(), "most calls must work");
    assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(80)]);
}
