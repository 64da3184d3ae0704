//! Facts about values: literals, parameters, and the types that a server gives them.

/// How a server types values.
pub(crate) struct Values {
    /// An expression without a type becomes text.
    pub(crate) untyped_is_text: bool,
    /// The text type of untyped operands where only text is accepted.
    pub(crate) text: &'static str,
    /// The expression `…` as text, for advice.
    pub(crate) text_cast: TextCast,
    /// Each place of a parameter determines its type, and all must agree; otherwise the first place determines it.
    pub(crate) places_agree_on_params: bool,
    /// A parameter without a type can hold a value of any.
    pub(crate) params_of_any_type: bool,
    /// Some parameters are sent with a wider type than their place has, such as a timestamp as a `datetime`.
    pub(crate) params_sent_wider: bool,
    /// `-$1` only has a type if its context determines one.
    pub(crate) negated_param_is_untyped: bool,
    /// A parameter's value that can't be converted in a cast becomes null.
    pub(crate) failed_cast_is_null: bool,
    /// `null`, bytes, `-$1`, `exists` and UUIDs adopt the type of the values beside them.
    pub(crate) literals_adapt: bool,
    /// A negated constant can become a decimal.
    pub(crate) negated_constant_widens: bool,
    /// A value is stored unconverted if it can't be converted to the column's type.
    pub(crate) stored_unconverted: bool,
    /// The precision of a decimal is derived from its operands.
    pub(crate) digits_follow: bool,
    /// A date can consist of zeros, which some servers treat as null.
    pub(crate) zero_dates: bool,
    /// `(a, b)` is a value.
    pub(crate) rows_are_values: bool,
    /// `between` and `case` compare rows.
    pub(crate) rows_are_comparands: bool,
    /// A condition must be boolean; otherwise any value can be a condition.
    pub(crate) conditions_are_boolean: bool,
    /// A cast can name every text type.
    pub(crate) casts_to_every_text: bool,
    /// The type of `x'1f'`.
    pub(crate) hex: Option<&'static str>,
    /// The type of `b'01'`.
    pub(crate) bits: Option<&'static str>,
    /// The type of `timestamp '…'`, if it differs from its name.
    pub(crate) timestamp_literal: Option<&'static str>,
    /// `interval 1 day` names its unit, which belongs to its type; otherwise an interval is a string literal.
    pub(crate) interval_units: bool,
    /// The first release with numbers in base 16, 8 and 2, and with underscores.
    pub(crate) numbers_since: Option<u8>,
    /// A constant under `and false` and an empty list are folded before their parts are analyzed.
    pub(crate) constants_folded: bool,
    /// When `=` is the same equality as in a unique key.
    pub(crate) equality: Equality,
    /// The type of `for ordinality` in `json_table`.
    pub(crate) ordinality: &'static str,
}

/// When `=` between a column and a value is the same equality as in a unique key. Otherwise, texts can be compared as
/// numbers, so several can equal one number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equality {
    /// Always.
    Exact,
    /// If both are text, or neither is.
    OfOneKind,
    /// The same, and for every value that doesn't depend on a table, because it adopts the column's affinity.
    OfConstants,
}

/// How an expression is cast to text.
pub(crate) struct TextCast {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The cast of any expression, `…`.
    pub(crate) of_any: &'static str,
}

impl TextCast {
    /// The cast of a parameter.
    pub(crate) fn of(&self, param: &str) -> String {
        format!("{}{param}{}", self.before, self.after)
    }
}
