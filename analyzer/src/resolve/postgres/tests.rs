//! A case a line: types by their names, `$1` for an untyped parameter or literal, `?` for what is not known.

use std::sync::Arc;

use aio_databases_sql::Dialect;
use sqlparser::{ast::Statement, dialect::PostgreSqlDialect, parser::Parser};

use super::{
    super::{
        Call, CastContext, Nulls, Operand, Unresolved, can_cast, common_type, function, in_list, number_type,
        operator, operator_any, subscript, type_by_name,
    },
    names::type_of_name,
};
use crate::{Catalog, CompositeField, Function, Returns, Type};

fn catalog() -> Catalog {
    let mut catalog = Catalog::new(Dialect::Postgres);
    let schema: Option<Arc<str>> = Some("public".into());
    for ty in [
        Type::Enum {
            schema: schema.clone(),
            name: "mood".into(),
            labels: ["sad".into(), "ok".into()].into(),
        },
        Type::Domain {
            schema: schema.clone(),
            name: "email".into(),
            base: Arc::new(Type::base("text")),
            not_null: false,
        },
        Type::Composite {
            schema,
            name: "pair".into(),
            fields: [CompositeField { name: "a".into(), ty: Some(Type::base("int4")) }].into(),
        },
    ] {
        catalog.types.insert(("public".into(), ty.to_string()), ty);
    }
    let own = |args: &[&'static str], returns: Returns| Function {
        schema: "public".into(),
        name: String::new(),
        arg_names: Vec::new(),
        args: args.iter().map(|name| Some(Type::base(name))).collect(),
        defaults: 0,
        variadic: false,
        returns,
        strict: true,
        volatile: true,
        aggregate: false,
        procedure: false,
        out_name: None,
        returns_null: false,
    };
    let value = |name: &'static str| Returns::Value(Some(Type::base(name)));
    let total = vec![own(&["int4"], value("int8")), own(&["text"], value("text"))];
    catalog.functions.insert("total".into(), total);
    catalog.functions.insert("lower".into(), vec![own(&["text"], value("int4"))]);
    let twice = Function {
        defaults: 1,
        volatile: false,
        ..own(&["int4", "int4"], Returns::SetOf(Some(Type::base("int4"))))
    };
    catalog.functions.insert("twice".into(), vec![twice]);
    catalog
}

fn ty(catalog: &Catalog, name: &str) -> Type {
    match name.strip_suffix("[]") {
        Some(element) => ty(catalog, element).array(),
        None => type_of_name(catalog, None, name).unwrap_or_else(|| panic!("no type {name}")),
    }
}

fn operand(catalog: &Catalog, name: &str) -> Operand {
    match name {
        "$1" => Operand::Untyped,
        "?" => Operand::Unclear,
        name => Operand::Known(ty(catalog, name)),
    }
}

fn operands(catalog: &Catalog, names: &str) -> Vec<Operand> {
    names.split_whitespace().map(|name| operand(catalog, name)).collect()
}

fn shown(ty: Option<&Type>) -> String {
    ty.map_or("?".to_owned(), Type::to_string)
}

fn all(types: &[Option<Type>]) -> String {
    types.iter().map(|ty| shown(ty.as_ref())).collect::<Vec<_>>().join(" ")
}

#[test]
fn operators() {
    let catalog = catalog();
    for (left, name, right, result, taken) in [
        ("int4", "+", "int8", "int8", "int4 int8"),
        ("int4", "*", "$1", "int4", "int4 int4"),
        ("int4", "/", "numeric", "numeric", "numeric numeric"),
        ("int2", "+", "float4", "float8", "float8 float4"),
        ("date", "+", "int4", "date", "date int4"),
        ("date", "-", "date", "int4", "date date"),
        ("timestamptz", "-", "$1", "interval", "timestamptz timestamptz"),
        ("timestamptz", "+", "$1", "timestamptz", "timestamptz interval"),
        ("varchar", "=", "$1", "bool", "text text"),
        ("email", "=", "$1", "bool", "text text"),
        ("mood", "=", "$1", "bool", "mood mood"),
        ("uuid", "=", "$1", "bool", "uuid uuid"),
        ("text", "||", "int4", "text", "text int4"),
        ("$1", "||", "$1", "text", "text text"),
        ("text[]", "||", "$1", "text[]", "text[] text[]"),
        ("text[]", "||", "text", "text[]", "text[] text"),
        ("jsonb", "->", "$1", "jsonb", "jsonb text"),
        ("jsonb", "->>", "int4", "text", "jsonb int4"),
        ("jsonb", "@>", "$1", "bool", "jsonb jsonb"),
        ("int4[]", "&&", "$1", "bool", "int4[] int4[]"),
        ("text", "~~", "$1", "bool", "text text"),
        ("?", "=", "$1", "bool", "? ?"),
        ("?", "+", "int4", "?", "? int4"),
    ] {
        let found =
            operator(&catalog, name, Some(&operand(&catalog, left)), &operand(&catalog, right)).unwrap();
        let case = format!("{left} {name} {right}");
        assert_eq!((shown(found.ty.as_ref()), all(&found.operands)), (result.into(), taken.into()), "{case}");
    }
}

