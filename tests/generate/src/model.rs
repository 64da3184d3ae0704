//! What a generated schema has, as far as queries over it need to know.

use std::collections::BTreeMap;

use crate::lang::{Sig, Ty};

/// A generated schema.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The statements that the server took, in order.
    pub statements: Vec<String>,
    /// Tables and views.
    pub relations: Vec<Relation>,
    /// The labels of each enum.
    pub enums: BTreeMap<Ty, Vec<String>>,
    /// The functions that the schema creates.
    pub functions: Vec<Sig>,
    /// The types that the schema creates and columns have.
    pub types: Vec<Ty>,
}

/// A table or a view.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its name, quoted where it must be.
    pub name: String,
    /// Whether it is a view.
    pub view: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Sets of columns that are unique, as far as the generator made them so.
    pub keys: Vec<Vec<String>>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, quoted where it must be.
    pub name: String,
    /// Its type, as expressions see it.
    pub ty: Ty,
    /// The type of the values that it is filled with.
    pub holds: Ty,
    /// Whether it takes no null.
    pub not_null: bool,
    /// Whether it can't be written.
    pub generated: bool,
}

impl Model {
    /// The labels of a type that is an enum.
    pub fn labels(&self, ty: &str) -> Option<Vec<String>> {
        self.enums.get(ty).cloned()
    }

    /// The schema's text.
    pub fn text(&self) -> String {
        self.statements.iter().map(|statement| format!("{statement};\n")).collect()
    }
}
