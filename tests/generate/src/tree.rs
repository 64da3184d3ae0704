//! Generated SQL as a tree of text that knows which of its parts can be left out, so that a query that shows a mistake
//! can be made small.

use std::collections::BTreeSet;

use crate::lang::Ty;

/// A piece of SQL.
#[derive(Clone, Debug)]
pub enum Node {
    /// Literal text.
    Text(String),
    /// One after the other.
    Seq(Vec<Node>),
    /// Items of which some can be left out.
    List {
        /// The separator.
        sep: &'static str,
        /// How many must stay.
        least: usize,
        /// Lists of the same link lose the item of the same place together.
        link: Option<u32>,
        /// The items.
        items: Vec<Node>,
    },
    /// What can be left out.
    Optional(Box<Node>),
    /// A part that can be replaced by any part of the same kind.
    Group(Kind, Box<Node>),
    /// A parameter, by its identity: numbers are given in the order of the text.
    Param(u32),
}

/// The kinds of parts that can replace each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An expression of a type.
    Expr(Ty),
    /// An item of `from`.
    From,
    /// A query.
    Query,
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(text)
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Node::Text(text.clone())
    }
}

/// One after the other: what can be made a [`Node`].
#[macro_export]
macro_rules! seq {
    ($($part:expr),* $(,)?) => { $crate::tree::Node::Seq(vec![$($crate::tree::Node::from($part)),*]) };
}

impl Node {
    /// Nothing.
    pub fn none() -> Self {
        Node::Seq(Vec::new())
    }

    /// What can be left out.
    pub fn optional(node: impl Into<Node>) -> Self {
        Node::Optional(Box::new(node.into()))
    }

    /// A part that can be replaced by any part of the same kind.
    pub fn group(kind: Kind, node: impl Into<Node>) -> Self {
        Node::Group(kind, Box::new(node.into()))
    }

    /// Items with commas, all of which must stay.
    pub fn all(items: Vec<Node>) -> Self {
        Node::List { sep: ", ", least: items.len(), link: None, items }
    }

    /// Items with commas, one of which must stay.
    pub fn some(items: Vec<Node>) -> Self {
        Node::list(", ", items)
    }

    /// Items, one of which must stay.
    pub fn list(sep: &'static str, items: Vec<Node>) -> Self {
        Node::List { sep, least: 1, link: None, items }
    }

    /// Items with commas that go together with those of other lists.
    pub fn linked(link: u32, items: Vec<Node>) -> Self {
        Node::List { sep: ", ", least: 1, link: Some(link), items }
    }

    /// The text, with parameters written `$1`, `$2`, ….
    pub fn sql(&self) -> String {
        let mut sql = String::new();
        self.write(&mut sql, &mut Vec::new());
        sql
    }

    fn write(&self, sql: &mut String, params: &mut Vec<u32>) {
        match self {
            Node::Text(text) => sql.push_str(text),
            Node::Seq(nodes) => nodes.iter().for_each(|node| node.write(sql, params)),
            Node::List { sep, items, .. } => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        sql.push_str(sep);
                    }
                    item.write(sql, params);
                }
            }
            Node::Optional(node) | Node::Group(_, node) => node.write(sql, params),
            Node::Param(id) => {
                let known = params.iter().position(|known| known == id);
                let at = known.unwrap_or_else(|| {
                    params.push(*id);
                    params.len() - 1
                });
                sql.push_str(&format!("${}", at + 1));
            }
        }
    }

    /// The same with one thing less, in every way; the largest first.
    pub fn smaller(&self) -> Vec<Node> {
        let mut links = BTreeSet::new();
        self.links(&mut links);
        let mut found: Vec<Node> =
            links.into_iter().filter_map(|(link, at)| self.without(link, at)).collect();
        found.extend(self.variants());
        found
    }

    fn links(&self, found: &mut BTreeSet<(u32, usize)>) {
        self.visit(&mut |node| {
            if let Node::List { link: Some(link), items, least, .. } = node
                && items.len() > *least
            {
                found.extend((0..items.len()).map(|at| (*link, at)));
            }
        });
    }

    fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Node)) {
        f(self);
        match self {
            Node::Text(_) | Node::Param(_) => {}
            Node::Seq(nodes) | Node::List { items: nodes, .. } => nodes.iter().for_each(|node| node.visit(f)),
            Node::Optional(node) | Node::Group(_, node) => node.visit(f),
        }
    }

    fn without(&self, gone: u32, at: usize) -> Option<Node> {
        Some(match self {
            Node::List { sep, least, link, items } => {
                let mut items: Vec<Node> =
                    items.iter().map(|item| item.without(gone, at)).collect::<Option<_>>()?;
                if *link == Some(gone) {
                    if items.len() <= *least || at >= items.len() {
                        return None;
                    }
                    items.remove(at);
                }
                Node::List { sep, least: *least, link: *link, items }
            }
            Node::Seq(nodes) => {
                Node::Seq(nodes.iter().map(|node| node.without(gone, at)).collect::<Option<_>>()?)
            }
            Node::Optional(node) => Node::optional(node.without(gone, at)?),
            Node::Group(kind, node) => Node::group(*kind, node.without(gone, at)?),
            other => other.clone(),
        })
    }

    fn variants(&self) -> Vec<Node> {
        let mut found = Vec::new();
        match self {
            Node::Text(_) | Node::Param(_) => {}
            Node::Seq(nodes) => one_of(nodes, |nodes| found.push(Node::Seq(nodes))),
            Node::List { sep, least, link, items } => {
                let list = |items| Node::List { sep, least: *least, link: *link, items };
                if items.len() > *least && link.is_none() {
                    for at in 0..items.len() {
                        let mut items = items.clone();
                        items.remove(at);
                        found.push(list(items));
                    }
                }
                one_of(items, |items| found.push(list(items)));
            }
            Node::Optional(node) => {
                found.push(Node::none());
                found.extend(node.variants().into_iter().map(Node::optional));
            }
            Node::Group(kind, node) => {
                node.visit(&mut |inner| match inner {
                    Node::Group(other, _) if other == kind => found.push(inner.clone()),
                    _ => {}
                });
                if let Kind::Expr(_) = kind
                    && !matches!(**node, Node::Text(_) | Node::Param(_))
                {
                    found.push(Node::group(*kind, "null"));
                    node.visit(&mut |inner| {
                        if let Node::Group(Kind::Expr(_), _) = inner {
                            found.push(inner.clone());
                        }
                    });
                }
                found.extend(node.variants().into_iter().map(|node| Node::group(*kind, node)));
            }
        }
        found
    }
}

/// Each of the lists in which one node is smaller.
fn one_of(nodes: &[Node], mut f: impl FnMut(Vec<Node>)) {
    for at in 0..nodes.len() {
        for smaller in nodes[at].variants() {
            let mut nodes = nodes.to_vec();
            nodes[at] = smaller;
            f(nodes);
        }
    }
}
