//! The same questions to a live server: does it resolve operators, functions and common types as this room does?
//!
//! Run where `AIO_DATABASES_POSTGRES_URL` names a server (and `psql` is there); `AIO_DATABASES_TEST_DEPTH` multiplies
//! the number of questions.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use aio_databases_sql::Dialect;

use super::super::{
    Call, Operand, Resolved, Unresolved, common_type, function, in_list, operator, operator_any,
};
use crate::{Catalog, CompositeField, Type, data::postgres};

const SETUP: &str = "
set client_min_messages = error;
create type pg_temp.mood as enum ('sad', 'ok');
create domain pg_temp.posint as int4;
create domain pg_temp.label as text;
create domain pg_temp.tags as text[];
create type pg_temp.pair as (a int4, b text);
create function pg_temp.type_text(oid) returns text language sql as $$
  select case when e.oid is not null then e.typname || '[]' else t.typname end
    from pg_type t left join pg_type e on e.typarray = t.oid where t.oid = $1 $$;
";

const COMMON: [&str; 43] = [
    "unknown",
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "numeric",
    "text",
    "varchar",
    "bpchar",
    "char",
    "name",
    "bytea",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "oid",
    "inet",
    "point",
    "bit",
    "xml",
    "money",
    "tsvector",
    "tsquery",
    "int4range",
    "int4multirange",
    "int4[]",
    "text[]",
    "jsonb[]",
    "varchar[]",
    "mood",
    "posint",
    "label",
    "tags",
    "mood[]",
    "pair",
];

fn catalog(url: &str) -> Catalog {
    let mut catalog = Catalog::new(Dialect::Postgres);
    catalog.release = Some(release(url));
    let schema: Option<Arc<str>> = Some("public".into());
    let domain = |name: &str, base: Type| Type::Domain {
        schema: schema.clone(),
        name: name.into(),
        base: Arc::new(base),
        not_null: false,
    };
    let field = |name: &str, ty: &'static str| CompositeField { name: name.into(), ty: Some(Type::base(ty)) };
    let types = [
        Type::Enum {
            schema: schema.clone(),
            name: "mood".into(),
            labels: ["sad".into(), "ok".into()].into(),
        },
        domain("posint", Type::base("int4")),
        domain("label", Type::base("text")),
        domain("tags", Type::base("text").array()),
        Type::Composite {
            schema: schema.clone(),
            name: "pair".into(),
            fields: [field("a", "int4"), field("b", "text")].into(),
        },
    ];
    for ty in types {
        catalog.types.insert(("public".into(), ty.to_string()), ty);
    }
    catalog
}

/// An operand of a type, and how it is written.
fn operand(catalog: &Catalog, name: &str) -> (Operand, String) {
    if name == "unknown" {
        return (Operand::Untyped, "null".into());
    }
    if name == "record" {
        return (Operand::Known(Type::Record), "row(1, null)".into());
    }
    let (element, dims) = name.strip_suffix("[]").map_or((name, ""), |element| (element, "[]"));
    let ty = super::names::type_of_name(catalog, None, element).unwrap_or_else(|| panic!("no type {name}"));
    let ty = if dims.is_empty() { ty } else { ty.array() };
    (Operand::Known(ty), format!("null::\"{element}\"{dims}"))
}

/// What the server says to each `select`: the type, or the error's code.
fn ask(url: &str, questions: &[String]) -> Vec<Result<String, String>> {
    let mut script = format!("{SETUP}\\set ON_ERROR_STOP 0\n");
    for question in questions {
        script.push_str(question);
        script.push_str(" \\gdesc\n\\echo # :SQLSTATE\n");
    }
    script.push_str(
        "\\echo ##\nselect format_type(t.oid, null), case when e.oid is not null then e.typname || '[]' else t.typname end
           from pg_type t left join pg_type e on e.typarray = t.oid where pg_type_is_visible(t.oid);\n",
    );
    let output = run(url, script);
    let (answers, names) = output.split_once("##\n").expect("psql came to the end");
    let names: HashMap<&str, &str> = names.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut found = Vec::new();
    let mut ty = None;
    for line in answers.lines() {
        match line.strip_prefix("# ") {
            Some(code) => found.push(ty.take().ok_or_else(|| code.to_owned())),
            None => {
                let (_, name) = line.split_once('\t').unwrap_or(("", line));
                let name = &name.replace('"', "");
                let plain = name.split('(').next().unwrap_or(name);
                let name = names.get(&**name).or_else(|| names.get(plain)).copied().unwrap_or(name);
                ty = Some(name.to_owned());
            }
        }
    }
    assert_eq!(found.len(), questions.len());
    found
}

