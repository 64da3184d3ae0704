//! "Did you mean": the most similar name to an unknown one.

use crate::{Catalog, data::postgres};

/// The number of candidates in a message.
pub(super) const SHOWN: usize = 5;

/// The function with the most similar name.
pub(super) fn function(catalog: &Catalog, name: &str) -> Option<String> {
    let own = aio_databases_sql::similar(name, catalog.functions.keys().map(String::as_str));
    own.or_else(|| aio_databases_sql::similar(name, postgres::function_names())).map(str::to_owned)
}
