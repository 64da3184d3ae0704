//! Values: as literals in queries, as data in tables, as arguments.

use aio_databases_sql::Dialect;

use crate::{
    lang::{Lang, Ty, element},
    rng::Rng,
};

/// A value of a type, as the text between quotes.
pub fn raw(rng: &mut Rng, lang: &Lang, ty: Ty, labels: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    if let Some(labels) = labels(ty) {
        return rng.pick(&labels).clone();
    }
    if let Some(of) = element(ty) {
        let count = rng.below(4);
        let items: Vec<String> = (0..count).map(|_| array_item(rng, lang, of, labels)).collect();
        return format!("{{{}}}", items.join(","));
    }
    let values: &[&str] = match lang.dialect {
        Dialect::Postgres => postgres(ty),
        Dialect::Mysql | Dialect::Sqlite => loose(ty),
    };
    if values.is_empty() { rng.between(0, 5).to_string() } else { (*rng.pick(values)).to_owned() }
}

fn array_item(rng: &mut Rng, lang: &Lang, of: Ty, labels: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    if rng.chance(25) {
        return "NULL".into();
    }
    let text = raw(rng, lang, of, labels).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

fn postgres(ty: Ty) -> &'static [&'static str] {
    match ty {
        "bool" => &["t", "f", "true", "false"],
        "int2" | "int4" | "int8" | "oid" => &["0", "1", "2", "3", "4", "5", "1", "2", "3", "100"],
        "numeric" => &["0", "1", "2", "1.5", "2.25", "-3", "100", "NaN", "Infinity"],
        "float4" | "float8" => &["0", "1", "2", "1.5", "-0.5", "100", "NaN", "-Infinity"],
        "money" => &["0", "1.50", "-2"],
        "text" | "varchar" | "bpchar" | "name" => {
            &["", "a", "b", "c", "Ada", "1", "2", "a,b", "%a%", "{\"a\": 1}", "2020-01-31", "{1,2}", "happy"]
        }
        "\"char\"" => &["a", "b"],
        "date" => &["2020-01-31", "2024-02-29", "2020-12-31", "infinity", "-infinity"],
        "time" => &["12:30:00", "00:00:00", "23:59:59"],
        "timetz" => &["12:30:00+01", "00:00:00+00"],
        "timestamp" | "timestamptz" => {
            &["2020-01-31 12:30:00", "2024-02-29 00:00:00", "infinity", "-infinity"]
        }
        "interval" => &["1 day", "2 hours", "-1 month", "0"],
        "uuid" => &["00000000-0000-0000-0000-000000000001", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
        "json" | "jsonb" => &[
            "{\"a\": 1, \"b\": null}",
            "[1, null, \"x\"]",
            "null",
            "1",
            "\"x\"",
            "{}",
            "[]",
            "{\"a\": {\"b\": [1]}}",
            "[{\"a\": 1}]",
        ],
        "jsonpath" => &["$", "$.a", "$.a.b[*]", "$[*]", "$.x"],
        "bytea" => &["", "\\x00ff", "abc"],
        "int4range" | "int8range" | "numrange" => &["[1,3)", "empty", "(,2]", "[2,)", "(,)"],
        "daterange" => &["[2020-01-01,2020-02-01)", "empty", "(,)"],
        "tsrange" | "tstzrange" => &["[2020-01-01,2020-02-01)", "empty", "(,)", "[2020-01-31,)"],
        "int4multirange" | "int8multirange" | "nummultirange" => &["{}", "{[1,3)}", "{[1,2),[4,)}"],
        "datemultirange" => &["{}", "{[2020-01-01,2020-02-01)}"],
        "inet" => &["10.0.0.1", "192.168.0.0/24", "::1"],
        "cidr" => &["10.0.0.0/8", "::/0"],
        "macaddr" => &["08:00:2b:01:02:03"],
        "bit" => &["0", "1"],
        "varbit" => &["", "101", "0"],
        "point" => &["(1,2)", "(0,0)"],
        "box" | "lseg" => &["(1,2),(3,4)", "(0,0),(0,0)"],
        "circle" => &["<(1,2),3>"],
        "tsvector" => &["", "a:1 b:2", "cat:1A"],
        "tsquery" => &["a", "a & b", "cat | dog", ""],
        "xml" => &["<a/>", "<a b=\"1\">x</a>"],
        _ => &["1", "a"],
    }
}

fn loose(ty: Ty) -> &'static [&'static str] {
    match ty {
        "integer" | "bigint" | "int" | "boolean" => &["0", "1", "2", "3", "1", "2", "3", "5", "-1", "100"],
        "year" => &["2020", "1999", "2024"],
        "real" | "double" | "decimal" => &["0", "1", "1.5", "-2.25", "2", "100.5"],
        "numeric" => &["0", "1", "1.5", "-2"],
        "text" | "varchar" => &[
            "",
            "a",
            "b",
            "c",
            "Ada",
            "1",
            "2x",
            "a,b",
            "%a%",
            "{\"a\": 1}",
            "2020-01-31",
            "[1, null]",
            "$.a",
            "happy",
        ],
        "date" => &["2020-01-31", "2024-02-29", "2020-12-31"],
        "time" => &["12:30:00", "00:00:00", "23:59:59"],
        "datetime" | "timestamp" => &["2020-01-31 12:30:00", "2024-02-29 00:00:00"],
        "json" => &["{\"a\": 1, \"b\": null}", "[1, null, \"x\"]", "null", "1", "\"x\"", "{}", "[]"],
        "uuid" => &["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
        "inet6" => &["::1", "fe80::1"],
        _ => &["", "a", "1", "x"],
    }
}

/// A value quoted as text.
pub fn quote(text: &str, dialect: Dialect) -> String {
    let text = text.replace('\'', "''");
    let text = if dialect == Dialect::Mysql { text.replace('\\', "\\\\") } else { text };
    format!("'{text}'")
}

/// A value of a type as a plain literal, the way that a column of it takes.
pub fn value(rng: &mut Rng, lang: &Lang, ty: Ty, labels: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    let text = raw(rng, lang, ty, labels);
    match (lang.dialect, ty) {
        (Dialect::Postgres, _) => quote(&text, lang.dialect),
        (
            _,
            "integer" | "bigint" | "int" | "boolean" | "year" | "decimal" | "double" | "real" | "numeric",
        ) => text,
        (_, "blob") => format!("x'{}'", rng.pick(&["", "00ff", "61", "6162"])),
        (Dialect::Sqlite, "any") => match rng.below(4) {
            0 => text_literal(rng),
            1 => "1.5".into(),
            2 => "x'61'".into(),
            _ => rng.below(5).to_string(),
        },
        _ => quote(&text, lang.dialect),
    }
}

fn text_literal(rng: &mut Rng) -> String {
    (*rng.pick(&["'a'", "'1'", "''", "'2.5'"])).to_owned()
}
