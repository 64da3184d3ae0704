//! Facts about queries: the names that each clause sees, and its restrictions.

/// How a server handles `from`.
pub(crate) struct From {
    /// Two tables can have the same name.
    pub(crate) duplicate_names: bool,
    /// The conditions of joins see every table of their `from`.
    pub(crate) on_sees_every_table: bool,
    /// Joins in parentheses are a separate query.
    pub(crate) parentheses_are_queries: bool,
    /// Which joins need a condition.
    pub(crate) condition: JoinCondition,
    /// The merged columns of `using` come first; otherwise they stay at their place in the left side.
    pub(crate) using_first: bool,
    /// A column in `using` must be in only one table of each side.
    pub(crate) using_unambiguous: bool,
    /// `using` can't name a column twice.
    pub(crate) using_once: bool,
    /// A merged column of `using` has its own type if the types of the two columns differ.
    pub(crate) using_unites_types: bool,
    /// `natural` takes the columns in the order of the right side.
    pub(crate) natural_by_right: bool,
    /// A right join is read as a left join with its sides swapped.
    pub(crate) right_join_swapped: bool,
    /// `full join` is supported.
    pub(crate) full_join: bool,
    /// Whether a subquery needs an alias.
    pub(crate) derived_alias: DerivedAlias,
    /// The columns in a function's alias can have types.
    pub(crate) typed_aliases: bool,
    /// A keyword that is a value, such as `current_date`, is a table of one row.
    pub(crate) keywords_are_tables: bool,
    /// The table `dual` has one row and no columns.
    pub(crate) dual: bool,
    /// Functions that return tables are virtual tables: they can be used without parentheses, and accept text.
    pub(crate) virtual_functions: bool,
    /// A column's sequence is named after the table and the column.
    pub(crate) column_sequences: bool,
}

/// Which joins need a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinCondition {
    /// Every join but `cross join`.
    All,
    /// Outer joins.
    Outer,
    /// None.
    Optional,
}

/// Whether a subquery in `from` needs an alias.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DerivedAlias {
    /// It does.
    Required,
    /// It does before this release.
    RequiredBefore(u8),
    /// It does not.
    Optional,
}

/// How a server handles the rest of a query.
pub(crate) struct Select {
    /// The most columns of a result. The settings of SQLite and MySQL can lower it.
    pub(crate) most_columns: usize,
    /// `where` sees the aliases of the select list.
    pub(crate) aliases_in_where: bool,
    /// The clauses after `where` see the aliases of the select list.
    pub(crate) aliases_after_where: bool,
    /// `having` sees the columns that are selected or grouped by, and no others.
    pub(crate) having_sees_selected: bool,
    /// `having` makes a query without `group by` one group.
    pub(crate) having_groups: bool,
    /// `having` needs `group by` or an aggregate.
    pub(crate) having_needs_groups: bool,
    /// The columns that can be selected in a grouped query.
    pub(crate) ungrouped: Ungrouped,
    /// The row of an aggregate over no rows can have columns, which are then null.
    pub(crate) columns_without_rows: bool,
    /// A subquery is null in the row of an aggregate over no rows.
    pub(crate) subqueries_need_rows: bool,
    /// `group by` accepts a row.
    pub(crate) groups_by_rows: bool,
    /// How the level of an aggregate is determined.
    pub(crate) aggregate_level: AggregateLevel,
    /// An aggregate of an outer level is rejected in a clause of that level without aggregates; otherwise it belongs
    /// to the inner level there.
    pub(crate) outer_aggregates_checked: bool,
    /// `group by` and `order by` don't see outer levels.
    pub(crate) sorts_see_own_level: bool,
    /// `order by` and `group by` reject constants that aren't the number of an output column.
    pub(crate) constant_order_rejected: bool,
    /// `order by` rejects an output name of several expressions, and expressions that `select distinct` does not
    /// select.
    pub(crate) order_checked: bool,
    /// How the number of an output column can be written.
    pub(crate) ordinals: Ordinals,
    /// Windows are analyzed after the rest of their level.
    pub(crate) windows_last: bool,
    /// An expression of a window function can be computed before it, and is then null.
    pub(crate) windows_unsettled: bool,
    /// Window frames can count groups.
    pub(crate) group_frames: bool,
    /// The type of a frame's offset in rows.
    pub(crate) frame_offset: &'static str,
    /// The type of `limit` and `offset`.
    pub(crate) limit: &'static str,
    /// `limit null` means no limit; otherwise it is an error.
    pub(crate) limit_null: bool,
    /// `limit` sees the outer levels, and rejects a value of another type.
    pub(crate) limit_is_expression: bool,
    /// `limit` in a subquery of a statement with `limit` is an error in some cases, which are checked.
    pub(crate) limit_checked: bool,
    /// The subquery of `in` is analyzed before its left side.
    pub(crate) subquery_first: bool,
    /// A subquery can be compared with a row on its right side.
    pub(crate) subquery_before_row: bool,
    /// Every `with` can be recursive, and all of its rows determine its types.
    pub(crate) with_recursive: bool,
    /// A later arm of `union all` with a right or full join loses conditions on its rows.
    pub(crate) union_forgets: bool,
    /// `with` can hold statements that change rows.
    pub(crate) changes_in_with: bool,
    /// Rows can only be locked if each belongs to one row of a table.
    pub(crate) locks_checked: bool,
    /// What `explain` returns.
    pub(crate) explain: Explain,
}

/// The columns that can be selected in a grouped query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ungrouped {
    /// All.
    Any,
    /// Those of a table whose primary key is grouped by.
    OfPrimaryKey,
    /// Columns with one value in each group. Not all cases are detected, so the rest is a warning.
    Determined,
}

/// How the level of an aggregate is determined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AggregateLevel {
    /// By its arguments.
    Arguments,
    /// By its arguments that are not folded away. An `order by` may be ignored.
    UnfoldedArguments,
    /// By its arguments without their subqueries. Some aggregates of outer levels count as aggregates of the inner
    /// level.
    OwnArguments,
}

/// How the number of an output column can be written in `order by` and `group by`.
#[derive(Clone, Copy)]
pub(crate) struct Ordinals {
    pub(crate) minus: bool,
    pub(crate) plus: bool,
    pub(crate) hex: bool,
}

/// What `explain` returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explain {
    /// One column of text.
    Text,
    /// The program of the virtual machine, or a plan.
    Program,
    /// Unknown.
    Unknown,
}
