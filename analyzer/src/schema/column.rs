//! A column's definition: `email text not null unique default ''`.

use super::{
    Builder,
    cursor::{Cursor, Kind, Read},
    existence::{Reference, read_reference},
};
use crate::{RelationColumn, Type};

/// A declared column, with its effects on the table.
pub(super) struct Column {
    pub(super) column: RelationColumn,
    /// The primary key that it declares.
    pub(super) primary: Option<Constraint>,
    /// The unique keys that it declares.
    pub(super) unique: Vec<Constraint>,
    /// The words of its type.
    pub(super) words: String,
    /// Its place, in MySQL.
    pub(super) place: Place,
    /// The targets of its foreign keys.
    pub(super) references: Vec<Reference>,
}

impl Column {
    /// An existing column, whose declaration continues.
    pub(super) fn of(column: RelationColumn) -> Self {
        Column {
            column,
            primary: None,
            unique: Vec::new(),
            words: String::new(),
            place: Place::Last,
            references: Vec::new(),
        }
    }
}

/// A key that a column declares.
#[derive(Default)]
pub(super) struct Constraint {
    pub(super) name: Option<String>,
    pub(super) deferrable: bool,
    pub(super) descending: bool,
    /// Columns that an index includes without being part of the key.
    pub(super) included: Vec<String>,
}

/// The place of an added column.
#[derive(Default, PartialEq, Eq)]
pub(super) enum Place {
    #[default]
    Last,
    First,
    After(String),
}

/// Words that end a default without parentheses.
const DEFAULT_ENDS: [&str; 24] = [
    "constraint",
    "not null",
    "not deferrable",
    "null",
    "unique",
    "primary",
    "key",
    "check",
    "references",
    "collate",
    "generated",
    "as",
    "default",
    "deferrable",
    "initially",
    "auto_increment",
    "comment",
    "on update",
    "after",
    "first",
    "invisible",
    "visible",
    "storage",
    "compression",
];

/// Clauses without an effect on types: their keywords, and the number of tokens or groups after them.
const IGNORED: [(&str, usize); 30] = [
    ("collate", 1),
    ("character set", 1),
    ("charset", 1),
    ("comment", 1),
    ("storage", 1),
    ("compression", 1),
    ("compressed", 0),
    ("column_format", 1),
    ("srid", 1),
    ("ref_system_id", 2),
    ("engine_attribute", 1),
    ("secondary_engine_attribute", 1),
    ("visible", 0),
    ("virtual", 0),
    ("stored", 0),
    ("persistent", 0),
    ("using index tablespace", 1),
    ("with system versioning", 0),
    ("without system versioning", 0),
    ("with options", 0),
    ("with", 1),
    ("options", 1),
    ("no inherit", 0),
    ("not enforced", 0),
    ("enforced", 0),
    ("not valid", 0),
    ("binary", 0),
    ("ascii", 0),
    ("unicode", 0),
    ("match", 1),
];

impl Builder {
    /// Reads a whole definition.
    pub(super) fn read_column(&mut self, c: &mut Cursor<'_>) -> Read<Column> {
        let name = c.need_ident()?;
        let declared = self.read_type(c)?;
        let facts = self.facts();
        let column = RelationColumn {
            counts: declared.serial,
            digits: facts.values.digits_follow.then(|| declared_digits(&declared.words)).flatten(),
            not_null: declared.serial || matches!(declared.ty, Some(Type::Domain { not_null: true, .. })),
            has_default: declared.serial,
            ty: declared.ty,
            name,
            generated: false,
            hidden: false,
        };
        let mut column = Column { words: declared.words, ..Column::of(column) };
        if declared.serial && facts.definitions.unique_once {
            column.unique.push(Constraint::default());
        }
        read_clauses(&mut column, c)?;
        if facts.definitions.unique_once {
            column.unique.truncate(usize::from(column.primary.is_none()));
        }
        Ok(column)
    }
}

/// Reads everything after a column's type.
pub(super) fn read_clauses(column: &mut Column, c: &mut Cursor<'_>) -> Read<()> {
    let mut name = None;
    while !c.done() {
        if c.eat("constraint") {
            // SQLite also accepts a name without a constraint.
            name = c.ident();
            continue;
        }
        read_clause(column, c, name.take())?;
    }
    Ok(())
}

