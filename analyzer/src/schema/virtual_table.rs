//! SQLite's `create virtual table`.

use std::sync::Arc;

use super::{
    Builder,
    create_table::unknown_column,
    cursor::{Cursor, Read},
};
use crate::{Relation, RelationColumn, RelationKind, Type};

impl Builder {
    /// `create virtual table t using module (…)`, after `table`.
    pub(super) fn create_virtual_table(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_not_exists = c.eat("if not exists");
        let name = c.name()?;
        let id = self.new_id(&name, false);
        if if_not_exists && self.find_relation(&name).is_some() {
            return Ok(());
        }
        if !c.eat("using") {
            return c.stuck("`using` is missing here");
        }
        let module = c.need_ident()?.to_ascii_lowercase();
        let arguments = c.group().map(Cursor::items).unwrap_or_default();
        let columns = match module.as_str() {
            "fts5" => Some(text_columns(&arguments, &[&id.1, "rank"], 0)),
            "fts3" | "fts4" => Some(text_columns(&arguments, &[&id.1, "docid", "__langid"], 1)),
            "rtree" | "rtree_i32" => Some(rtree_columns(&arguments, module == "rtree")),
            _ => None,
        };
        let mut relation = Relation {
            schema: id.0.clone(),
            name: id.1.clone(),
            kind: RelationKind::Virtual,
            complete: columns.is_some(),
            columns: columns.unwrap_or_default(),
            keys: Vec::new(),
            partial_keys: Vec::new(),
            reacts: false,
            forgets: false,
            triggers: Vec::new(),
        };
        self.rowid_columns(&mut relation);
        self.catalog.relations.insert(id.clone(), Arc::new(relation));
        self.changed(&id);
        Ok(())
    }
}

/// The columns of a full-text table: its arguments without options, and the hidden columns. They can contain values of
/// any type.
fn text_columns(arguments: &[Cursor<'_>], hidden: &[&str], integers_from: usize) -> Vec<RelationColumn> {
    let mut columns = Vec::new();
    for argument in arguments {
        let mut name = *argument;
        if let Some(name) = name.ident().filter(|_| !argument.clone().skip_to(&["="])) {
            columns.push(unknown_column(name));
        }
    }
    for (at, name) in hidden.iter().enumerate() {
        let mut column = RelationColumn { hidden: true, ..unknown_column((*name).to_owned()) };
        if *name == "rank" {
            // It is null outside of a full-text search.
            column.ty = Some(Type::base("real"));
        } else if integers_from > 0 && at >= integers_from {
            column.ty = Some(Type::base("integer"));
        }
        columns.push(column);
    }
    columns
}

/// The columns of an R-tree: a key, coordinates, and the columns with a `+` before them.
fn rtree_columns(arguments: &[Cursor<'_>], real: bool) -> Vec<RelationColumn> {
    let mut columns = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        let mut name = *argument;
        let auxiliary = name.eat("+");
        let Some(name) = name.ident() else { continue };
        let ty = match at {
            0 => Some(Type::base("integer")),
            _ if auxiliary => None,
            _ => Some(Type::base(if real { "real" } else { "integer" })),
        };
        columns.push(RelationColumn { ty, not_null: !auxiliary, has_default: true, ..unknown_column(name) });
    }
    columns
}
