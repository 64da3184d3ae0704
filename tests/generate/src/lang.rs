//! What a dialect has: types, and the functions, operators and casts of the analyzer's own tables.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use aio_databases_sql::Dialect;

use crate::rng::Rng;

/// A type, as SQL spells it.
pub type Ty = &'static str;

/// A function, or an operator.
#[derive(Clone, Debug)]
pub struct Sig {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub args: Vec<Ty>,
    /// How many of them, from the end, may be left out.
    pub optional: usize,
    /// Whether the last may come many times.
    pub variadic: bool,
    /// What it gives.
    pub result: Ty,
    /// `f`unction, `a`ggregate, `o`rdered-set aggregate, `h`ypothetical-set aggregate, `w`indow function; operators
    /// are `f`.
    pub kind: u8,
    /// Whether it gives a set.
    pub set: bool,
    /// The columns of a row that it gives.
    pub out: Vec<(&'static str, Ty)>,
}

/// A dialect's tables.
#[derive(Debug)]
pub struct Lang {
    /// Whose.
    pub dialect: Dialect,
    /// What truth is.
    pub bool: Ty,
    /// What whole numbers are, and text.
    pub int: Ty,
    /// Text.
    pub text: Ty,
    /// Types, as often as they come.
    pub types: Vec<(usize, Ty)>,
    sigs: HashMap<(u8, Ty), Vec<Sig>>,
    operators: HashMap<Ty, Vec<Sig>>,
    /// The set-returning functions in `from`.
    pub sets: Vec<Sig>,
    casts: HashMap<Ty, Vec<Ty>>,
}

const POSTGRES_TYPES: [(usize, Ty); 56] = [
    (200, "int4"),
    (200, "text"),
    (80, "int8"),
    (25, "int2"),
    (80, "bool"),
    (80, "numeric"),
    (50, "float8"),
    (15, "float4"),
    (60, "varchar"),
    (15, "bpchar"),
    (50, "date"),
    (20, "time"),
    (40, "timestamp"),
    (60, "timestamptz"),
    (30, "interval"),
    (40, "uuid"),
    (15, "json"),
    (60, "jsonb"),
    (20, "bytea"),
    (30, "int4[]"),
    (30, "text[]"),
    (8, "int8[]"),
    (5, "numeric[]"),
    (5, "bool[]"),
    (5, "uuid[]"),
    (5, "timestamptz[]"),
    (5, "varchar[]"),
    (5, "jsonb[]"),
    (5, "date[]"),
    (10, "int4range"),
    (4, "int8range"),
    (4, "numrange"),
    (4, "daterange"),
    (4, "tstzrange"),
    (2, "tsrange"),
    (3, "int4multirange"),
    (2, "nummultirange"),
    (2, "datemultirange"),
    (8, "inet"),
    (2, "cidr"),
    (2, "macaddr"),
    (4, "bit"),
    (4, "varbit"),
    (4, "timetz"),
    (5, "name"),
    (3, "\"char\""),
    (3, "money"),
    (4, "oid"),
    (4, "point"),
    (2, "box"),
    (1, "lseg"),
    (1, "circle"),
    (4, "tsvector"),
    (4, "tsquery"),
    (2, "xml"),
    (2, "jsonpath"),
];
const MYSQL_TYPES: [(usize, Ty); 13] = [
    (200, "bigint"),
    (200, "varchar"),
    (80, "decimal"),
    (60, "double"),
    (60, "datetime"),
    (40, "date"),
    (30, "time"),
    (40, "json"),
    (20, "blob"),
    (10, "year"),
    (30, "int"),
    (8, "uuid"),
    (4, "inet6"),
];
const SQLITE_TYPES: [(usize, Ty); 5] =
    [(200, "integer"), (200, "text"), (80, "real"), (30, "blob"), (30, "any")];

/// Functions that do more than compute, or take too long, or whose answers are those of a moment.
const LEFT_OUT: [&str; 62] = [
    "pg_sleep",
    "database_to_xml",
    "schema_to_xml",
    "table_to_xml",
    "query_to_xml",
    "cursor_to_xml",
    "database_to_xmlschema",
    "database_to_xml_and_xmlschema",
    "schema_to_xmlschema",
    "schema_to_xml_and_xmlschema",
    "table_to_xmlschema",
    "table_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
    "cursor_to_xmlschema",
    "repeat",
    "lpad",
    "rpad",
    "space",
    "binary_upgrade",
    "ts_stat",
    "ts_rewrite",
    "pg_logical_slot_peek_changes",
    "sleep",
    "load_file",
    "load_extension",
    "benchmark",
    "get_lock",
    "release_lock",
    "release_all_locks",
    "is_used_lock",
    "is_free_lock",
    "master_pos_wait",
    "found_rows",
    "last_insert_id",
    "row_count",
    "nextval",
    "setval",
    "lastval",
    "currval",
    "zeroblob",
    "randomblob",
    "bm25",
    "highlight",
    "snippet",
    "matchinfo",
    "offsets",
    "sqlite_offset",
    "match",
    "regexp",
    "fts5",
    "name_const",
    "values",
    "value",
    "default",
    "interval",
    "timestampadd",
    "timestampdiff",
    "get_format",
    "extract",
    "likelihood",
    "sha2",
];

impl Lang {
    /// The tables of a dialect.
    pub fn new(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => Lang::postgres(),
            Dialect::Mysql => Lang::simple(
                dialect,
                ["int", "bigint", "varchar"],
                &MYSQL_TYPES,
                include_str!("../../../analyzer/src/data/mysql/functions.tsv"),
            ),
            Dialect::Sqlite => Lang::simple(
                dialect,
                ["integer", "integer", "text"],
                &SQLITE_TYPES,
                include_str!("../../../analyzer/src/data/sqlite/functions.tsv"),
            ),
        }
    }

