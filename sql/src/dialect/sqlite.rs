//! SQLite.

use super::facts::{BlockRules, Client, Colon, Comments, Facts, Marks, Quotes, RoutineBody};
use crate::Style;

pub(super) static FACTS: Facts = Facts {
    name: "sqlite",
    other_names: &[],
    title: "SQLite",
    style: Style::QuestionNumber,
    unnumbered: false,
    reads_question: true,
    most_params: 32_766,
    several_statements: true,
    joins_by_pipes: true,
    quotes: Quotes {
        double_is_string: false,
        backquote: true,
        bracket: true,
        backslash: false,
        dollar: false,
        escape_prefix: false,
        national_prefix: false,
        bit_prefix: false,
        unicode_prefix: false,
    },
    comments: Comments {
        hash: false,
        dashes_need_space: false,
        return_ends: false,
        nest: false,
        code: false,
    },
    marks: Marks {
        variables: false,
        at_placeholder: true,
        colon: Colon::Never,
        digits_in_names: false,
        custom_operators: false,
        fewer_words_before_values: false,
    },
    blocks: BlockRules { body: RoutineBody::Trigger, parentheses: false },
    client: Client { backslash_commands: false, delimiter: false, copied_rows: false },
};
