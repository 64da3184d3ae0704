//! PostgreSQL's `pg_catalog`, written by `cargo xtask pg-catalog`, and hand-written facts about it.
//!
//! | file | a line |
//! |---|---|
//! | `types.tsv` | name, kind (`pg_type.typtype`), category, `p` if preferred, `a` if there are arrays of it, element, range's or multirange's subtype, range's multirange |
//! | `functions.tsv` | name, arguments (`[name:][*]type[=]`: `*` is variadic, `=` has a default), result (`setof ` before a set's), flags, columns of a row result |
//! | `operators.tsv` | name, left (`-` for a prefix operator), right, result, flags |
//! | `casts.tsv` | from, to, context (`i`mplicit, `a`ssignment, `e`xplicit), method (`f`unction, `b`inary, `i`nput/output) |
//! | `relations.tsv` | schema, relation, kind, column, type, `n` if not null |
//!
//! | `facts.tsv`, `operator_facts.tsv` | written by hand: a name, or one by its operands (`lower(text)`), and its facts: `strict` gives null only for null, `never` gives none, `maybe`; `writes` |
//!
//! The first line names the servers that the data is from, and in `extensions/` also the extensions. Three more columns
//! end each line: the extension that brings it, the first release that has it, and the last (empty where all that the
//! tables cover do). Flags: `f`unction, `a`ggregate, `o`rdered-set or `h`ypothetical-set aggregate, `w`indow function
//! or `p`rocedure; then `s`trict, `v`olatile.

mod release;

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

pub(crate) use self::release::Releases;
use super::{
    Fields, Table,
    cache::{Cache, Named},
};
use crate::{Catalog, Relation, RelationColumn, RelationKind, Type, types::Nulls};

const TYPES: [Table; 2] =
    [Table::new(include_str!("types.tsv")), Table::new(include_str!("extensions/types.tsv"))];
const FUNCTIONS: [Table; 2] =
    [Table::new(include_str!("functions.tsv")), Table::new(include_str!("extensions/functions.tsv"))];
const OPERATORS: [Table; 2] =
    [Table::new(include_str!("operators.tsv")), Table::new(include_str!("extensions/operators.tsv"))];
const CASTS: [Table; 2] =
    [Table::new(include_str!("casts.tsv")), Table::new(include_str!("extensions/casts.tsv"))];
const RELATIONS: [Table; 2] =
    [Table::new(include_str!("relations.tsv")), Table::new(include_str!("extensions/relations.tsv"))];
const FUNCTION_FACTS: [Table; 2] =
    [Table::new(include_str!("facts.tsv")), Table::new(include_str!("extensions/facts.tsv"))];
const OPERATOR_FACTS: [Table; 2] = [
    Table::new(include_str!("operator_facts.tsv")),
    Table::new(include_str!("extensions/operator_facts.tsv")),
];

/// A type as a number. Built-in types come first, then those of a schema. One bit means "array of".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(u16);

impl TypeId {
    /// An unknown type.
    pub(crate) const UNCLEAR: TypeId = TypeId(0x7fff);
    const ARRAY: u16 = 0x8000;
    const USER: u16 = 0x4000;

    /// The `n`th type that the schema adds.
    pub(crate) fn user(n: usize) -> Self {
        TypeId(Self::USER | u16::try_from(n).unwrap_or(0x3ffe).min(0x3ffe))
    }

    /// The index of the schema's type that it is, or is an array of.
    pub(crate) fn user_index(self) -> Option<usize> {
        (self.0 & Self::USER != 0).then_some(usize::from(self.0 & 0x3fff))
    }

    /// The array of the type. An array is its own array type.
    pub(crate) fn array(self) -> Self {
        if self == Self::UNCLEAR { self } else { TypeId(self.0 | Self::ARRAY) }
    }

    /// The element type of an array.
    pub(crate) fn array_element(self) -> Option<Self> {
        (self.0 & Self::ARRAY != 0).then_some(TypeId(self.0 & !Self::ARRAY))
    }
}

/// A built-in type, or a type of an extension.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeRow {
    pub(crate) name: &'static str,
    /// `b`ase, `p`seudo, `r`ange, `m`ultirange, `d`omain.
    pub(crate) kind: u8,
    pub(crate) category: u8,
    pub(crate) preferred: bool,
    /// Whether it has an array type.
    pub(crate) array: bool,
    /// The type of its elements, for types with subscripts that aren't arrays.
    pub(crate) element: Option<TypeId>,
    /// For a range or multirange: the type of its bounds.
    pub(crate) subtype: Option<TypeId>,
    /// For a range: its multirange. For a multirange: its range.
    pub(crate) other: Option<TypeId>,
    /// Whether it is a pseudo-type for other types, such as `anyelement`.
    pub(crate) polymorphic: bool,
    pub(crate) extension: Option<&'static str>,
}

