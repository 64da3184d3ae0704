//! Proves that there is at most one row: in every table, all columns of a unique key equal fixed values.

use super::{
    scope::{Scope, Table},
    term::Atom,
};

/// Whether the join of the level's tables has at most one row, according to the equations in its conditions.
pub(crate) fn at_most_one(scope: &Scope<'_>) -> bool {
    let fixed = fixed(scope);
    scope.tables.iter().all(|table| fixed.contains(&table.id))
}

/// The tables with at most one row, according to the equations in the conditions.
pub(crate) fn fixed(scope: &Scope<'_>) -> Vec<u32> {
    let mut fixed: Vec<u32> =
        scope.tables.iter().filter(|table| table.single).map(|table| table.id).collect();
    loop {
        let found =
            scope.tables.iter().find(|table| !fixed.contains(&table.id) && is_fixed(scope, table, &fixed));
        match found {
            Some(table) => fixed.push(table.id),
            None => return fixed,
        }
    }
}

/// Whether all columns of a key of the table equal values that only depend on tables already fixed.
fn is_fixed(scope: &Scope<'_>, table: &Table, fixed: &[u32]) -> bool {
    table.keys.iter().any(|key| {
        key.iter().all(|column| {
            scope.equations.iter().any(|(atom, by)| {
                *atom == Atom::Column(table.id, *column)
                    && by.iter().all(|id| fixed.contains(id) || !scope.owns(*id))
            })
        })
    })
}
