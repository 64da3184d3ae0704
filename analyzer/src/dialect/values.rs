//! Facts about values: literals, parameters, and the types that a server gives them.

/// How a server types values.
pub(crate) struct Values {
    /// An expression that nothing gives a type becomes text.
    pub(crate) untyped_is_text: bool,
    /// The text type that untyped operands take where only text is accepted.
    pub(crate) text: &'static str,
    /// The expression `…` as text, for advice.
    pub(crate) text_cast: TextCast,
    /// A query's places each decide a parameter's type, and must agree; otherwise the first one decides for all.
    pub(crate) places_agree_on_params: bool,
    /// A parameter without a type can hold a value of any.
    pub(crate) params_of_any_type: bool,
    /// Some parameters are sent as a wider type than the place has, such as a timestamp as a `datetime`.
    pub(crate) params_sent_wider: bool,
    /// `-$1` has a type only if something around it gives it one.
    pub(crate) negated_param_is_untyped: bool,
    /// The value of a parameter that does not convert in a cast becomes null.
    pub(crate) failed_cast_is_null: bool,
    /// `null`, bytes, `-$1`, `exists` and UUIDs take on the type of the values beside them.
    pub(crate) literals_adapt: bool,
    /// A negated constant can become a decimal.
    pub(crate) negated_constant_widens: bool,
    /// A value is stored as it is if it does not convert to the column's type.
    pub(crate) stored_unconverted: bool,
    /// The number of digits of a decimal follows from those of its operands.
    pub(crate) digits_follow: bool,
    /// A date can be one of zeros, which some servers take for null.
    pub(crate) zero_dates: bool,
    /// `(a, b)` is a value.
    pub(crate) rows_are_values: bool,
    /// `between` and `case` compare rows.
    pub(crate) rows_are_comparands: bool,
    /// A condition must be boolean; otherwise any value has a truth.
    pub(crate) conditions_are_boolean: bool,
    /// A cast can name every text type.
    pub(crate) casts_to_every_text: bool,
    /// The type of `x'1f'`.
    pub(crate) hex: Option<&'static str>,
    /// The type of `b'01'`.
    pub(crate) bits: Option<&'static str>,
    /// The type of `timestamp '…'`, if it is another one than the word says.
    pub(crate) timestamp_literal: Option<&'static str>,
    /// `interval 1 day` names its unit, which belongs to its type; otherwise an interval is a string literal.
    pub(crate) interval_units: bool,
    /// The release that brought numbers in base 16, 8 and 2, and those with underscores.
    pub(crate) numbers_since: Option<u8>,
    /// A constant under `and false` and an empty list are computed before their parts are looked at.
    pub(crate) constants_folded: bool,
    /// When `=` is the equality that a unique key goes by.
    pub(crate) equality: Equality,
    /// The type of `for ordinality` in `json_table`.
    pub(crate) ordinality: &'static str,
}

/// When `=` between a column and a value is the equality that a unique key goes by. Otherwise texts can be compared as
/// numbers, so that several equal one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equality {
    /// Always.
    Exact,
    /// If both are texts, or neither is.
    OfOneKind,
    /// The same, and for every value that depends on no table: it takes on the column's affinity.
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