    fn empty(dialect: Dialect, [bool, int, text]: [Ty; 3], types: &[(usize, Ty)]) -> Self {
        Lang {
            dialect,
            bool,
            int,
            text,
            types: types.to_vec(),
            sigs: HashMap::new(),
            operators: HashMap::new(),
            sets: Vec::new(),
            casts: HashMap::new(),
        }
    }

    /// Leaves out the functions that the server does not have.
    pub fn keep(&mut self, mut has: impl FnMut(&str) -> bool) {
        for sigs in self.sigs.values_mut() {
            sigs.retain(|sig| has(sig.name));
        }
    }

    /// SQLite's and MySQL's one table: name, arguments, result, nulls, kind.
    fn simple(dialect: Dialect, kinds: [Ty; 3], types: &[(usize, Ty)], table: &'static str) -> Self {
        let mut lang = Lang::empty(dialect, kinds, types);
        for [name, args, result, _, flags] in rows(table) {
            if LEFT_OUT.contains(&name) || flags.contains('v') || geometric(name) {
                continue;
            }
            let mut sig = Sig {
                name,
                args: Vec::new(),
                optional: args.matches('=').count(),
                variadic: args.contains('*'),
                result: lang.class(result),
                kind: first(flags),
                set: false,
                out: Vec::new(),
            };
            sig.args =
                args.split_ascii_whitespace().map(|ty| lang.class(ty.trim_matches(['*', '=']))).collect();
            lang.sigs.entry((sig.kind, sig.result)).or_default().push(sig);
        }
        lang
    }

    /// The placeholder for a type of those tables; `any` for computed types.
    fn class(&self, name: &'static str) -> Ty {
        match (self.dialect, name) {
            (Dialect::Mysql, "bigint_unsigned" | "bigint unsigned") => "bigint",
            (Dialect::Mysql, "varbinary") => "blob",
            (Dialect::Mysql, "longtext" | "text") => "varchar",
            (Dialect::Mysql, "json" | "=json") => "json",
            _ => self.types.iter().map(|(_, ty)| *ty).find(|ty| *ty == name).unwrap_or("any"),
        }
    }

    fn postgres() -> Self {
        let mut lang = Lang::empty(Dialect::Postgres, ["bool", "int4", "text"], &POSTGRES_TYPES);
        let known: HashSet<Ty> = POSTGRES_TYPES.iter().map(|(_, ty)| *ty).collect();
        let usable = |ty: Ty| known.contains(ty) || ty.starts_with("any");
        for [name, args, result, flags, out, extension, since] in
            rows(include_str!("../../../analyzer/src/data/postgres/functions.tsv"))
        {
            if !extension.is_empty() || !since.is_empty() || flags.contains('p') || left_out(name, flags) {
                continue;
            }
            let Some(sig) = signature(name, args, result, flags, out) else { continue };
            if !sig.args.iter().all(|ty| usable(ty)) {
                continue;
            }
            if sig.set {
                lang.sets.push(sig);
            } else if usable(sig.result) {
                lang.sigs.entry((sig.kind, sig.result)).or_default().push(sig);
            }
        }
        for [name, left, right, result, _, extension, since] in
            rows(include_str!("../../../analyzer/src/data/postgres/operators.tsv"))
        {
            let args: Vec<Ty> = [left, right].into_iter().filter(|ty| *ty != "-").map(spelled).collect();
            let result = spelled(result);
            if extension.is_empty() && since.is_empty() && usable(result) && args.iter().all(|ty| usable(ty))
            {
                let sig = Sig {
                    name,
                    args,
                    optional: 0,
                    variadic: false,
                    result,
                    kind: b'f',
                    set: false,
                    out: Vec::new(),
                };
                lang.operators.entry(result).or_default().push(sig);
            }
        }
        for [from, to, _, _, extension, since] in
            rows(include_str!("../../../analyzer/src/data/postgres/casts.tsv"))
        {
            if extension.is_empty() && since.is_empty() && usable(spelled(from)) && usable(spelled(to)) {
                lang.casts.entry(spelled(to)).or_default().push(spelled(from));
            }
        }
        lang
    }

