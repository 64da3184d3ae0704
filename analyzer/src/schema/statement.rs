//! Finds the operation of a statement.

use aio_databases_sql::similar;

use super::{
    Builder,
    cursor::{Cursor, Read},
    view::Manner,
};

/// The kinds of objects that are created, altered and dropped.
const MADE: [&str; 6] = ["table", "view", "index", "type", "domain", "trigger"];

impl Builder {
    /// Applies one statement.
    pub(super) fn statement(&mut self, mut c: Cursor<'_>) {
        let whole = c;
        self.mentions.clear();
        let taken = self.operation(&mut c);
        self.note_reactions(whole);
        match taken {
            Ok(()) => self.check_mentions(c.script()),
            Err(stuck) => self.tell(c.script(), stuck),
        }
        if self.lenient && takes_away(whole) {
            self.open();
        }
    }

    fn operation(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let first = c.word();
        match first.as_str() {
            "create" => self.create(c),
            "alter" => self.alter(c),
            "drop" => self.drop(c),
            "rename" => self.rename_tables(c),
            "do" => self.do_block(c),
            "set" | "reset" => self.set(c),
            "use" => self.use_database(c),
            "select" => self.select(c),
            "with" if self.facts().definitions.queries_define => self.select(c),
            "import" if c.is("import foreign schema") => {
                c.stuck("the tables of a foreign schema are unknown; create them with `create foreign table`")
            }
            "prepare" | "execute" if self.facts().definitions.prepares_text => self.prepared(c),
            "insert" | "replace" => self.insert(c),
            "update" => self.update_rows(c),
            "delete" => self.delete(c),
            "truncate" => self.truncate(c),
            // The effects of a procedure are not supported.
            "call" => {
                self.open();
                Ok(())
            }
            // Any other statement leaves tables, types and functions unchanged, unless its keyword is mistyped.
            other => mistyped(c, other, &["create", "alter", "drop"]),
        }
    }

    fn create(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("create");
        let replace = c.eat("or replace");
        let mut temporary = false;
        let mut unique = false;
        let mut recursive = false;
        loop {
            match c.word().as_str() {
                "temp" | "temporary" => temporary = true,
                "unique" => unique = true,
                "recursive" => recursive = true,
                "global" | "local" | "unlogged" | "constraint" | "trusted" | "procedural" | "foreign"
                | "fulltext" | "spatial" | "online" | "offline" => {}
                "algorithm" | "definer" | "sql" => {
                    // MySQL's `algorithm = merge definer = root@localhost sql security invoker view`.
                    c.skip_to(&["view", "function", "procedure", "trigger", "event"]);
                    break;
                }
                _ => break,
            }
            c.skip();
        }
        let (what, place) = (c.word(), *c);
        c.skip();
        match what.as_str() {
            "table" => self.create_table(c, temporary, replace),
            "view" => self.create_view(c, Manner { temporary, replace, recursive, ..Manner::default() }),
            "materialized" if c.eat("view") => {
                self.create_view(c, Manner { materialized: true, replace, ..Manner::default() })
            }
            "virtual" if c.eat("table") => self.create_virtual_table(c),
            "index" => self.create_index(c, unique),
            "type" => self.create_type(c),
            "domain" => self.create_domain(c),
            "function" | "procedure" => {
                self.open_by_routine(*c);
                self.create_function(c, what == "procedure")
            }
            "aggregate" if c.is("function") => {
                c.stuck("functions that are not written in SQL are not supported")
            }
            "aggregate" => self.create_aggregate(c),
            "extension" => self.create_extension(c),
            "sequence" => self.create_sequence(c, temporary),
            "trigger" => self.create_trigger(c),
            "rule" => self.create_rule(c),
            "schema" => self.create_schema(c),
            "operator" if !c.is("class") && !c.is("family") => {
                c.stuck("user-defined operators are not supported")
            }
            "cast" => c.stuck("user-defined casts are not supported"),
            // Policies, roles and others have no effect on queries.
            other => mistyped(&place, other, &MADE),
        }
    }

    fn alter(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("alter");
        c.eat_any(&["foreign", "online", "ignore"]);
        if self.facts().definitions.alter_view_replaces
            && ["algorithm", "definer", "sql"].iter().any(|word| c.is(word))
        {
            c.skip_to(&["view", "event"]);
        }
        let (what, place) = (c.word(), *c);
        c.skip();
        match what.as_str() {
            "table" => self.alter_table(c),
            "view" if self.facts().definitions.alter_view_replaces => {
                self.create_view(c, Manner { replace: true, ..Manner::default() })
            }
            "view" => self.alter_table(c),
            "materialized" if c.eat("view") => self.alter_table(c),
            "index" => self.alter_index(c),
            "sequence" => self.alter_sequence(c),
            "type" => self.alter_type(c),
            "domain" => self.alter_domain(c),
            "function" | "procedure" | "routine" | "aggregate" => self.alter_function(c),
            "schema" => self.alter_schema(c),
            "extension" => self.alter_extension(c),
            "database" | "role" | "user" => self.alter_setting(c),
            other => mistyped(&place, other, &MADE),
        }
    }

    fn drop(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("drop");
        c.eat("temporary");
        let (what, place) = (c.word(), *c);
        c.skip();
        match what.as_str() {
            "table" | "view" => self.drop_relations(c),
            "materialized" if c.eat("view") => self.drop_relations(c),
            "foreign" if c.eat("table") => self.drop_relations(c),
            "index" => self.drop_index(c),
            "type" | "domain" => self.drop_types(c),
            "function" | "procedure" | "routine" | "aggregate" => self.drop_functions(c),
            "sequence" => self.drop_sequences(c),
            "schema" => self.drop_schemas(c),
            "extension" => self.drop_extensions(c),
            "database" if self.facts().definitions.databases_are_schemas => self.drop_schemas(c),
            "owned" => c.stuck("the objects that a role owns are unknown"),
            other => mistyped(&place, other, &MADE),
        }
    }
}

/// Whether a statement can remove a table or a column.
fn takes_away(mut c: Cursor<'_>) -> bool {
    let first = c.word();
    c.skip();
    match first.as_str() {
        "drop" => {
            ["table", "view", "materialized", "foreign", "schema", "owned"].iter().any(|what| c.is(what))
        }
        "alter" => {
            c.has_word("rename")
                || c.has_word("set schema")
                || c.has_word("drop") && !c.has_word("drop constraint")
        }
        _ => false,
    }
}

/// Reports a mistyped keyword, because its object would otherwise be missing silently.
fn mistyped(c: &Cursor<'_>, word: &str, meant: &[&str]) -> Read<()> {
    let near = similar(word, meant.iter().copied()).filter(|_| word.len() > 3);
    near.map_or(Ok(()), |near| c.stuck(format!("unknown keyword `{word}`; did you mean `{near}`?")))
}
