//! At most one row: a whole unique key of every table equals something fixed.

use super::{
    scope::{Scope, Table},
    term::Atom,
};

/// Whether the level's tables give at most one row together, by what its conditions equate.
pub(crate) fn at_most_one(scope: &Scope<'_>) -> bool {
    let fixed = fixed(scope);
    scope.tables.iter().all(|table| fixed.contains(&table.id))
}

/// The tables that give at most one row, by what the conditions equate.
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

/// Whether one of the table's keys is wholly equated to things that only depend on tables already fixed.
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
