//! Finds missing tables and columns for which the server rejects a statement.
//!
//! This is only certain while all statements that create tables and columns are supported: see [`Builder::open`].

use aio_databases_sql::{Span, did_you_mean};

use super::{
    Builder,
    cursor::{Cursor, Kind, Read, Stuck},
    keys::read_words,
    names::{Id, Name, TEMP},
};
use crate::dialect::References;
use crate::{Relation, RelationKind, diagnostics};

/// The name of a column, and its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) name: String,
    pub(super) span: Span,
}

/// Columns that a key, an index or a foreign key names. They are checked after the whole statement, because an action
/// of `alter table` can use columns that a later one adds.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) table: Mentioned,
    pub(super) columns: Vec<Word>,
}

/// The table of the mentioned columns.
#[derive(Clone, Debug)]
pub(super) enum Mentioned {
    /// An existing table.
    Known(Id),
    /// A table that must be checked, too.
    Named(Name, Span),
}

/// The target of a foreign key.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    table: Name,
    span: Span,
    columns: Vec<Word>,
}

/// PostgreSQL extensions without tables.
const WITHOUT_TABLES: [&str; 21] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "postgres_fdw",
    "seg",
    "tablefunc",
    "tsm_system_rows",
    "unaccent",
    "uuid-ossp",
    "vector",
];

/// Keywords in a routine's body that can create tables and columns.
const MAKING: [&str; 5] = ["create", "alter", "rename", "execute", "import"];

/// Keywords that are values in the place of a column.
const VALUES: [&str; 6] = ["null", "true", "false", "current_date", "current_time", "current_timestamp"];

impl Builder {
    /// Records that from here on there can be unknown tables and columns.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    /// Opens the catalog if a routine's body creates tables, because any statement might run it.
    pub(super) fn open_by_routine(&mut self, mut c: Cursor<'_>) {
        while !c.done() {
            let making = |word: &str| MAKING.iter().any(|making| word.eq_ignore_ascii_case(making));
            let body = c.nth(0).is_some_and(|tok| matches!(tok.kind, Kind::Str | Kind::Dollar));
            if making(c.peek()) || body && c.peek().split(|c: char| !c.is_alphanumeric()).any(making) {
                return self.open();
            }
            c.advance();
        }
    }

    /// Opens the catalog if an extension might create tables.
    pub(super) fn open_by_extension(&mut self, name: &str) {
        if !WITHOUT_TABLES.contains(&name) {
            self.open();
        }
    }

    /// The error for a statement with an unknown table.
    pub(super) fn no_table(&self, name: &Name, span: Span) -> Stuck {
        let names: Vec<String> = self.catalog.relations.values().map(|r| r.name.clone()).collect();
        let near = did_you_mean(&name.name, names.iter().map(String::as_str));
        let mistake = self
            .is_missing(name)
            .then(|| diagnostics::unknown_table(name.schema.as_deref(), &name.name, &names, span));
        Stuck { offset: span.start, message: with_help(format!("unknown table `{name}`"), near), mistake }
    }

    /// The error for a statement with an unknown column.
    pub(super) fn no_column(&self, table: &Id, name: &str, span: Span) -> Stuck {
        let relation = self.catalog.relations.get(table);
        let names: Vec<&str> =
            relation.iter().flat_map(|r| r.shown()).map(|column| column.name.as_str()).collect();
        let near = did_you_mean(name, names.iter().copied());
        let message = with_help(format!("unknown column `{name}` in `{}`", table.1), near);
        let certain = relation.is_some_and(|relation| relation.complete) && self.is_certain();
        let mistake = certain.then(|| diagnostics::unknown_column(name, Some(&table.1), &names, false, span));
        Stuck { offset: span.start, message, mistake }
    }

    /// The same error, but only if it is certain.
    pub(super) fn surely_no_table(&self, name: &Name, span: Span) -> Read<()> {
        if self.is_missing(name) { Err(self.no_table(name, span)) } else { Ok(()) }
    }

    fn is_certain(&self) -> bool {
        !self.open && !self.lenient
    }

    /// Whether a table that is not in the catalog is certainly not in the database.
    fn is_missing(&self, name: &Name) -> bool {
        let schemas = match &name.schema {
            Some(schema) => vec![self.schema_name(schema)],
            None => self.catalog.search_path.clone(),
        };
        self.is_certain()
            && schemas.iter().all(|schema| self.is_own_schema(schema))
            && !is_a_tools(&name.name)
            && !self.has_of_name(&name.name)
    }

    /// Whether the project creates all tables of a schema. Other schemas can belong to the server or another project.
    fn is_own_schema(&self, schema: &str) -> bool {
        ["public", "main", "", TEMP].contains(&schema)
            || self.catalog.relations.keys().any(|(own, _)| own == schema)
    }

    /// Whether anything that can be used as a table has this name, even in a schema outside of the search path.
    fn has_of_name(&self, name: &str) -> bool {
        // In MySQL, a server setting decides whether the names of tables are case-sensitive.
        let names = &self.facts().names;
        let same = |other: &str| names.same_ascii(other, name);
        let shadow = |relation: &Relation| {
            let rest = name.strip_prefix(relation.name.as_str());
            relation.kind == RelationKind::Virtual && rest.is_some_and(|rest| rest.starts_with('_'))
        };
        let key = |relation: &Relation| {
            let keys = relation.keys.iter().chain(&relation.partial_keys);
            keys.filter_map(|key| key.name.as_deref()).any(same)
        };
        let mut relations = self.catalog.relations.iter();
        relations.any(|((_, other), relation)| same(other) || shadow(relation) || key(relation))
            || self.catalog.sequences.iter().any(|(_, other)| same(other))
            || self.catalog.types.keys().any(|(_, other)| same(other))
            || self.other_names.iter().any(|other| same(other))
    }

