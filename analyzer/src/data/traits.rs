//! Properties of functions beyond their types: the words of the column `traits` of `sqlite/functions.tsv` and
//! `mysql/functions.tsv`, and of `postgres/function_traits.tsv`.
//!
//! | word | |
//! |---|---|
//! | `steady` | within a statement, the same arguments give the same result |
//! | `returns-argument` | the result is one of the arguments |
//! | `widens` | MySQL stores the result as the widest type of its kind |
//! | `group-first`, `group-all`, `group-order` | an aggregate, null only over a group in which every row has a null in the first argument, in any argument, or in what it is ordered by |
//! | `group-never` | an aggregate that collects nulls, too: never null over a group with rows |
//! | `window-never`, `window-arguments`, `window-default`, `window-frame` | a window function that is never null, only for a null argument, the same if its third argument is a default, the same if its frame holds the row |
//! | `set-never` | a set whose elements are never null |
//! | `distinct`, `order-by` | an aggregate of MySQL that takes these clauses |
//! | `uuid` | text in MySQL, a UUID in MariaDB |
//! | `any-integer` | an integer so large that arithmetic soon overflows |
//! | `subseconds` | seconds since 1970, with a fraction if the modifier `subsec` is given |
//! | `compares` | MySQL: the arguments are compared with each other |
//! | `no-bytes` | MySQL: the type is not known if an argument is bytes |
//! | `bytes-unsigned` | MySQL: literal bytes count as an unsigned number |
//! | `digits` | MySQL: the second argument is a number of digits, and a null makes the type another one |
//! | `null-matters` | MySQL: a literal `null` makes the type another one |

use aio_databases_sql::Dialect;

use super::{
    Table,
    builtin::{MYSQL, SQLITE},
};

const POSTGRES: Table = Table::new(include_str!("postgres/function_traits.tsv"));

/// The traits of a function.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traits {
    words: &'static str,
}

/// What determines whether an aggregate is null over a group with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The first argument.
    First,
    /// All arguments.
    All,
    /// The first argument, and the expressions that it is ordered by.
    Order,
    /// Nothing: it is never null.
    Never,
}

/// When a window function is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// Never.
    Never,
    /// If an argument is null.
    Arguments,
    /// If one of three arguments is null; with fewer arguments, also if there is no such row.
    Default,
    /// If an argument is null, or if the frame may not contain the row.
    Frame,
}

/// The traits of the functions with a name.
pub(crate) fn traits(dialect: Dialect, name: &str) -> Traits {
    let words = match dialect {
        Dialect::Postgres => POSTGRES.find(name).next().map(|row| row.get::<2>()[1]),
        Dialect::Sqlite => SQLITE.find(name).next().map(|row| row.get::<6>()[5]),
        Dialect::Mysql => MYSQL.find(name).next().map(|row| row.get::<6>()[5]),
    };
    Traits { words: words.unwrap_or_default() }
}

impl Traits {
    /// Whether a function has a trait, by its word in the table.
    pub(crate) fn has(self, word: &str) -> bool {
        self.words.split(' ').any(|own| own == word)
    }

    /// What determines whether an aggregate is null over a group with rows, if that is known.
    pub(crate) fn group(self) -> Option<Group> {
        self.words.split(' ').find_map(|word| match word {
            "group-first" => Some(Group::First),
            "group-all" => Some(Group::All),
            "group-order" => Some(Group::Order),
            "group-never" => Some(Group::Never),
            _ => None,
        })
    }

    /// When a window function is null, if that is known.
    pub(crate) fn window(self) -> Option<Window> {
        self.words.split(' ').find_map(|word| match word {
            "window-never" => Some(Window::Never),
            "window-arguments" => Some(Window::Arguments),
            "window-default" => Some(Window::Default),
            "window-frame" => Some(Window::Frame),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained() {
        let explained = |word: &str| {
            include_str!("traits.rs")
                .lines()
                .any(|line| line.starts_with("//! |") && line.contains(&format!("`{word}`")))
        };
        let words = POSTGRES.all().map(|row| row.get::<2>()[1]);
        let words = words.chain(SQLITE.all().chain(MYSQL.all()).map(|row| row.get::<6>()[5]));
        for word in words.flat_map(|words| words.split(' ')).filter(|word| !word.is_empty()) {
            assert!(explained(word), "`{word}` is not in the table at the top of this file");
        }
    }

    #[test]
    fn names_are_looked_up_by_dialect() {
        assert!(traits(Dialect::Postgres, "lower").has("steady"));
        assert!(!traits(Dialect::Postgres, "random").has("steady"));
        assert_eq!(traits(Dialect::Mysql, "group_concat").group(), Some(Group::All));
        assert_eq!(traits(Dialect::Sqlite, "group_concat").group(), Some(Group::First));
        assert_eq!(traits(Dialect::Sqlite, "lag").window(), Some(Window::Default));
    }
}