#[test]
fn refused_operators() {
    let catalog = catalog();
    for (left, name, right, problem) in [
        ("int4", "=", "text", "NoMatch"),
        ("bool", "+", "bool", "NoMatch"),
        ("int4", "<=>", "int4", "NoSuchName"),
        ("$1", "+", "$1", "Ambiguous"),
        ("mood", "=", "text", "NoMatch"),
    ] {
        let found = operator(&catalog, name, Some(&operand(&catalog, left)), &operand(&catalog, right));
        let found = found.map(|found| found.ty).unwrap_err();
        assert!(format!("{found:?}").starts_with(problem), "{left} {name} {right}: {found:?}");
    }
}

#[test]
fn functions() {
    let catalog = catalog();
    use Nulls::{Maybe, Never, Strict};
    for (name, args, result, taken, nulls) in [
        ("lower", "varchar", "text", "text", Strict),
        ("lower", "int4range", "int4", "int4range", Maybe),
        ("lower", "$1", "text", "text", Strict),
        ("upper", "email", "text", "text", Strict),
        ("round", "numeric $1", "numeric", "numeric int4", Strict),
        ("abs", "int2", "int2", "int2", Strict),
        ("concat", "int4 text", "text", "int4 text", Never),
        ("coalesce_not_a_function", "", "NoSuchName", "", Maybe),
        ("now", "", "timestamptz", "", Strict),
        ("substring", "text text", "text", "text text", Maybe),
        ("substring", "text int4", "text", "text int4", Strict),
        ("count", "int4", "int8", "int4", Never),
        ("sum", "int4", "int8", "int4", Strict),
        ("sum", "int8", "numeric", "int8", Strict),
        ("max", "email", "text", "text", Strict),
        ("array_agg", "mood", "mood[]", "mood", Strict),
        ("unnest", "text[]", "text", "text[]", Maybe),
        ("array_append", "int4[] int8", "int8[]", "int8[] int8", Never),
        ("array_length", "int4[] $1", "int4", "int4[] int4", Maybe),
        ("generate_series", "int4 int8", "int8", "int8 int8", Strict),
        (
            "generate_series",
            "timestamptz $1 interval",
            "timestamptz",
            "timestamptz timestamptz interval",
            Strict,
        ),
        ("jsonb_set", "jsonb $1 $1", "jsonb", "jsonb text[] jsonb", Strict),
        ("jsonb_build_object", "text int4", "jsonb", "text int4", Never),
        ("to_char", "timestamptz $1", "text", "timestamptz text", Maybe),
        ("date", "$1", "date", "timestamptz", Strict),
        ("text", "int4", "text", "int4", Strict),
        ("date", "timestamptz", "date", "timestamptz", Strict),
        ("lag", "int4", "int4", "int4", Maybe),
        ("row_number", "", "int8", "", Never),
        ("percentile_cont", "float8 float8", "float8", "float8 float8", Strict),
        ("greatest", "int4", "NoSuchName", "", Maybe),
        ("lower", "int4", "NoMatch", "", Maybe),
        ("count", "?", "int8", "?", Never),
        ("max", "?", "?", "?", Maybe),
        ("total", "int4", "int8", "int4", Maybe),
        ("total", "$1", "text", "text", Maybe),
        ("twice", "int2", "int4", "int4", Maybe),
    ] {
        let args = operands(&catalog, args);
        let case = format!("{name} {args:?}");
        match function(&catalog, &Call::new(name, &args)) {
            Ok(found) => {
                let taken_as = all(&found.operands);
                assert_eq!(
                    (shown(found.ty.as_ref()), taken_as, found.nulls),
                    (result.into(), taken.into(), nulls),
                    "{case}"
                );
            }
            Err(problem) => assert!(format!("{problem:?}").starts_with(result), "{case}: {problem:?}"),
        }
    }
}

