//! Caches parsed lines of the tables by name.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// A cache of parsed values by name. It lives as long as the process, and is at most as large as the tables.
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
        // Unknown names are not cached, because their number is unlimited.
        let Some(key) = rows.first().map(Named::name) else { return &[] };
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert_with(|| rows.leak())
    }
}

/// The value for a name.
pub(super) trait Named {
    fn name(&self) -> &'static str;
}
