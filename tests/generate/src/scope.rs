//! What an expression can speak of.

use std::rc::Rc;

use crate::lang::Ty;

/// What an expression can speak of, and what it may be made of.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The columns of the query's own tables.
    pub columns: Vec<Column>,
    /// Those of the queries around it.
    pub outer: Vec<Column>,
    /// In a grouped query: what aggregates speak of. `columns` are those that are grouped by.
    pub grouped: Option<Rc<Scope>>,
    /// Whether window functions are allowed here.
    pub windows: bool,
    /// Whether functions that give sets may.
    pub sets: bool,
    /// Whether subqueries may.
    pub no_subqueries: bool,
    /// What `with` names.
    pub ctes: Rc<Vec<Cte>>,
    /// Sets of columns that are unique in their tables.
    pub keys: Vec<Vec<Column>>,
}

/// A column in scope.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its table's alias; none for one that `using` merged.
    pub table: Option<String>,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
}

/// What `with` names.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<(String, Ty)>,
}

impl Scope {
    /// The scope of a query inside this one.
    pub fn inside(&self) -> Scope {
        let mut outer = self.outer.clone();
        // What a grouped query shows to its subqueries is what it is grouped by.
        outer.extend(self.columns.iter().filter(|column| column.table.is_some()).cloned());
        Scope { outer, ctes: Rc::clone(&self.ctes), ..Scope::default() }
    }

    /// The same without windows, aggregates and sets: what `where` and arguments of aggregates see.
    pub fn plain(&self) -> Scope {
        Scope { windows: false, grouped: None, sets: false, ..self.clone() }
    }

    /// Adds a table's columns.
    pub fn add(&mut self, table: &str, columns: impl IntoIterator<Item = (String, Ty)>) {
        let table = Some(table.to_owned());
        self.columns.extend(columns.into_iter().map(|(name, ty)| Column { table: table.clone(), name, ty }));
    }

    /// Whether the name alone says which column is meant.
    pub fn is_bare(&self, name: &str) -> bool {
        let of_name = |columns: &[Column]| columns.iter().filter(|c| same(&c.name, name)).count();
        let merged = self.columns.iter().any(|column| column.table.is_none() && same(&column.name, name));
        merged || of_name(&self.columns) == 1
    }
}

fn same(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.trim_matches(['"', '`']).to_lowercase();
    plain(a) == plain(b)
}