    /// Records the columns that the statement mentions, for a check after the statement.
    pub(super) fn mention(&mut self, table: &Id, columns: Vec<Word>) {
        self.mentions.push(Mention { table: Mentioned::Known(table.clone()), columns });
    }

    /// Records the table that a column's foreign key refers to.
    pub(super) fn mention_reference(&mut self, reference: Reference) {
        if self.facts().definitions.references == References::Always {
            self.mention_named(reference);
        }
    }

    fn mention_named(&mut self, Reference { table, span, columns }: Reference) {
        self.mentions.push(Mention { table: Mentioned::Named(table, span), columns });
    }

    /// Records whether MySQL may ignore foreign keys from here on, because of a setting or of an engine without foreign
    /// keys.
    pub(super) fn note_foreign_keys(&mut self, text: &str) {
        if self.facts().definitions.references == References::OfTables && !self.loose_references {
            let text = text.to_ascii_lowercase();
            let engines = text.split("engine").skip(1);
            let innodb = |rest: &str| rest.trim_start_matches([' ', '\t', '=']).starts_with("innodb");
            self.loose_references = text.contains("foreign_key_checks") || !engines.into_iter().all(innodb);
        }
    }

    /// Records the columns of a constraint or index among a table's elements, starting at its first keyword.
    pub(super) fn mention_constraint(&mut self, table: &Id, mut c: Cursor<'_>) {
        let foreign = c.eat("foreign key");
        let index = ["key", "index", "fulltext", "spatial"].iter().any(|word| c.is(word));
        if !foreign && !index && !c.is("primary key") && !c.is("unique") {
            return;
        }
        if c.skip_to(&["(", "using index"])
            && let Some(group) = c.group()
        {
            self.mention(table, read_words(group));
        }
        if foreign
            && c.eat("references")
            && let Ok(reference) = read_reference(&mut c)
        {
            let checked = match self.facts().definitions.references {
                References::Always => true,
                References::OfTables => !self.loose_references,
                References::Never => false,
            };
            if checked {
                self.mention_named(reference);
            }
        }
    }

    /// Checks the tables and columns that the statement mentions.
    pub(super) fn check_mentions(&mut self, script: &str) {
        for Mention { table, columns } in std::mem::take(&mut self.mentions) {
            let id = match table {
                Mentioned::Known(id) => id,
                Mentioned::Named(name, span) => match self.find_relation(&name) {
                    Some(id) => id,
                    None => {
                        if let Err(stuck) = self.surely_no_table(&name, span) {
                            self.tell(script, stuck);
                        }
                        continue;
                    }
                },
            };
            for word in columns {
                if self.lacks(&id, &word.name) {
                    let stuck = self.no_column(&id, &word.name, word.span);
                    self.tell(script, stuck);
                }
            }
        }
    }

    /// Whether a table certainly has no such column.
    fn lacks(&self, id: &Id, column: &str) -> bool {
        let has = |relation: &Relation| relation.columns.iter().any(|c| self.same_column(&c.name, column));
        let lacks = self.catalog.relations.get(id).is_some_and(|r| {
            r.complete && !has(r) && matches!(r.kind, RelationKind::Table | RelationKind::MaterializedView)
        });
        lacks && self.is_certain()
    }
}

/// Whether a table belongs to the server or to a migration tool, or is the sequence of a serial column.
fn is_a_tools(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["pg_", "sqlite_", "_"].iter().any(|start| name.starts_with(start))
        || name.ends_with("_seq")
        || ["migration", "schema_history", "schema_version", "changelog"]
            .iter()
            .any(|part| name.contains(part))
}

fn with_help(message: String, help: Option<String>) -> String {
    help.map_or_else(|| message.clone(), |help| format!("{message}; {help}"))
}

/// The names in the parentheses that come next, ignoring other expressions.
pub(super) fn words_in_group(c: &mut Cursor<'_>) -> Vec<Word> {
    let items = c.group().map(Cursor::items).unwrap_or_default();
    items.into_iter().filter_map(plain_word).collect()
}

fn plain_word(mut item: Cursor<'_>) -> Option<Word> {
    let span = item.span();
    let name = item.ident()?;
    item.done().then_some(Word { name, span })
}

/// The column at the start of a part of a key. SQLite reads a double-quoted name that no column has as a string.
pub(super) fn key_word(item: Cursor<'_>) -> Option<Word> {
    let word = Word { name: item.peek_ident()?, span: item.span() };
    let text = item.facts().names.unknown_quoted_is_string && item.peek().starts_with('"');
    let value = VALUES.iter().any(|value| word.name.eq_ignore_ascii_case(value));
    (!text && !value).then_some(word)
}

/// A name that must come next.
pub(super) fn need_word(c: &mut Cursor<'_>) -> Read<Word> {
    let span = c.span();
    Ok(Word { name: c.need_ident()?, span })
}

/// `users (id)`, after `references`.
pub(super) fn read_reference(c: &mut Cursor<'_>) -> Read<Reference> {
    let start = *c;
    let table = c.name()?;
    let span = start.span_to(c);
    Ok(Reference { table, span, columns: words_in_group(c) })
}
