//! What was read out of the tables, kept by name.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// What was read once, by name. It lives as long as the process, and is at most as large as the tables.
pub(super) struct Cache<T: 'static>(LazyLock<RwLock<HashMap<&'static str, &'static [T]>>>);

impl<T> Cache<T> {
    pub(super) const fn new() -> Self {
        Cache(LazyLock::new(RwLock::default))
    }

    pub(super) fn get(&self, name: &str, read: impl FnOnce() -> Vec<T>) -> &'static [T]
    where
        T: Named,
    {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return found;
        }
        let rows = read();
        // What is not there is not remembered: there is no end to such names.
        let Some(key) = rows.first().map(Named::name) else { return &[] };
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert_with(|| rows.leak())
    }
}

/// What is found by a name.
pub(super) trait Named {
    fn name(&self) -> &'static str;
}
