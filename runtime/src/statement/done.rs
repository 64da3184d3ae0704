//! What a statement without a result has done.

/// What `execute` gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// How many rows were inserted, updated or deleted. Zero for a statement that changes no rows (`select`,
    /// `create table`).
    ///
    /// MySQL counts rows that an `update` found, not those that it changed, as the other servers do; a row that
    /// `on duplicate key update` changes counts as two.
    pub rows_affected: u64,
    /// The key that the server gave to the row that was inserted last: SQLite's rowid, MySQL's `auto_increment`. `None`
    /// where there is none: after anything but an insert, and on PostgreSQL, which has `returning` for this.
    pub last_insert_id: Option<i64>,
}

impl Done {
    /// The sum of two, as if one statement had done both.
    pub(crate) fn and(self, next: Done) -> Done {
        Done {
            rows_affected: self.rows_affected.saturating_add(next.rows_affected),
            last_insert_id: next.last_insert_id.or(self.last_insert_id),
        }
    }
}
