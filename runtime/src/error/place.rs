//! Which query an error is about.

use std::{borrow::Cow, fmt};

use super::printable::Printable;

/// A query, for people: where the program has it, and its text. Arguments are never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryPlace {
    /// The file of the macro or of the call.
    pub file: &'static str,
    /// The line in it, from 1.
    pub line: u32,
    /// The text that was sent to the server.
    pub sql: Cow<'static, str>,
}

impl QueryPlace {
    /// A transaction that begins somewhere.
    pub(crate) fn of_begin(place: &'static std::panic::Location<'static>) -> Self {
        QueryPlace { file: place.file(), line: place.line(), sql: Cow::Borrowed("begin") }
    }

    /// The text in one line, shortened.
    pub(crate) fn one_line(&self) -> impl fmt::Display {
        OneLine(&self.sql)
    }
}

impl fmt::Display for QueryPlace {
    /// `src/main.rs:12: select 1`, the text in one line and shortened.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.one_line())
    }
}

/// SQL in one line, of at most some 200 characters.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        let mut length = 0;
        for (number, word) in self.0.split_whitespace().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            length += word.chars().count() + 1;
            if length > LONGEST {
                return f.write_str("…");
            }
            Printable(word).fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_shown_in_one_short_line() {
        let place = QueryPlace {
            file: "src/a.rs",
            line: 7,
            sql: Cow::Borrowed("select *\n    from users\n where id = $1"),
        };
        assert_eq!(place.to_string(), "src/a.rs:7: select * from users where id = $1");
        let long = QueryPlace { file: "a", line: 1, sql: Cow::Owned("word ".repeat(500)) };
        assert!(long.to_string().len() < 230, "{long}");
        assert!(long.to_string().ends_with('…'));
    }
}