#[test]
fn named_variadic_and_default_arguments() {
    let catalog = catalog();
    let days = [operand(&catalog, "int4")];
    let call = Call { names: &[Some("days")], ..Call::new("make_interval", &days) };
    assert_eq!(shown(function(&catalog, &call).unwrap().ty.as_ref()), "interval");
    let call = Call { names: &[Some("day")], ..Call::new("make_interval", &days) };
    assert!(function(&catalog, &call).is_err());

    // A literal is cast; a parameter is taken as the function's argument.
    let call = Call { constant: true, ..Call::new("date", &[Operand::Untyped]) };
    assert_eq!(all(&function(&catalog, &call).unwrap().operands), "date");

    let args = operands(&catalog, "text text[]");
    let call = Call { variadic: true, ..Call::new("concat_ws", &args) };
    assert_eq!(shown(function(&catalog, &call).unwrap().ty.as_ref()), "text");

    let call = Call { star: true, ..Call::new("count", &[]) };
    assert_eq!(function(&catalog, &call).unwrap().nulls, Nulls::Never);
    assert!(function(&catalog, &Call::new("count", &[])).is_err());

    let call = Call { schema: Some("pg_catalog"), ..Call::new("twice", &days) };
    assert!(matches!(function(&catalog, &call), Err(Unresolved::NoSuchName { .. })));
    let call = Call { schema: Some("public"), ..Call::new("lower", &days) };
    assert!(function(&catalog, &call).is_err());
}

#[test]
fn rows_and_what_they_hold() {
    let catalog = catalog();
    let args = operands(&catalog, "jsonb");
    let found = function(&catalog, &Call::new("jsonb_each", &args)).unwrap();
    let columns: Vec<String> =
        found.out.unwrap().iter().map(|(name, ty)| format!("{name} {}", shown(ty.as_ref()))).collect();
    assert_eq!((found.set, columns.join(", ")), (true, "key text, value jsonb".to_owned()));
}

#[test]
fn what_writes() {
    let catalog = catalog();
    for (name, args, writes) in [
        ("nextval", "$1", true),
        ("pg_advisory_xact_lock", "int8", true),
        ("set_config", "text text bool", true),
        ("total", "int4", true),
        ("twice", "int4", false),
        ("random", "", false),
        ("now", "", false),
    ] {
        let args = operands(&catalog, args);
        assert_eq!(function(&catalog, &Call::new(name, &args)).unwrap().writes, writes, "{name}");
    }
}

#[test]
fn extensions_are_there_once_created() {
    let mut catalog = catalog();
    let args = operands(&catalog, "text text");
    let call = Call::new("similarity", &args);
    assert!(matches!(function(&catalog, &call), Err(Unresolved::NoSuchName { .. })));
    assert_eq!(type_of_name(&catalog, None, "citext"), None);
    catalog.extensions.extend(["pg_trgm".to_owned(), "citext".to_owned()]);
    assert_eq!(shown(function(&catalog, &call).unwrap().ty.as_ref()), "float4");
    let citext = operand(&catalog, "citext");
    let found = operator(&catalog, "=", Some(&citext), &Operand::Untyped).unwrap();
    assert_eq!(all(&found.operands), "citext citext");

    // What an extension brings that is not covered here is not known; it is no mistake.
    catalog.extensions.insert("postgis".to_owned());
    assert_eq!(function(&catalog, &Call::new("st_area", &args)).unwrap().ty, None);
}

#[test]
fn common_types() {
    let catalog = catalog();
    for (types, common) in [
        ("int4 int8", "int8"),
        ("int4 numeric $1", "numeric"),
        ("$1 $1", "text"),
        // Each becomes the other unasked: the first stays.
        ("varchar text", "varchar"),
        ("text varchar", "text"),
        ("varchar $1", "varchar"),
        ("email email", "email"),
        ("email text", "text"),
        ("date timestamptz", "timestamptz"),
        ("mood $1", "mood"),
        ("int4 ?", "?"),
        ("int4 text", "Mismatch"),
        ("json jsonb", "Mismatch"),
    ] {
        let found = match common_type(&catalog, &operands(&catalog, types)) {
            Ok(ty) => shown(ty.as_ref()),
            Err(problem) => format!("{problem:?}").chars().take("Mismatch".len()).collect(),
        };
        assert_eq!(found, common, "{types}");
    }
}

