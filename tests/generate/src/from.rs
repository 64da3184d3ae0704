//! Generates `from`.

use std::rc::Rc;

use crate::{
    lang::Ty,
    scope::{Column, Scope},
    seq,
    state::Gen,
    tree::{Kind, Node},
};

/// A part of `from`, and what it brings into scope.
type Source = (Node, Scope);

impl Gen<'_> {
    /// Generates the items of `from`, and the scope of the query. `around` is the outer scope.
    pub fn from(&mut self, around: &Scope, depth: usize) -> Source {
        let (mut node, mut scope) = self.joined(around, depth);
        if self.chance(10) {
            let visible = self.lateral(around, &scope);
            let (right, of_right) = self.source(&visible, depth.saturating_sub(1));
            node = Node::group(Kind::From, seq![node, ", ", right]);
            merge(&mut scope, of_right);
        }
        scope.outer.clone_from(&around.outer);
        scope.ctes = Rc::clone(&around.ctes);
        (node, scope)
    }

    fn joined(&mut self, around: &Scope, depth: usize) -> Source {
        let mut left = if depth > 1 && self.chance(2) {
            let (node, scope) = self.joined(around, depth - 1);
            let node = Node::group(Kind::From, seq!["(", node, ")"]);
            // Parentheses around one table are not everywhere.
            (node, scope)
        } else {
            self.source(around, depth)
        };
        let count = self.weighted(&[(45, 0), (35, 1), (15, 2), (5, 3)]);
        for _ in 0..count.min(depth + 1) {
            left = self.join(around, left, depth.saturating_sub(1));
        }
        left
    }

    fn join(&mut self, around: &Scope, (left, of_left): Source, depth: usize) -> Source {
        let full = if self.mysql() { 0 } else { 12 };
        let kind = self.weighted(&[
            (35, "join"),
            (35, "left join"),
            (15, "right join"),
            (full, "full join"),
            (6, "cross join"),
        ]);
        // The right side of an inner or left join can use the columns of its left side.
        let visible = if matches!(kind, "right join" | "full join") {
            around.clone()
        } else {
            self.lateral(around, &of_left)
        };
        let nested = depth > 0 && self.chance(12);
        let (right, of_right) = if nested {
            let inner = self.source(around, depth);
            let (node, scope) = self.join(around, inner, depth - 1);
            (Node::group(Kind::From, seq!["(", node, ")"]), scope)
        } else {
            self.source(&visible, depth)
        };
        let common = common(&of_left, &of_right);
        let mut scope = of_left;
        merge(&mut scope, of_right);
        scope.outer.clone_from(&around.outer);
        scope.ctes = Rc::clone(&around.ctes);
        let natural = !common.is_empty() && kind != "cross join" && self.chance(6);
        let using = !common.is_empty() && kind != "cross join" && self.chance(25);
        let (natural, on): (&str, Node) = if natural {
            for column in &common {
                self.merged(&mut scope, column);
            }
            ("natural ", Node::none())
        } else if using {
            let count = self.between(1, common.len().min(2));
            for column in &common[..count] {
                self.merged(&mut scope, column);
            }
            let names = common[..count].iter().map(|column| Node::from(&column.name)).collect();
            ("", seq![" using (", Node::some(names), ")"])
        } else if kind == "cross join" {
            ("", Node::none())
        } else {
            ("", seq![" on ", self.join_condition(&scope, depth)])
        };
        (Node::group(Kind::From, seq![left, format!(" {natural}{kind} "), right, on]), scope)
    }

    fn merged(&mut self, scope: &mut Scope, column: &Column) {
        scope.columns.push(Column { table: None, ..column.clone() });
    }

    fn join_condition(&mut self, scope: &Scope, depth: usize) -> Node {
        if self.chance(75) {
            // Two columns of the same type and different tables.
            let left = scope.columns.last().cloned();
            if let Some(right) = left {
                let same: Vec<Column> = scope
                    .columns
                    .iter()
                    .filter(|c| c.ty == right.ty && c.table != right.table && c.table.is_some())
                    .cloned()
                    .collect();
                if !same.is_empty() && self.comparable_type(right.ty) {
                    let left = self.pick(&same).clone();
                    return seq![qualified(&left), " = ", qualified(&right)];
                }
            }
        }
        self.conditions(scope, depth.min(1))
    }

    fn comparable_type(&self, ty: Ty) -> bool {
        !matches!(ty, "json" | "xml" | "point" | "jsonpath")
    }

    /// The names that an item of `from` can use: those of the outer query and, if it is lateral, those of the items
    /// before it.
    fn lateral(&mut self, around: &Scope, before: &Scope) -> Scope {
        let mut visible = around.clone();
        if self.postgres() || self.sqlite() {
            visible.columns.clone_from(&before.columns);
        }
        visible
    }

    /// A table, a view, a query or a function. `visible.columns` are the columns of the items before it.
    fn source(&mut self, visible: &Scope, depth: usize) -> Source {
        let around = Scope { columns: Vec::new(), ..visible.clone() };
        let derived = if depth == 0 { 0 } else { 16 };
        let ctes = if around.ctes.is_empty() { 0 } else { 35 };
        let functions = if self.mysql() { 0 } else { 7 };
        let (node, scope) = match self.weighted(&[(70, 0), (derived, 1), (ctes, 2), (functions, 3), (3, 4)]) {
            1 => self.derived(visible, depth - 1),
            2 => self.named(&around),
            3 => self.set_function(visible),
            4 if self.postgres() => self.values_table(&around),
            _ => self.table_source(),
        };
        (Node::group(Kind::From, node), scope)
    }

    fn table_source(&mut self) -> Source {
        let relation = self.relation();
        let alias = self.name("t");
        let mut scope = Scope::default();
        let mut columns: Vec<(String, Ty)> =
            relation.columns.iter().map(|column| (column.name.clone(), column.ty)).collect();
        let named = self.postgres() && self.chance(4);
        if named {
            for (at, column) in columns.iter_mut().enumerate().take(2) {
                column.0 = format!("r{at}");
            }
        }
        let list: Vec<&str> = columns.iter().take(2).map(|(name, _)| name.as_str()).collect();
        let list = if named { format!(" ({})", list.join(", ")) } else { String::new() };
        let word = *self.pick(&[" ", " as "]);
        let only = if self.postgres() && self.chance(1) { "only " } else { "" };
        let node = seq![format!("{only}{}{word}{alias}{list}", relation.name)];
        scope.add(&alias, columns.clone());
        if !named {
            for key in &relation.keys {
                let found = |name: &String| scope.columns.iter().find(|column| column.name == *name).cloned();
                scope.keys.extend(key.iter().map(found).collect::<Option<Vec<_>>>());
            }
        }
        (node, scope)
    }

    fn derived(&mut self, visible: &Scope, depth: usize) -> Source {
        let lateral = self.postgres() && !visible.columns.is_empty() && self.chance(50);
        let count = self.between(1, 3);
        let types: Vec<Ty> = (0..count).map(|_| self.any_type()).collect();
        let names: Vec<String> = (0..count).map(|_| self.output_name()).collect();
        let around =
            if lateral { visible.inside() } else { Scope { columns: Vec::new(), ..visible.clone() } };
        let alias = self.name("d");
        let renamed = self.postgres() && self.chance(20);
        let query = self.query(&around, &types, (!renamed).then_some(&names), depth);
        let list = if renamed { format!(" ({})", names.join(", ")) } else { String::new() };
        let mut scope = Scope::default();
        scope.add(&alias, names.into_iter().zip(types));
        let word = if lateral { "lateral " } else { "" };
        (seq![word, "(", query, format!(") {alias}{list}")], scope)
    }

    fn named(&mut self, around: &Scope) -> Source {
        let cte = self.pick(&around.ctes).clone();
        let alias = self.name("w");
        let mut scope = Scope::default();
        scope.add(&alias, cte.columns);
        (seq![cte.name, format!(" as {alias}")], scope)
    }

    fn values_table(&mut self, around: &Scope) -> Source {
        let types = [self.any_type(), self.any_type()];
        let mut row = || {
            let items = types.map(|ty| self.expr(around, ty, 1));
            seq!["(", Node::all(items.into()), ")"]
        };
        let rows = vec![row(), row()];
        let alias = self.name("v");
        let mut scope = Scope::default();
        scope.add(&alias, [("v1".to_owned(), types[0]), ("v2".to_owned(), types[1])]);
        (seq!["(values ", Node::some(rows), format!(") as {alias} (v1, v2)")], scope)
    }

    fn set_function(&mut self, visible: &Scope) -> Source {
        let alias = self.name("f");
        let mut scope = Scope::default();
        let inside = visible.inside();
        if self.sqlite() {
            let name = *self.pick(&["json_each", "json_tree"]);
            scope.add(
                &alias,
                [("value".to_owned(), "any"), ("key".to_owned(), "any"), ("type".to_owned(), "text")],
            );
            let arg = self.expr(&inside, "text", 0);
            return (seq![name, "(", arg, format!(") as {alias}")], scope);
        }
        let lang = self.lang;
        let ty = self.any_type();
        let sig = self.pick(&lang.sets).clone();
        let Some(sig) = lang.settle(self, sig, ty) else { return self.table_source() };
        // What it needs a list of columns for.
        if sig.result == "record" && sig.out.is_empty() {
            let json = self.expr(&inside, if sig.name.starts_with("jsonb") { "jsonb" } else { "json" }, 0);
            scope.add(&alias, [("a".to_owned(), "int4"), ("b".to_owned(), "text")]);
            let name = if sig.name.starts_with("jsonb") { "jsonb_to_recordset" } else { "json_to_recordset" };
            return (seq![name, "(", json, format!(") as {alias} (a int4, b text)")], scope);
        }
        let args = self.arguments(&inside, &sig, 0);
        let ordinality = self.chance(15);
        let mut columns: Vec<(String, Ty)> = if sig.out.is_empty() {
            vec![("x".to_owned(), sig.result)]
        } else {
            sig.out.iter().map(|(name, ty)| (format!("{name}_"), *ty)).collect()
        };
        if ordinality {
            columns.push(("n".to_owned(), "int8"));
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let list = names.join(", ");
        let word = if ordinality { " with ordinality" } else { "" };
        let call = crate::call::call(&sig, args);
        scope.add(&alias, columns);
        (seq![call, format!("{word} as {alias} ({list})")], scope)
    }

    /// A name for an output column.
    pub fn output_name(&mut self) -> String {
        let name = self.name("c");
        match (self.chance(6), self.mysql()) {
            (false, _) => name,
            (true, true) => format!("`{name} x`"),
            (true, false) => format!("\"{name} X\""),
        }
    }
}

/// A column's name with its table's.
pub fn qualified(column: &Column) -> String {
    match &column.table {
        Some(table) => format!("{table}.{}", column.name),
        None => column.name.clone(),
    }
}

fn merge(scope: &mut Scope, other: Scope) {
    scope.columns.extend(other.columns);
    scope.keys.extend(other.keys);
}

/// Columns that both sides have once, by the same name and of the same type.
fn common(left: &Scope, right: &Scope) -> Vec<Column> {
    let plain = |c: &&Column| c.table.is_some();
    left.columns
        .iter()
        .filter(plain)
        .filter(|c| left.is_bare(&c.name) && right.is_bare(&c.name))
        .filter(|c| right.columns.iter().any(|other| other.name == c.name && other.ty == c.ty))
        .cloned()
        .collect()
}
