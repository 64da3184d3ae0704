//! PostgreSQL.

use super::facts::{BlockRules, Client, Colon, Comments, Facts, Marks, Quotes, RoutineBody};
use crate::Style;

pub(super) static FACTS: Facts = Facts {
    name: "postgres",
    other_names: &["postgresql"],
    title: "PostgreSQL",
    style: Style::Dollar,
    unnumbered: false,
    reads_question: false,
    most_params: 65_535,
    several_statements: false,
    joins_by_pipes: true,
    quotes: Quotes {
        double_is_string: false,
        backquote: false,
        bracket: false,
        backslash: false,
        dollar: true,
        escape_prefix: true,
        national_prefix: true,
        bit_prefix: true,
        unicode_prefix: true,
    },
    comments: Comments { hash: false, dashes_need_space: false, return_ends: true, nest: true, code: false },
    marks: Marks {
        variables: false,
        at_placeholder: false,
        colon: Colon::InSlices,
        digits_in_names: false,
        custom_operators: true,
        fewer_words_before_values: true,
    },
    blocks: BlockRules { body: RoutineBody::Atomic, parentheses: true },
    client: Client { backslash_commands: true, delimiter: false, copied_rows: true },
};