#[test]
fn lists_and_arrays() {
    let catalog = catalog();
    for (left, items, columns, taken) in [
        ("varchar", "$1 $1", &[][..], "text varchar varchar"),
        ("varchar", "$1", &[], "text text"),
        ("int4", "int8 $1", &[], "int4 int8 int8"),
        ("varchar", "$1 text", &[false, true], "text text text"),
        ("$1", "int4 int4", &[], "int4 int4 int4"),
    ] {
        let found = in_list(&catalog, &operand(&catalog, left), &operands(&catalog, items), columns).unwrap();
        assert_eq!(all(&found.operands), taken, "{left} in ({items})");
    }
    for (left, array, taken) in [
        ("int4", "$1", "int4 int4[]"),
        ("varchar", "$1", "text text[]"),
        ("$1", "text[]", "text text[]"),
        ("mood", "$1", "mood mood[]"),
    ] {
        let found = operator_any(&catalog, "=", &operand(&catalog, left), &operand(&catalog, array)).unwrap();
        assert_eq!(all(&found.operands), taken, "{left} = any ({array})");
    }
    let int4 = operand(&catalog, "int4");
    assert!(operator_any(&catalog, "=", &int4, &int4).is_err());
    for (base, slice, result) in
        [("int4[]", false, "int4"), ("int4[]", true, "int4[]"), ("jsonb", false, "jsonb")]
    {
        let found = subscript(&catalog, &operand(&catalog, base), slice).unwrap();
        assert_eq!(shown(found.ty.as_ref()), result, "{base}");
    }
    assert!(subscript(&catalog, &int4, false).is_err());
}

#[test]
fn casts() {
    let catalog = catalog();
    use CastContext::{Assignment, Explicit, Implicit};
    for (from, to, least) in [
        ("int4", "int8", Some(Implicit)),
        ("int8", "int4", Some(Assignment)),
        ("int4", "bool", Some(Explicit)),
        ("int4", "text", Some(Assignment)),
        ("text", "int4", Some(Explicit)),
        ("varchar", "text", Some(Implicit)),
        ("email", "text", Some(Implicit)),
        ("text", "email", Some(Implicit)),
        ("mood", "text", Some(Assignment)),
        ("text", "mood", Some(Explicit)),
        ("int4[]", "int8[]", Some(Implicit)),
        ("int8[]", "text[]", Some(Assignment)),
        ("bool", "date", None),
        ("uuid", "int4", None),
        ("jsonb", "int4", Some(Explicit)),
        ("json", "jsonb", Some(Assignment)),
    ] {
        let found = [Implicit, Assignment, Explicit]
            .into_iter()
            .find(|context| can_cast(&catalog, &ty(&catalog, from), &ty(&catalog, to), *context));
        assert_eq!(found, least, "{from} to {to}");
    }
}

#[test]
fn declared_types() {
    let catalog = catalog();
    for (declared, name) in [
        ("int", "int4"),
        ("integer", "int4"),
        ("bigint", "int8"),
        ("serial", "int4"),
        ("bigserial", "int8"),
        ("smallserial", "int2"),
        ("real", "float4"),
        ("float", "float8"),
        ("float(24)", "float4"),
        ("float(25)", "float8"),
        ("double precision", "float8"),
        ("decimal(10, 2)", "numeric"),
        ("varchar(10)", "varchar"),
        ("character varying", "varchar"),
        ("char(3)", "bpchar"),
        ("\"char\"", "char"),
        ("text[]", "text[]"),
        ("int[][]", "int4[]"),
        ("timestamp", "timestamp"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamptz(3)", "timestamptz"),
        ("time with time zone", "timetz"),
        ("interval", "interval"),
        ("bit varying(3)", "varbit"),
        ("jsonb", "jsonb"),
        ("uuid", "uuid"),
        ("bytea", "bytea"),
        ("inet", "inet"),
        ("money", "money"),
        ("xml", "xml"),
        ("tsvector", "tsvector"),
        ("int4range", "int4range"),
        ("regclass", "regclass"),
        ("name", "name"),
        ("mood", "mood"),
        ("MOOD", "mood"),
        ("\"MOOD\"", "?"),
        ("public.mood", "mood"),
        ("other.mood", "?"),
        ("pg_catalog.int4", "int4"),
        ("mood[]", "mood[]"),
        ("citext", "?"),
        ("datetime", "?"),
        ("tinyint", "?"),
        ("nothing", "?"),
    ] {
        let sql = format!("create table t (a {declared})");
        let parsed = Parser::parse_sql(&PostgreSqlDialect {}, &sql).unwrap();
        let [Statement::CreateTable(table)] = &parsed[..] else { panic!("{sql}") };
        let found = type_by_name(&catalog, &table.columns[0].data_type);
        assert_eq!(shown(found.as_ref()), name, "{declared}");
    }
}

#[test]
fn numbers() {
    let catalog = catalog();
    for (text, name) in [
        ("1", "int4"),
        ("2147483648", "int8"),
        ("-2147483648", "int4"),
        ("9223372036854775808", "numeric"),
        ("1.5", "numeric"),
        ("1e3", "numeric"),
        ("0x1f", "int4"),
        ("1_000", "int4"),
    ] {
        assert_eq!(shown(number_type(&catalog, text).as_ref()), name, "{text}");
    }
}
