//! Statements that change tables.

use crate::{
    lang::Ty,
    model::{Column, Relation},
    scope::{Cte, Scope},
    seq,
    state::Gen,
    tree::{Kind, Node},
};

impl Gen<'_> {
    /// A whole statement that changes a table.
    pub fn change(&mut self, depth: usize) -> Node {
        let scope = Scope::default();
        let Some(table) = self.table() else { return self.select(depth) };
        let (with, scope) = if self.mysql() { (Node::none(), scope) } else { self.with(&scope, depth) };
        let merge = if self.postgres() { 12 } else { 0 };
        let node = match self.weighted(&[(40, 0), (30, 1), (20, 2), (merge, 3)]) {
            0 => self.insert(table, &scope, true, depth),
            1 => self.update(table, &scope, true, depth),
            2 => self.delete(table, &scope, true, depth),
            _ => self.merge(table, &scope, depth),
        };
        seq![with, node]
    }

    /// A statement that changes a table, in `with`.
    pub fn changing(&mut self, scope: &Scope, depth: usize) -> (Node, Cte) {
        let name = self.name("cte");
        let Some(table) = self.table() else {
            return (seq![&name, " (x) as (select 1)"], Cte { name, columns: vec![("x".into(), "int4")] });
        };
        let node = match self.below(3) {
            0 => self.insert(table, scope, false, depth),
            1 => self.update(table, scope, false, depth),
            _ => self.delete(table, scope, false, depth),
        };
        let columns: Vec<(String, Ty)> =
            table.columns.iter().take(2).map(|column| (column.name.clone(), column.ty)).collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        (seq![&name, " as (", node, format!(" returning {names})")], Cte { name, columns })
    }

    fn insert(&mut self, table: &Relation, scope: &Scope, returning: bool, depth: usize) -> Node {
        let columns = self.written(table);
        let way = match self.below(10) {
            0 if self.sqlite() => "insert or ignore into ",
            1 if self.sqlite() => "insert or replace into ",
            0 if self.mysql() => "insert ignore into ",
            1 | 2 if self.mysql() => "replace into ",
            _ => "insert into ",
        };
        let alias = if self.postgres() && self.chance(15) { Some(self.name("i")) } else { None };
        let called = alias.as_ref().map_or(String::new(), |alias| format!(" as {alias}"));
        let link = self.link();
        let names = columns.iter().map(|column| Node::from(&column.name)).collect();
        let mut select = false;
        let rows = if columns.is_empty() || (!self.mysql() && self.chance(3)) {
            let rows = if self.mysql() { " () values ()" } else { " default values" };
            seq![rows]
        } else if depth > 0 && self.chance(25) {
            select = true;
            let types: Vec<Ty> =
                columns.iter().map(|column| if self.sqlite() { column.holds } else { column.ty }).collect();
            seq![" (", Node::all(names), ") ", self.insert_query(scope, &types, depth - 1)]
        } else {
            let count = self.between(1, 2);
            let mut rows = Vec::new();
            for _ in 0..count {
                let items = columns.iter().map(|column| self.written_value(scope, column)).collect();
                rows.push(seq!["(", Node::linked(link, items), ")"]);
            }
            seq![" (", Node::linked(link, names), ") values ", Node::some(rows)]
        };
        let conflict = self.conflict(table, alias.as_deref(), way, select);
        let returning = if returning {
            self.returning(table, alias.as_deref().unwrap_or(&table.name), scope, depth)
        } else {
            Node::none()
        };
        seq![way, &table.name, called, rows, conflict, returning]
    }

    /// The query of an `insert … select`, plain enough for `on conflict` to follow.
    fn insert_query(&mut self, scope: &Scope, types: &[Ty], depth: usize) -> Node {
        let (from, inner) = self.from(&scope.inside(), depth.min(1));
        let mut items = Vec::new();
        for ty in types {
            let item = if self.sqlite() { self.literal(ty) } else { self.expr(&inner, ty, 1) };
            items.push(item);
        }
        let filter = if self.sqlite() {
            seq![" where ", self.condition(&inner, 1)]
        } else {
            self.filter_clause(&inner, 1)
        };
        seq!["select ", Node::all(items), " from ", from, filter]
    }

    /// The columns that a statement writes: those that must be, and some of the others.
    fn written(&mut self, table: &Relation) -> Vec<Column> {
        let all = table.columns.iter().filter(|column| !column.generated);
        all.filter(|column| column.not_null || self.chance(60)).cloned().collect()
    }

    fn written_value(&mut self, scope: &Scope, column: &Column) -> Node {
        let plain = Scope { ctes: scope.ctes.clone(), ..Scope::default() };
        match self.below(10) {
            0 if !self.sqlite() => "default".into(),
            1..=4 if !self.no_params => {
                self.params.push(column.ty);
                Node::Param((self.params.len() - 1) as u32)
            }
            5..=7 => self.literal(column.holds),
            // What is declared for a column is what is to be in it.
            _ if self.sqlite() => self.literal(column.holds),
            _ => self.expr(&plain, column.ty, 1),
        }
    }

    fn conflict(&mut self, table: &Relation, alias: Option<&str>, way: &str, select: bool) -> Node {
        if way != "insert into " || !self.chance(25) {
            return Node::none();
        }
        let mut scope = Scope::default();
        let columns = || table.columns.iter().map(|column| (column.name.clone(), column.ty));
        scope.add(alias.unwrap_or(&table.name), columns());
        if self.mysql() {
            if select {
                scope.columns.clear();
            }
            return Node::optional(seq![" on duplicate key update ", self.assignments(table, &scope, "")]);
        }
        let Some(key) = table.keys.first() else {
            return Node::optional(" on conflict do nothing");
        };
        let target = format!(" on conflict ({}) do ", key.join(", "));
        if self.chance(30) {
            return Node::optional(seq![target, "nothing"]);
        }
        let before = scope.columns.len();
        scope.add("excluded", columns());
        if self.chance(40) {
            scope.columns.drain(..before);
        }
        let filter = if self.chance(20) {
            Node::optional(seq![" where ", self.condition(&scope, 1)])
        } else {
            Node::none()
        };
        Node::optional(seq![target, "update set ", self.assignments(table, &scope, ""), filter])
    }

    fn assignments(&mut self, table: &Relation, scope: &Scope, prefix: &str) -> Node {
        let mut columns: Vec<&Column> = table.columns.iter().filter(|column| !column.generated).collect();
        let count = self.between(1, 2).min(columns.len());
        let mut items = Vec::new();
        for _ in 0..count {
            let at = self.below(columns.len());
            let column = columns.remove(at);
            let value = match self.below(10) {
                0 => "default".into(),
                1..=3 => self.written_value(scope, column),
                4..=6 if self.sqlite() => self
                    .column_of(scope, column.holds, column.ty)
                    .unwrap_or_else(|| self.literal(column.holds)),
                _ if self.sqlite() => self.literal(column.holds),
                _ => self.expr(scope, column.ty, 1),
            };
            let value = if self.sqlite() && value.sql() == "default" { "null".into() } else { value };
            items.push(seq![format!("{prefix}{}", column.name), " = ", value]);
        }
        if items.is_empty() {
            return format!("{} = 1", table.columns[0].name).into();
        }
        if self.postgres() && columns.len() > 1 && self.chance(10) {
            let (a, b) = (columns[0], columns[1]);
            let pair = format!("({}, {}) = ", a.name, b.name);
            let value = if self.chance(50) {
                seq!["(", self.subquery(scope, &[a.ty, b.ty], 1), ")"]
            } else {
                seq!["row(", self.expr(scope, a.ty, 0), ", ", self.expr(scope, b.ty, 0), ")"]
            };
            items.push(seq![pair, value]);
        }
        Node::some(items)
    }

    /// A column that holds what goes into another.
    fn column_of(&mut self, scope: &Scope, holds: Ty, ty: Ty) -> Option<Node> {
        let found: Vec<&str> = (scope.columns.iter())
            .filter(|column| holds == ty && ty != "any" && column.ty == ty && scope.is_bare(&column.name))
            .map(|column| column.name.as_str())
            .collect();
        (!found.is_empty()).then(|| Node::from(found[self.below(found.len())]))
    }

    fn target_scope(&mut self, table: &Relation, alias: &str, scope: &Scope) -> Scope {
        let mut inner = Scope { ctes: scope.ctes.clone(), ..Scope::default() };
        inner.add(alias, table.columns.iter().map(|column| (column.name.clone(), column.ty)));
        for key in &table.keys {
            let found = |name: &String| inner.columns.iter().find(|column| column.name == *name).cloned();
            inner.keys.extend(key.iter().map(found).collect::<Option<Vec<_>>>());
        }
        inner
    }

    fn update(&mut self, table: &Relation, scope: &Scope, returning: bool, depth: usize) -> Node {
        let alias = self.name("u");
        let own = self.target_scope(table, &alias, scope);
        let mut inner = own.clone();
        let mut from = Node::none();
        let mut joined = Node::none();
        if depth > 0 && self.chance(25) {
            let around = Scope { ctes: scope.ctes.clone(), ..Scope::default() };
            let (node, of) = self.from(&around, depth - 1);
            inner.columns.extend(of.columns);
            inner.keys.extend(of.keys);
            if self.mysql() {
                joined = seq![" join ", node, " on ", self.condition(&inner, 1)];
            } else {
                from = seq![" from ", node];
            }
        }
        let prefix = if self.mysql() { format!("{alias}.") } else { String::new() };
        let set = self.assignments(table, &inner, &prefix);
        let filter = self.filter_clause(&inner, 1);
        let returning = if returning && !self.mysql() {
            self.returning_of(table, &alias, if self.sqlite() { &own } else { &inner })
        } else {
            Node::none()
        };
        let word = if self.sqlite() { " as " } else { " " };
        seq!["update ", &table.name, format!("{word}{alias}"), joined, " set ", set, from, filter, returning]
    }

    fn delete(&mut self, table: &Relation, scope: &Scope, returning: bool, depth: usize) -> Node {
        let alias = if self.mysql() { table.name.clone() } else { self.name("x") };
        let mut inner = self.target_scope(table, &alias, scope);
        let mut using = Node::none();
        if self.postgres() && depth > 0 && self.chance(25) {
            let around = Scope { ctes: scope.ctes.clone(), ..Scope::default() };
            let (node, of) = self.from(&around, depth - 1);
            inner.columns.extend(of.columns);
            using = seq![" using ", node];
        }
        let filter = self.filter_clause(&inner, 1);
        let returning = if returning { self.returning_of(table, &alias, &inner) } else { Node::none() };
        let called = if self.mysql() { String::new() } else { format!(" as {alias}") };
        seq!["delete from ", &table.name, called, using, filter, returning]
    }

    fn merge(&mut self, table: &Relation, scope: &Scope, depth: usize) -> Node {
        let alias = self.name("m");
        let own = self.target_scope(table, &alias, scope);
        let around = Scope { ctes: scope.ctes.clone(), ..Scope::default() };
        let (source, of) = self.from(&around, depth.min(1));
        let mut both = own.clone();
        both.columns.extend(of.columns.clone());
        let condition = self.condition(&both, 1);
        let mut whens = Vec::new();
        if self.chance(80) {
            let and = if self.chance(30) { seq![" and ", self.condition(&both, 1)] } else { Node::none() };
            let action = match self.below(4) {
                0 => "delete".into(),
                1 => "do nothing".into(),
                _ => seq!["update set ", self.assignments(table, &both, "")],
            };
            whens.push(seq![" when matched", and, " then ", action]);
        }
        let columns = self.written(table);
        let only = Scope { columns: of.columns, ..around };
        let names = columns.iter().map(|column| Node::from(&column.name)).collect();
        let values = columns.iter().map(|column| match self.chance(30) {
            true => self.expr(&only, column.ty, 1),
            false => self.written_value(&only, column),
        });
        let values = values.collect();
        if !columns.is_empty() {
            let insert = seq!["insert (", Node::all(names), ") values (", Node::all(values), ")"];
            whens.push(seq![" when not matched then ", insert]);
        } else {
            whens.push(" when not matched then do nothing".into());
        }
        let source = Node::group(Kind::From, source);
        seq![
            "merge into ",
            &table.name,
            format!(" as {alias} using "),
            source,
            " on ",
            condition,
            Node::list("", whens)
        ]
    }

    fn returning(&mut self, table: &Relation, alias: &str, scope: &Scope, _depth: usize) -> Node {
        let own = self.target_scope(table, alias, scope);
        self.returning_of(table, alias, &own)
    }

    fn returning_of(&mut self, table: &Relation, alias: &str, scope: &Scope) -> Node {
        if table.columns.is_empty() || !self.chance(55) {
            return Node::none();
        }
        // SQLite knows only the table itself there, by its own name.
        let own;
        let scope = if self.sqlite() {
            own = self.target_scope(table, &table.name, scope);
            &own
        } else {
            scope
        };
        if self.chance(25) {
            let star = if self.postgres() && self.chance(40) { format!("{alias}.*") } else { "*".into() };
            return Node::optional(seq![" returning ", star]);
        }
        let count = self.between(1, 3);
        let mut items = Vec::new();
        for _ in 0..count {
            let ty = self.near_type(scope);
            items.push(self.expr(scope, ty, 1));
        }
        Node::optional(seq![" returning ", Node::some(items)])
    }
}
