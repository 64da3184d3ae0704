//! Facts about statements that define tables, types and functions.

/// How a server reads definitions.
pub(crate) struct Definitions {
    /// The grammar of a column's type.
    pub(crate) types: TypeGrammar,
    /// Types can be created, and each table's row is one.
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
    /// `key` alone declares a primary key, and the last word on `null` counts.
    pub(crate) short_column_clauses: bool,
    /// `unique` of a column makes one key, whatever else says so; `serial` makes one, too.
    pub(crate) unique_once: bool,
    /// A column is computed by `as (…)` alone.
    pub(crate) generated_by_as: bool,
    /// What happens to keys over the same columns.
    pub(crate) same_keys: SameKeys,
    /// How a key without a name is called.
    pub(crate) key_names: KeyNames,
    /// What follows a name in a key and leaves it a column.
    pub(crate) key_parts: KeyParts,
    /// The columns of a primary key are `not null`.
    pub(crate) primary_not_null: bool,
    /// `exclude` constraints are there.
    pub(crate) exclude: bool,
    /// `not null` is a constraint with a name.
    pub(crate) named_not_null: bool,
    /// The name of an index has the schema before it; otherwise its table does.
    pub(crate) index_has_schema: bool,
    /// When the server checks that what a foreign key refers to is there.
    pub(crate) references: References,
    /// What a view follows when its tables change.
    pub(crate) views: Views,
    /// `alter table` takes views, indexes and sequences, too.
    pub(crate) alter_table_takes_any: bool,
    /// `alter table` takes options of the storage engine.
    pub(crate) engine_options: bool,
    /// `alter view` replaces the view's query.
    pub(crate) alter_view_replaces: bool,
    /// `like` copies a table: among the columns, or as all of them.
    pub(crate) like: Like,
    /// A partition can declare a column of its parent again.
    pub(crate) inherited_again: bool,
    /// Names in parentheses are those of the columns of the query after them.
    pub(crate) names_before_query: bool,
    /// Columns declared before a query come first, and keep their types.
    pub(crate) declared_before_query: bool,
    /// Functions can be created.
    pub(crate) routines: bool,
    /// Functions of one name can differ by their arguments, and be altered.
    pub(crate) overloads: bool,
    /// Names of functions are in lowercase, and options such as `reads sql data` say what they do.
    pub(crate) routine_options: bool,
    /// Triggers run functions, and `do` runs a block of statements.
    pub(crate) blocks: bool,
    /// Statements can be prepared from text, and databases dropped as schemas.
    pub(crate) prepares_text: bool,
    /// A query can define tables and change settings: `select … into`, `set_config(…)`.
    pub(crate) queries_define: bool,
    /// `truncate` is there.
    pub(crate) truncate: bool,
}

/// The grammar of a column's type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeGrammar {
    /// A name, with parameters and brackets; anything can be one.
    Names,
    /// Keywords, with attributes.
    Keywords,
    /// Any words.
    AnyWords,
}

/// What happens to keys over the same columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameKeys {
    /// They are one, by the first name.
    Unite,
    /// Each is one.
    Stay,
    /// Each is one, and the index of a constraint has no name.
    StayUnnamed,
}

/// How a key without a name is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyNames {
    /// By its table and columns, `users_email_key`; each name is used once in a schema.
    ByTable,
    /// By its first column, `email_2`; each name is used once in a table.
    ByColumn,
    /// It has no name.
    Unnamed,
}

/// What follows a name in a key and leaves it a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyParts {
    /// An operator class.
    OperatorClass,
    /// A length, or an order.
    Length,
    /// A collation, or an order.
    Collation,
}

/// When the server checks that what a foreign key refers to is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum References {
    /// When the key is declared.
    Always,
    /// When a table's key is declared, unless a setting or an engine says otherwise.
    OfTables,
    /// When rows are written.
    Never,
}

/// What a view follows when its tables change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Views {
    /// Its tables, whatever their names. They can't be dropped without it.
    Tables,
    /// The names that it says; it takes on new types.
    Names,
    /// Its text, which is read again, and gets the new names of tables and columns.
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
