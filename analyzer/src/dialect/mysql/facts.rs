//! The facts of MySQL and MariaDB.

use super::super::{
    AggregateLevel, BatchForm, Calls, Changes, Collate, Construct, Definitions, DerivedAlias, DottedTarget,
    Equality, Explain, ExtractFields, Facts, From, JoinCondition, KeyNames, KeyParts, Keyword, Like, Names,
    Ordinals, OutputNames, References, ReservedFound, SameKeys, Select, TextCast, TypeGrammar, Ungrouped,
    Values, Views,
    names::{NONE, words},
};

pub(crate) static FACTS: Facts = Facts {
    names: Names {
        folded: false,
        exact: false,
        longest: None,
        quote: '`',
        backquotes: true,
        default_schema: "",
        string_is_name: false,
        string_is_alias: true,
        unknown_quoted_is_string: false,
        backslash_escapes: true,
        start_with_digit: true,
        variables: true,
        reserved: &RESERVED,
        reserved_found: ReservedFound::Tree,
        reserved_values: &VALUES,
        any_word_before_dot: true,
        any_word_after_as: false,
        need_as: &NONE,
        labels_reserved: true,
        outputs: OutputNames::TrimmedText,
        first_values_column: "column_0",
    },
    values: Values {
        untyped_is_text: false,
        text: "varchar",
        text_cast: TextCast { before: "cast(", after: " as char)", of_any: "cast(… as char)" },
        places_agree_on_params: false,
        params_of_any_type: false,
        params_sent_wider: true,
        negated_param_is_untyped: true,
        failed_cast_is_null: true,
        literals_adapt: true,
        negated_constant_widens: true,
        stored_unconverted: false,
        digits_follow: true,
        zero_dates: true,
        rows_are_values: false,
        rows_are_comparands: false,
        conditions_are_boolean: false,
        casts_to_every_text: false,
        hex: Some("varbinary"),
        bits: Some("varbinary"),
        timestamp_literal: Some("datetime"),
        interval_units: true,
        numbers_since: None,
        constants_folded: false,
        equality: Equality::OfOneKind,
        ordinality: "int",
    },
    from: From {
        duplicate_names: false,
        on_sees_every_table: false,
        parentheses_are_queries: false,
        condition: JoinCondition::Outer,
        using_first: true,
        using_unambiguous: true,
        using_once: false,
        using_unites_types: false,
        natural_by_right: false,
        right_join_swapped: true,
        full_join: false,
        derived_alias: DerivedAlias::Required,
        typed_aliases: false,
        keywords_are_tables: false,
        dual: true,
        virtual_functions: false,
        column_sequences: false,
    },
    select: Select {
        most_columns: 4096,
        aliases_in_where: false,
        aliases_after_where: true,
        having_sees_selected: true,
        having_groups: false,
        having_needs_groups: false,
        ungrouped: Ungrouped::Determined,
        columns_without_rows: true,
        subqueries_need_rows: true,
        groups_by_rows: false,
        aggregate_level: AggregateLevel::OwnArguments,
        outer_aggregates_checked: false,
        sorts_see_own_level: false,
        constant_order_rejected: false,
        order_checked: false,
        ordinals: Ordinals { minus: false, plus: false, hex: false },
        windows_last: false,
        windows_unsettled: true,
        group_frames: false,
        frame_offset: "bigint",
        limit: "bigint unsigned",
        limit_null: false,
        limit_is_expression: false,
        limit_checked: false,
        subquery_first: false,
        subquery_before_row: true,
        with_recursive: false,
        union_forgets: false,
        changes_in_with: false,
        locks_checked: false,
        explain: Explain::Unknown,
    },
    changes: Changes {
        returning_sees_target: false,
        returning_first: false,
        row_versions: false,
        delete_names_tables: true,
        update_from_is_query: false,
        alias_needs_as: false,
        with_before_insert: false,
        insert_without_into: true,
        defaults_with_conflict: true,
        generated_left_out: false,
        value_keyword: true,
        overriding: false,
        row_keyword: true,
        fewer_values: false,
        no_values: true,
        default_value: true,
        assigns_rows: false,
        assigns_once: false,
        dotted_target: DottedTarget::Table,
        conflict_needs_target: false,
        conflict_parentheses: false,
        conflict_sees_both: false,
        batch: BatchForm::Rows,
        replace: true,
        replacing: &[&["ignore"]],
        batch_tail: &[],
        many_rows_differ: true,
    },
    calls: Calls {
        in_schemas: true,
        procedures: false,
        keywords: KEYWORDS,
        keywords_hide_columns: false,
        keywords_not_called: false,
        constructs: CONSTRUCTS,
        internal_names: &[],
        replacements: REPLACEMENTS,
        json_grammar: false,
        scalar_extremes: false,
        pattern_symbols: false,
        fewest_escape: 0,
        substring: "substr",
        trim_both: "trim",
        trims_one: true,
        extract_fields: ExtractFields::Listed(EXTRACT_FIELDS),
        collate: Collate::Text,
        plain_distinct: false,
        distinct_of_one: false,
        distinct_over_windows: true,
        clauses_in_data: true,
    },
    definitions: Definitions {
        types: TypeGrammar::Keywords,
        creates_types: false,
        system_columns: &[],
        rowid: false,
        invisible_columns: true,
        tables_ignore_case: false,
        databases_are_schemas: true,
        search_path: false,
        table_indexes: true,
        short_column_clauses: true,
        unique_once: true,
        generated_by_as: true,
        same_keys: SameKeys::Stay,
        key_names: KeyNames::ByColumn,
        key_parts: KeyParts::Length,
        primary_not_null: true,
        exclude: false,
        named_not_null: false,
        index_has_schema: false,
        references: References::OfTables,
        views: Views::Names,
        alter_table_takes_any: false,
        engine_options: true,
        alter_view_replaces: true,
        like: Like::Whole,
        inherited_again: false,
        names_before_query: false,
        declared_before_query: true,
        routines: true,
        overloads: false,
        routine_options: true,
        blocks: false,
        prepares_text: true,
        queries_define: false,
        truncate: true,
    },
};

