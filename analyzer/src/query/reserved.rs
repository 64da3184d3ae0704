//! Words that a server keeps for its grammar: they are names only in quotes.

use std::sync::LazyLock;

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::Ident;

use super::{Infer, parse};
use crate::diagnostics;

type Words = LazyLock<Vec<&'static str>>;

/// The words that can be neither a column nor a table: `reserved` and `reserved (can be function or type)` of `pg_get_keywords()`.
static RESERVED: Words = Words::new(|| {
    sorted(
        "\
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate \
    collation column concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end \
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into \
    is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on \
    only or order outer overlaps placing primary references returning right select session_user similar some \
    symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when \
    where window with",
    )
});

/// The words that can be an output column's name only behind `as`: those without `barelabel`.
static NEEDS_AS: Words = Words::new(|| {
    sorted(
        "\
    array as char character create day except fetch filter for from grant group having hour intersect into \
    isnull limit minute month notnull offset on order over overlaps precision returning second to union varying \
    where window with within without year",
    )
});

/// SQLite's words that are never names.
static SQLITE: Words = Words::new(|| {
    sorted(
        "\
    add all alter and as autoincrement between case check collate commit constraint create default deferrable \
    delete distinct drop else escape exists foreign from group having in index insert into is isnull join limit \
    not notnull null on or order primary references select set table then to transaction union unique update \
    using values when where",
    )
});

/// MySQL's reserved words, but for types and those that are functions too.
static MYSQL: Words = Words::new(|| {
    sorted(
        "\
    add all alter and as asc between by case check collate column constraint create cross default delete desc \
    distinct drop else exists false for foreign from group having in index inner insert into is join key keys \
    like limit lock natural not null on or order outer primary references select set table then to true union \
    unique update using when where with",
    )
});

/// Whether a word can be no table's name without quotes.
pub(super) fn is_reserved(word: &str, dialect: Dialect) -> bool {
    let words = match dialect {
        Dialect::Postgres => &RESERVED,
        Dialect::Sqlite => &SQLITE,
        Dialect::Mysql => &MYSQL,
    };
    is_in(words, word)
}

impl Infer<'_> {
    /// Whether a word can be no name as it stands here; then that is told.
    pub(crate) fn reserved(&mut self, ident: &Ident) -> bool {
        let reserved = self.dialect == Dialect::Postgres
            && ident.quote_style.is_none()
            && is_in(&RESERVED, &ident.value)
            && !self.is_word_of_later(&ident.value);
        if reserved {
            let place = parse::span(ident.span).unwrap_or_default();
            self.report(diagnostics::reserved_word(&ident.value.to_lowercase(), place));
        }
        reserved
    }

    /// Whether a word is reserved only in a later release than the one that the queries run on.
    pub(crate) fn is_word_of_later(&self, word: &str) -> bool {
        self.catalog.release.is_some_and(|release| release < 16) && word.eq_ignore_ascii_case("system_user")
    }

    /// Tells of an output column's name that needs `as` before it.
    pub(crate) fn check_label(&mut self, ident: &Ident, place: Span) {
        if self.dialect == Dialect::Postgres
            && ident.quote_style.is_none()
            && is_in(&NEEDS_AS, &ident.value)
            && !self.text.is_after_as(place)
        {
            self.report(diagnostics::bare_label(&ident.value.to_lowercase(), place));
        }
    }
}

fn sorted(words: &'static str) -> Vec<&'static str> {
    let mut words: Vec<_> = words.split(' ').collect();
    words.sort_unstable();
    words
}

fn is_in(words: &[&str], word: &str) -> bool {
    words.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}
