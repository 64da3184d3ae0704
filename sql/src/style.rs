//! The ways to write a placeholder.

use std::fmt;

use crate::Dialect;

/// A way to write a placeholder. A query uses one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `$1`: the first argument, however often it is used.
    Dollar,
    /// `?`: the next argument.
    Question,
    /// `?1`: the first argument, however often it is used.
    QuestionNumber,
    /// `%s`: the next argument.
    Percent,
    /// `%(name)s`: the argument of that name.
    PercentName,
    /// `:name`: the argument of that name.
    Colon,
    /// `@name`: the argument of that name. Not in MySQL, where it is a variable of the session.
    At,
    /// `$name`: the argument of that name.
    DollarName,
    /// `{name}`: the argument of that name; macros capture a variable of that name.
    Brace,
}

impl Style {
    /// Whether arguments are found by name rather than by position.
    pub const fn is_named(self) -> bool {
        matches!(self, Style::PercentName | Style::Colon | Style::At | Style::DollarName | Style::Brace)
    }

    /// Whether the placeholder contains its argument's number.
    pub const fn is_numbered(self) -> bool {
        matches!(self, Style::Dollar | Style::QuestionNumber)
    }

    /// An example of the style: `$1`, `?`, `%(name)s` …
    pub const fn example(self) -> &'static str {
        match self {
            Style::Dollar => "$1",
            Style::Question => "?",
            Style::QuestionNumber => "?1",
            Style::Percent => "%s",
            Style::PercentName => "%(name)s",
            Style::Colon => ":name",
            Style::At => "@name",
            Style::DollarName => "$name",
            Style::Brace => "{name}",
        }
    }

    /// The style that the servers of a dialect accept: `?1`, `$1` or `?`.
    pub fn of(dialect: Dialect) -> Style {
        dialect.facts().style
    }

    /// A placeholder in this style for the argument with this number (from 1) and name.
    pub(crate) fn placeholder(self, number: usize, name: &str) -> String {
        match self {
            Style::Dollar => format!("${number}"),
            Style::Question => "?".to_owned(),
            Style::QuestionNumber => format!("?{number}"),
            Style::Percent => "%s".to_owned(),
            Style::PercentName => format!("%({name})s"),
            Style::Colon => format!(":{name}"),
            Style::At => format!("@{name}"),
            Style::DollarName => format!("${name}"),
            Style::Brace => format!("{{{name}}}"),
        }
    }

    /// The name in a named placeholder, or the digits in a numbered one.
    pub(crate) fn inside(self, placeholder: &str) -> &str {
        let (before, after) = match self {
            Style::Question | Style::Percent => return "",
            Style::Dollar | Style::QuestionNumber | Style::Colon | Style::At | Style::DollarName => (1, 0),
            Style::PercentName => (2, 2),
            Style::Brace => (1, 1),
        };
        placeholder.get(before..placeholder.len().saturating_sub(after)).unwrap_or_default()
    }
}

/// Writes an example of the style.
impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.example())
    }
}
