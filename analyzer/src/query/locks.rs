//! `for update`, `for share` and similar locks. PostgreSQL only locks rows of tables, not rows that are computed from
//! several.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{
    Distinct, LockClause, LockType, ObjectName, Query, Select, SetExpr, TableFactor, TableWithJoins,
};

use super::{Infer, grouping::Grouping, output::Output, scope::Scope};
use crate::diagnostics;

/// What a lock on a query's rows applies to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locked {
    /// The part of the query that prevents a lock.
    own: Option<&'static str>,
    /// The tables of its `from`, each with the reason that prevents a lock.
    tables: Vec<(Rc<str>, Option<&'static str>)>,
    /// Whether `of` can name other tables, too.
    others: bool,
}

impl Locked {
    /// A set operation.
    pub(crate) fn united() -> Self {
        Locked { own: Some("`union`, `intersect` or `except`"), ..Locked::default() }
    }

    /// The reason that prevents a lock, including reasons from subqueries in `from`.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.own.or_else(|| self.tables.iter().find_map(|(_, problem)| *problem))
    }
}

impl Infer<'_> {
    /// What a lock on the rows of a `select` applies to.
    pub(super) fn locked(
        &self,
        scope: &Scope<'_>,
        select: &Select,
        grouping: &Grouping,
        aggregated: bool,
    ) -> Locked {
        if !self.facts.select.locks_checked {
            return Locked::default();
        }
        let problems = [
            (matches!(select.distinct, Some(Distinct::Distinct | Distinct::On(_))), "`distinct`"),
            (grouping.grouped, "`group by`"),
            (select.having.is_some(), "`having`"),
            (aggregated, "an aggregate"),
            (scope.windowed.get(), "a window function"),
            (scope.expands.get(), "a function of sets in its select list"),
        ];
        Locked {
            own: problems.into_iter().find_map(|(there, what)| there.then_some(what)),
            tables: scope.tables.iter().map(|table| (table.name.clone(), table.unlockable)).collect(),
            others: scope.tables.iter().any(|table| table.name.is_empty()) || select.from.iter().any(hides),
        }
    }

    /// Reports locks that are not allowed in the query.
    pub(super) fn locks(&mut self, query: &Query, output: &mut Output) {
        if !self.facts.select.locks_checked || query.locks.is_empty() {
            return;
        }
        let mut behind = self.span(query);
        for lock in &query.locks {
            behind = self.text.lock(behind);
            let place = if behind.start == behind.end { self.span(query) } else { behind };
            self.lock(lock, query, &output.locked, place);
        }
    }

    fn lock(&mut self, lock: &LockClause, query: &Query, locked: &Locked, place: Span) {
        let name = self.lock_name(lock, place);
        let own = match &*query.body {
            SetExpr::Values(_) => Some("`values`"),
            _ => locked.own,
        };
        if let Some(what) = own {
            self.report(diagnostics::misplaced_lock(&name, what, place));
            return;
        }
        match &lock.of {
            Some(table) => self.lock_of(table, &name, locked),
            None => {
                let problem = locked.tables.iter().find_map(|(table, what)| Some((table, (*what)?)));
                if let Some((table, what)) = problem {
                    self.report(diagnostics::unlockable_table(&name, table, what, place));
                }
            }
        }
    }

    /// `for update of table`
    fn lock_of(&mut self, table: &ObjectName, lock: &str, locked: &Locked) {
        let span = self.span(table);
        let (schema, name) = self.table_name(table);
        if schema.is_some() {
            self.report(diagnostics::lock_with_schema(&name, span));
            return;
        }
        match locked.tables.iter().find(|(own, _)| **own == *name) {
            Some((_, Some(what))) => self.report(diagnostics::unlockable_table(lock, &name, what, span)),
            Some((_, None)) => {}
            None if locked.others => {}
            None => {
                let names: Vec<&str> = locked.tables.iter().map(|(own, _)| &**own).collect();
                self.report(diagnostics::unknown_alias(&name, &names, None, span));
            }
        }
    }

    /// The lock as its author wrote it.
    fn lock_name(&self, lock: &LockClause, place: Span) -> String {
        let written = place.of(self.text.sql()).to_lowercase();
        match (written.starts_with("for"), lock.lock_type) {
            (true, _) => written.split_whitespace().collect::<Vec<_>>().join(" "),
            (false, LockType::Update) => "for update".to_owned(),
            (false, LockType::Share) => "for share".to_owned(),
        }
    }

    /// Reports locks on an arm of a set operation.
    pub(super) fn locks_of_arm(&mut self, arm: &SetExpr) {
        if let (SetExpr::Query(query), true) = (arm, self.facts.select.locks_checked)
            && let Some(lock) = query.locks.first()
        {
            let place = self.text.lock(self.span(&**query));
            let name = self.lock_name(lock, place);
            self.report(diagnostics::lock_of_arm(&name, place));
        }
    }
}

/// Whether an alias hides joined tables. A lock still applies to them.
fn hides(from: &TableWithJoins) -> bool {
    let factors = [&from.relation].into_iter().chain(from.joins.iter().map(|join| &join.relation));
    factors.into_iter().any(|factor| match factor {
        TableFactor::NestedJoin { table_with_joins, alias } => alias.is_some() || hides(table_with_joins),
        _ => false,
    })
}