    /// A type, as often as it comes.
    pub fn any_type(&self, rng: &mut Rng) -> Ty {
        rng.weighted(&self.types)
    }

    /// Whether everything goes with everything.
    pub fn weak(&self) -> bool {
        self.dialect != Dialect::Postgres
    }

    /// A function of a kind that gives a type, with what its polymorphic arguments are then.
    pub fn function(&self, rng: &mut Rng, kind: u8, ty: Ty) -> Option<Sig> {
        let mut from = vec![(80, ty)];
        if self.weak() {
            from.push((30, "any"));
        } else {
            from.extend(self.polymorphic(ty).into_iter().map(|name| (8, name)));
        }
        let result = rng.weighted(&from);
        let sig = rng.pick(self.sigs.get(&(kind, result)).filter(|found| !found.is_empty())?).clone();
        self.settle(rng, sig, ty)
    }

    /// An operator that gives a type.
    pub fn operator(&self, rng: &mut Rng, ty: Ty) -> Option<Sig> {
        let mut from = vec![(90, ty)];
        from.extend(self.polymorphic(ty).into_iter().map(|name| (5, name)));
        let result = rng.weighted(&from);
        let sig = rng.pick(self.operators.get(&result).filter(|found| !found.is_empty())?).clone();
        self.settle(rng, sig, ty)
    }

    /// What can be cast to a type.
    pub fn castable(&self, rng: &mut Rng, to: Ty) -> Option<Ty> {
        if self.weak() || to == "text" {
            return Some(self.any_type(rng));
        }
        Some(*rng.pick(self.casts.get(to)?))
    }

    /// Replaces placeholder types for a call that returns `ty`.
    pub fn settle(&self, rng: &mut Rng, mut sig: Sig, ty: Ty) -> Option<Sig> {
        if self.weak() {
            return Some(sig);
        }
        let element = match sig.result {
            "anyarray" | "anycompatiblearray" => element(ty)?,
            "anyrange" | "anycompatiblerange" => subtype(ty)?,
            "anymultirange" | "anycompatiblemultirange" => subtype(range_of(ty)?)?,
            result if result.starts_with("any") && result != "any" => ty,
            _ => {
                if sig.args.iter().any(|ty| ty.contains("range")) {
                    *rng.pick(&["int4", "numeric", "date"])
                } else {
                    self.any_type(rng)
                }
            }
        };
        for arg in &mut sig.args {
            *arg = substitute(arg, element)?;
        }
        for (_, arg) in &mut sig.out {
            *arg = substitute(arg, element)?;
        }
        sig.result = substitute(sig.result, element)?;
        Some(sig)
    }

    fn polymorphic(&self, ty: Ty) -> Vec<Ty> {
        if self.weak() {
            return Vec::new();
        }
        let mut names = vec!["anyelement", "anycompatible"];
        if element(ty).is_some() {
            names.extend(["anyarray", "anycompatiblearray"]);
        }
        if subtype(ty).is_some() {
            names.push("anyrange");
        }
        if range_of(ty).is_some() {
            names.push("anymultirange");
        }
        names
    }
}