/// The types that the server gives the parameters of each `select`, as it shows them; none where it refuses.
fn ask_parameters(url: &str, questions: &[String]) -> Vec<Option<String>> {
    let mut script = format!("{SETUP}\\set ON_ERROR_STOP 0\n");
    for question in questions {
        script.push_str(&format!(
            "prepare p as {question};\nselect '= ' || array_to_string(array(select pg_temp.type_text(t::oid)
               from unnest(parameter_types) with ordinality u(t, n) order by n), ' ')
               from pg_prepared_statements where name = 'p';\n\\echo #\ndeallocate all;\n"
        ));
    }
    let output = run(url, script);
    let mut found = Vec::new();
    let mut types = None;
    for line in output.lines() {
        if line == "#" {
            found.push(types.take());
        } else if let Some(line) = line.strip_prefix("= ") {
            types = Some(line.to_owned());
        }
    }
    assert_eq!(found.len(), questions.len());
    found
}

pub(super) fn run(url: &str, script: String) -> String {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-F", "\t", "-d", url, "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql starts");
    let mut input = child.stdin.take().expect("psql has an input");
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.wait_with_output().expect("psql ends");
    writer.join().expect("the script is written").expect("psql takes the script");
    String::from_utf8(output.stdout).expect("psql writes UTF-8")
}

#[derive(Default)]
struct Score {
    same: usize,
    refused: usize,
    unknown: usize,
    wrong: Vec<String>,
}

/// Compares; `lenient` codes are refusals for reasons that are not this room's.
fn compare(title: &str, url: &str, cases: Vec<(String, Result<Option<Type>, Unresolved>)>) {
    let questions: Vec<String> = cases.iter().map(|(sql, _)| format!("select {sql}")).collect();
    let answers = ask(url, &questions);
    let mut score = Score::default();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for ((sql, ours), theirs) in cases.into_iter().zip(answers) {
        match (&ours, &theirs) {
            (Ok(None), Ok(_)) => score.unknown += 1,
            (Ok(Some(ty)), Ok(theirs)) if described(ty).to_string() == *theirs => score.same += 1,
            (Err(Unresolved::Ambiguous { .. }), Err(code)) if code == "42725" => score.refused += 1,
            (Err(Unresolved::NoMatch { .. } | Unresolved::NoSuchName { .. }), Err(code))
                if ["42883", "42P18", "42809", "42804", "42704", "42601"].contains(&code.as_str()) =>
            {
                score.refused += 1;
            }
            (Err(Unresolved::Mismatch { .. }), Err(code)) if ["42804", "42846"].contains(&code.as_str()) => {
                score.refused += 1;
            }
            (Ok(_), Err(code)) if !["42883", "42725", "42804", "42846", "42P18"].contains(&code.as_str()) => {
                *codes.entry(code.clone()).or_default() += 1;
            }
            _ => {
                let ours = match ours {
                    Ok(ty) => ty.map_or("unknown".into(), |ty| ty.to_string()),
                    Err(error) => format!("{error:?}").chars().take(80).collect(),
                };
                score.wrong.push(format!("{sql}: server {theirs:?}, ours {ours}"));
            }
        }
    }
    eprintln!(
        "{title}: {} same, {} refused by both, {} unknown, {} refused for other reasons {codes:?}, {} wrong",
        score.same,
        score.refused,
        score.unknown,
        codes.values().sum::<usize>(),
        score.wrong.len()
    );
    for line in score.wrong.iter().take(60) {
        eprintln!("  {line}");
    }
    assert!(score.wrong.is_empty(), "{title}: {} wrong", score.wrong.len());
}

/// An array of elements; arrays in it make one of more dimensions.
fn array_of(element: Type) -> Type {
    match element {
        Type::Array(_) => element,
        element => element.array(),
    }
}

/// A result's type as the server describes it: never a domain.
fn described(ty: &Type) -> &Type {
    ty.underlying()
}

pub(super) fn url() -> Option<String> {
    std::env::var("AIO_DATABASES_POSTGRES_URL").ok()
}

/// The server's major release.
pub(super) fn release(url: &str) -> u8 {
    let version = run(url, "show server_version;\n".to_owned());
    version
        .split('.')
        .next()
        .and_then(|major| major.trim().parse().ok())
        .expect("the server says its version")
}

pub(super) fn depth() -> usize {
    std::env::var("AIO_DATABASES_TEST_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(1)
}

/// A small generator of numbers: the same ones in each run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or(0)
    }
}

