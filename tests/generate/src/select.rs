//! Queries that give rows: `select`, `values`, set operations, `with`.

use std::rc::Rc;

use crate::{
    lang::Ty,
    scope::{Column, Cte, Scope},
    seq,
    state::Gen,
    tree::{Kind, Node},
};

impl Gen<'_> {
    /// A whole statement that gives rows.
    pub fn select(&mut self, depth: usize) -> Node {
        let (with, scope) = self.with(&Scope::default(), depth);
        if self.chance(12) {
            let (from, scope) = self.from(&scope, depth);
            let star = self.star(&scope);
            let filter = self.filter_clause(&scope, 1);
            let tail = self.tail(Some(&scope), 1);
            return seq![with, "select ", star, " from ", from, filter, tail];
        }
        let count = self.weighted(&[(20, 1), (35, 2), (30, 3), (15, 4)]);
        let types: Vec<Ty> = (0..count).map(|_| self.any_type()).collect();
        let query = self.query(&scope, &types, None, depth);
        let lock = if !self.sqlite() && self.chance(3) {
            let lock = if self.postgres() { " for share" } else { " lock in share mode" };
            Node::optional(if self.chance(60) { " for update" } else { lock })
        } else {
            Node::none()
        };
        seq![with, query, lock]
    }

    fn star(&mut self, scope: &Scope) -> Node {
        let tables: Vec<&String> = scope.columns.iter().filter_map(|column| column.table.as_ref()).collect();
        match tables.first() {
            Some(table) if self.chance(40) => seq![format!("{table}.*"), Node::optional(", 1 as one")],
            _ => "*".into(),
        }
    }

    /// `with`, sometimes, and the scope in which its names are known.
    pub fn with(&mut self, scope: &Scope, depth: usize) -> (Node, Scope) {
        if depth == 0 || !self.chance(18) {
            return (Node::none(), scope.clone());
        }
        let mut scope = scope.clone();
        let count = self.between(1, 2);
        let mut items = Vec::new();
        let mut recursive = false;
        for _ in 0..count {
            let (item, cte) = match self.below(10) {
                0..=2 => {
                    recursive = true;
                    self.recursive(&scope, depth - 1)
                }
                3..=4 if self.postgres() => self.changing(&scope, depth - 1),
                _ => self.cte(&scope, depth - 1),
            };
            items.push(item);
            let mut ctes = (*scope.ctes).clone();
            ctes.push(cte);
            scope.ctes = Rc::new(ctes);
        }
        let word = if recursive { "with recursive " } else { "with " };
        (Node::optional(seq![word, Node::some(items), " "]), scope)
    }

    fn columns(&mut self, least: usize) -> Vec<(String, Ty)> {
        let count = self.between(least, 3);
        (0..count).map(|_| (self.output_name(), self.any_type())).collect()
    }

    fn cte(&mut self, scope: &Scope, depth: usize) -> (Node, Cte) {
        let columns = self.columns(1);
        let types: Vec<Ty> = columns.iter().map(|(_, ty)| *ty).collect();
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let name = self.name("cte");
        let listed = self.chance(40);
        let query = self.query(scope, &types, (!listed).then_some(&names), depth);
        let list = if listed { format!(" ({})", names.join(", ")) } else { String::new() };
        let hint = *self.pick(&[" materialized", " not materialized"]);
        let often = if self.sqlite() { 2 } else { 25 };
        let hint = if self.mysql() || !self.chance(often) { "" } else { hint };
        (seq![&name, list, format!(" as{hint} ("), query, ")"], Cte { name, columns })
    }

    fn recursive(&mut self, scope: &Scope, depth: usize) -> (Node, Cte) {
        let mut columns = self.columns(0);
        columns.truncate(2);
        columns.insert(0, ("n".to_owned(), self.lang.int));
        let name = self.name("r");
        let typed = |node: Node, ty: Ty, strict: bool| if strict { seq!["(", node, ")::", ty] } else { node };
        let strict = self.postgres();
        let inner = scope.inside();
        let (base_from, base_scope) = if self.chance(40) {
            let (from, scope) = self.from(&inner, depth.min(1));
            (seq![" from ", from, self.filter_clause(&scope, 1)], scope)
        } else {
            (Node::none(), inner.clone())
        };
        let mut base = vec![Node::from("1")];
        for (_, ty) in &columns[1..] {
            base.push(typed(self.expr(&base_scope, ty, depth.min(1)), ty, strict));
        }
        let mut step_scope = inner.clone();
        step_scope.add(&name, columns.clone());
        let mut from = Node::from(&name);
        if self.chance(40) {
            let (other, of_other) = self.from(&inner, 0);
            let way = *self.pick(&["join", "left join"]);
            step_scope.columns.extend(of_other.columns);
            from = seq![from, format!(" {way} "), other, " on ", self.condition(&step_scope, 1)];
        }
        let mut step = vec![seq![format!("{name}.n + 1")]];
        for (_, ty) in &columns[1..] {
            step.push(typed(self.expr(&step_scope, ty, depth.min(1)), ty, strict));
        }
        let all = *self.pick(&["union all", "union"]);
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let list = names.join(", ");
        let node = seq![
            format!("{name} ({list}) as (select "),
            Node::all(base),
            base_from,
            format!(" {all} select "),
            Node::all(step),
            " from ",
            from,
            format!(" where {name}.n < 3)"),
        ];
        (node, Cte { name, columns })
    }

    /// A query of columns of types, under names.
    pub fn query(&mut self, scope: &Scope, types: &[Ty], names: Option<&Vec<String>>, depth: usize) -> Node {
        let node = match self.below(100) {
            0..=9 if depth > 0 => self.set_operation(scope, types, names, depth),
            10..=12 if names.is_none() && !self.mysql() => self.values(scope, types),
            _ => {
                let (core, scope) = self.core(scope, types, names, None, depth);
                let tail = self.tail(scope.as_ref(), types.len());
                seq![core, tail]
            }
        };
        Node::group(Kind::Query, node)
    }

    /// A query inside of an expression.
    pub fn subquery(&mut self, scope: &Scope, types: &[Ty], depth: usize) -> Node {
        let inside = scope.inside();
        let (core, _) = self.core(&inside, types, None, None, depth.min(1));
        Node::group(Kind::Query, core)
    }

    /// A query that gives one row whatever the tables have.
    pub fn aggregate_query(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let (from, inner) = self.from(&scope.inside(), depth.min(1));
        let filter = self.filter_clause(&inner, 1);
        let grouped = Scope { columns: Vec::new(), grouped: Some(Rc::new(inner.clone())), ..inner };
        let item = self.aggregate(&grouped, ty, 1).unwrap_or_else(|| "count(*)".into());
        seq!["select ", item, " from ", from, filter]
    }

    fn values(&mut self, scope: &Scope, types: &[Ty]) -> Node {
        let link = self.link();
        let count = self.between(1, 3);
        let mut rows = Vec::new();
        for _ in 0..count {
            let items = types.iter().map(|ty| self.expr(scope, ty, 1)).collect();
            rows.push(seq!["(", Node::linked(link, items), ")"]);
        }
        seq!["values ", Node::some(rows)]
    }

    fn set_operation(
        &mut self,
        scope: &Scope,
        types: &[Ty],
        names: Option<&Vec<String>>,
        depth: usize,
    ) -> Node {
        let link = self.link();
        let arm = |this: &mut Self, names| this.core(scope, types, names, Some(link), depth - 1).0;
        let mut node = Node::group(Kind::Query, arm(self, names));
        let count = self.between(1, 2);
        for _ in 0..count {
            let all = if self.sqlite() { "" } else { " all" };
            let op = match self.below(6) {
                0 | 1 => "union".to_owned(),
                2 | 3 => "union all".to_owned(),
                4 => format!("intersect{}", if self.chance(30) { all } else { "" }),
                _ => format!("except{}", if self.chance(30) { all } else { "" }),
            };
            let right = Node::group(Kind::Query, arm(self, None));
            let right = if self.postgres() && self.chance(20) { seq!["(", right, ")"] } else { right };
            node = Node::group(Kind::Query, seq![node, format!(" {op} "), right]);
        }
        let order = if self.chance(25) { Node::optional(" order by 1") } else { Node::none() };
        let limit = if self.chance(20) { Node::optional(self.limit()) } else { Node::none() };
        seq![node, order, limit]
    }

    /// One `select`, and the scope of its `order by`, where that may speak of more than its columns.
    fn core(
        &mut self,
        scope: &Scope,
        types: &[Ty],
        names: Option<&Vec<String>>,
        link: Option<u32>,
        depth: usize,
    ) -> (Node, Option<Scope>) {
        let mut scope = scope.clone();
        let mut from = Node::none();
        let mut distinct = Node::none();
        let mut orderable = false;
        let (mut group, mut filter) = (Node::none(), Node::none());
        if self.chance(90) {
            let (node, inner) = self.from(&scope, depth);
            scope = inner;
            from = seq![" from ", node];
            filter = self.filter_clause(&scope, depth.min(2));
            if self.chance(25) {
                (group, scope) = self.group(scope, depth);
            } else {
                orderable = true;
            }
        } else if self.chance(20) {
            filter = Node::optional(seq![" where ", self.conditions(&scope, 1)]);
        }
        let out = Scope { windows: true, sets: self.postgres(), ..scope.clone() };
        let items: Vec<Node> = (types.iter().enumerate())
            .map(|(at, ty)| {
                let item = self.output(&out, ty, depth.clamp(1, 3));
                match names {
                    Some(names) => seq![item, " as ", &names[at]],
                    None if self.chance(50) => {
                        let name = self.alias(&scope);
                        seq![item, Node::optional(format!(" as {name}"))]
                    }
                    None => item,
                }
            })
            .collect();
        if self.chance(8) {
            distinct = Node::optional("distinct ");
            orderable = false;
        } else if self.postgres() && orderable && link.is_none() && self.chance(4) {
            let ty = self.comparable(&scope);
            if let Some(column) = self.column(&scope, ty) {
                distinct = Node::optional(seq!["distinct on (", column, ") "]);
                orderable = false;
            }
        }
        let items = match link {
            Some(link) => Node::linked(link, items),
            None if names.is_some() => Node::all(items),
            None => Node::some(items),
        };
        let core = seq!["select ", distinct, items, from, filter, group];
        (core, (orderable && link.is_none()).then_some(scope))
    }

    /// A name for an output column, sometimes one that a column of the tables has.
    fn alias(&mut self, scope: &Scope) -> String {
        let named: Vec<&Column> = scope.columns.iter().filter(|column| column.table.is_some()).collect();
        if !named.is_empty() && self.chance(30) {
            return self.pick(&named).name.clone();
        }
        self.output_name()
    }

    /// An output column: where types are loose, mostly one that has some.
    fn output(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let item = self.expr(scope, ty, depth);
        let text = item.sql();
        let untyped =
            text == "null" || (text.starts_with('$') && text[1..].bytes().all(|b| b.is_ascii_digit()));
        if untyped && self.lang.weak() && self.chance(90) {
            return self.column(scope, ty).unwrap_or_else(|| self.literal(ty));
        }
        item
    }

    /// `where`, sometimes by a key.
    pub fn filter_clause(&mut self, scope: &Scope, depth: usize) -> Node {
        if !scope.keys.is_empty() && self.chance(15) {
            let mut parts = Vec::new();
            let tables = self.between(1, 2);
            for _ in 0..tables {
                for column in self.pick(&scope.keys).clone() {
                    parts.push(self.key_part(scope, &column));
                }
            }
            return Node::optional(seq![" where ", Node::list(" and ", parts)]);
        }
        if self.chance(60) {
            return Node::none();
        }
        Node::optional(seq![" where ", self.conditions(&scope.plain(), depth)])
    }

    fn key_part(&mut self, scope: &Scope, column: &Column) -> Node {
        let name = crate::from::qualified(column);
        let other: Vec<&Column> =
            scope.columns.iter().filter(|c| c.ty == column.ty && c.table != column.table).collect();
        if !other.is_empty() && self.chance(25) {
            let other = crate::from::qualified(other[self.below(other.len())]);
            return seq![name, format!(" = {other}")];
        }
        match self.below(8) {
            0 => seq![name, " in (", self.constant(column.ty), ")"],
            1 => seq![self.constant(column.ty), " = ", name],
            2 => seq!["(", name, " = ", self.constant(column.ty), ")"],
            _ => seq![name, " = ", self.constant(column.ty)],
        }
    }

    fn group(&mut self, scope: Scope, depth: usize) -> (Node, Scope) {
        let count = self.weighted(&[(30, 0), (45, 1), (25, 2)]);
        let mut keys = Vec::new();
        let mut columns = Vec::new();
        for _ in 0..count {
            let ty = self.comparable(&scope);
            let found: Vec<Column> = scope.columns.iter().filter(|column| column.ty == ty).cloned().collect();
            if !found.is_empty() && self.chance(80) {
                let column = self.pick(&found).clone();
                keys.push(seq![crate::from::qualified(&column)]);
                columns.push(column);
            } else {
                let kept = std::mem::replace(&mut self.no_params, true);
                let key = self.expr(&scope.plain(), ty, 1);
                self.no_params = kept;
                // The same text again is the same value.
                columns.push(Column { table: None, name: key.sql(), ty });
                keys.push(key);
            }
        }
        if !self.postgres() && self.chance(25) {
            // Any row's value.
            columns.clone_from(&scope.columns);
        }
        let inner = Rc::new(Scope { windows: false, grouped: None, ..scope.clone() });
        let grouped = Scope { columns, grouped: Some(Rc::clone(&inner)), ..scope };
        let clause = if keys.is_empty() {
            Node::none()
        } else {
            let keys = Node::some(keys);
            match self.below(20) {
                0 if self.postgres() => seq![" group by rollup (", keys, ")"],
                1 if self.postgres() => seq![" group by cube (", keys, ")"],
                2 if self.postgres() => seq![" group by grouping sets ((", keys, "), ())"],
                0 | 1 if self.mysql() => seq![" group by ", keys, " with rollup"],
                _ => seq![" group by ", keys],
            }
        };
        let having = if self.chance(20) {
            Node::optional(seq![" having ", self.conditions(&grouped, depth.min(1))])
        } else {
            Node::none()
        };
        (seq![clause, having], grouped)
    }

    /// `order by` and `limit`.
    fn tail(&mut self, scope: Option<&Scope>, width: usize) -> Node {
        let order = match scope {
            Some(scope) if self.chance(20) => {
                Node::optional(seq![" order by ", self.ordering(&scope.plain())])
            }
            _ if self.chance(10) => Node::optional(format!(" order by {}", self.between(1, width))),
            _ => Node::none(),
        };
        let limit = if self.chance(12) { Node::optional(self.limit()) } else { Node::none() };
        seq![order, limit]
    }

    fn limit(&mut self) -> Node {
        let int = if self.postgres() { "int8" } else { self.lang.int };
        let count = if self.chance(30) && !self.no_params {
            self.params.push(int);
            Node::Param((self.params.len() - 1) as u32)
        } else {
            (*self.pick(&["1", "1", "0", "2", "10"])).into()
        };
        match self.below(8) {
            0 if self.postgres() => seq![" fetch first ", "1", " row only"],
            1 => seq![" limit ", count, " offset 1"],
            _ => seq![" limit ", count],
        }
    }
}
