//! "Did you mean": the name most like one that is not there.

use crate::{Catalog, data::postgres};

/// How many candidates a message shows.
pub(super) const SHOWN: usize = 5;

/// The function most like a name.
pub(super) fn function(catalog: &Catalog, name: &str) -> Option<String> {
    let own = aio_databases_sql::similar(name, catalog.functions.keys().map(String::as_str));
    own.or_else(|| aio_databases_sql::similar(name, postgres::function_names())).map(str::to_owned)
}