words!(
    /// MariaDB's reserved keywords: those of `information_schema.keywords` for which it rejects `select 1 as word`.
    /// They are names only in quotes and after a dot. MySQL reserves slightly fewer.
    RESERVED,
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
    write xor year_month zerofill"
);

words!(
    /// The reserved keywords that are values.
    VALUES,
    "\
    current_date current_role current_time current_timestamp current_user default false localtime localtimestamp null \
    true utc_date utc_time utc_timestamp"
);

const KEYWORDS: &[(&str, Keyword)] = &[
    ("current_date", Keyword::Call),
    ("current_role", Keyword::Call),
    ("current_time", Keyword::Call),
    ("current_timestamp", Keyword::Call),
    ("current_user", Keyword::Call),
    ("localtime", Keyword::Call),
    ("localtimestamp", Keyword::Call),
    ("utc_date", Keyword::Call),
    ("utc_time", Keyword::Call),
    ("utc_timestamp", Keyword::Call),
];

const CONSTRUCTS: &[(&str, Construct)] = &[
    ("coalesce", Construct::Coalesce(1)),
    ("if", Construct::If),
    ("ifnull", Construct::IfNull),
    ("isnull", Construct::IsNull),
    ("nullif", Construct::NullIf),
    ("nvl", Construct::IfNull),
    ("timestampadd", Construct::UnitFirst),
    ("timestampdiff", Construct::UnitFirst),
    ("values", Construct::InsertedValue),
];

/// Units of two parts are returned as one of these.
const EXTRACT_FIELDS: &[&str] =
    &["microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

const REPLACEMENTS: &[(&str, &str)] = &[
    ("array_agg", "json_arrayagg(…)"),
    ("date_trunc", "date_format(…, '%Y-%m-01')"),
    ("gen_random_uuid", "uuid()"),
    ("getdate", "now()"),
    ("iif", "if(…, …, …)"),
    ("json_agg", "json_arrayagg(…)"),
    ("len", "char_length(…)"),
    ("string_agg", "group_concat(… separator ',')"),
    ("strftime", "date_format(…, …)"),
    ("strpos", "instr(…, …)"),
];
