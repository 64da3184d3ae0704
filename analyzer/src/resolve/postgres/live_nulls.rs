//! Calls every function and operator that is said to give null only for null, with many values that are not: no null
//! may come out. Runs where `AIO_DATABASES_POSTGRES_URL` names a server.

use std::collections::BTreeSet;

use super::{
    super::Nulls,
    live::{Dice, depth, release, run, url},
};
use crate::data::postgres::{self, Proc, TypeId, data};

/// Values of a type, odd ones first of all.
fn values(ty: TypeId) -> Vec<String> {
    let name = data().row(ty).map_or("", |row| row.name);
    let texts: &[&str] = match name {
        "any" | "anyelement" | "anycompatible" | "anynonarray" | "anycompatiblenonarray" => {
            return own(&["1::int4", "'a'::text", "'{\"a\": null}'::jsonb", "'infinity'::date"]);
        }
        "anyarray" | "anycompatiblearray" => {
            return own(&[
                "'{}'::int4[]",
                "'{1,2,null}'::int4[]",
                "'{null}'::text[]",
                "'{{1,2},{3,4}}'::int4[]",
            ]);
        }
        "anyrange" | "anycompatiblerange" => {
            return own(&[
                "'empty'::int4range",
                "'[1,2)'::int4range",
                "'(,)'::int4range",
                "'(,)'::daterange",
            ]);
        }
        "anymultirange" | "anycompatiblemultirange" => {
            return own(&[
                "'{}'::int4multirange",
                "'{[1,3),[7,)}'::int4multirange",
                "'{(,)}'::int4multirange",
            ]);
        }
        "anyenum" => return own(&["'sad'::pg_temp.mood", "'ok'::pg_temp.mood"]),
        "record" => {
            return own(&["(select t from (values (1, null)) t)", "(select t from (values (1, 2)) t)"]);
        }
        "bool" => &["t", "f"],
        "int2" | "int4" | "int8" | "oid" => &["0", "1", "-1", "32767", "2", "7"],
        "float4" | "float8" | "numeric" => &["0", "1", "-1", "NaN", "Infinity", "-Infinity", "2.5"],
        "text" | "varchar" | "bpchar" | "name" | "cstring" => &[
            "",
            "a",
            "abc",
            "A b c",
            "1",
            "2020-01-01",
            "{\"a\": 1}",
            "(1,2)",
            "%",
            "year",
            "UTC",
            "pg_class",
            "utf8",
            "hex",
            "md5",
            "$.a",
            "[",
            "YYYY",
        ],
        "char" => &["a", ""],
        "date" => &["2020-02-29", "infinity", "-infinity", "0001-01-01 BC"],
        "time" => &["00:00", "12:34:56.789", "24:00"],
        "timetz" => &["00:00+00", "12:34:56.789+05:30"],
        "timestamp" | "timestamptz" => &["2020-02-29 12:00", "infinity", "-infinity"],
        "interval" => &["0", "1 year", "-1 day 2 hours", "1 mon 3 days"],
        "uuid" => &["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
        "json" | "jsonb" => {
            &["null", "1", "\"a\"", "[]", "[1, null]", "{}", "{\"a\": null}", "{\"a\": {\"b\": 1}}", "true"]
        }
        "jsonpath" => &["$", "$.a", "$[*]", "$.a == 1", "strict $.x"],
        "inet" | "cidr" => &["127.0.0.1/32", "10.0.0.0/8", "::1/128"],
        "macaddr" => &["08:00:2b:01:02:03"],
        "macaddr8" => &["08:00:2b:01:02:03:04:05"],
        "point" => &["(0,0)", "(1,2)", "(NaN,1)"],
        "line" => &["{1,-1,0}", "{0,1,2}"],
        "lseg" => &["[(0,0),(1,1)]", "[(2,2),(2,2)]", "[(0,5),(9,5)]"],
        "box" => &["(0,0),(1,1)", "(5,5),(6,6)", "(0,0),(0,0)"],
        "path" => &["[(0,0)]", "((0,0),(1,1),(2,0))", "[(0,0),(1,1)]"],
        "polygon" => &["((0,0),(1,1),(2,0))", "((5,5))"],
        "circle" => &["<(0,0),1>", "<(3,3),0>"],
        "bit" | "varbit" => &["1", "0"],
        "bytea" => &["", "\\x00", "\\x0102"],
        "money" => &["0", "1", "-5"],
        "xml" => &["<a/>", "<a>1</a>"],
        "tsvector" => &["", "a b", "'x':1,2 'y':3A"],
        "tsquery" => &["a", "a & b", "!a"],
        "int4range" | "int8range" | "numrange" => &["empty", "[1,2)", "(,)", "(,5)", "[3,)"],
        "daterange" | "tsrange" | "tstzrange" => &["empty", "(,)", "[2020-01-01,2020-02-01)"],
        "int4multirange" | "int8multirange" | "nummultirange" => &["{}", "{[1,2),[5,6)}", "{(,)}"],
        "datemultirange" | "tsmultirange" | "tstzmultirange" => &["{}", "{(,)}"],
        "regclass" => &["pg_class", "0"],
        "regconfig" => &["english", "simple"],
        "pg_lsn" => &["0/0", "16/B374D848"],
        "xid" | "xid8" | "cid" => &["0", "3"],
        "tid" => &["(0,0)", "(0,1)"],
        "int2vector" | "oidvector" => &["1 2", "0"],
        _ => &[],
    };
    let quoted = |text: &&str| format!("'{}'::\"{name}\"", text.replace('\'', "''"));
    let plain: Vec<String> = texts.iter().map(quoted).collect();
    if ty.array_element().is_none() {
        return plain;
    }
    let mut arrays = vec![format!("'{{}}'::\"{name}\"[]"), format!("array[null]::\"{name}\"[]")];
    arrays.extend(plain.iter().map(|value| format!("array[{value}]")));
    arrays
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Calls of a function, or uses of an operator.
fn calls(proc: &Proc, operator: bool, dice: &mut Dice) -> Vec<String> {
    let lists: Vec<Vec<String>> = proc.args.iter().map(|ty| values(*ty)).collect();
    if lists.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let all: usize = lists.iter().map(Vec::len).product();
    let wanted = all.min(60 * depth());
    let call = |n: usize, dice: &mut Dice| {
        let mut rest = n;
        let mut args: Vec<String> = lists
            .iter()
            .map(|list| {
                let at = if all == wanted { rest % list.len() } else { dice.roll(list.len()) };
                rest /= list.len();
                list[at].clone()
            })
            .collect();
        match (operator, &mut args[..]) {
            (true, [left, right]) => format!("{left} {} {right}", proc.name),
            (true, _) => format!("{} {}", proc.name, args.concat()),
            (false, _) => {
                let any = proc.variadic == Some(data().known.any);
                if let (true, Some(last)) = (proc.variadic.is_some() && !any, args.last_mut()) {
                    last.insert_str(0, "variadic ");
                }
                format!("\"{}\"({})", proc.name, args.join(", "))
            }
        }
    };
    (0..wanted).map(|n| call(n, dice)).collect()
}

#[test]
fn no_null_comes_out() {
    let Some(url) = url() else { return };
    let mut dice = Dice(11);
    let release = Some(release(&url));
    let mut questions = Vec::new();
    let names: BTreeSet<&str> = postgres::function_names().collect();
    // They wait, take locks, or need what is not there.
    let skipped =
        |name: &str| ["nextval", "setval", "currval", "lastval", "repeat", "lpad", "rpad"].contains(&name);
    for name in names.into_iter().filter(|name| !skipped(name)) {
        for proc in
            postgres::functions(name).iter().filter(|proc| proc.extension.is_none() && proc.is_in(release))
        {
            if proc.kind == b'f' && !proc.set && !proc.writes && proc.nulls != Nulls::Maybe {
                questions.extend(calls(proc, false, &mut dice));
            }
        }
    }
    let names: BTreeSet<&str> = postgres::operator_names().collect();
    for name in names {
        for proc in postgres::operators(name).iter().filter(|proc| proc.extension.is_none()) {
            if proc.nulls != Nulls::Maybe {
                questions.extend(calls(proc, true, &mut dice));
            }
        }
    }
    let mut script = String::from(
        "set client_min_messages = error;
         create type pg_temp.mood as enum ('sad', 'ok');
         create function pg_temp.ask(text) returns text language plpgsql as $$
         declare found text;
         begin
           execute 'select case when num_nulls(' || $1 || ') = 1 then ''null'' else ''value'' end' into found;
           return found;
         exception when others then return 'error';
         end $$;\n",
    );
    for question in &questions {
        script.push_str(&format!("select pg_temp.ask($question${question}$question$);\n"));
    }
    let output = run(&url, script);
    let answers: Vec<&str> = output.lines().collect();
    assert_eq!(answers.len(), questions.len());
    let given = answers.iter().filter(|answer| **answer == "value").count();
    let wrong: Vec<&String> =
        questions.iter().zip(&answers).filter(|(_, answer)| **answer == "null").map(|(q, _)| q).collect();
    eprintln!("nulls: {} calls, {given} values, {} nulls", questions.len(), wrong.len());
    assert!(given * 2 > questions.len(), "most calls must work");
    assert!(wrong.is_empty(), "null came out of {wrong:#?}");
}
