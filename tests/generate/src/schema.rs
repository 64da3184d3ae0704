//! Random schemas: tables of all kinds, keys, views over what is there already, and changes of these.

use aio_databases_sql::Dialect;

use crate::{
    lang::{Lang, Sig, Ty, array},
    literal,
    model::{Column, Model, Relation},
    rng::Rng,
    scope::Scope,
    state::Gen,
};

/// Makes a schema: `take` asks the server whether it takes a statement (and keeps what it did), `types` asks for the
/// types of a relation's columns, where the server has any.
pub fn schema(
    rng: &mut Rng,
    lang: &Lang,
    take: &mut dyn FnMut(&str) -> bool,
    types: &mut dyn FnMut(&str) -> Option<Vec<String>>,
) -> Model {
    let mut maker = Maker { rng, lang, model: Model::default(), take };
    if lang.dialect == Dialect::Postgres {
        maker.types();
    }
    let tables = maker.rng.between(2, 4);
    for number in 0..tables {
        maker.table(number);
    }
    maker.alterations();
    let views = maker.rng.between(0, 3);
    for number in 0..views {
        maker.view(number, types);
    }
    maker.model
}

struct Maker<'a> {
    rng: &'a mut Rng,
    lang: &'a Lang,
    model: Model,
    take: &'a mut dyn FnMut(&str) -> bool,
}

const TABLES: [&str; 5] = ["users", "orders", "Order", "two words", "tags"];
const NAMES: [&str; 12] = [
    "name",
    "total",
    "kind",
    "note",
    "at",
    "ref_id",
    "Group",
    "two words",
    "UPPER",
    "data",
    "flag",
    "user_id",
];