#[test]
fn operators() {
    let Some(url) = url() else { return };
    let catalog = catalog(&url);
    let operands: Vec<_> = COMMON.iter().map(|name| operand(&catalog, name)).collect();
    let mut cases = Vec::new();
    let mut names: Vec<&str> = postgres::operator_names().collect();
    names.dedup();
    let every = (100 / (8 * depth())).max(1);
    for name in names {
        for (n, (left, left_sql)) in operands.iter().enumerate() {
            let prefix = operator(&catalog, name, None, left).map(|found| found.ty);
            cases.push((format!("{name} ({left_sql})"), prefix));
            for (m, (right, right_sql)) in operands.iter().enumerate() {
                let common = ["=", "<", "+", "-", "*", "/", "||", "->", "~~", "@>"].contains(&name);
                if !common && (n * 7 + m * 3 + name.len()) % every != 0 && n != m {
                    continue;
                }
                let ours = operator(&catalog, name, Some(left), right).map(|found| found.ty);
                cases.push((format!("({left_sql}) {name} ({right_sql})"), ours));
            }
        }
    }
    compare("operators", &url, cases);
}

#[test]
fn common_types() {
    let Some(url) = url() else { return };
    let catalog = catalog(&url);
    let mut dice = Dice(7);
    let operands: Vec<_> = COMMON.iter().map(|name| operand(&catalog, name)).collect();
    let mut cases = Vec::new();
    for left in &operands {
        for right in &operands {
            let third = &operands[dice.roll(operands.len())];
            let two = [left.0.clone(), right.0.clone()];
            let three = [left.0.clone(), right.0.clone(), third.0.clone()];
            cases.push((format!("coalesce({}, {})", left.1, right.1), common_type(&catalog, &two)));
            cases.push((
                format!("case when true then {} when true then {} else {} end", left.1, right.1, third.1),
                // The server takes `else` first.
                common_type(&catalog, &[three[2].clone(), three[0].clone(), three[1].clone()]),
            ));
            cases.push((
                format!("array[{}, {}]", left.1, right.1),
                common_type(&catalog, &two).map(|ty| ty.map(array_of)),
            ));
            cases.push((
                format!("{} in ({}, {})", left.1, right.1, third.1),
                in_list(&catalog, &three[0], &three[1..], &[]).map(|found| found.ty),
            ));
        }
    }
    compare("common types", &url, cases);
}

#[test]
fn functions() {
    let Some(url) = url() else { return };
    let catalog = catalog(&url);
    let whatever = Catalog { release: None, ..catalog.clone() };
    let mut dice = Dice(42);
    let mut cases = Vec::new();
    let mut names: Vec<&str> = postgres::function_names().collect();
    names.dedup();
    for name in names {
        let procs: Vec<_> =
            postgres::functions(name).iter().filter(|proc| is_built_in(&catalog, proc)).collect();
        let ordered = procs.iter().any(|proc| b"oh".contains(&proc.kind));
        let Some(proc) = procs.first().filter(|_| !ordered) else { continue };
        if proc.kind == b'p' {
            continue;
        }
        for proc in &procs {
            for round in 0..(12 * depth()) {
                let mut args: Vec<&str> = proc.args.iter().map(|ty| sample(*ty, &mut dice)).collect();
                if let Some(at) = (!args.is_empty() && round > 0).then(|| dice.roll(args.len())) {
                    args[at] = if round % 3 == 0 { "unknown" } else { COMMON[dice.roll(COMMON.len())] };
                }
                if proc.variadic.is_some() && args.last().is_some_and(|last| last.ends_with("[]")) {
                    let last = args.pop().and_then(|last| last.strip_suffix("[]")).unwrap_or("unknown");
                    args.extend(std::iter::repeat_n(last, 1 + dice.roll(2)));
                }
                if dice.roll(4) == 0 && proc.defaults > 0 {
                    args.pop();
                }
                let (operands, texts): (Vec<_>, Vec<_>) =
                    args.iter().map(|name| operand(&catalog, name)).unzip();
                let constant = operands == [Operand::Untyped];
                let call = Call { constant, ..Call::new(name, &operands) };
                let found = function(&catalog, &call);
                // Where nothing says the release, the answer is the same, or open.
                if let (Ok(here), Ok(Resolved { ty: Some(any), .. })) = (&found, function(&whatever, &call)) {
                    assert_eq!(here.ty.as_ref(), Some(&any), "{name}({args:?})");
                }
                let over = if proc.kind == b'w' { " over ()" } else { "" };
                let sql = format!("\"{name}\"({}){over}", texts.join(", "));
                cases.push((sql, found.map(|found: Resolved| found.ty)));
            }
        }
    }
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases.dedup_by(|a, b| a.0 == b.0);
    compare("functions", &url, cases);
}

