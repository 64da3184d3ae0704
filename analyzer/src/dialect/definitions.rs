//! Facts about statements that define tables, types and functions.

/// How a server handles definitions.
pub(crate) struct Definitions {
    /// The grammar of a column's type.
    pub(crate) types: TypeGrammar,
    /// Types can be created, and each table has a row type.
    pub(crate) creates_types: bool,
    /// The names and types of the columns that every table has and `select *` leaves out.
    pub(crate) system_columns: &'static [(&'static str, &'static str)],
    /// Tables have a `rowid`, and can be `strict`.
    pub(crate) rowid: bool,
    /// A declared column can be left out of `select *`.
    pub(crate) invisible_columns: bool,
    /// Names of tables are compared without regard to case.
    pub(crate) tables_ignore_case: bool,
    /// A schema is a database.
    pub(crate) databases_are_schemas: bool,
    /// A search path finds names without a schema.
    pub(crate) search_path: bool,
    /// A key or index can be declared among the columns, and altered and dropped by its table.
    pub(crate) table_indexes: bool,
    /// `key` alone declares a primary key, and the last of several `null` and `not null` counts.
    pub(crate) short_column_clauses: bool,
    /// `unique` on a column creates one key, however often it is repeated. `serial` creates one, too.
    pub(crate) unique_once: bool,
    /// `as (…)` alone makes a column computed.
    pub(crate) generated_by_as: bool,
    /// What happens to keys over the same columns.
    pub(crate) same_keys: SameKeys,
    /// The name of a key without a declared name.
    pub(crate) key_names: KeyNames,
    /// What can follow a column in a key.
    pub(crate) key_parts: KeyParts,
    /// The columns of a primary key are `not null`.
    pub(crate) primary_not_null: bool,
    /// `exclude` constraints are supported.
    pub(crate) exclude: bool,
    /// `not null` is a named constraint.
    pub(crate) named_not_null: bool,
    /// The name of an index has the schema before it; otherwise its table does.
    pub(crate) index_has_schema: bool,
    /// When the server checks that the target of a foreign key exists.
    pub(crate) references: References,
    /// What a view refers to when its tables change.
    pub(crate) views: Views,
    /// `alter table` also accepts views, indexes and sequences.
    pub(crate) alter_table_takes_any: bool,
    /// `alter table` accepts options of the storage engine.
    pub(crate) engine_options: bool,
    /// `alter view` replaces the view's query.
    pub(crate) alter_view_replaces: bool,
    /// `like` copies a table: among the columns, or as all of them.
    pub(crate) like: Like,
    /// A partition can declare a column of its parent again.
    pub(crate) inherited_again: bool,
    /// Names in parentheses name the columns of the query after them.
    pub(crate) names_before_query: bool,
    /// Columns declared before a query come first, and keep their types.
    pub(crate) declared_before_query: bool,
    /// Functions can be created.
    pub(crate) routines: bool,
    /// Functions can be overloaded and altered.
    pub(crate) overloads: bool,
    /// Names of functions are in lowercase, and options such as `reads sql data` describe their effects.
    pub(crate) routine_options: bool,
    /// Triggers run functions, and `do` runs a block of statements.
    pub(crate) blocks: bool,
    /// Statements can be prepared from text, and databases dropped as schemas.
    pub(crate) prepares_text: bool,
    /// A query can define tables and change settings: `select … into`, `set_config(…)`.
    pub(crate) queries_define: bool,
    /// `truncate` is supported.
    pub(crate) truncate: bool,
}

/// The grammar of a column's type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeGrammar {
    /// A name, with parameters and brackets; anything can be one.
    Names,
    /// Keywords, with attributes.
    Keywords,
    /// Any sequence of words.
    AnyWords,
}

/// What happens to keys over the same columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameKeys {
    /// They are one key, with the first name.
    Unite,
    /// Each is a separate key.
    Stay,
    /// Each is a separate key, and the index of a constraint has no name.
    StayUnnamed,
}

/// The name of a key without a declared name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyNames {
    /// Made of its table and columns, `users_email_key`; each name is used once in a schema.
    ByTable,
    /// Made of its first column, `email_2`; each name is used once in a table.
    ByColumn,
    /// It has no name.
    Unnamed,
}

/// What can follow a column in a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyParts {
    /// An operator class.
    OperatorClass,
    /// A length, or an order.
    Length,
    /// A collation, or an order.
    Collation,
}

/// When the server checks that the target of a foreign key exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum References {
    /// When the key is declared.
    Always,
    /// When a table's key is declared, unless a setting or an engine says otherwise.
    OfTables,
    /// When rows are written.
    Never,
}

/// What a view refers to when its tables change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Views {
    /// Its tables, even if they are renamed. They can't be dropped without it.
    Tables,
    /// The names in its query. It adopts new types.
    Names,
    /// Its text, which is parsed again. New names of tables and columns are written into it.
    Text,
}

/// Where `like` copies a table's columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Like {
    /// Among other columns.
    Element,
    /// In parentheses, or without them.
    Whole,
    /// Nowhere.
    Nowhere,
}
