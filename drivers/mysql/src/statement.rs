//! The prepared statements of a connection: a bounded cache.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use crate::column::Columns;

/// A statement's text.
#[derive(Clone, Copy, Debug)]
pub enum Sql<'a> {
    /// A text that lives as long as the program: it is found by its address.
    Static(&'static str),
    /// Any other text: it is found by what it says.
    Text(&'a str),
}

impl<'a> Sql<'a> {
    /// The text.
    pub fn as_str(self) -> &'a str {
        match self {
            Sql::Static(text) => text,
            Sql::Text(text) => text,
        }
    }
}

/// A prepared statement's place in the cache.
pub(crate) type Slot = usize;

type Address = (usize, usize);

#[derive(Debug, Default)]
pub(crate) struct Statement {
    text: Arc<str>,
    address: Option<Address>,
    used: u64,
    /// The server's number. `None` until the server has prepared it.
    pub(crate) id: Option<u32>,
    pub(crate) params: usize,
    /// The columns of its result, as last seen.
    pub(crate) columns: Arc<Columns>,
    /// The types of the arguments, as last sent.
    pub(crate) types: Option<Vec<u8>>,
}

/// The prepared statements of one connection.
#[derive(Debug)]
pub(crate) struct Statements {
    capacity: usize,
    slots: Vec<Statement>,
    by_text: HashMap<Arc<str>, Slot>,
    by_address: HashMap<Address, Slot>,
    /// Slots whose statement the server rejected.
    free: Vec<Slot>,
    clock: u64,
}

impl Statements {
    pub(crate) fn new(capacity: usize) -> Self {
        Statements {
            capacity: capacity.max(1),
            slots: Vec::new(),
            by_text: HashMap::new(),
            by_address: HashMap::new(),
            free: Vec::new(),
            clock: 0,
        }
    }

    pub(crate) fn get(&mut self, slot: Slot) -> &mut Statement {
        &mut self.slots[slot]
    }

    /// The statement with this text.
    pub(crate) fn find(&mut self, sql: Sql<'_>) -> Option<Slot> {
        let slot = match sql {
            Sql::Text(text) => *self.by_text.get(text)?,
            Sql::Static(text) => {
                let address = (text.as_ptr().addr(), text.len());
                match self.by_address.get(&address) {
                    Some(&slot) => slot,
                    None => {
                        let slot = *self.by_text.get(text)?;
                        self.set_address(slot, address);
                        slot
                    }
                }
            }
        };
        self.clock += 1;
        self.slots[slot].used = self.clock;
        Some(slot)
    }

    /// One address a statement, so that the number of addresses is bounded too.
    fn set_address(&mut self, slot: Slot, address: Address) {
        if let Some(old) = self.slots[slot].address.replace(address) {
            self.by_address.remove(&old);
        }
        self.by_address.insert(address, slot);
    }

    /// A place for a new statement, and the server's number of the one that had to leave.
    pub(crate) fn insert(&mut self, sql: Sql<'_>) -> (Slot, Option<u32>) {
        let (slot, evicted) = self.vacate();
        self.clock += 1;
        let text: Arc<str> = sql.as_str().into();
        self.slots[slot] = Statement { text: Arc::clone(&text), used: self.clock, ..Statement::default() };
        self.by_text.insert(text, slot);
        if let Sql::Static(text) = sql {
            self.set_address(slot, (text.as_ptr().addr(), text.len()));
        }
        (slot, evicted)
    }

    fn vacate(&mut self) -> (Slot, Option<u32>) {
        if let Some(slot) = self.free.pop() {
            return (slot, None);
        }
        if self.slots.len() < self.capacity {
            self.slots.push(Statement::default());
            return (self.slots.len() - 1, None);
        }
        let oldest = self.slots.iter().enumerate().min_by_key(|(_, statement)| statement.used);
        let slot = oldest.map_or(0, |(slot, _)| slot);
        let id = self.forget(slot);
        (slot, id)
    }

    fn forget(&mut self, slot: Slot) -> Option<u32> {
        let statement = std::mem::take(&mut self.slots[slot]);
        if let Entry::Occupied(entry) = self.by_text.entry(statement.text)
            && *entry.get() == slot
        {
            entry.remove();
        }
        if let Some(address) = statement.address {
            self.by_address.remove(&address);
        }
        statement.id
    }

    /// Removes a statement. Returns the server's number of it.
    pub(crate) fn remove(&mut self, slot: Slot) -> Option<u32> {
        let id = self.forget(slot);
        self.free.push(slot);
        id
    }

    /// Forgets all statements: the server did.
    pub(crate) fn clear(&mut self) {
        *self = Statements::new(self.capacity);
    }

    /// Removes all statements. Returns the server's numbers of them.
    pub(crate) fn drain(&mut self) -> Vec<u32> {
        let ids = self.slots.iter().filter_map(|statement| statement.id).collect();
        self.clear();
        ids
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_leaves() {
        let mut statements = Statements::new(2);
        for (text, id) in [("a", 1), ("b", 2)] {
            let (slot, evicted) = statements.insert(Sql::Text(text));
            statements.get(slot).id = Some(id);
            assert_eq!(evicted, None);
        }
        assert!(statements.find(Sql::Text("a")).is_some());
        let (slot, evicted) = statements.insert(Sql::Static("c"));
        assert_eq!(evicted, Some(2));
        statements.get(slot).id = Some(3);
        assert_eq!(statements.find(Sql::Text("b")), None);
        assert_eq!(statements.find(Sql::Text("c")), statements.find(Sql::Static("c")));
        assert_eq!(statements.remove(slot), Some(3));
        assert_eq!(statements.find(Sql::Static("c")), None);
        assert_eq!(statements.len(), 1);
        assert_eq!(statements.insert(Sql::Text("d")), (slot, None));
    }

    #[test]
    fn addresses_are_bounded() {
        let mut statements = Statements::new(1);
        let (slot, _) = statements.insert(Sql::Text("select 1"));
        for _ in 0..50 {
            let leaked: &'static str = String::from("select 1").leak();
            assert_eq!(statements.find(Sql::Static(leaked)), Some(slot));
        }
        assert_eq!(statements.by_address.len(), 1);
        statements.insert(Sql::Text("select 2"));
        assert!(statements.by_address.is_empty());
        assert_eq!(statements.by_text.len(), 1);
    }
}