macro_rules! known {
    ($($name:ident)*) => {
        /// The types that the rules mention.
        #[derive(Debug)]
        pub(crate) struct Known { $(pub(crate) $name: TypeId,)* }

        impl Known {
            fn new(id: impl Fn(&str) -> Option<TypeId>) -> Self {
                Known { $($name: id(stringify!($name)).unwrap_or(TypeId::UNCLEAR),)* }
            }
        }
    };
}

known!(
    any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange
    anyelement anyenum anymultirange anynonarray anyrange bool int2 int4 int2vector jsonb oid oidvector record text
    unknown
);

/// The tables that are parsed completely, because they are small and the rules iterate over them.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) types: Vec<TypeRow>,
    by_name: HashMap<&'static str, TypeId>,
    /// Casts between built-in types, by `from * types.len() + to`.
    casts: Vec<Option<CastRow>>,
    /// The casts of arrays.
    array_casts: Vec<(TypeId, TypeId, CastRow)>,
    pub(crate) known: Known,
}

/// A cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CastRow {
    /// `i`mplicit, `a`ssignment, `e`xplicit.
    pub(crate) context: u8,
    /// `f`unction, `b`inary, `i`nput/output.
    pub(crate) method: u8,
    pub(crate) extension: Option<&'static str>,
    pub(crate) releases: Releases,
}

/// A function, or an operator (then it has one or two arguments).
#[derive(Clone, Debug)]
pub(crate) struct Proc {
    pub(crate) name: &'static str,
    pub(crate) args: Box<[TypeId]>,
    /// The names of the arguments; empty if they have no names.
    pub(crate) names: Box<[Cow<'static, str>]>,
    /// The number of arguments, from the end, that have a default.
    pub(crate) defaults: usize,
    /// The type of each variadic argument.
    pub(crate) variadic: Option<TypeId>,
    pub(crate) result: TypeId,
    pub(crate) set: bool,
    pub(crate) kind: u8,
    pub(crate) strict: bool,
    pub(crate) volatile: bool,
    /// When it returns null, if that was examined.
    pub(crate) nulls: Nulls,
    /// Whether it writes, as far as known.
    pub(crate) writes: bool,
    /// The columns of a row result.
    pub(crate) out: Box<[(&'static str, TypeId)]>,
    pub(crate) extension: Option<&'static str>,
    pub(crate) releases: Releases,
    /// Whether a later release replaced it by another function for the same calls.
    pub(crate) replaced: bool,
    /// Whether the result differs in other releases.
    pub(crate) varies: bool,
}

/// The tables that are parsed completely.
pub(crate) fn data() -> &'static Data {
    static DATA: LazyLock<Data> = LazyLock::new(Data::read);
    &DATA
}

/// The functions with a name, including those of extensions.
pub(crate) fn functions(name: &str) -> &'static [Proc] {
    static FOUND: Cache<Proc> = Cache::new();
    FOUND.get(name, || {
        let rows = FUNCTIONS.iter().flat_map(|table| table.find(name));
        let mut procs: Vec<Proc> =
            rows.map(|row| data().function(row.get()).with_facts(FUNCTION_FACTS)).collect();
        release::mark_replaced(&mut procs);
        procs
    })
}

/// The operators with a name, including those of extensions.
pub(crate) fn operators(name: &str) -> &'static [Proc] {
    static FOUND: Cache<Proc> = Cache::new();
    FOUND.get(name, || {
        let rows = OPERATORS.iter().flat_map(|table| table.find(name));
        rows.map(|row| data().operator(row.get()).with_facts(OPERATOR_FACTS)).collect()
    })
}

/// The names of all functions that SQL calls, for a "did you mean".
pub(crate) fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().flat_map(|table| table.all()).map(|row| row.get::<1>()[0])
}

/// The names of all operators.
#[cfg(test)]
pub(crate) fn operator_names() -> impl Iterator<Item = &'static str> {
    OPERATORS[0].all().map(|row| row.get::<1>()[0])
}

