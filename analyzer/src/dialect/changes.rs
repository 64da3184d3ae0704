//! Facts about statements that change rows.

/// How a server handles `insert`, `update`, `delete` and `returning`.
pub(crate) struct Changes {
    /// `returning` sees the changed table alone, by its own name.
    pub(crate) returning_sees_target: bool,
    /// `returning` is read before the assignments, and sees `old` and `new` rows.
    pub(crate) returning_first: bool,
    /// `old` and `new` are the row before and after the change.
    pub(crate) row_versions: bool,
    /// A statement can name the tables that it deletes from: `delete a from a join b`.
    pub(crate) delete_names_tables: bool,
    /// Several tables in `update … from` are a query of their own.
    pub(crate) update_from_is_query: bool,
    /// The alias of the changed table needs `as`.
    pub(crate) alias_needs_as: bool,
    /// `with` comes before `insert`; otherwise before its query.
    pub(crate) with_before_insert: bool,
    /// `insert` doesn't need `into`.
    pub(crate) insert_without_into: bool,
    /// `default values` can have `on conflict`.
    pub(crate) defaults_with_conflict: bool,
    /// An `insert` without column names skips generated columns.
    pub(crate) generated_left_out: bool,
    /// `value` is a synonym of `values`.
    pub(crate) value_keyword: bool,
    /// `overriding system value` writes generated columns.
    pub(crate) overriding: bool,
    /// `row` can be before each row of `values`.
    pub(crate) row_keyword: bool,
    /// An `insert` without column names can have fewer values than the table has columns.
    pub(crate) fewer_values: bool,
    /// `values ()` inserts every column's default.
    pub(crate) no_values: bool,
    /// `default` is a value.
    pub(crate) default_value: bool,
    /// `set (a, b) = …` assigns a row.
    pub(crate) assigns_rows: bool,
    /// `set` rejects a column that is assigned twice.
    pub(crate) assigns_once: bool,
    /// What `a.b` means on the left of an assignment.
    pub(crate) dotted_target: DottedTarget,
    /// `on conflict do update` needs a target.
    pub(crate) conflict_needs_target: bool,
    /// An expression in the target of `on conflict` needs parentheses unless it is a column or a call.
    pub(crate) conflict_parentheses: bool,
    /// `on conflict do update` sees the unqualified columns of both rows, so each one is ambiguous.
    pub(crate) conflict_sees_both: bool,
    /// How a batch is written.
    pub(crate) batch: BatchForm,
    /// `replace` replaces rows.
    pub(crate) replace: bool,
    /// The keywords between `insert` and `into` that skip or replace rows.
    pub(crate) replacing: &'static [&'static [&'static str]],
    /// The keywords that a batch can have after `values (…)`.
    pub(crate) batch_tail: &'static [&'static str],
    /// In an `insert` of several rows, the last generated number isn't reported for a row that was left out, and a null
    /// in a `not null` column becomes a default.
    pub(crate) many_rows_differ: bool,
}

/// What `a.b` means on the left of an assignment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DottedTarget {
    /// The field `b` of the column `a`.
    Field,
    /// The column `b` of the table `a`, one of several that are updated.
    Table,
    /// It is an error.
    Rejected,
}

/// How a batch is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchForm {
    /// As one statement with an array for each parameter.
    Arrays,
    /// As several rows of `values`.
    Rows,
}

/// The words of `on conflict … do …`.
pub(super) const CONFLICT: &[&str] = &["conflict", "from", "default", "set", "on", "where", "and", "or"];
