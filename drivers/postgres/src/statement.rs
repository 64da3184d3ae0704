//! Prepared statements: their names, and which of them the server knows.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use crate::Oid;

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Box<str>,
    /// The table that it is a column of, or 0.
    pub table: Oid,
    /// Its number in that table, or 0.
    pub attribute: i16,
    /// Its type.
    pub type_oid: Oid,
    /// The size of its type in bytes. Negative if it varies.
    pub type_size: i16,
    /// What its type is limited to, or -1.
    pub type_modifier: i32,
    /// Whether values are binary, and not text.
    pub binary: bool,
}

/// The text of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Sql<'a> {
    /// A text that is part of the program: it is recognised by its place.
    Static(&'static str),
    /// Another text.
    Text(&'a str),
}

impl<'a> Sql<'a> {
    /// The text.
    pub fn as_str(&self) -> &'a str {
        match self {
            Sql::Static(text) => text,
            Sql::Text(text) => text,
        }
    }
}

/// A statement to run.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Its text. A parameter is `$1`.
    pub sql: Sql<'a>,
    /// The types of its parameters, if they are known. Then the statement is prepared and runs in one round trip.
    pub types: Option<&'a [Oid]>,
    /// Reads no more rows than that; 0 means all. The server does not run such a statement in parallel workers.
    pub max_rows: u32,
    /// Whether the prepared statement is kept.
    pub cached: bool,
}

impl<'a> Query<'a> {
    /// A statement that is kept after it is prepared, and of which all rows are read.
    pub fn new(sql: Sql<'a>) -> Query<'a> {
        Query { sql, types: None, max_rows: 0, cached: true }
    }

    /// The types of its parameters.
    pub fn types(self, types: &'a [Oid]) -> Query<'a> {
        // A type that is 0 is one that the server is to infer.
        Query { types: if types.contains(&0) { None } else { Some(types) }, ..self }
    }

    /// Reads no more rows than that.
    pub fn max_rows(self, max_rows: u32) -> Query<'a> {
        Query { max_rows, ..self }
    }

    /// Prepares the statement without a name, and does not keep it.
    pub fn uncached(self) -> Query<'a> {
        Query { cached: false, ..self }
    }
}

/// A statement that the server has prepared.
#[derive(Debug)]
pub struct Statement {
    /// Empty for the unnamed statement.
    pub(crate) name: Box<str>,
    text: Box<str>,
    /// The types that were given for its parameters.
    given: Option<Box<[Oid]>>,
    /// The types of its parameters.
    pub parameters: Box<[Oid]>,
    /// The columns of its result. Empty if it returns no rows.
    pub columns: Box<[Column]>,
}

impl Statement {
    pub(crate) fn new(
        name: Box<str>,
        query: &Query<'_>,
        parameters: Vec<Oid>,
        columns: Vec<Column>,
    ) -> Statement {
        Statement {
            name,
            text: query.sql.as_str().into(),
            given: query.types.map(Box::from),
            parameters: parameters.into(),
            columns: columns.into(),
        }
    }

    fn is_for(&self, query: &Query<'_>) -> bool {
        self.given.as_deref() == query.types && *self.text == *query.sql.as_str()
    }
}

