//! The mistakes of queries, with a file for each kind: its code (the file's name), its message, and its help.
//!
//! A message is one sentence without a full stop. The help suggests what to type. Places are in the rendered text until
//! the analysis ends.

mod ambiguous_column;
mod cross_join;
mod delete_without_where;
mod different_widths;
mod duplicate_alias;
mod duplicate_name;
mod empty_array;
mod equals_null;
mod generated_column;
mod insert_arity;
mod invalid_literal;
mod left_out;
mod lost_rows;
mod mismatch;
mod misplaced_aggregate;
mod misplaced_lock;
mod misplaced_row;
mod misplaced_window;
mod missing_group_by;
mod newer_release;
mod not_a_condition;
mod not_grouped;
mod not_in_null;
mod not_one_column;
mod nothing_to_select;
mod null_into_not_null;
mod parts;
mod procedure;
mod quoted_text;
mod reserved_word;
mod several_rows;
mod several_statements;
mod syntax_error;
mod too_deep;
mod too_many_columns;
mod unknown_alias;
mod unknown_column;
mod unknown_conflict_target;
mod unknown_lint;
mod unknown_table;
mod unknown_type;
mod unsupported;
mod untyped_column;
mod untyped_param;
mod update_without_where;
mod value_as_table;
mod wrong_assignment;
mod wrong_call;
mod wrong_cast;
mod wrong_operands;
mod wrong_ordinal;

pub(crate) use self::ambiguous_column::{ambiguous_column, ambiguous_output, later_column};
pub(crate) use self::cross_join::cross_join;
pub(crate) use self::delete_without_where::delete_without_where;
pub(crate) use self::different_widths::{different_widths, set_widths, too_many_aliases};
pub(crate) use self::duplicate_alias::{derived_without_alias, duplicate_alias};
pub(crate) use self::duplicate_name::duplicate_name;
pub(crate) use self::empty_array::empty_array;
pub(crate) use self::equals_null::{equals_null, when_null};
pub(crate) use self::generated_column::generated_column;
pub(crate) use self::insert_arity::{column_twice, insert_arity};
pub(crate) use self::invalid_literal::{escape_of_several, invalid_literal};
pub(crate) use self::left_out::left_out;
pub(crate) use self::lost_rows::lost_rows;
pub(crate) use self::mismatch::mismatch;
pub(crate) use self::misplaced_aggregate::{misplaced_aggregate, nested_aggregate, no_aggregate};
pub(crate) use self::misplaced_lock::{lock_of_arm, lock_with_schema, misplaced_lock, unlockable_table};
pub(crate) use self::misplaced_row::misplaced_row;
pub(crate) use self::misplaced_window::{
    misplaced_window, no_window_function, unknown_window, window_without_over,
};
pub(crate) use self::missing_group_by::{having_without_groups, missing_group_by, not_selected_for_having};
pub(crate) use self::newer_release::newer_release;
pub(crate) use self::not_a_condition::{not_a_condition, not_a_count};
pub(crate) use self::not_grouped::not_grouped;
pub(crate) use self::not_in_null::{not_in_null_list, not_in_null_subquery};
pub(crate) use self::not_one_column::not_one_column;
pub(crate) use self::nothing_to_select::nothing_to_select;
pub(crate) use self::null_into_not_null::null_into_not_null;
pub(crate) use self::procedure::{no_procedure, procedure};
pub(crate) use self::quoted_text::quoted_text;
pub(crate) use self::reserved_word::{bare_label, reserved_word};
pub(crate) use self::several_statements::several_statements;
pub(crate) use self::syntax_error::{
    alias_without_as, assigned_row, bare_array, called_keyword, change_in_with, clause_of_aggregates,
    clauses_with_star, conflict_of_defaults, delete_of_tables, distinct_of_several, distinct_over_window,
    from_before_set, function_with_schema, group_by_all, join_without_condition, keyword_as_field,
    misplaced_merge_action, missing_comma, named_twice, no_cast_to_text, no_comma_after_star, no_default,
    no_full_join, no_group_frames, no_overriding, no_statement, no_such_clause, not_a_parameter,
    null_treatment, order_over_window, repeated_using, row_keyword, string_as_alias, string_as_name,
    syntax_error, unknown_field, unparsed, value_keyword, variable_default, with_before_insert,
    wrong_json_arguments,
};
pub(crate) use self::too_deep::too_deep;
pub(crate) use self::too_many_columns::too_many_columns;
pub(crate) use self::unknown_alias::{only_own_level, unknown_alias, unreachable_table};
pub(crate) use self::unknown_column::{
    assigned_with_table, field_of_no_row, output_column, unknown_column, unknown_using,
};
pub(crate) use self::unknown_conflict_target::{
    no_conflict_target, unknown_conflict_target, unknown_constraint,
};
pub(crate) use self::unknown_lint::unknown_lint;
pub(crate) use self::unknown_table::unknown_table;
pub(crate) use self::unknown_type::unknown_type;
pub(crate) use self::unsupported::{unknown_columns, unknown_result, unsupported};
pub(crate) use self::untyped_column::untyped_column;
pub(crate) use self::untyped_param::{inconsistent_param, untyped_param};
pub(crate) use self::update_without_where::update_without_where;
pub(crate) use self::value_as_table::value_as_table;
pub(crate) use self::wrong_assignment::{stored_as_written, wrong_assignment};
pub(crate) use self::wrong_call::wrong_call;
pub(crate) use self::wrong_cast::wrong_cast;
pub(crate) use self::wrong_operands::wrong_operands;
pub(crate) use self::wrong_ordinal::{constant_order, distinct_first, not_selected, wrong_ordinal};
