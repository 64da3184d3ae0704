//! MySQL and MariaDB.

use super::facts::{BlockRules, Client, Colon, Comments, Facts, Marks, Quotes, RoutineBody};
use crate::Style;

pub(super) static FACTS: Facts = Facts {
    name: "mysql",
    other_names: &["mariadb"],
    title: "MySQL",
    style: Style::Question,
    unnumbered: true,
    reads_question: true,
    most_params: 65_535,
    several_statements: false,
    joins_by_pipes: false,
    quotes: Quotes {
        double_is_string: true,
        backquote: true,
        bracket: false,
        backslash: true,
        dollar: false,
        escape_prefix: false,
        national_prefix: true,
        bit_prefix: true,
        unicode_prefix: false,
    },
    comments: Comments { hash: true, dashes_need_space: true, return_ends: false, nest: false, code: true },
    marks: Marks {
        variables: true,
        at_placeholder: false,
        colon: Colon::AfterLabels,
        digits_in_names: true,
        custom_operators: false,
        fewer_words_before_values: false,
    },
    blocks: BlockRules { body: RoutineBody::Blocks, parentheses: false },
    client: Client { backslash_commands: false, delimiter: true, copied_rows: false },
};
