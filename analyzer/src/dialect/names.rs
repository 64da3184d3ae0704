//! Facts about names: how they are stored and compared, and which keywords are reserved.

use std::{borrow::Cow, sync::LazyLock};

use sqlparser::ast::Ident;

/// How a server treats names.
pub(crate) struct Names {
    /// Unquoted names are stored in lowercase.
    pub(crate) folded: bool,
    /// Two names are equal only if every byte is; otherwise the case of letters is ignored.
    pub(crate) exact: bool,
    /// The number of bytes to which names are truncated.
    pub(crate) longest: Option<usize>,
    /// The character around a quoted name.
    pub(crate) quote: char,
    /// Backquotes also quote names.
    pub(crate) backquotes: bool,
    /// The schema of names without a schema.
    pub(crate) default_schema: &'static str,
    /// A string literal is accepted where only a name can be.
    pub(crate) string_is_name: bool,
    /// A string literal is accepted as the alias of an output column.
    pub(crate) string_is_alias: bool,
    /// A double-quoted name that no column has is a string literal.
    pub(crate) unknown_quoted_is_string: bool,
    /// In string literals, a backslash starts an escape.
    pub(crate) backslash_escapes: bool,
    /// A name can begin with a digit.
    pub(crate) start_with_digit: bool,
    /// A name that begins with `@` is a variable.
    pub(crate) variables: bool,
    /// The keywords that are names only in quotes.
    pub(crate) reserved: &'static Words,
    /// Where a reserved keyword in the place of a name is detected.
    pub(crate) reserved_found: ReservedFound,
    /// The reserved keywords that are values by themselves.
    pub(crate) reserved_values: &'static Words,
    /// Any word is a name before a dot.
    pub(crate) any_word_before_dot: bool,
    /// Any word is a name after `as`.
    pub(crate) any_word_after_as: bool,
    /// The keywords that require `as` to name an output column.
    pub(crate) need_as: &'static Words,
    /// A reserved keyword cannot name an output column.
    pub(crate) labels_reserved: bool,
    /// The name of an output column without an alias.
    pub(crate) outputs: OutputNames,
    /// The name of the first column of `values`. The numbers of the others follow it.
    pub(crate) first_values_column: &'static str,
}

/// Where a reserved keyword in the place of a name is detected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReservedFound {
    /// In the tokens, by its neighbours.
    Tokens,
    /// In the syntax tree, at places for names.
    Tree,
    /// In both.
    Both,
}

/// The name of an output column without an alias.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputNames {
    /// The name of the column, function or type in the expression.
    OfExpression,
    /// The expression's text, or the declared name of a column.
    Text,
    /// The expression's text without the parentheses around it, truncated; for a column, its spelling in the query.
    TrimmedText,
}

impl Names {
    /// An identifier as the server stores it.
    pub(crate) fn fold(&self, ident: &Ident) -> String {
        if self.folded && ident.quote_style.is_none() {
            ident.value.to_lowercase()
        } else {
            ident.value.clone()
        }
    }

    /// The name of a function as the server looks it up.
    pub(crate) fn fold_function(&self, ident: &Ident) -> String {
        if self.folded { self.fold(ident) } else { ident.value.to_lowercase() }
    }

    /// Whether two names are equal.
    pub(crate) fn same(&self, left: &str, right: &str) -> bool {
        if self.exact {
            return left == right;
        }
        left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
    }

    /// Whether two names are equal, ignoring only the case of ASCII letters.
    pub(crate) fn same_ascii(&self, left: &str, right: &str) -> bool {
        if self.exact { left == right } else { left.eq_ignore_ascii_case(right) }
    }

    /// The name of a column of `values`, counted from 0.
    pub(crate) fn values_column(&self, index: usize) -> String {
        let first = self.first_values_column;
        let digits = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let start: usize = first[digits.len()..].parse().unwrap_or_default();
        format!("{digits}{}", start + index)
    }

    /// Whether a word is a name only in quotes.
    pub(crate) fn is_reserved(&self, word: &str) -> bool {
        self.reserved.has(word)
    }
}

/// A set of lowercase words, sorted on first use.
pub(crate) struct Words(LazyLock<Vec<&'static str>>);

impl Words {
    /// A set of the words that the function returns, in sorted order.
    pub(crate) const fn new(sorted: fn() -> Vec<&'static str>) -> Self {
        Words(LazyLock::new(sorted))
    }

    /// Whether a word is in the set, ignoring case.
    pub(crate) fn has(&self, word: &str) -> bool {
        let word: Cow<'_, str> = match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => word.to_ascii_lowercase().into(),
            false => word.into(),
        };
        self.0.binary_search(&&*word).is_ok()
    }
}

/// An empty set.
pub(super) static NONE: Words = Words::new(Vec::new);

/// A static set of the words of a text.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis $name:ident, $text:expr) => {
        $(#[$doc])*
        $vis static $name: $crate::dialect::Words = $crate::dialect::Words::new(|| {
            let mut words: Vec<&'static str> = $text.split_whitespace().collect();
            words.sort_unstable();
            words
        });
    };
}
pub(crate) use words;