/// The name of a statement: a hash of its text and of the types given for its parameters. So a name never means
/// another statement, whoever else uses the server's session.
pub(crate) fn name(query: &Query<'_>) -> Box<str> {
    let mut hash = Sha256::new();
    let types = query.types.unwrap_or_default();
    hash.update((types.len() as u64).to_be_bytes());
    types.iter().for_each(|oid| hash.update(oid.to_be_bytes()));
    hash.update(query.sql.as_str());
    let hash = hash.finalize();
    let mut name = String::with_capacity(4 + 32);
    name.push_str("aio_");
    for byte in &hash[..16] {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    name.into()
}

/// The statements that the server has prepared for this connection.
#[derive(Debug)]
pub(crate) struct Statements {
    capacity: usize,
    slots: Vec<Option<Slot>>,
    /// Texts of the program, by their place in it.
    by_place: HashMap<(usize, usize), usize, BuildHasherDefault<PlaceHasher>>,
    /// All others, by a hash of text and types.
    by_text: HashMap<u64, usize>,
    hasher: RandomState,
    /// Counts uses.
    clock: u64,
    /// Names of statements that are not kept any more, and that the server is to be told of.
    pub(crate) closing: Vec<Box<str>>,
}

#[derive(Debug)]
struct Slot {
    statement: Arc<Statement>,
    used: u64,
}

impl Statements {
    pub(crate) fn new(capacity: usize) -> Statements {
        Statements {
            capacity,
            slots: Vec::new(),
            by_place: HashMap::default(),
            by_text: HashMap::new(),
            hasher: RandomState::new(),
            clock: 0,
            closing: Vec::new(),
        }
    }

    /// Whether a statement is to be kept.
    pub(crate) fn keeps(&self, query: &Query<'_>) -> bool {
        query.cached && self.capacity > 0
    }

    pub(crate) fn get(&mut self, query: &Query<'_>) -> Option<Arc<Statement>> {
        if !self.keeps(query) {
            return None;
        }
        let (slot, same_text) = match place(query).and_then(|place| self.by_place.get(&place)) {
            Some(slot) => (*slot, true),
            None => {
                let slot = *self.by_text.get(&self.hash(query))?;
                (slot, false)
            }
        };
        let statement = &self.slots[slot].as_ref()?.statement;
        // The same text can be given with other types; and hashes can collide.
        let is_it =
            if same_text { statement.given.as_deref() == query.types } else { statement.is_for(query) };
        if !is_it {
            return if same_text {
                self.get(&Query { sql: Sql::Text(query.sql.as_str()), ..*query })
            } else {
                None
            };
        }
        let statement = Arc::clone(statement);
        if !same_text && let Some(place) = place(query) {
            self.by_place.insert(place, slot);
        }
        self.clock += 1;
        if let Some(slot) = &mut self.slots[slot] {
            slot.used = self.clock;
        }
        Some(statement)
    }

    pub(crate) fn insert(&mut self, query: &Query<'_>, statement: Arc<Statement>) {
        self.remove(&statement.name);
        let slot = match self.slots.iter().position(Option::is_none) {
            Some(free) => free,
            None if self.slots.len() < self.capacity => {
                self.slots.push(None);
                self.slots.len() - 1
            }
            None => self.evict(),
        };
        self.clock += 1;
        self.slots[slot] = Some(Slot { statement, used: self.clock });
        if let Some(place) = place(query) {
            self.by_place.insert(place, slot);
        }
        let hash = self.hash(query);
        self.by_text.insert(hash, slot);
    }

    /// Makes room: gives up the statement that was not used for the longest time.
    fn evict(&mut self) -> usize {
        let used = |slot: &Option<Slot>| slot.as_ref().map_or(0, |slot| slot.used);
        let oldest = (0..self.slots.len()).min_by_key(|slot| used(&self.slots[*slot])).unwrap_or(0);
        if let Some(slot) = self.slots[oldest].take() {
            self.closing.push(slot.statement.name.clone());
        }
        self.unlink(oldest);
        oldest
    }

    fn unlink(&mut self, slot: usize) {
        self.by_place.retain(|_, other| *other != slot);
        self.by_text.retain(|_, other| *other != slot);
    }

    /// Forgets a statement that the server does not have any more, or not as it is known here.
    pub(crate) fn remove(&mut self, name: &str) {
        let named = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| *slot.statement.name == *name);
        if let Some(slot) = self.slots.iter().position(named) {
            self.slots[slot] = None;
            self.unlink(slot);
        }
    }

    /// Forgets all statements: the server has none any more.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.by_place.clear();
        self.by_text.clear();
        self.closing.clear();
    }

    fn hash(&self, query: &Query<'_>) -> u64 {
        self.hasher.hash_one((query.sql.as_str(), query.types))
    }
}

fn place(query: &Query<'_>) -> Option<(usize, usize)> {
    match query.sql {
        Sql::Static(text) => Some((text.as_ptr() as usize, text.len())),
        Sql::Text(_) => None,
    }
}

/// Hashes places in the program: nobody else chooses these.
#[derive(Debug, Default)]
pub(crate) struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0.rotate_left(5) ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // A table takes the highest bits and the lowest ones.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(query: &Query<'_>) -> Arc<Statement> {
        Arc::new(Statement::new(name(query), query, Vec::new(), Vec::new()))
    }

    #[test]
    fn names_tell_texts_and_types_apart() {
        let one = Query::new(Sql::Static("select 1"));
        assert_eq!(&*name(&one), &*name(&Query::new(Sql::Text("select 1"))));
        assert_eq!(name(&one).len(), 36);
        assert_ne!(name(&one), name(&one.types(&[23])));
        assert_ne!(name(&one.types(&[23])), name(&one.types(&[23, 23])));
        assert_ne!(name(&one), name(&Query::new(Sql::Static("select 2"))));
    }

    #[test]
    fn the_one_not_used_for_the_longest_time_goes() {
        let texts: Vec<String> = (0..4).map(|number| format!("select {number}")).collect();
        let query = |number: usize| Query::new(Sql::Text(&texts[number]));
        let mut statements = Statements::new(3);
        for number in 0..3 {
            statements.insert(&query(number), statement(&query(number)));
        }
        assert!(statements.get(&query(0)).is_some());
        statements.insert(&query(3), statement(&query(3)));
        assert_eq!(statements.closing, [name(&query(1))]);
        let kept: Vec<bool> = (0..4).map(|number| statements.get(&query(number)).is_some()).collect();
        assert_eq!(kept, [true, false, true, true]);
        statements.remove(&name(&query(0)));
        assert!(statements.get(&query(0)).is_none());
    }

    #[test]
    fn the_same_text_with_other_types_is_another_statement() {
        let query = Query::new(Sql::Static("select $1"));
        let mut statements = Statements::new(3);
        statements.insert(&query.types(&[23]), statement(&query.types(&[23])));
        assert!(statements.get(&query.types(&[25])).is_none());
        assert!(statements.get(&query).is_none());
        assert!(statements.get(&query.types(&[23])).is_some());
        assert!(statements.get(&query.types(&[23]).uncached()).is_none());
        statements.insert(&query.types(&[25]), statement(&query.types(&[25])));
        assert!(statements.get(&query.types(&[25])).is_some());
    }
}
