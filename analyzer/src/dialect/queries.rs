//! Facts about queries: what each clause sees, and what it may hold.

/// How a server reads `from`.
pub(crate) struct From {
    /// Two tables can have one name.
    pub(crate) duplicate_names: bool,
    /// The conditions of joins see every table of their `from`.
    pub(crate) on_sees_every_table: bool,
    /// Joins in parentheses are a query of their own.
    pub(crate) parentheses_are_queries: bool,
    /// Which joins need a condition.
    pub(crate) condition: JoinCondition,
    /// The columns that `using` made one come first; otherwise they stay where the left side has them.
    pub(crate) using_first: bool,
    /// A column that `using` names must be in one table of each side only.
    pub(crate) using_unambiguous: bool,
    /// `using` can't name a column twice.
    pub(crate) using_once: bool,
    /// A column that `using` made of two has a type of its own if theirs differ.
    pub(crate) using_unites_types: bool,
    /// `natural` takes the columns in the order of the right side.
    pub(crate) natural_by_right: bool,
    /// A right join is read as a left join with its sides swapped.
    pub(crate) right_join_swapped: bool,
    /// `full join` is there.
    pub(crate) full_join: bool,
    /// Whether a subquery needs an alias.
    pub(crate) derived_alias: DerivedAlias,
    /// The columns in a function's alias can have types.
    pub(crate) typed_aliases: bool,
    /// A keyword that is a value, such as `current_date`, is a table of one row.
    pub(crate) keywords_are_tables: bool,
    /// The table `dual` has one row and no columns.
    pub(crate) dual: bool,
    /// Functions that return tables are virtual tables: they can be named without parentheses, and take text.
    pub(crate) virtual_functions: bool,
    /// A column's sequence is called after its table and itself.
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

/// How a server reads the rest of a query.
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
    /// Which columns can be selected beside groups.
    pub(crate) ungrouped: Ungrouped,
    /// The row of an aggregate over no rows can have columns, which are null there.
    pub(crate) columns_without_rows: bool,
    /// A subquery is null if the row around it stands for no rows.
    pub(crate) subqueries_need_rows: bool,
    /// A row can be grouped by.
    pub(crate) groups_by_rows: bool,
    /// How to tell which level an aggregate belongs to.
    pub(crate) aggregate_level: AggregateLevel,
    /// An aggregate of an outer level is rejected in a clause of that level without aggregates; otherwise it belongs
    /// to the inner level there.
    pub(crate) outer_aggregates_checked: bool,
    /// `group by` and `order by` see no outer levels.
    pub(crate) sorts_see_own_level: bool,
    /// `order by` and `group by` reject constants that aren't the number of an output column.
    pub(crate) constant_order_rejected: bool,
    /// `order by` rejects an output name of several expressions, and what `select distinct` does not select.
    pub(crate) order_checked: bool,
    /// How the number of an output column can be written.
    pub(crate) ordinals: Ordinals,
    /// Windows are read after the rest of their level.
    pub(crate) windows_last: bool,
    /// An expression of a window function can be computed before it, and is then null.
    pub(crate) windows_unsettled: bool,
    /// Window frames can count groups.
    pub(crate) group_frames: bool,
    /// The type of a frame's offset in rows.
    pub(crate) frame_offset: &'static str,
    /// The type of `limit` and `offset`.
    pub(crate) limit: &'static str,
    /// `limit null` is no limit; otherwise it is an error.
    pub(crate) limit_null: bool,
    /// `limit` sees the outer levels, and rejects a value of another type.
    pub(crate) limit_is_expression: bool,
    /// `limit` in a subquery of a statement with `limit` is an error in some cases, which are checked.
    pub(crate) limit_checked: bool,
    /// The subquery of `in` is read before its left side.
    pub(crate) subquery_first: bool,
    /// A subquery can be compared with a row on its right.
    pub(crate) subquery_before_row: bool,
    /// Every `with` can be recursive, and the later rows of one decide its types as the first do.
    pub(crate) with_recursive: bool,
    /// A later arm of `union all` with a right or full join loses conditions on its rows.
    pub(crate) union_forgets: bool,
    /// `with` can hold statements that change rows.
    pub(crate) changes_in_with: bool,
    /// Only rows that belong to one table's row can be locked.
    pub(crate) locks_checked: bool,
    /// What `explain` returns.
    pub(crate) explain: Explain,
}

/// Which columns can be selected beside groups.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ungrouped {
    /// All.
    Any,
    /// Those of a table whose primary key is grouped by.
    OfPrimaryKey,
    /// Those with one value in each group, which is more than is followed here: the rest is a warning.
    Determined,
}

/// How to tell which level an aggregate belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AggregateLevel {
    /// By its arguments.
    Arguments,
    /// By those of its arguments that are not folded away. What `order by` holds may be left out.
    UnfoldedArguments,
    /// By its arguments without their subqueries. Some of outer levels are taken for the inner level's.
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
    /// A program of the virtual machine, or a plan.
    Program,
    /// Not known.
    Unknown,
}
