//! `group by`: the grouped expressions, and the columns that are allowed outside of aggregates.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{Expr, GroupByExpr, SelectItem};

use super::{
    Infer,
    expr::literals::ordinal,
    scope::{Scope, fold, same},
    term::Atom,
};
use crate::{RelationKind, diagnostics, dialect::Ungrouped};

/// The `group by` of a level.
#[derive(Default)]
pub(crate) struct Grouping {
    pub(crate) columns: Vec<Atom>,
    /// Whether there is a `group by`.
    pub(crate) grouped: bool,
    /// Whether an expression other than a column is grouped by.
    pub(crate) computed: bool,
    /// Whether there are rows with totals: `rollup`, `cube`, `grouping sets`.
    pub(crate) sets: bool,
}

/// Tables and columns with one value in each group.
#[derive(Default)]
struct Determined {
    tables: Vec<u32>,
    columns: Vec<Atom>,
}

impl Determined {
    fn has(&self, atom: Atom) -> bool {
        matches!(atom, Atom::Column(table, _) if self.tables.contains(&table)) || self.columns.contains(&atom)
    }

    /// Whether anything is known about a table.
    fn touches(&self, id: u32) -> bool {
        self.tables.contains(&id)
            || self.columns.iter().any(|atom| matches!(atom, Atom::Column(own, _) if *own == id))
    }
}

/// The grouped expressions, including those in grouping sets.
pub(crate) fn expressions(group_by: &GroupByExpr) -> Vec<&Expr> {
    let mut all = Vec::new();
    if let GroupByExpr::Expressions(items, _) = group_by {
        for item in items {
            flatten(item, &mut all);
        }
    }
    all
}

fn flatten<'e>(expr: &'e Expr, into: &mut Vec<&'e Expr>) {
    match expr {
        Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
            sets.iter().flatten().for_each(|item| flatten(item, into));
        }
        Expr::Tuple(items) => items.iter().for_each(|item| flatten(item, into)),
        Expr::Nested(inner) => flatten(inner, into),
        other => into.push(other),
    }
}

pub(crate) fn has_sets(group_by: &GroupByExpr) -> bool {
    match group_by {
        GroupByExpr::Expressions(items, _) => {
            items.iter().any(|item| matches!(item, Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_)))
                || items.iter().any(|item| matches!(item, Expr::Tuple(items) if items.is_empty()))
        }
        GroupByExpr::All(_) => false,
    }
}

/// The expression of an item of `group by`. A number or an alias refers to the select list.
pub(crate) fn meant<'e>(dialect: Dialect, expr: &'e Expr, items: &'e [SelectItem]) -> Option<&'e Expr> {
    if let Some(number) = ordinal(dialect, expr) {
        return match items.get(usize::try_from(number).ok()?.checked_sub(1)?)? {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
            _ => None,
        };
    }
    if let Expr::Identifier(name) = expr {
        let name = fold(dialect, name);
        for item in items {
            if let SelectItem::ExprWithAlias { expr, alias } = item {
                let alias = fold(dialect, alias);
                if same(dialect, &alias, &name)
                    || same(dialect, super::names::without_override(&alias), &name)
                {
                    return Some(expr);
                }
            }
        }
    }
    Some(expr)
}

/// An expression's text without table names, so that `lower(u.name)` and `lower(name)` are equal.
pub(crate) fn spelling(expr: &Expr) -> String {
    let text = expr.to_string();
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    let mut word = String::new();
    for c in text.chars() {
        if c == '\'' {
            quoted = !quoted;
        }
        if !quoted
            && c == '.'
            && word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '"')
        {
            word.clear();
        } else if c.is_alphanumeric() || c == '_' || c == '"' {
            word.push(if quoted { c } else { c.to_ascii_lowercase() });
        } else {
            words.push(std::mem::take(&mut word));
            words.push(c.to_string());
        }
    }
    words.push(word);
    words.concat()
}

impl Infer<'_> {
    /// Reports columns that are neither grouped nor aggregated. PostgreSQL rejects them, MySQL does by default, and
    /// MariaDB doesn't.
    pub(crate) fn check_grouping(
        &mut self,
        scope: &Scope<'_>,
        grouping: &Grouping,
        aggregated: bool,
        columns: &[(Atom, Span)],
    ) {
        let allowed = self.facts.select.ungrouped;
        if allowed == Ungrouped::Any || !(aggregated || grouping.grouped) {
            return;
        }
        let follows = allowed == Ungrouped::Determined;
        let determined = if follows { self.determined(scope, grouping) } else { Determined::default() };
        let mut told: Vec<Atom> = Vec::new();
        for (atom, span) in columns.iter().copied() {
            let Atom::Column(id, column) = atom else { continue };
            let Some(table) = scope.tables.iter().find(|table| table.id == id) else { continue };
            if told.contains(&atom)
                || grouping.columns.contains(&atom)
                || determined.has(atom)
                || !follows && self.depends_on_key(table, grouping)
            {
                continue;
            }
            told.push(atom);
            let name = table.columns.get(column as usize).map_or("", |column| &*column.name);
            let tell = if follows { diagnostics::not_grouped } else { diagnostics::missing_group_by };
            self.report(tell(&table.name, name, grouping.grouped, span));
        }
    }

    /// The columns that MySQL recognizes as having one value in a group, and possibly more. Nothing is reported in
    /// cases that need a closer analysis.
    fn determined(&self, scope: &Scope<'_>, grouping: &Grouping) -> Determined {
        let mut known = Determined { tables: Vec::new(), columns: grouping.columns.clone() };
        loop {
            let before = (known.tables.len(), known.columns.len());
            for table in &scope.tables {
                let whole = table.single || !table.complete || self.has_key(table, &known);
                if whole && !known.tables.contains(&table.id) {
                    known.tables.push(table.id);
                }
            }
            for (atom, by) in &scope.equations {
                let fixed = |id: &u32| !scope.owns(*id) || known.touches(*id);
                if !known.columns.contains(atom) && by.iter().all(fixed) {
                    known.columns.push(*atom);
                }
            }
            if before == (known.tables.len(), known.columns.len()) {
                return known;
            }
        }
    }

    /// Whether the known columns contain a key of the table. For a subquery or a view, any of them might be a key.
    fn has_key(&self, table: &super::scope::Table, known: &Determined) -> bool {
        let own = table.relation.as_ref().filter(|relation| relation.kind == RelationKind::Table);
        match own {
            Some(_) => table
                .keys
                .iter()
                .any(|key| key.iter().all(|column| known.columns.contains(&Atom::Column(table.id, *column)))),
            None => known.touches(table.id),
        }
    }

    /// Whether the table's whole primary key is grouped by.
    fn depends_on_key(&self, table: &super::scope::Table, grouping: &Grouping) -> bool {
        let Some(relation) = &table.relation else { return false };
        relation.keys.iter().filter(|key| key.primary).any(|key| {
            key.columns.iter().all(|name| {
                relation
                    .columns
                    .iter()
                    .position(|column| same(self.dialect, &column.name, name))
                    .is_some_and(|place| grouping.columns.contains(&Atom::Column(table.id, place as u32)))
            })
        })
    }
}