#[test]
fn parameters() {
    let Some(url) = url() else { return };
    let catalog = catalog(&url);
    let known: Vec<_> =
        COMMON.iter().filter(|name| **name != "unknown").map(|name| operand(&catalog, name)).collect();
    let mut cases: Vec<(String, Option<Type>)> = Vec::new();
    let mut add = |sql: String, found: Result<Resolved, Unresolved>, at: usize| {
        if let Ok(found) = found {
            cases.push((sql, found.operands.get(at).cloned().flatten()));
        }
    };
    let mut names: Vec<&str> = postgres::operator_names().collect();
    names.dedup();
    for (ty, text) in &known {
        for name in &names {
            add(format!("{text} {name} $1"), operator(&catalog, name, Some(ty), &Operand::Untyped), 1);
            add(format!("$1 {name} {text}"), operator(&catalog, name, Some(&Operand::Untyped), ty), 0);
        }
        for name in ["=", "<", "~~"] {
            add(format!("{text} {name} any ($1)"), operator_any(&catalog, name, ty, &Operand::Untyped), 1);
        }
        add(format!("{text} in ($1)"), in_list(&catalog, ty, &[Operand::Untyped], &[]), 1);
        let items = [Operand::Untyped, Operand::Known(Type::base("int4"))];
        add(format!("{text} in ($1, 1)"), in_list(&catalog, ty, &items, &[]), 1);
        add(
            format!("$1 in ({text}, {text})"),
            in_list(&catalog, &Operand::Untyped, &[ty.clone(), ty.clone()], &[]),
            0,
        );
        add(
            format!("$1 in ({text})"),
            in_list(&catalog, &Operand::Untyped, std::slice::from_ref(ty), &[]),
            0,
        );
        if let Ok(Some(common)) = common_type(&catalog, &[ty.clone(), Operand::Untyped]) {
            let found = Resolved { operands: vec![Some(common)], ..super::unclear(1) };
            add(format!("coalesce({text}, $1)"), Ok(found), 0);
        }
    }
    let mut names: Vec<&str> = postgres::function_names().collect();
    names.dedup();
    for name in names {
        for proc in postgres::functions(name)
            .iter()
            .filter(|proc| is_built_in(&catalog, proc) && b"fa".contains(&proc.kind))
        {
            let mut dice = Dice(5);
            let args: Vec<_> = proc.args.iter().map(|ty| operand(&catalog, sample(*ty, &mut dice))).collect();
            for at in 0..args.len().min(4) {
                let (mut types, mut texts): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
                types[at] = Operand::Untyped;
                texts[at] = "$1".to_owned();
                let found = function(&catalog, &Call::new(name, &types));
                add(format!("\"{name}\"({})", texts.join(", ")), found, at);
            }
        }
    }
    let questions: Vec<String> = cases.iter().map(|(sql, _)| format!("select {sql}")).collect();
    let answers = ask_parameters(&url, &questions);
    let (mut same, mut unknown, mut refused) = (0, 0, 0);
    let mut wrong = Vec::new();
    for ((sql, ours), theirs) in cases.iter().zip(answers) {
        match (ours, theirs) {
            (_, None) => refused += 1,
            (None, Some(_)) => unknown += 1,
            (Some(ours), Some(theirs)) if ours.to_string() == theirs => same += 1,
            (Some(ours), Some(theirs)) => wrong.push(format!("{sql}: server {theirs}, ours {ours}")),
        }
    }
    eprintln!("parameters: {same} same, {unknown} unknown, {refused} refused, {} wrong", wrong.len());
    for line in wrong.iter().take(60) {
        eprintln!("  {line}");
    }
    assert!(wrong.is_empty(), "{} wrong", wrong.len());
}

/// Whether the server has it, without an extension.
fn is_built_in(catalog: &Catalog, proc: &postgres::Proc) -> bool {
    proc.extension.is_none() && proc.is_in(catalog.release)
}

/// A type that a parameter takes.
fn sample(ty: postgres::TypeId, dice: &mut Dice) -> &'static str {
    let data = postgres::data();
    let Some(row) = data.row(ty) else { return "unknown" };
    let pick = |from: &[&'static str], dice: &mut Dice| from[dice.roll(from.len())];
    match row.name {
        "any" | "anyelement" | "anycompatible" | "anynonarray" | "anycompatiblenonarray" => pick(
            &["int4", "text", "bool", "mood", "posint", "timestamptz", "record", "int8", "numeric"],
            dice,
        ),
        "anyarray" | "anycompatiblearray" => pick(&["int4[]", "text[]", "mood[]", "tags", "int8[]"], dice),
        "anyenum" => "mood",
        "anyrange" | "anycompatiblerange" => pick(&["int4range", "numrange", "tstzrange"], dice),
        "anymultirange" | "anycompatiblemultirange" => pick(&["int4multirange", "nummultirange"], dice),
        "record" => "record",
        _ if row.kind == b'p' => "unknown",
        name if ty.array_element().is_some() => {
            COMMON.iter().find(|common| common.strip_suffix("[]") == Some(name)).copied().unwrap_or("text[]")
        }
        name => name,
    }
}
