//! Expressions of a type.

use crate::{
    lang::{Ty, array, element},
    scope::Scope,
    seq,
    state::Gen,
    tree::{Kind, Node},
};

#[derive(Clone, Copy)]
enum Shape {
    Leaf,
    Predicate,
    Operator,
    Function,
    Cast,
    Case,
    Common,
    NullIf,
    Special,
    Subquery,
    Array,
    Aggregate,
    Window,
}

impl Gen<'_> {
    /// An expression of a type, mostly: where types are loose it may be of another.
    pub fn expr(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let ty = if self.lang.weak() && (ty == "any" || self.chance(8)) { self.lang_type() } else { ty };
        Node::group(Kind::Expr(ty), self.shape(scope, ty, depth))
    }

    fn lang_type(&mut self) -> Ty {
        self.any_type()
    }

    fn shape(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        if depth == 0 {
            // Columns that are not grouped by are only allowed in an aggregate.
            if scope.grouped.is_some() && self.chance(60) {
                return self.aggregate(scope, ty, 1).unwrap_or_else(|| self.leaf(scope, ty));
            }
            return self.leaf(scope, ty);
        }
        let bool = if ty == self.lang.bool { 40 } else { 0 };
        let grouped = if scope.grouped.is_some() { 60 } else { 0 };
        let windows = if scope.windows { 12 } else { 0 };
        let subqueries = if scope.no_subqueries { 0 } else { 5 };
        let shape = self.weighted(&[
            (25, Shape::Leaf),
            (bool, Shape::Predicate),
            (18, Shape::Operator),
            (20, Shape::Function),
            (8, Shape::Cast),
            (7, Shape::Case),
            (8, Shape::Common),
            (3, Shape::NullIf),
            (4, Shape::Special),
            (subqueries, Shape::Subquery),
            (4, Shape::Array),
            (grouped, Shape::Aggregate),
            (windows, Shape::Window),
        ]);
        let made = match shape {
            Shape::Leaf => None,
            Shape::Predicate => Some(self.predicate(scope, depth - 1)),
            Shape::Operator => self.operator(scope, ty, depth - 1),
            Shape::Function => self.function(scope, ty, depth - 1),
            Shape::Cast => self.cast(scope, ty, depth - 1),
            Shape::Case => Some(self.case(scope, ty, depth - 1)),
            Shape::Common => Some(self.common(scope, ty, depth - 1)),
            Shape::NullIf => {
                let (a, b) = (self.expr(scope, ty, depth - 1), self.expr(scope, ty, depth - 1));
                Some(seq!["nullif(", a, ", ", b, ")"])
            }
            Shape::Special => self.special(scope, ty, depth - 1),
            Shape::Subquery => Some(self.scalar_subquery(scope, ty, depth - 1)),
            Shape::Array => self.array(scope, ty, depth - 1),
            Shape::Aggregate => self.aggregate(scope, ty, depth - 1),
            Shape::Window => self.window(scope, ty, depth - 1),
        };
        made.unwrap_or_else(|| self.leaf(scope, ty))
    }

    fn leaf(&mut self, scope: &Scope, ty: Ty) -> Node {
        if self.chance(75)
            && let Some(column) = self.column(scope, ty)
        {
            return column;
        }
        self.constant(ty)
    }

    fn operator(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        if self.lang.weak() {
            return Some(self.loose_operator(scope, ty, depth));
        }
        let lang = self.lang;
        let sig = lang.operator(self, ty)?;
        let mut args: Vec<Node> = sig.args.iter().map(|arg| self.expr(scope, arg, depth)).collect();
        let right = args.pop()?;
        let inner = match args.pop() {
            Some(left) => seq![left, format!(" {} ", sig.name), right],
            None => seq![format!("{} ", sig.name), right],
        };
        Some(if self.chance(90) { seq!["(", inner, ")"] } else { inner })
    }

    fn loose_operator(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        const NUMBERS: [&str; 5] = ["+", "-", "*", "/", "%"];
        const BITS: [&str; 4] = ["&", "|", "<<", ">>"];
        let op = match ty {
            "varchar" | "text" => *self.pick(&["||", "||", "->>"]),
            "json" | "any" => "->",
            "bigint" | "integer" if self.chance(20) => *self.pick(&BITS),
            "bigint" if self.chance(10) => *self.pick(&["div", "^", "mod"]),
            "date" | "datetime" if self.mysql() => {
                let unit = *self.pick(&["day", "hour", "month", "second", "microsecond", "year"]);
                let (left, count) = (self.expr(scope, ty, depth), self.expr(scope, "bigint", depth));
                let op = *self.pick(&["+", "-"]);
                return seq!["(", left, format!(" {op} interval "), count, format!(" {unit})")];
            }
            _ => *self.pick(&NUMBERS),
        };
        if op.starts_with("->") {
            if self.mysql() {
                return seq!["json_value(", self.expr(scope, "json", depth), ", '$.a')"];
            }
            let path = *self.pick(&["'$.a'", "'a'", "0", "'$[0]'"]);
            return seq!["(", self.expr(scope, "text", depth), format!(" {op} {path})")];
        }
        if matches!(op, "-") && self.chance(20) {
            return seq!["(-", self.expr(scope, ty, depth), ")"];
        }
        let (left, right) = (self.expr(scope, ty, depth), self.expr(scope, ty, depth));
        let inner = seq![left, format!(" {op} "), right];
        if self.chance(90) { seq!["(", inner, ")"] } else { inner }
    }

    fn cast(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        let lang = self.lang;
        let from = lang.castable(self, ty)?;
        let inner = self.expr(scope, from, depth);
        let name: &str = match ty {
            _ if self.postgres() => ty,
            "bigint" => self.word(&["signed", "unsigned", "integer"]),
            "varchar" => self.word(&["char", "char(3)"]),
            "decimal" => self.word(&["decimal(10,2)", "decimal"]),
            "blob" if self.mysql() => "binary",
            "json" => return Some(seq!["json_compact(", inner, ")"]),
            "any" => self.word(&["numeric", "integer", "text", "real", "blob"]),
            "year" | "int" => "signed",
            "datetime" => self.word(&["datetime", "datetime(3)"]),
            _ => ty,
        };
        Some(if self.postgres() && self.chance(50) {
            seq!["(", inner, ")::", name]
        } else {
            seq!["cast(", inner, " as ", name, ")"]
        })
    }

    fn case(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let count = self.between(1, 2);
        let (operand, arms): (Node, Vec<Node>) = if self.chance(25) {
            let of = self.near_type(scope);
            let operand = seq![" ", self.expr(scope, of, depth)];
            let mut arm = || seq![" when ", self.expr(scope, of, 0), " then ", self.expr(scope, ty, depth)];
            (operand, (0..count).map(|_| arm()).collect())
        } else {
            let mut arm = || {
                let condition = self.condition(scope, depth);
                seq![" when ", condition, " then ", self.expr(scope, ty, depth)]
            };
            (Node::none(), (0..count).map(|_| arm()).collect())
        };
        let other = if self.chance(70) {
            Node::optional(seq![" else ", self.expr(scope, ty, depth)])
        } else {
            Node::none()
        };
        seq!["case", operand, Node::list("", arms), other, " end"]
    }

    fn common(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        let name = match self.below(10) {
            0..=5 => "coalesce",
            6 if self.sqlite() => "ifnull",
            6 if self.mysql() => "ifnull",
            7 if self.sqlite() => "max",
            8 if self.sqlite() => "min",
            7 if !self.sqlite() => "greatest",
            8 if !self.sqlite() => "least",
            _ => "coalesce",
        };
        let count = if name == "ifnull" { 2 } else { self.between(2, 3) };
        let items: Vec<Node> = (0..count).map(|_| self.expr(scope, ty, depth)).collect();
        let least = if matches!(name, "coalesce" | "greatest" | "least") { 1 } else { 2 };
        let least = if self.postgres() { least } else { 2 };
        seq![format!("{name}("), Node::List { sep: ", ", least, link: None, items }, ")"]
    }

    /// What has a syntax of its own.
    fn special(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        if !self.postgres() {
            return self.loose_special(scope, ty, depth);
        }
        let mut arg = |ty| self.expr(scope, ty, depth);
        Some(match ty {
            "numeric" => {
                let field = ["year", "epoch", "day", "hour", "month", "dow", "second", "century"];
                let of = ["timestamptz", "timestamp", "date", "interval", "time"];
                let of = *self.pick(&of);
                let field = *self.pick(&field);
                seq![format!("extract({field} from "), self.expr(scope, of, depth), ")"]
            }
            "int4" => seq!["position(", arg("text"), " in ", arg("text"), ")"],
            "text" => match self.below(6) {
                0 => seq!["substring(", self.expr(scope, "text", depth), " from 1 for 2)"],
                1 => seq!["trim(both 'a' from ", self.expr(scope, "text", depth), ")"],
                2 => seq!["overlay(", self.expr(scope, "text", depth), " placing 'x' from 1)"],
                3 => seq!["(", self.expr(scope, "text", depth), " collate \"C\")"],
                4 => "current_user".into(),
                _ => seq!["substring(", self.expr(scope, "text", depth), " similar 'a%' escape '#')"],
            },
            "timestamp" => seq!["(", arg("timestamptz"), " at time zone 'UTC')"],
            "timestamptz" => match self.below(3) {
                0 => "current_timestamp".into(),
                1 => "now()".into(),
                _ => seq!["(", self.expr(scope, "timestamp", depth), " at time zone 'UTC')"],
            },
            "date" => "current_date".into(),
            "jsonb" => {
                seq!["(", self.expr(scope, "jsonb", depth), ")['a']"]
            }
            "json" => seq!["to_json(row(", arg("int4"), ", ", arg("text"), "))"],
            "bytea" => seq!["substring(", arg("bytea"), " from 1)"],
            "xml" => seq!["xmlelement(name a, ", arg("text"), ")"],
            _ => return None,
        })
    }

    fn loose_special(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        if self.sqlite() {
            return match ty {
                "text" => Some(match self.below(3) {
                    0 => "current_timestamp".into(),
                    1 => "current_date".into(),
                    _ => seq!["(", self.expr(scope, "text", depth), " collate nocase)"],
                }),
                _ => None,
            };
        }
        let mut arg = |ty| self.expr(scope, ty, depth);
        Some(match ty {
            "bigint" => match self.below(3) {
                0 => seq!["extract(year from ", self.expr(scope, "datetime", depth), ")"],
                1 => seq!["timestampdiff(day, ", self.expr(scope, "date", depth), ", current_date)"],
                _ => seq!["position('a' in ", self.expr(scope, "varchar", depth), ")"],
            },
            "varchar" => match self.below(4) {
                0 => seq!["trim(both 'a' from ", self.expr(scope, "varchar", depth), ")"],
                1 => seq!["convert(", self.expr(scope, "varchar", depth), " using utf8mb4)"],
                2 => seq!["substring(", self.expr(scope, "varchar", depth), " from 1 for 2)"],
                _ => seq!["(", self.expr(scope, "varchar", depth), " collate utf8mb4_bin)"],
            },
            "datetime" => match self.below(3) {
                0 => "current_timestamp".into(),
                1 => seq!["timestampadd(day, 1, ", self.expr(scope, "datetime", depth), ")"],
                _ => "now()".into(),
            },
            "date" => "current_date".into(),
            "blob" => seq!["(binary ", arg("varchar"), ")"],
            _ => return None,
        })
    }

    fn array(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Option<Node> {
        if !self.postgres() {
            return None;
        }
        if let Some(of) = element(ty) {
            return Some(match self.below(4) {
                0 if !scope.no_subqueries => {
                    let query = self.subquery(scope, &[of], depth);
                    seq!["array(", query, ")"]
                }
                1 => seq!["(", self.expr(scope, ty, depth), ")[1:2]"],
                _ => {
                    let count = self.between(1, 3);
                    let items = (0..count).map(|_| self.expr(scope, of, depth)).collect();
                    seq!["array[", Node::some(items), "]"]
                }
            });
        }
        let of = array(ty)?;
        let index = *self.pick(&["int4", "int2"]);
        let (base, index) = (self.expr(scope, of, depth), self.expr(scope, index, 0));
        Some(seq!["(", base, ")[", index, "]"])
    }

    fn scalar_subquery(&mut self, scope: &Scope, ty: Ty, depth: usize) -> Node {
        match self.below(3) {
            0 => seq!["(", self.subquery(scope, &[ty], depth), ")"],
            // One that gives one row at most.
            1 => seq!["(", self.aggregate_query(scope, ty, depth), ")"],
            _ => seq!["(", self.subquery(scope, &[ty], depth), " limit 1)"],
        }
    }
}