/// MySQL functions that are not used in columns here.
fn geometric(name: &str) -> bool {
    ["st_", "mbr", "geom", "point", "polygon", "linestring", "multi"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn left_out(name: &str, flags: &str) -> bool {
    const VOLATILE: [&str; 5] = ["random", "gen_random_uuid", "clock_timestamp", "timeofday", "setseed"];
    const PREFIXES: [&str; 6] = ["pg_", "lo_", "binary_upgrade", "txid_", "has_", "row_security"];
    const CATALOGS: [&str; 5] =
        ["pg_typeof", "pg_column_size", "pg_size_pretty", "pg_backend_pid", "pg_get_viewdef"];
    (flags.contains('v') && !VOLATILE.contains(&name))
        || LEFT_OUT.contains(&name)
        || (PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !CATALOGS.contains(&name))
}

fn signature(
    name: &'static str,
    args: &'static str,
    result: &'static str,
    flags: &str,
    out: &'static str,
) -> Option<Sig> {
    let (set, result) = result.strip_prefix("setof ").map_or((false, result), |result| (true, result));
    let mut sig = Sig {
        name: intern(quoted(name)),
        args: Vec::new(),
        optional: 0,
        variadic: false,
        result: spelled(result),
        kind: first(flags),
        set,
        out: out
            .split_ascii_whitespace()
            .map(|column| column.split_once(':').map(|(name, ty)| (name, spelled(ty))))
            .collect::<Option<_>>()?,
    };
    for arg in args.split_ascii_whitespace() {
        let ty = arg.rsplit_once(':').map_or(arg, |(_, ty)| ty);
        sig.optional += usize::from(ty.ends_with('='));
        sig.variadic |= ty.starts_with('*');
        let (ty, many) = (ty.trim_matches(['*', '=']), ty.starts_with('*'));
        let one = match ty {
            "anyarray" => "anyelement",
            "anycompatiblearray" => "anycompatible",
            ty => ty.strip_suffix("[]").unwrap_or(ty),
        };
        sig.args.push(if many { spelled(one) } else { spelled(ty) });
    }
    Some(sig)
}

fn quoted(name: &str) -> String {
    match name {
        "overlaps" | "overlay" | "position" | "substring" | "left" | "right" | "like" | "notlike"
        | "char" | "trim" | "normalize" | "xmlexists" | "collation for" | "float4" | "time" | "timestamp"
        | "interval" | "bit" | "numeric" | "varchar" | "bpchar" | "character" | "bool" | "int4" | "int8"
        | "int2" | "float8" | "timestamptz" | "timetz" | "varbit" | "json" | "xmlconcat" => {
            format!("pg_catalog.\"{name}\"")
        }
        name => name.to_owned(),
    }
}

fn spelled(ty: &'static str) -> Ty {
    if ty == "char" { "\"char\"" } else { ty }
}

/// The rows of a table of the analyzer's.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or(""))
    })
}

fn first(text: &str) -> u8 {
    text.bytes().next().unwrap_or(b'f')
}

/// A text that lives as long as the program: there are few.
pub fn intern(text: String) -> &'static str {
    thread_local!(static KNOWN: RefCell<HashSet<&'static str>> = RefCell::default());
    KNOWN.with_borrow_mut(|known| {
        known.get(text.as_str()).copied().unwrap_or_else(|| {
            let text: &'static str = text.leak();
            known.insert(text);
            text
        })
    })
}

/// What an array is of.
pub fn element(ty: Ty) -> Option<Ty> {
    ty.strip_suffix("[]")
}

/// An array of a type.
pub fn array(ty: Ty) -> Option<Ty> {
    (element(ty).is_none()).then(|| intern(format!("{ty}[]")))
}

const RANGES: [(Ty, Ty, Ty); 6] = [
    ("int4range", "int4", "int4multirange"),
    ("int8range", "int8", "int8multirange"),
    ("numrange", "numeric", "nummultirange"),
    ("daterange", "date", "datemultirange"),
    ("tsrange", "timestamp", "tsmultirange"),
    ("tstzrange", "timestamptz", "tstzmultirange"),
];

fn subtype(range: Ty) -> Option<Ty> {
    RANGES.iter().find(|(name, ..)| *name == range).map(|(_, subtype, _)| *subtype)
}

fn range_of(multirange: Ty) -> Option<Ty> {
    RANGES.iter().find(|(.., name)| *name == multirange).map(|(name, ..)| *name)
}

fn substitute(arg: Ty, of: Ty) -> Option<Ty> {
    let range = || RANGES.iter().find(|(_, subtype, _)| *subtype == of);
    match arg {
        "anyelement" | "anycompatible" | "anynonarray" | "anycompatiblenonarray" | "anyenum" => Some(of),
        "anyarray" | "anycompatiblearray" => array(of),
        "anyrange" | "anycompatiblerange" => range().map(|range| range.0),
        "anymultirange" | "anycompatiblemultirange" => range().map(|range| range.2),
        other => Some(other),
    }
}