fn read_clause(column: &mut Column, c: &mut Cursor<'_>, name: Option<String>) -> Read<()> {
    let target = &mut column.column;
    if c.eat("not null") {
        target.not_null = true;
        conflict_clause(c);
    } else if c.eat("null") {
        target.not_null &= !c.facts().definitions.short_column_clauses;
        conflict_clause(c);
    } else if c.eat("primary key") || (c.facts().definitions.short_column_clauses && c.eat("key")) {
        let descending = c.eat("desc");
        c.eat("asc");
        conflict_clause(c);
        target.has_default |= c.eat("autoincrement");
        column.primary =
            Some(Constraint { name, deferrable: deferrable(c), descending, ..Constraint::default() });
    } else if c.eat("unique") {
        c.eat_any(&["key", "nulls not distinct", "nulls distinct"]);
        conflict_clause(c);
        column.unique.push(Constraint { name, deferrable: deferrable(c), ..Constraint::default() });
    } else if c.eat("check") {
        c.skip();
    } else if c.eat("default") {
        target.has_default = !c.is("null");
        skip_default(c);
    } else if c.eat("generated always as identity") {
        identity(target, c);
        target.generated = true;
    } else if c.eat("generated by default as identity") || c.eat("generated by default on null as identity") {
        identity(target, c);
    } else if c.eat("generated always as") || (c.facts().definitions.generated_by_as && c.eat("as")) {
        // MariaDB's `row start` and `row end` are the times of a version, which are never null.
        let version = c.eat_any(&["row start", "row end"]);
        if !version {
            c.skip();
        }
        target.not_null |= version;
        target.generated = true;
        target.has_default = true;
    } else if c.eat_any(&["auto_increment", "autoincrement"]) {
        target.counts = true;
        target.has_default = true;
        target.not_null = true;
    } else if c.eat("invisible") {
        target.hidden = true;
    } else if c.eat("references") {
        column.references.push(read_reference(c)?);
        reference_rules(c);
    } else if c.eat("on update") {
        c.skip();
        c.group();
    } else if c.eat("first") {
        column.place = Place::First;
    } else if c.eat("after") {
        column.place = Place::After(c.need_ident()?);
    } else if let Some((words, follow)) = IGNORED.iter().find(|(words, _)| c.is(words)) {
        c.eat(words);
        (0..*follow).for_each(|_| c.skip());
        while c.eat(".") {
            c.skip();
        }
    } else if !deferral(c) {
        return c.stuck(format!("`{}` is not supported in a column's definition", c.excerpt()));
    }
    Ok(())
}

/// SQLite's `on conflict replace`.
fn conflict_clause(c: &mut Cursor<'_>) {
    if c.eat("on conflict") {
        c.skip();
    }
}

fn identity(column: &mut RelationColumn, c: &mut Cursor<'_>) {
    c.group();
    column.not_null = true;
    column.has_default = true;
}

/// `on delete cascade` and similar clauses after the target of a foreign key.
fn reference_rules(c: &mut Cursor<'_>) {
    loop {
        if c.eat("match") {
            c.skip();
        } else if c.eat_any(&["on delete", "on update"]) {
            if !c.eat_any(&["set null", "set default", "no action"]) {
                c.skip();
            }
            c.group();
        } else {
            return;
        }
    }
}

/// Whether a constraint can be deferred to the end of a transaction, so that it can be violated before.
pub(super) fn deferrable(c: &mut Cursor<'_>) -> bool {
    let later = c.is("deferrable") || c.is("initially deferred");
    while deferral(c) {}
    later
}

fn deferral(c: &mut Cursor<'_>) -> bool {
    c.eat_any(&["not deferrable", "deferrable", "initially deferred", "initially immediate"])
}

/// Skips a default: its first operand, and everything up to the next clause.
pub(super) fn skip_default(c: &mut Cursor<'_>) {
    while c.eat("-") || c.eat("+") {}
    // `array[…]` and `interval '1 day'` start with a single word.
    c.skip();
    while !c.done() && !DEFAULT_ENDS.iter().any(|end| c.is(end)) {
        // Any word after an operator or `::` belongs to the default.
        let operator = c.nth(0).is_some_and(|tok| tok.kind == Kind::Other) && !c.is("(") && !c.is("[");
        c.skip();
        if operator && !c.done() && !c.is("(") {
            c.skip();
        }
    }
}

/// The precision in a column's declaration: `decimal(10, 2)`, `datetime(6)`.
fn declared_digits(words: &str) -> Option<(u16, u16)> {
    let words = words.to_ascii_lowercase();
    let (name, length) = words.split_once('(').unwrap_or((&words, ""));
    let name = name.split_whitespace().next().unwrap_or_default();
    let mut numbers =
        length.split(')').next().unwrap_or_default().split(',').map(|number| number.trim().parse().ok());
    let first = numbers.next().flatten();
    match name {
        "decimal" | "numeric" | "dec" | "fixed" => {
            Some((first.unwrap_or(10), numbers.next().flatten().unwrap_or(0)))
        }
        "datetime" | "timestamp" | "time" => Some((0, first.unwrap_or(0))),
        _ => None,
    }
}
