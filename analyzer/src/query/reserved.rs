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

/// MariaDB's words that are names only in quotes and behind a dot: those of `information_schema.keywords` for which it
/// refuses `select 1 as word`. MySQL keeps a few of them less.
static MYSQL: Words = Words::new(|| {
    sorted(
        "\
    accessible add all alter analyze and as asc asensitive before between bigint binary blob both by \
    call cascade case change char character check collate column condition constraint continue convert \
    create cross current_date current_role current_time current_timestamp current_user cursor databases \
    day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete \
    delete_domain_id desc describe deterministic distinct distinctrow div do_domain_ids double drop dual \
    each else elseif enclosed escaped except exists exit explain false fetch float float4 float8 for \
    force foreign from fulltext grant group having high_priority hour_microsecond hour_minute \
    hour_second if ignore ignore_domain_ids in index infile inner inout insensitive insert int int1 int2 \
    int3 int4 int8 integer intersect interval into is iterate join key keys kill leading leave left like \
    limit linear lines load localtime localtimestamp lock long longblob longtext loop low_priority \
    master_demote_to_replica master_demote_to_slave master_ssl_verify_server_cert match maxvalue \
    mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies natural \
    no_write_to_binlog not null numeric offset on optimize optionally or order out outer outfile over \
    page_checksum parse_vcol_expr partition portion precision primary procedure purge range read \
    read_write reads real recursive ref_system_id references regexp release rename repeat replace \
    require resignal restrict return returning revoke right rlike row_number rows schemas \
    second_microsecond select sensitive separator set show signal smallint spatial specific sql \
    sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting \
    stats_auto_recalc stats_persistent stats_sample_pages straight_join table terminated then tinyblob \
    tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use using \
    utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying when where while with \
    write xor year_month zerofill",
    )
});

/// Those of [`MYSQL`] that are values as they stand.
const MYSQL_VALUES: [&str; 14] = [
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "false",
    "localtime",
    "localtimestamp",
    "null",
    "true",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

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
        let reserved = self.dialect != Dialect::Sqlite
            && ident.quote_style.is_none()
            && is_reserved(&ident.value, self.dialect)
            && !self.is_word_of_later(&ident.value);
        if reserved {
            let place = parse::span(ident.span).unwrap_or_default();
            self.report(diagnostics::reserved_word(&ident.value.to_lowercase(), place, self.dialect));
        }
        reserved
    }

    /// Whether a word can be no column's name as it stands here, nor a value; then that is told.
    pub(crate) fn reserved_column(&mut self, ident: &Ident) -> bool {
        let value = self.dialect == Dialect::Mysql
            && MYSQL_VALUES.binary_search(&ident.value.to_ascii_lowercase().as_str()).is_ok();
        !value && self.reserved(ident)
    }

    /// Whether a word is reserved only in a later release than the one that the queries run on.
    pub(crate) fn is_word_of_later(&self, word: &str) -> bool {
        self.catalog.release.is_some_and(|release| release < 16) && word.eq_ignore_ascii_case("system_user")
    }

    /// Tells of an output column's name that needs `as` before it, or quotes around it.
    pub(crate) fn check_label(&mut self, ident: &Ident, place: Span) {
        if self.dialect == Dialect::Mysql {
            self.reserved(ident);
            return;
        }
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
