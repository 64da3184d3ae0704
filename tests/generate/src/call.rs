//! Functions: plain ones, aggregates, window functions.

use std::rc::Rc;

use crate::{
    lang::{Sig, Ty},
    scope::Scope,
    seq,
    state::Gen,
    tree::Node,
};

impl Gen<'_> {
    /// A call of a function that gives a type.
    pub fn function(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        let own: Vec<Sig> = self.model.functions.iter().filter(|sig| sig.result == ty).cloned().collect();
        let lang = self.lang;
        let sig = if !own.is_empty() && self.chance(15) {
            self.pick(&own).clone()
        } else {
            lang.function(self, b'f', ty)?
        };
        let args = self.arguments(scope, &sig, depth);
        Some(call(&sig, args))
    }

    /// The arguments of a call, with or without those that may be left out.
    pub fn arguments(&mut self, scope: &Scope, sig: &Sig, depth: usize) -> Vec<Node> {
        let left_out = self.below(sig.optional + 1);
        let mut types = sig.args.clone();
        types.truncate(sig.args.len() - left_out);
        if sig.variadic && left_out == 0 {
            let last = types.last().copied().unwrap_or("any");
            let more = self.below(3);
            types.extend((0..more).map(|_| last));
        }
        let mut args = Vec::new();
        for ty in types {
            let ty = if ty == "any" { self.near_type(scope) } else { ty };
            let arg = self.expr(scope, ty, depth);
            // MariaDB makes wider numbers of literals than of columns there.
            let literal = self.mysql() && sig.kind != b'f' && arg.sql().parse::<f64>().is_ok();
            args.push(if literal { seq!["(", arg, " + 0)"] } else { arg });
        }
        args
    }

    /// An aggregate that gives a type.
    pub fn aggregate(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        let inner = Rc::clone(scope.grouped.as_ref()?);
        if !self.postgres() {
            return self.loose_aggregate(&inner, ty, depth);
        }
        let kind = self.weighted(&[(85, b'a'), (8, b'o'), (2, b'h')]);
        let lang = self.lang;
        if kind == b'a' {
            if ty == "int8" && self.chance(40) {
                return Some(seq!["count(*)", self.filter(&inner)]);
            }
            let sig = lang.function(self, b'a', ty)?;
            let args = self.arguments(&inner, &sig, depth.min(1));
            let distinct = if self.chance(12) { Node::optional("distinct ") } else { Node::none() };
            let order = if self.chance(10) {
                Node::optional(seq![" order by ", self.ordering(&inner)])
            } else {
                Node::none()
            };
            let filter = self.filter(&inner);
            return Some(seq![sig.name, "(", distinct, Node::all(args), order, ")", filter]);
        }
        let sig = lang.function(self, kind, ty)?;
        let mut args = self.arguments(&inner, &Sig { variadic: false, ..sig.clone() }, 0);
        let of = args.pop()?;
        // The arguments before `within group` have one value for all rows.
        let fraction = if sig.name.starts_with("percentile") {
            if sig.args[0] == "float8" { "0.5".into() } else { "array[0.1, 0.9]".into() }
        } else {
            Node::all(args)
        };
        if sig.kind == b'h' {
            return Some(seq![sig.name, "(1) within group (order by ", self.int_column(&inner), ")"]);
        }
        let filter = self.filter(&inner);
        Some(seq![sig.name, "(", fraction, ") within group (order by ", of, ")", filter])
    }

    fn int_column(&mut self, scope: &Scope) -> Node {
        self.column(scope, "int4").unwrap_or_else(|| "1".into())
    }

    fn filter(&mut self, scope: &Scope) -> Node {
        if self.mysql() || self.chance(85) {
            return Node::none();
        }
        Node::optional(seq![" filter (where ", self.conditions(scope, 1), ")"])
    }

    fn loose_aggregate(&mut self, inner: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        if ty == self.lang.int && self.chance(40) {
            return Some(seq!["count(*)", self.filter(inner)]);
        }
        if self.mysql() && ty == "varchar" && self.chance(20) {
            let distinct = if self.chance(30) { Node::optional("distinct ") } else { Node::none() };
            let value = self.expr(inner, ty, depth.min(1));
            return Some(seq!["group_concat(", distinct, value, " separator ';')"]);
        }
        let lang = self.lang;
        let sig = lang.function(self, b'a', ty)?;
        let args = self.arguments(inner, &sig, depth.min(1));
        let distinct = args.len() == 1 && self.chance(12);
        let distinct = if distinct { Node::optional("distinct ") } else { Node::none() };
        let filter = self.filter(inner);
        Some(seq![sig.name, "(", distinct, Node::all(args), ")", filter])
    }

    /// A window function, or an aggregate over a window, that gives a type.
    pub fn window(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        let plain = Scope { windows: false, sets: false, ..scope.clone() };
        let kind = if self.chance(55) { b'w' } else { b'a' };
        let lang = self.lang;
        let sig = lang.function(self, kind, ty)?;
        let args = self.arguments(&plain, &sig, depth.min(1));
        let filter = if kind == b'a' { self.filter(&plain) } else { Node::none() };
        Some(seq![sig.name, "(", Node::all(args), ")", filter, " over (", self.window_clause(&plain), ")"])
    }

    fn window_clause(&mut self, scope: &Scope) -> Node {
        let mut parts = Vec::new();
        if self.chance(40) {
            let ty = self.comparable(scope);
            parts.push(Node::optional(seq!["partition by ", self.expr(scope, ty, 0), " "]));
        }
        let ordered = self.chance(60);
        if ordered {
            parts.push(Node::optional(seq!["order by ", self.ordering(scope), " "]));
        }
        if self.chance(25) {
            const FRAMES: [&str; 9] = [
                "rows between unbounded preceding and current row",
                "rows between 1 preceding and 1 following",
                "rows between 1 following and 2 following",
                "rows between current row and unbounded following",
                "rows between 2 preceding and 1 preceding",
                "rows unbounded preceding",
                "range between unbounded preceding and unbounded following",
                "range current row",
                "rows 1 preceding",
            ];
            parts.push(Node::optional(*self.pick(&FRAMES)));
            if !self.mysql() && self.chance(20) {
                let exclude = *self.pick(&["current row", "group", "ties", "no others"]);
                parts.push(Node::optional(format!(" exclude {exclude}")));
            }
        }
        Node::Seq(parts)
    }

    /// Generates the expressions after `order by`.
    pub fn ordering(&mut self, scope: &Scope) -> Node {
        let count = self.between(1, 2);
        let mut items = Vec::new();
        for _ in 0..count {
            let ty = self.comparable(scope);
            let way = *self.pick(&["", "", " desc", " asc"]);
            let nulls = if !self.mysql() && self.chance(15) { " nulls last" } else { "" };
            let key = self.column(scope, ty).unwrap_or_else(|| seq!["(", self.expr(scope, ty, 1), ")"]);
            items.push(seq![key, way, nulls]);
        }
        Node::some(items)
    }
}

/// A call as written.
pub fn call(sig: &Sig, args: Vec<Node>) -> Node {
    seq![sig.name, "(", Node::all(args), ")"]
}
