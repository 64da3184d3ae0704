//! How the dialects' texts differ: a table of facts for each dialect.

use crate::Style;

/// How servers of a dialect read text.
pub(crate) struct Facts {
    /// See [`Dialect::name`](super::Dialect::name).
    pub(crate) name: &'static str,
    /// Other names for it.
    pub(crate) other_names: &'static [&'static str],
    /// See [`Dialect::title`](super::Dialect::title).
    pub(crate) title: &'static str,
    /// The server's own placeholders.
    pub(crate) style: Style,
    /// Placeholders have no numbers: each one is a separate parameter.
    pub(crate) unnumbered: bool,
    /// The server also accepts `?`.
    pub(crate) reads_question: bool,
    /// The most parameters of a statement.
    pub(crate) most_params: usize,
    /// A query can have several statements.
    pub(crate) several_statements: bool,
    /// `||` concatenates; otherwise `concat(…)` does.
    pub(crate) joins_by_pipes: bool,
    pub(crate) quotes: Quotes,
    pub(crate) comments: Comments,
    pub(crate) marks: Marks,
    pub(crate) blocks: BlockRules,
    pub(crate) client: Client,
}

/// Quotes of strings and names.
pub(crate) struct Quotes {
    /// `"a"` is a string; otherwise a name.
    pub(crate) double_is_string: bool,
    /// `` `a` `` is a name.
    pub(crate) backquote: bool,
    /// `[a]` is a name.
    pub(crate) bracket: bool,
    /// A backslash escapes in strings.
    pub(crate) backslash: bool,
    /// `$tag$ … $tag$` is a string.
    pub(crate) dollar: bool,
    /// `e'…'` is a string with escapes.
    pub(crate) escape_prefix: bool,
    /// `n'…'` is a string.
    pub(crate) national_prefix: bool,
    /// `b'…'` is a string of bits.
    pub(crate) bit_prefix: bool,
    /// `u&'…'` and `u&"…"`.
    pub(crate) unicode_prefix: bool,
}

/// Comments.
pub(crate) struct Comments {
    /// `#` starts one.
    pub(crate) hash: bool,
    /// `--` starts one only if a space or a control character follows: `5--1` is a difference.
    pub(crate) dashes_need_space: bool,
    /// A carriage return ends one.
    pub(crate) return_ends: bool,
    /// `/* /* */ */` nests.
    pub(crate) nest: bool,
    /// `/*! … */` is code.
    pub(crate) code: bool,
}

/// The meaning of other characters.
pub(crate) struct Marks {
    /// `@name` is a variable.
    pub(crate) variables: bool,
    /// `@name` is a placeholder.
    pub(crate) at_placeholder: bool,
    /// When a `:` is a separator and doesn't start a placeholder.
    pub(crate) colon: Colon,
    /// Names can begin with a digit.
    pub(crate) digits_in_names: bool,
    /// Operators are made of any operator characters, and `operator(…)` names one.
    pub(crate) custom_operators: bool,
    /// Some keywords that come before a value here are functions in other dialects.
    pub(crate) fewer_words_before_values: bool,
}

/// When a `:` is a separator and doesn't start a placeholder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colon {
    /// Never.
    Never,
    /// After a value, and after a name in brackets: `a[i:j]` is a slice.
    InSlices,
    /// After a value, and right after a name: `label:begin` is a label.
    AfterLabels,
}

/// Whether a `;` in the body of a routine or trigger ends the statement.
pub(crate) struct BlockRules {
    /// The form of the body of `create function` and similar statements.
    pub(crate) body: RoutineBody,
    /// A `;` in parentheses doesn't end the statement: `create rule … do (a; b)`.
    pub(crate) parentheses: bool,
}

/// The form of a routine's body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoutineBody {
    /// A string, or `begin atomic … end`; triggers have none.
    Atomic,
    /// Statements in blocks. This includes triggers, events, packages and `begin not atomic`.
    Blocks,
    /// There are no routines. A trigger's body is `begin … end`.
    Trigger,
}

/// Lines for the server's command-line client.
pub(crate) struct Client {
    /// A backslash at the start of a line is a command.
    pub(crate) backslash_commands: bool,
    /// `delimiter //` changes the end of statements.
    pub(crate) delimiter: bool,
    /// Rows follow `copy … from stdin;`, up to `\.`.
    pub(crate) copied_rows: bool,
}