/// A system table or view, or one of an extension. Without a schema, it is one of `pg_catalog`. Releases have different
/// columns, so it is only complete if the release is known and covered.
pub(crate) fn relation(catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Relation> {
    let built_in = schema.unwrap_or("pg_catalog");
    let there = |row: &[&str; 9]| row[1] == name && Releases::new(row[7], row[8]).has(catalog.release);
    let own = RELATIONS[0].find(built_in).map(Fields::get::<9>).filter(there);
    let brought = RELATIONS[1].all().map(Fields::get::<9>).filter(there);
    let brought = brought.filter(|row| catalog.extensions.contains(row[6]));
    let mut rows: Vec<[&str; 9]> = own.chain(brought).collect();
    let [schema, name, kind, ..] = *rows.first()?;
    // The same column in several releases: keep what they have in common.
    let mut columns: Vec<RelationColumn> = Vec::new();
    for [_, _, _, name, ty, not_null, ..] in rows.drain(..) {
        let ty = data().id(ty).and_then(|id| data().ty(id));
        if let Some(other) = columns.iter_mut().find(|column| column.name == name) {
            other.ty = other.ty.take().filter(|other| Some(other) == ty.as_ref());
            other.not_null &= !not_null.is_empty();
            continue;
        }
        columns.push(RelationColumn {
            name: name.to_owned(),
            ty,
            not_null: !not_null.is_empty(),
            has_default: false,
            generated: false,
            hidden: false,
            digits: None,
            counts: false,
        });
    }
    Some(Relation {
        schema: schema.to_owned(),
        name: name.to_owned(),
        kind: if kind == "v" { RelationKind::View } else { RelationKind::Table },
        columns,
        keys: Vec::new(),
        partial_keys: Vec::new(),
        reacts: false,
        forgets: false,
        triggers: Vec::new(),
        complete: catalog.release.is_some_and(covers_release),
    })
}

/// Whether the tables cover a release, according to their first line.
fn covers_release(release: u8) -> bool {
    let majors = TYPES[0]
        .head()
        .split_ascii_whitespace()
        .filter_map(|word| word.split_once('.')?.0.parse::<u8>().ok());
    let (mut least, mut most) = (u8::MAX, 0);
    majors.for_each(|major| (least, most) = (least.min(major), most.max(major)));
    (least..=most).contains(&release)
}

/// Whether the tables cover an extension. Otherwise its functions and types are unknown.
pub(crate) fn covers_extension(name: &str) -> bool {
    name == "plpgsql" || TYPES[1].head().split_ascii_whitespace().any(|word| word == name)
}

impl Proc {
    /// Adds the hand-written facts about a function, or about all functions with its name.
    fn with_facts(mut self, facts: [Table; 2]) -> Self {
        let args: Vec<String> = self.args.iter().map(|ty| data().text(*ty)).collect();
        let signature = format!("{}({})", self.name, args.join(","));
        let table = facts[usize::from(self.extension.is_some())];
        let Some(row) = table.find(&signature).chain(table.find(self.name)).next() else { return self };
        for fact in row.get::<2>()[1].split(' ') {
            match fact {
                "strict" => self.nulls = Nulls::Strict,
                "never" => self.nulls = Nulls::Never,
                "writes" => self.writes = true,
                _ => {}
            }
        }
        self
    }
}

impl Data {
    fn read() -> Self {
        let rows: Vec<[&str; 9]> = TYPES.iter().flat_map(|table| table.all()).map(|row| row.get()).collect();
        let by_name: HashMap<_, _> = (0u16..).zip(&rows).map(|(n, row)| (row[0], TypeId(n))).collect();
        let id = |text: &str| type_id(&by_name, text);
        let mut types: Vec<TypeRow> = Vec::with_capacity(rows.len());
        for [name, kind, category, preferred, array, element, subtype, multirange, extension] in &rows {
            types.push(TypeRow {
                name,
                kind: first_byte(kind),
                category: first_byte(category),
                preferred: !preferred.is_empty(),
                array: !array.is_empty(),
                element: id(element),
                subtype: id(subtype),
                other: id(multirange),
                polymorphic: *kind == "p" && name.starts_with("any") && *name != "any",
                extension: some(extension),
            });
        }
        for n in 0..types.len() {
            if let Some(multirange) = types[n].other.filter(|_| types[n].kind == b'r') {
                types[usize::from(multirange.0)].other = u16::try_from(n).ok().map(TypeId);
            }
        }
        let mut casts = vec![None; types.len() * types.len()];
        let mut array_casts = Vec::new();
        for row in CASTS.iter().flat_map(|table| table.all()) {
            let [from, to, context, method, extension, since, until] = row.get();
            let (context, method) = (first_byte(context), first_byte(method));
            let releases = Releases::new(since, until);
            let cast = CastRow { context, method, extension: some(extension), releases };
            let (Some(from), Some(to)) = (id(from), id(to)) else { continue };
            if from.array_element().is_some() || to.array_element().is_some() {
                array_casts.push((from, to, cast));
            } else if let Some(slot) = casts.get_mut(usize::from(from.0) * types.len() + usize::from(to.0)) {
                *slot = Some(cast);
            }
        }
        Data { known: Known::new(id), casts, array_casts, types, by_name }
    }

    /// A type by its name in `pg_type`; `int4[]` is an array.
    pub(crate) fn id(&self, name: &str) -> Option<TypeId> {
        type_id(&self.by_name, name)
    }

    /// A built-in type.
    pub(crate) fn ty(&self, id: TypeId) -> Option<Type> {
        if let Some(element) = id.array_element() {
            return self.ty(element).map(Type::array);
        }
        if id == self.known.record {
            Some(Type::Record)
        } else {
            self.row(id).map(|row| Type::base(row.name))
        }
    }

    /// A type as the tables write it.
    pub(crate) fn text(&self, id: TypeId) -> String {
        let name = self.row(id).map_or("?", |row| row.name);
        if id.array_element().is_some() { format!("{name}[]") } else { name.to_owned() }
    }

    /// A type's row. For an array, it is the row of the element type; for a type of the schema, it is `None`.
    pub(crate) fn row(&self, id: TypeId) -> Option<&TypeRow> {
        self.types.get(usize::from(id.0 & !TypeId::ARRAY))
    }

    /// The cast from one type to another.
    pub(crate) fn cast(&self, from: TypeId, to: TypeId) -> Option<CastRow> {
        let count = self.types.len();
        let (row, column) = (usize::from(from.0), usize::from(to.0));
        if row < count && column < count {
            return self.casts[row * count + column];
        }
        self.array_casts.iter().find(|cast| (cast.0, cast.1) == (from, to)).map(|cast| cast.2)
    }

    /// Whether a type is a pseudo-type for others.
    pub(crate) fn is_polymorphic(&self, id: TypeId) -> bool {
        self.types.get(usize::from(id.0)).is_some_and(|row| row.polymorphic)
    }

    fn function(&self, row: [&'static str; 8]) -> Proc {
        let [name, arguments, result, flags, out, extension, since, until] = row;
        let id = |text| self.id(text).unwrap_or(TypeId::UNCLEAR);
        let (mut args, mut names, mut defaults, mut variadic) = (Vec::new(), Vec::new(), 0, None);
        for argument in arguments.split_ascii_whitespace() {
            let (label, text) = argument.split_once(':').unwrap_or(("", argument));
            let (text, default) = text.strip_suffix('=').map_or((text, false), |text| (text, true));
            let (text, many) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
            defaults += usize::from(default);
            if many {
                variadic = Some(id(text.strip_suffix("[]").unwrap_or(text)));
                // `anyarray` is an array only by its name.
                variadic = variadic.map(|ty| self.polymorphic_element(ty).unwrap_or(ty));
            }
            args.push(id(text));
            names.push(Cow::Borrowed(label));
        }
        if names.iter().all(|name| name.is_empty()) {
            names.clear();
        }
        let (result, set) = result.strip_prefix("setof ").map_or((result, false), |result| (result, true));
        let out = out.split_ascii_whitespace().filter_map(|column| column.split_once(':'));
        Proc {
            name,
            args: args.into(),
            names: names.into(),
            defaults,
            variadic,
            result: id(result),
            set,
            kind: first_byte(flags),
            strict: flags.get(1..).is_some_and(|flags| flags.contains('s')),
            volatile: flags.get(1..).is_some_and(|flags| flags.contains('v')),
            nulls: Nulls::Maybe,
            writes: false,
            out: out.map(|(name, ty)| (name, id(ty))).collect(),
            extension: some(extension),
            releases: Releases::new(since, until),
            replaced: false,
            varies: false,
        }
    }

    fn operator(&self, row: [&'static str; 8]) -> Proc {
        let [name, left, right, result, flags, extension, since, until] = row;
        let id = |text| self.id(text).unwrap_or(TypeId::UNCLEAR);
        Proc {
            name,
            args: if left == "-" { [id(right)].into() } else { [id(left), id(right)].into() },
            names: [].into(),
            defaults: 0,
            variadic: None,
            result: id(result),
            set: false,
            kind: b'f',
            strict: flags.contains('s'),
            volatile: flags.contains('v'),
            nulls: Nulls::Maybe,
            writes: false,
            out: [].into(),
            extension: some(extension),
            releases: Releases::new(since, until),
            replaced: false,
            varies: false,
        }
    }

    fn polymorphic_element(&self, ty: TypeId) -> Option<TypeId> {
        if ty == self.known.anyarray {
            Some(self.known.anyelement)
        } else if ty == self.known.anycompatiblearray {
            Some(self.known.anycompatible)
        } else {
            None
        }
    }
}

fn type_id(by_name: &HashMap<&'static str, TypeId>, text: &str) -> Option<TypeId> {
    match text.strip_suffix("[]") {
        Some(element) => by_name.get(element).map(|id| id.array()),
        None => by_name.get(text).copied(),
    }
}

fn first_byte(text: &str) -> u8 {
    text.bytes().next().unwrap_or(b' ')
}

fn some(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

impl Named for Proc {
    fn name(&self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_system_relations() {
        let mut catalog = Catalog::new(aio_databases_sql::Dialect::Postgres);
        let column = |relation: Option<Relation>, name: &str| {
            let column = relation?.columns.into_iter().find(|column| column.name == name)?;
            Some((column.ty.map(|ty| ty.to_string()), column.not_null))
        };
        let found = |schema, name, own| column(relation(&catalog, schema, name), own);
        assert_eq!(found(None, "pg_class", "relname"), Some((Some("name".into()), true)));
        assert_eq!(
            found(Some("information_schema"), "tables", "table_name"),
            Some((Some("name".into()), false))
        );
        assert_eq!(found(Some("public"), "pg_class", "relname"), None);
        assert!(relation(&catalog, None, "pg_stat_statements").is_none());
        catalog.extensions.insert("pg_stat_statements".into());
        assert!(relation(&catalog, None, "pg_stat_statements").is_some());
    }

    #[test]
    fn releases_differ() {
        let there = |name: &str, release| functions(name).iter().filter(|proc| proc.is_in(release)).count();
        for (name, expected) in [
            ("lower", [3, 3, 3]),
            ("uuidv7", [0, 2, 2]),
            ("random", [1, 4, 4]),
            // Written anew with names, with one more argument.
            ("json_strip_nulls", [1, 1, 1]),
            ("regexp_like", [2, 2, 2]),
            // Gone.
            ("interval_avg", [1, 0, 1]),
        ] {
            let counts = [Some(15), Some(18), None].map(|release| there(name, release));
            assert_eq!(counts, expected, "{name}");
        }
        let varies = |name: &str| functions(name).iter().any(|proc| proc.varies);
        assert!(varies("pg_stat_get_wal") && !varies("json_strip_nulls") && !varies("string_agg"));

        let mut catalog = Catalog::new(aio_databases_sql::Dialect::Postgres);
        let mut ty = |release| {
            catalog.release = release;
            let columns = relation(&catalog, None, "pg_attribute").unwrap().columns;
            let column = columns.into_iter().find(|column| column.name == "attstattarget").unwrap();
            column.ty.map(|ty| (ty.to_string(), column.not_null))
        };
        assert_eq!(ty(Some(15)), Some(("int4".into(), true)));
        assert_eq!(ty(Some(18)), Some(("int2".into(), false)));
        assert_eq!(ty(None), None);
    }

    #[test]
    fn every_line_is_understood() {
        let data = data();
        let releases = |row: Fields| row.get::<11>()[9..] == ["", ""];
        assert!(TYPES.iter().all(|table| table.all().all(releases)), "types are read whatever the release");
        for table in FUNCTIONS {
            for row in table.all() {
                let proc = data.function(row.get());
                let types = proc.args.iter().chain([&proc.result]).chain(proc.out.iter().map(|(_, ty)| ty));
                assert!(types.into_iter().all(|ty| *ty != TypeId::UNCLEAR), "{row:?}");
                assert!(b"faohwp".contains(&proc.kind), "{row:?}");
            }
        }
        for table in OPERATORS {
            for row in table.all() {
                let proc = data.operator(row.get());
                assert!(proc.args.iter().chain([&proc.result]).all(|ty| *ty != TypeId::UNCLEAR), "{row:?}");
            }
        }
        assert_eq!(
            data.casts.iter().flatten().count() + data.array_casts.len(),
            CASTS.iter().map(|table| table.all().count()).sum::<usize>()
        );
    }
}
