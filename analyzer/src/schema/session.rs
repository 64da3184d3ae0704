//! Settings of a session and a database: search paths, schemas, extensions, and statements that run others.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::{Id, TEMP},
    split::Script,
};

impl Builder {
    /// `set …` and `reset …`: only the search path matters.
    pub(super) fn set(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.search_path {
            return Ok(());
        }
        let reset = c.is("reset");
        c.skip();
        c.eat_any(&["session", "local"]);
        if c.eat("search_path") {
            let path = if reset { None } else { read_path(c) };
            self.set_path(path);
        } else if c.eat("schema")
            && let Some(schema) = c.literal().or_else(|| c.ident())
        {
            self.set_path(Some(vec![schema]));
        } else if reset && c.is("all") {
            self.set_path(None);
        }
        Ok(())
    }

    fn set_path(&mut self, path: Option<Vec<String>>) {
        let path = path.unwrap_or_else(|| self.search_path.clone());
        self.catalog.search_path = std::iter::once(TEMP.to_owned()).chain(path).collect();
    }

    /// MySQL's `use shop`, which makes it the nameless schema.
    pub(super) fn use_database(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("use");
        self.database = c.ident();
        Ok(())
    }

    /// `alter database shop set search_path = …`: the setting for later sessions.
    pub(super) fn alter_setting(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if self.facts().definitions.search_path
            && c.skip_to(&["set search_path"])
            && c.eat("set search_path")
            && let Some(path) = read_path(c)
        {
            self.search_path = path;
        }
        Ok(())
    }

    /// A query can also change the schema: with `set_config`, as in dumps, and with `into`.
    pub(super) fn select(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.queries_define {
            return Ok(());
        }
        let mut ahead = *c;
        ahead.eat("select");
        ahead.eat("pg_catalog .");
        if ahead.eat("set_config") {
            let mut arguments = ahead.group().map(Cursor::items).unwrap_or_default().into_iter();
            let setting = arguments.next().and_then(|mut argument| argument.literal());
            if setting.as_deref() == Some("search_path") {
                let path = arguments.next().and_then(|mut argument| argument.literal());
                let names =
                    path.as_deref().unwrap_or_default().split(',').map(|name| name.trim().trim_matches('"'));
                self.set_path(Some(names.filter(|name| !name.is_empty()).map(str::to_owned).collect()));
            }
            return Ok(());
        }
        let start = *c;
        if c.is("with") && !(c.skip_to(&["select", "insert", "update", "delete", "merge"]) && c.is("select"))
        {
            return Ok(());
        }
        if c.skip_to(&["into", "from"]) && c.is("into") {
            return self.select_into(start, c);
        }
        Ok(())
    }

    /// `select a into t from …`, which is `create table t as select a from …`.
    fn select_into(&mut self, start: Cursor<'_>, c: &mut Cursor<'_>) -> Read<()> {
        let before = start.until(c);
        c.eat("into");
        let temporary = c.eat("temporary") || c.eat("temp");
        c.eat("unlogged");
        c.eat("table");
        let name = c.name()?;
        let text = format!("create table x as {} {}", before.rest(), c.rest());
        let script = Script::new(&text, self.catalog.dialect);
        let mut query = script.cursor();
        query.eat("create table x");
        self.table_of_query(name, temporary, &mut query)
    }

    /// MySQL's statements that run a dynamic text.
    pub(super) fn prepared(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        match c.is("prepare") {
            true => c.stuck("changes to the schema by a prepared statement are not supported"),
            // `execute immediate` contains its text.
            false => {
                self.open();
                Ok(())
            }
        }
    }

    /// `create schema …`, after `schema`. Schemas themselves are not recorded.
    pub(super) fn create_schema(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if not exists");
        // Without a name, it has the name of its owner.
        c.eat("authorization");
        let Some(name) = c.ident() else { return Ok(()) };
        if !self.facts().definitions.search_path || !c.skip_to(&["create"]) {
            return Ok(());
        }
        let was = self.catalog.search_path.clone();
        self.catalog.search_path.insert(1, name);
        while !c.done() {
            let start = *c;
            c.skip();
            c.skip_to(&["create", "grant"]);
            self.statement(start.until(c));
        }
        self.catalog.search_path = was;
        Ok(())
    }

    /// `alter schema a rename to b`, after `schema`.
    pub(super) fn alter_schema(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let from = c.need_ident()?;
        if !c.eat("rename to") {
            return Ok(());
        }
        let to = c.need_ident()?;
        let in_schema = |id: &&Id| id.0 == from;
        for id in self.catalog.relations.keys().filter(in_schema).cloned().collect::<Vec<_>>() {
            self.move_relation(&id, (to.clone(), id.1.clone()));
        }
        for id in self.catalog.types.keys().filter(in_schema).cloned().collect::<Vec<_>>() {
            self.move_type(&id, &(to.clone(), id.1.clone()));
        }
        for function in self.catalog.functions.values_mut().flatten().filter(|f| f.schema == from) {
            function.schema.clone_from(&to);
        }
        Ok(())
    }

    /// `create extension …`, after `extension`.
    pub(super) fn create_extension(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if not exists");
        let name = c.need_ident()?;
        self.open_by_extension(&name);
        self.catalog.extensions.insert(name);
        Ok(())
    }

    /// `alter extension …`: no action removes anything.
    pub(super) fn alter_extension(&mut self, _: &mut Cursor<'_>) -> Read<()> {
        Ok(())
    }
}

/// `to a, "b"` or `= a, 'b'`; `None` for `default`.
fn read_path(c: &mut Cursor<'_>) -> Option<Vec<String>> {
    if !c.eat("to") {
        c.eat("=");
    }
    if c.is("default") {
        return None;
    }
    let names = c.items().into_iter().filter_map(|mut item| item.literal().or_else(|| item.ident()));
    // The schema with the user's name is unknown.
    Some(names.filter(|name| name != "$user" && !name.is_empty()).collect())
}
