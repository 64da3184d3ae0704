//! Conditions.

use crate::{
    lang::{Ty, array},
    scope::Scope,
    seq,
    state::Gen,
    tree::{Kind, Node},
};

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

impl Gen<'_> {
    /// Generates conditions for `where`, `on`, `having` and `when`.
    pub fn condition(&mut self, scope: &Scope, depth: usize) -> Node {
        let bool = self.lang.bool;
        let node = if self.chance(75) { self.predicate(scope, depth) } else { self.expr(scope, bool, depth) };
        Node::group(Kind::Expr(bool), node)
    }

    /// Conditions, all of which must hold.
    pub fn conditions(&mut self, scope: &Scope, depth: usize) -> Node {
        let count = self.weighted(&[(60, 1), (30, 2), (10, 3)]);
        Node::list(" and ", (0..count).map(|_| seq!["(", self.condition(scope, depth), ")"]).collect())
    }

    /// An expression that is true, false or null by its form.
    pub fn predicate(&mut self, scope: &Scope, depth: usize) -> Node {
        let ty = self.comparable(scope);
        let less = depth.saturating_sub(1);
        match self.below(32) {
            0..=8 => {
                let op = if self.chance(50) { "=" } else { *self.pick(&COMPARISONS) };
                let (left, right) = (self.expr(scope, ty, depth), self.expr(scope, ty, less));
                seq![left, format!(" {op} "), right]
            }
            9..=11 => {
                let ty = self.near_type(scope);
                let not = self.not();
                seq![self.expr(scope, ty, depth), " is", not, " null"]
            }
            12..=13 => self.in_list(scope, ty, depth),
            14 if !scope.no_subqueries => {
                let not = self.not();
                let left = self.expr(scope, ty, depth);
                seq![left, not, " in (", self.subquery(scope, &[ty], less), ")"]
            }
            15 if !scope.no_subqueries => {
                let not = if self.chance(30) { "not " } else { "" };
                seq![format!("{not}exists ("), self.subquery(scope, &[ty], less), ")"]
            }
            16..=17 => {
                let not = self.not();
                let value = self.expr(scope, ty, depth);
                let (low, high) = (self.expr(scope, ty, 0), self.expr(scope, ty, 0));
                seq![value, not, " between ", low, " and ", high]
            }
            18..=19 => {
                let text = self.lang.text;
                let not = self.not();
                let like = if self.postgres() && self.chance(30) { "ilike" } else { "like" };
                let (value, pattern) = (self.expr(scope, text, depth), self.expr(scope, text, 0));
                seq![value, not, format!(" {like} "), pattern]
            }
            20..=22 => {
                let op = if self.chance(50) { " and " } else { " or " };
                let items = (0..2).map(|_| self.condition(scope, less)).collect();
                seq!["(", Node::list(op, items), ")"]
            }
            23..=24 => seq!["not (", self.condition(scope, less), ")"],
            25 => {
                let is = *self.pick(&["is true", "is not true", "is false", "is not false"]);
                let unknown = if self.postgres() && self.chance(20) { "is unknown" } else { is };
                seq!["(", self.condition(scope, less), format!(") {unknown}")]
            }
            26..=27 => {
                let op = if self.mysql() {
                    "<=>"
                } else if self.sqlite() {
                    *self.pick(&["is", "is not", "is not distinct from", "is distinct from"])
                } else {
                    *self.pick(&["is distinct from", "is not distinct from"])
                };
                let (left, right) = (self.expr(scope, ty, depth), self.expr(scope, ty, less));
                seq![left, format!(" {op} "), right]
            }
            28..=29 if self.postgres() => self.any_or_all(scope, ty, less),
            30 => {
                let other = self.comparable(scope);
                let op = *self.pick(&["=", "<", "<>"]);
                let left = seq![self.expr(scope, ty, less), ", ", self.expr(scope, other, less)];
                let right = seq![self.expr(scope, ty, 0), ", ", self.expr(scope, other, 0)];
                seq!["(", left, format!(") {op} ("), right, ")"]
            }
            31 if self.mysql() || self.sqlite() => {
                let text = self.lang.text;
                let op = if self.mysql() { "regexp" } else { "glob" };
                let op = if self.mysql() && self.chance(30) { "xor" } else { op };
                seq![self.expr(scope, text, less), format!(" {op} "), self.expr(scope, text, 0)]
            }
            _ => {
                let (left, right) = (self.expr(scope, ty, depth), self.constant(ty));
                seq![left, " = ", right]
            }
        }
    }

    fn not(&mut self) -> &'static str {
        if self.chance(25) { " not" } else { "" }
    }

    fn in_list(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let count = self.between(1, 3);
        let not = self.not();
        let left = self.expr(scope, ty, depth);
        let items = (0..count).map(|_| self.expr(scope, ty, 0)).collect();
        seq![left, not, " in (", Node::some(items), ")"]
    }

    fn any_or_all(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let op = *self.pick(&COMPARISONS);
        let all = *self.pick(&["any", "all", "some"]);
        let left = self.expr(scope, ty, depth);
        let right = match array(ty) {
            Some(array) if scope.no_subqueries || self.chance(60) => self.expr(scope, array, depth),
            _ => self.subquery(scope, &[ty], depth),
        };
        seq![left, format!(" {op} {all} ("), right, ")"]
    }

    /// A type that has an order.
    pub fn comparable(&mut self, scope: &Scope) -> Ty {
        const NONE: [Ty; 12] = [
            "json", "xml", "point", "jsonpath", "json[]", "box", "lseg", "circle", "jsonb[]", "xml[]", "any",
            "point[]",
        ];
        let ty = self.near_type(scope);
        if NONE.contains(&ty) { self.lang.int } else { ty }
    }
}