impl Maker<'_> {
    fn run(&mut self, statement: String) -> bool {
        let taken = (self.take)(&statement);
        if taken {
            self.model.statements.push(statement);
        }
        taken
    }

    fn quoted(&self, name: &str) -> String {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && name != "at";
        match self.lang.dialect {
            Dialect::Mysql if !plain => format!("`{name}`"),
            _ if !plain => format!("\"{name}\""),
            _ => name.to_owned(),
        }
    }

    /// PostgreSQL types and functions.
    fn types(&mut self) {
        if self.rng.chance(60) && self.run("create type mood as enum ('happy', 'sad', 'a')".into()) {
            self.enumeration("mood", &["happy", "sad", "a"]);
        }
        if self.rng.chance(20) && self.run("create type \"Odd Kind\" as enum ('1', 'Two', 'a,b')".into()) {
            self.enumeration("\"Odd Kind\"", &["1", "Two", "a,b"]);
        }
        let bodies = [
            ("twice(int4) returns int4 language sql immutable strict as 'select $1 * 2'", "int4", true),
            (
                "some_or_none(text) returns text language sql strict as 'select nullif($1, ''a'')'",
                "text",
                true,
            ),
            (
                "or_other(int4, int4 default 5) returns int4 language sql stable as 'select coalesce($1, $2)'",
                "int4",
                false,
            ),
            ("first_of(anyarray) returns anyelement language sql immutable as 'select $1[1]'", "any", false),
            (
                "several(variadic int4[]) returns int8 language sql as 'select count(*) from unnest($1)'",
                "int8",
                false,
            ),
        ];
        for (body, ty, _) in bodies {
            if self.rng.chance(30) && self.run(format!("create function {body}")) {
                let name = body.split('(').next().unwrap_or("");
                let (args, optional, variadic): (Vec<Ty>, _, _) = match name {
                    "or_other" => (vec!["int4", "int4"], 1, false),
                    "several" => (vec!["int4"], 0, true),
                    "first_of" => (vec!["int4[]"], 0, false),
                    _ => (vec![ty], 0, false),
                };
                let result = if name == "first_of" { "int4" } else { ty };
                let sig =
                    Sig { name, args, optional, variadic, result, kind: b'f', set: false, out: Vec::new() };
                self.model.functions.push(sig);
            }
        }
    }

    fn enumeration(&mut self, name: Ty, labels: &[&str]) {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        self.model.enums.insert(name, labels);
        self.model.types.push(name);
        self.model.types.extend(array(name));
    }

    fn table(&mut self, number: usize) {
        let dialect = self.lang.dialect;
        let name = TABLES[(number + self.rng.below(2)) % TABLES.len()];
        let name = self.quoted(name);
        if self.model.relations.iter().any(|relation| relation.name == name) {
            return;
        }
        let strict = dialect == Dialect::Sqlite && self.rng.chance(25);
        let mut relation =
            Relation { name: name.clone(), view: false, columns: Vec::new(), keys: Vec::new() };
        let mut parts = Vec::new();
        self.key(&mut relation, &mut parts, strict);
        let count = self.rng.between(2, 6);
        for _ in 0..count {
            self.column(&mut relation, &mut parts, strict);
        }
        self.constraints(&mut relation, &mut parts);
        let end = match dialect {
            Dialect::Sqlite if strict && !relation.keys.is_empty() && self.rng.chance(20) => {
                " strict, without rowid"
            }
            Dialect::Sqlite if strict => " strict",
            _ => "",
        };
        let inherits = self.parent(&mut relation);
        let text = format!("create table {name} (\n    {}\n){inherits}{end}", parts.join(",\n    "));
        if self.run(text) {
            self.model.relations.push(relation);
        }
    }

    /// PostgreSQL: sometimes the rows of one table are rows of another too.
    fn parent(&mut self, relation: &mut Relation) -> String {
        if self.lang.dialect != Dialect::Postgres || self.model.relations.is_empty() || !self.rng.chance(8) {
            return String::new();
        }
        let parent = self.rng.pick(&self.model.relations).clone();
        for column in parent.columns.iter().rev() {
            if relation.columns.iter().any(|own| own.name == column.name) {
                return String::new();
            }
            relation.columns.insert(0, column.clone());
        }
        if parent.view { String::new() } else { format!(" inherits ({})", parent.name) }
    }

    fn key(&mut self, relation: &mut Relation, parts: &mut Vec<String>, strict: bool) {
        let (ty, ways): (Ty, &[&str]) = match self.lang.dialect {
            Dialect::Postgres => (
                "int4",
                &[
                    "int primary key",
                    "serial primary key",
                    "int generated always as identity primary key",
                    "int generated by default as identity primary key",
                    "int not null unique",
                    "int unique",
                ],
            ),
            Dialect::Mysql => (
                "bigint",
                &[
                    "int primary key",
                    "bigint auto_increment primary key",
                    "int not null unique",
                    "int unsigned unique",
                ],
            ),
            Dialect::Sqlite => (
                "integer",
                &[
                    "integer primary key",
                    "integer primary key autoincrement",
                    "int primary key",
                    "integer not null unique",
                    "integer unique",
                ],
            ),
        };
        if !self.rng.chance(80) {
            return;
        }
        let way = *self.rng.pick(ways);
        let way = if strict { way.replace("int primary", "integer primary") } else { way.to_owned() };
        parts.push(format!("id {way}"));
        relation.columns.push(Column {
            name: "id".into(),
            ty,
            holds: ty,
            not_null: way == "int not null unique" || (way == "int primary key"),
            generated: way.contains("always"),
        });
        relation.keys.push(vec!["id".into()]);
    }

    fn column(&mut self, relation: &mut Relation, parts: &mut Vec<String>, strict: bool) {
        let name = self.rng.word(&NAMES);
        let name = self.quoted(name);
        if relation.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&name)) {
            return;
        }
        let ty = if !self.model.types.is_empty() && self.rng.chance(15) {
            *self.rng.pick(&self.model.types)
        } else {
            self.lang.any_type(self.rng)
        };
        let (declared, ty, holds) = self.declared(ty, strict);
        let mut text = format!("{name} {declared}");
        let mut column = Column { name, ty, holds, not_null: false, generated: false };
        if self.rng.chance(7)
            && let Some(expr) = self.computed(relation, ty)
        {
            let stored = if self.rng.chance(50) || self.lang.dialect == Dialect::Postgres {
                " stored"
            } else {
                " virtual"
            };
            text += &format!(" generated always as ({expr}){stored}");
            column.generated = true;
        } else {
            column.not_null = self.rng.chance(35);
            let model = &self.model;
            if self.rng.chance(15) && !matches!(holds, "blob" | "json" | "any") {
                let value = literal::value(self.rng, self.lang, holds, &|ty| model.labels(ty));
                text += &format!(" default {value}");
            }
        }
        if column.not_null {
            text += " not null";
        } else if declared.starts_with("timestamp") && self.lang.dialect == Dialect::Mysql {
            text += " null";
        }
        parts.push(text);
        relation.columns.push(column);
    }

    /// How a type is declared, the type that expressions see, and the type of what it holds.
    fn declared(&mut self, ty: Ty, strict: bool) -> (String, Ty, Ty) {
        let of = |declared: &str, holds: Ty| (declared.to_owned(), ty, holds);
        let rng = &mut *self.rng;
        match (self.lang.dialect, ty) {
            (Dialect::Postgres, "varchar") => of(rng.word(&["varchar", "varchar(20)"]), ty),
            (Dialect::Postgres, "bpchar") => of(rng.word(&["char(12)", "bpchar"]), ty),
            (Dialect::Postgres, "numeric") => of(rng.word(&["numeric", "numeric(10,2)"]), ty),
            (Dialect::Postgres, _) => of(ty, ty),
            (Dialect::Sqlite, "any") if strict => of("any", "any"),
            (Dialect::Sqlite, _) if strict => of(ty, ty),
            (Dialect::Sqlite, "integer") => of(rng.word(&["integer", "int", "bigint", "boolean"]), ty),
            (Dialect::Sqlite, "text") => of(rng.word(&["text", "varchar(20)", "clob"]), ty),
            (Dialect::Sqlite, "real") => of(rng.word(&["real", "double", "float"]), ty),
            (Dialect::Sqlite, "any") => {
                let (declared, holds) = *rng.pick(&[
                    ("numeric", "numeric"),
                    ("decimal(10,2)", "numeric"),
                    ("date", "date"),
                    ("datetime", "datetime"),
                    ("timestamp", "datetime"),
                    ("time", "time"),
                    ("json", "json"),
                    ("", "any"),
                ]);
                of(declared, holds)
            }
            (Dialect::Sqlite, _) => of(ty, ty),
            (Dialect::Mysql, "bigint" | "int") => {
                let declared = *rng.pick(&[
                    "int",
                    "bigint",
                    "int unsigned",
                    "bigint unsigned",
                    "smallint",
                    "tinyint",
                    "tinyint(1)",
                    "mediumint",
                    "boolean",
                    "tinyint unsigned",
                    "smallint unsigned",
                    "mediumint unsigned",
                ]);
                (declared.to_owned(), "bigint", "bigint")
            }
            (Dialect::Mysql, "varchar") => {
                let (declared, holds) = *rng.pick(&[
                    ("varchar(50)", "varchar"),
                    ("text", "varchar"),
                    ("char(12)", "varchar"),
                    ("tinytext", "varchar"),
                    ("longtext", "varchar"),
                    ("enum('happy','a','1')", "varchar"),
                    ("set('a','b')", "varchar"),
                ]);
                of(declared, holds)
            }
            (Dialect::Mysql, "decimal") => of(
                rng.word(&["decimal(10,2)", "decimal(20,0)", "decimal(5,2) unsigned", "numeric(12,3)"]),
                ty,
            ),
            (Dialect::Mysql, "double") => of(rng.word(&["double", "float", "double unsigned", "real"]), ty),
            (Dialect::Mysql, "datetime") => of(rng.word(&["datetime", "timestamp", "datetime(3)"]), ty),
            (Dialect::Mysql, "blob") => of(rng.word(&["blob", "varbinary(20)", "binary(4)", "longblob"]), ty),
            (Dialect::Mysql, _) => of(ty, ty),
        }
    }

    /// What a generated column is made of.
    fn computed(&mut self, relation: &Relation, ty: Ty) -> Option<String> {
        let of = |wanted: &[Ty]| {
            relation
                .columns
                .iter()
                .find(|column| wanted.contains(&column.ty) && !column.generated)
                .map(|c| &c.name)
        };
        Some(match ty {
            "int4" | "int8" | "numeric" | "bigint" | "integer" => {
                let name = of(&["int4", "bigint", "integer"])?;
                let ways =
                    [format!("{name} + 1"), format!("coalesce({name}, 0)"), format!("nullif({name}, 1)")];
                self.rng.pick(&ways).clone()
            }
            "text" | "varchar" => {
                let name = of(&["text", "varchar"])?;
                let ways = [format!("upper({name})"), format!("coalesce({name}, 'x')")];
                self.rng.pick(&ways).clone()
            }
            _ => return None,
        })
    }

    fn constraints(&mut self, relation: &mut Relation, parts: &mut Vec<String>) {
        const BAD: [Ty; 8] = ["json", "xml", "point", "jsonpath", "blob", "box", "lseg", "circle"];
        let usable: Vec<String> = (relation.columns.iter())
            .filter(|column| !BAD.contains(&column.ty) && !column.generated)
            .map(|column| column.name.clone())
            .collect();
        if usable.is_empty() {
            return;
        }
        let a = self.rng.pick(&usable).clone();
        let b = self.rng.pick(&usable).clone();
        if self.rng.chance(20) {
            let has_primary = parts.iter().any(|part| part.contains("primary key"));
            let word = if !has_primary && self.rng.chance(50) { "primary key" } else { "unique" };
            let columns = if a == b { vec![a] } else { vec![a, b] };
            parts.push(format!("{word} ({})", columns.join(", ")));
            relation.keys.push(columns);
        } else if self.rng.chance(10) {
            parts.push(format!("check ({a} is not null or {b} is null)"));
        }
        let parent = self.model.relations.iter().find(|other| other.keys.iter().any(|key| key == &["id"]));
        if let (Some(parent), true) = (parent, self.rng.chance(10))
            && relation.columns.iter().any(|column| column.name == "user_id")
        {
            parts.push(format!("foreign key (user_id) references {} (id)", parent.name));
        }
    }

    /// Changes of tables, as later migrations make them.
    fn alterations(&mut self) {
        let count = self.rng.between(0, 3);
        for _ in 0..count {
            if self.model.relations.is_empty() {
                return;
            }
            let at = self.rng.below(self.model.relations.len());
            self.alteration(at);
        }
    }

    fn alteration(&mut self, at: usize) {
        let mut relation = self.model.relations[at].clone();
        let name = relation.name.clone();
        let column = self.rng.below(relation.columns.len());
        let old = relation.columns[column].clone();
        let postgres = self.lang.dialect == Dialect::Postgres;
        let text = match self.rng.below(8) {
            0 => {
                let mut parts = Vec::new();
                let before = relation.columns.len();
                self.column(&mut relation, &mut parts, true);
                if relation.columns.len() == before {
                    return;
                }
                format!("alter table {name} add column {}", parts[0])
            }
            1 => {
                let new = if self.rng.chance(50) { "renamed" } else { "Re named" };
                let new = self.quoted(new);
                if relation.columns.iter().any(|column| column.name == new) {
                    return;
                }
                for key in relation.keys.iter_mut().flatten().filter(|key| **key == old.name) {
                    key.clone_from(&new);
                }
                relation.columns[column].name.clone_from(&new);
                format!("alter table {name} rename column {} to {new}", old.name)
            }
            2 if relation.columns.len() > 2 => {
                relation.columns.remove(column);
                relation.keys.retain(|key| !key.contains(&old.name));
                format!("alter table {name} drop column {}", old.name)
            }
            3 if postgres => {
                relation.columns[column].not_null = true;
                format!("alter table {name} alter column {} set not null", old.name)
            }
            4 if postgres => {
                relation.columns[column].not_null = false;
                format!("alter table {name} alter column {} drop not null", old.name)
            }
            5 => {
                relation.keys.push(vec![old.name.clone()]);
                format!("create unique index {} on {name} ({})", self.quoted(&format!("i{at}")), old.name)
            }
            6 if !matches!(self.lang.dialect, Dialect::Mysql) => {
                format!("create unique index i{at}p on {name} ({0}) where {0} is not null", old.name)
            }
            7 => {
                let new = self.quoted("renamed table");
                if self.model.relations.iter().any(|relation| relation.name == new) {
                    return;
                }
                relation.name.clone_from(&new);
                format!("alter table {name} rename to {new}")
            }
            _ => return,
        };
        if self.run(text) {
            self.model.relations[at] = relation;
        }
    }

    fn view(&mut self, number: usize, types: &mut dyn FnMut(&str) -> Option<Vec<String>>) {
        if self.model.relations.is_empty() {
            return;
        }
        let count = self.rng.between(1, 4);
        let model = self.model.clone();
        let seed = self.rng.below(usize::MAX) as u64;
        let mut state = Gen::new(Rng::new(&[seed]), self.lang, &model);
        state.no_params = true;
        let wanted: Vec<Ty> = (0..count).map(|_| state.any_type()).collect();
        let names: Vec<String> = (0..count).map(|n| format!("v{n}")).collect();
        let query = state.query(&Scope::default(), &wanted, Some(&names), 2).sql();
        let name = format!("view_{number}");
        if !self.run(format!("create view {name} as {query}")) {
            return;
        }
        let told = types(&name);
        let columns = names.into_iter().enumerate().map(|(at, column)| {
            let ty = told
                .as_ref()
                .and_then(|told| told.get(at))
                .map_or(wanted[at], |ty| crate::lang::intern(ty.clone()));
            Column { name: column, ty, holds: ty, not_null: false, generated: true }
        });
        let relation = Relation { name, view: true, columns: columns.collect(), keys: Vec::new() };
        self.model.relations.push(relation);
    }
}
