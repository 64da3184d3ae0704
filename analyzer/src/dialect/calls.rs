//! Facts about function calls.

/// How a server handles calls.
pub(crate) struct Calls {
    /// Functions belong to schemas.
    pub(crate) in_schemas: bool,
    /// `call` runs a procedure, and returns its `out` arguments.
    pub(crate) procedures: bool,
    /// The keywords that are values without parentheses.
    pub(crate) keywords: &'static [(&'static str, Keyword)],
    /// These keywords come before columns of the same name.
    pub(crate) keywords_hide_columns: bool,
    /// These keywords cannot have parentheses.
    pub(crate) keywords_not_called: bool,
    /// Calls with special rules, by name.
    pub(crate) constructs: &'static [(&'static str, Construct)],
    /// The functions behind constructs of the grammar.
    pub(crate) internal_names: &'static [(&'static str, &'static str)],
    /// Functions of other servers, and what to write instead.
    pub(crate) replacements: &'static [(&'static str, &'static str)],
    /// The grammar of SQL's JSON functions: `json_object('a': 1)`, `json_value(…)`, `json_table(…)`.
    pub(crate) json_grammar: bool,
    /// `min` and `max` of several arguments return one of them.
    pub(crate) scalar_extremes: bool,
    /// Patterns are matched by symbols, such as `~~` for `like`; otherwise by words.
    pub(crate) pattern_symbols: bool,
    /// The fewest characters of `escape`.
    pub(crate) fewest_escape: usize,
    /// The function that `substring(a from b)` calls.
    pub(crate) substring: &'static str,
    /// The function that `trim(both …)` calls.
    pub(crate) trim_both: &'static str,
    /// The functions that `trim` calls have one argument.
    pub(crate) trims_one: bool,
    /// The fields that `extract` accepts.
    pub(crate) extract_fields: ExtractFields,
    /// Text keeps its own type under `collate`; otherwise anything becomes text.
    pub(crate) collate: Collate,
    /// A function that isn't an aggregate can have `distinct`.
    pub(crate) plain_distinct: bool,
    /// `distinct` needs exactly one argument.
    pub(crate) distinct_of_one: bool,
    /// `distinct` and `order by` are accepted over a window.
    pub(crate) distinct_over_windows: bool,
    /// The data lists the aggregates that accept `distinct` and `order by`; otherwise all do.
    pub(crate) clauses_in_data: bool,
}

impl Calls {
    /// The keyword that a word in lowercase is.
    pub(crate) fn keyword(&self, word: &str) -> Option<Keyword> {
        self.keywords.iter().find(|(own, _)| *own == word).map(|(_, keyword)| *keyword)
    }

    /// The name of the function that a call of `name` runs.
    pub(crate) fn internal_name<'n>(&self, name: &'n str) -> &'n str {
        self.internal_names.iter().find(|(own, _)| *own == name).map_or(name, |(_, internal)| internal)
    }
}

/// A keyword that is a value without parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    /// A value of a type, that is never null.
    Value(&'static str),
    /// The same, that can be null.
    Nullable(&'static str),
    /// `true` or `false`.
    Truth,
    /// A call of the function of that name.
    Call,
}

/// A call with special rules for types and nulls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Construct {
    /// `coalesce(a, …)` of at least so many arguments.
    Coalesce(usize),
    /// `ifnull(a, b)`
    IfNull,
    /// `nullif(a, b)`
    NullIf,
    /// `greatest(a, …)` and `least(a, …)`, which ignore nulls.
    Extreme,
    /// `if(condition, a, b)`
    If,
    /// `iif(condition, a, condition, b, …, c)`, where the last can be left out.
    IfChain,
    /// `isnull(a)`
    IsNull,
    /// `row(a, …)`
    Row,
    /// `merge_action()`
    MergeAction,
    /// `grouping(a, …)`
    Grouping,
    /// A call whose first argument is a unit of time.
    UnitFirst,
    /// `values(column)` of `on duplicate key update`
    InsertedValue,
}

/// The fields that `extract` accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtractFields {
    /// Any name.
    Names,
    /// Any name that isn't reserved.
    Unreserved,
    /// These.
    Listed(&'static [&'static str]),
}

/// The type of a value with `collate`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collate {
    /// Its own type. Untyped values stay untyped.
    Unchanged,
    /// An untyped value becomes text.
    TextIfUntyped,
    /// Every value becomes text.
    Text,
}
