//! What the analyzer's catalog says of tables, and what a server does.

use std::collections::HashMap;

use aio_databases_analyzer::{Catalog, Relation, RelationKind, Type};

/// A column as a server lists it.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) not_null: bool,
}

/// Where the catalog says something else than the server's list of tables and views. `same` tells whether a column's type is the
/// server's.
pub(super) fn compare(
    catalog: &Catalog,
    mut server: HashMap<String, Vec<Listed>>,
    same: impl Fn(&Relation, &Type, &str) -> bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for relation in catalog.relations.values() {
        match server.remove(&relation.name) {
            None => wrong.push(format!("the server has no `{}`", relation.name)),
            Some(listed) if relation.complete => wrong.extend(columns(relation, &listed, &same)),
            Some(_) => {}
        }
    }
    wrong.extend(server.keys().map(|name| format!("`{name}` is missing")));
    wrong
}

fn columns(
    relation: &Relation,
    listed: &[Listed],
    same: impl Fn(&Relation, &Type, &str) -> bool,
) -> Vec<String> {
    let table = &relation.name;
    let said: Vec<_> = relation.columns.iter().filter(|column| !column.hidden).collect();
    let ours: Vec<_> = said.iter().map(|column| column.name.as_str()).collect();
    let theirs: Vec<_> = listed.iter().map(|column| column.name.as_str()).collect();
    if ours != theirs {
        return vec![format!("`{table}` has {ours:?}, the server {theirs:?}")];
    }
    let mut wrong = Vec::new();
    for (said, Listed { name, ty, not_null }) in said.iter().zip(listed) {
        if let Some(said) = said.ty.as_ref().filter(|said| !same(relation, said, ty)) {
            wrong.push(format!("`{table}.{name}` is {said}, the server says {ty}"));
        }
        if relation.kind == RelationKind::Table && said.not_null != *not_null {
            wrong.push(format!("`{table}.{name}`: not null is {not_null} on the server"));
        }
    }
    wrong
}
