//! The state of generating one query.

use std::ops::{Deref, DerefMut};

use aio_databases_sql::Dialect;

use crate::{
    lang::{Lang, Ty},
    literal,
    model::{Model, Relation},
    rng::Rng,
    scope::Scope,
    seq,
    tree::Node,
};

/// The state of generating one query.
#[derive(Debug)]
pub struct Gen<'a> {
    rng: Rng,
    /// The dialect's tables.
    pub lang: &'a Lang,
    /// The schema.
    pub model: &'a Model,
    /// The types that parameters were made for.
    pub params: Vec<Ty>,
    names: usize,
    links: u32,
    /// Whether the query can have parameters.
    pub no_params: bool,
}

impl Deref for Gen<'_> {
    type Target = Rng;

    fn deref(&self) -> &Rng {
        &self.rng
    }
}

impl DerefMut for Gen<'_> {
    fn deref_mut(&mut self) -> &mut Rng {
        &mut self.rng
    }
}

impl<'a> Gen<'a> {
    /// Nothing generated yet.
    pub fn new(rng: Rng, lang: &'a Lang, model: &'a Model) -> Self {
        Gen { rng, lang, model, params: Vec::new(), names: 0, links: 0, no_params: false }
    }

    /// Whose SQL it is.
    pub fn dialect(&self) -> Dialect {
        self.lang.dialect
    }

    /// Whether it is PostgreSQL's.
    pub fn postgres(&self) -> bool {
        self.dialect() == Dialect::Postgres
    }

    /// Whether it is MySQL's.
    pub fn mysql(&self) -> bool {
        self.dialect() == Dialect::Mysql
    }

    /// Whether it is SQLite's.
    pub fn sqlite(&self) -> bool {
        self.dialect() == Dialect::Sqlite
    }

    /// A name that is not used yet.
    pub fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// A link between lists that is not used yet.
    pub fn link(&mut self) -> u32 {
        self.links += 1;
        self.links
    }

    /// A type, as often as it comes.
    pub fn any_type(&mut self) -> Ty {
        if !self.model.types.is_empty() && self.rng.chance(10) {
            return self.rng.word(&self.model.types);
        }
        self.lang.any_type(&mut self.rng)
    }

    /// A type of which there is a column in scope, mostly.
    pub fn near_type(&mut self, scope: &Scope) -> Ty {
        if !scope.columns.is_empty() && self.rng.chance(60) {
            return self.rng.pick(&scope.columns).ty;
        }
        self.any_type()
    }

    /// A table, or a view.
    pub fn relation(&mut self) -> &'a Relation {
        let model = self.model;
        self.rng.pick(&model.relations)
    }

    /// A table that can be written.
    pub fn table(&mut self) -> Option<&'a Relation> {
        let tables: Vec<&'a Relation> = self.model.relations.iter().filter(|r| !r.view).collect();
        (!tables.is_empty()).then(|| *self.rng.pick(&tables))
    }

    /// A column of a type that is in scope, or of one that goes for it.
    pub fn column(&mut self, scope: &Scope, ty: Ty) -> Option<Node> {
        let loose = self.rng.chance(15);
        let fits = |of: Ty| of == ty || (loose && goes_for(of, ty)) || ty == "any" || of == "any";
        let outer = !scope.outer.is_empty() && self.rng.chance(20);
        let all = if outer { &scope.outer } else { &scope.columns };
        let found: Vec<_> = all.iter().filter(|column| fits(column.ty)).collect();
        if found.is_empty() {
            return None;
        }
        let column = *self.rng.pick(&found);
        let bare = column.table.is_none() || (!outer && scope.is_bare(&column.name) && self.rng.chance(30));
        Some(match &column.table {
            Some(table) if !bare => format!("{table}.{}", column.name).into(),
            _ => column.name.as_str().into(),
        })
    }

    /// A value of a type as the text between quotes.
    pub fn raw(&mut self, ty: Ty) -> String {
        let model = self.model;
        literal::raw(&mut self.rng, self.lang, ty, &|ty| model.labels(ty))
    }

    /// A literal, or a parameter.
    pub fn constant(&mut self, ty: Ty) -> Node {
        if !self.no_params && self.rng.chance(if self.lang.weak() { 14 } else { 25 }) {
            return self.param(ty);
        }
        // What a bare null makes of a type is of no use, and has rules of its own in MariaDB.
        let nulls = if self.mysql() { 0 } else { 8 };
        if self.rng.chance(nulls) {
            return if self.postgres() && self.rng.chance(60) { seq!["null::", ty] } else { "null".into() };
        }
        self.literal(ty)
    }

    /// A parameter: mostly a new one.
    pub fn param(&mut self, ty: Ty) -> Node {
        let known: Vec<u32> =
            (0u32..).zip(&self.params).filter(|(_, of)| **of == ty).map(|(n, _)| n).collect();
        let id = if !known.is_empty() && self.rng.chance(30) {
            *self.rng.pick(&known)
        } else {
            self.params.push(ty);
            (self.params.len() - 1) as u32
        };
        if self.postgres() && self.rng.chance(40) {
            return seq![Node::Param(id), "::", ty];
        }
        Node::Param(id)
    }

    /// A literal.
    pub fn literal(&mut self, ty: Ty) -> Node {
        let model = self.model;
        let labels = |ty: &str| model.labels(ty);
        if !self.postgres() {
            if ty == "datetime" && self.mysql() && self.rng.chance(30) {
                return "timestamp '2020-01-31 12:30:00'".into();
            }
            if ty == "date" && self.mysql() && self.rng.chance(30) {
                return "date '2020-01-31'".into();
            }
            return literal::value(&mut self.rng, self.lang, ty, &labels).into();
        }
        let text = literal::raw(&mut self.rng, self.lang, ty, &labels);
        let number = text.parse::<f64>().is_ok_and(f64::is_finite);
        let quoted = literal::quote(&text, Dialect::Postgres);
        match self.rng.below(10) {
            0..=3 if number && matches!(ty, "int4" | "numeric") => text.into(),
            0..=2 if ty == "bool" => (*self.rng.pick(&["true", "false"])).into(),
            0..=2 => quoted.into(),
            3 if matches!(ty, "date" | "timestamp" | "interval" | "time") => seq![ty, " ", quoted],
            4 => seq!["cast(", quoted, " as ", ty, ")"],
            5 if number && matches!(ty, "int8" | "int2" | "float8" | "float4") => seq![text, "::", ty],
            _ => seq![quoted, "::", ty],
        }
    }
}

/// Whether a column of one type is taken where another is asked for, mostly.
fn goes_for(of: Ty, ty: Ty) -> bool {
    const NUMBERS: [Ty; 10] =
        ["int2", "int4", "int8", "numeric", "float4", "float8", "bigint", "int", "double", "decimal"];
    const TEXTS: [Ty; 4] = ["text", "varchar", "bpchar", "name"];
    const TIMES: [Ty; 4] = ["date", "timestamp", "timestamptz", "datetime"];
    [&NUMBERS[..], &TEXTS, &TIMES].iter().any(|group| group.contains(&of) && group.contains(&ty))
}
