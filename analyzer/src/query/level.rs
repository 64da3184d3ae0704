//! Facts about a part of a level beyond its expressions, which are needed for grouping and for outer levels.

use aio_databases_sql::Span;

use super::{Infer, scope::Scope, term::Atom};

/// The facts of a part of a level.
#[derive(Debug, Default)]
pub(crate) struct LevelFacts {
    /// The columns outside of aggregates.
    pub(crate) columns: Vec<(Atom, Span)>,
    /// The aggregates: their places, and the tables that their arguments depend on.
    pub(crate) aggregates: Vec<(Span, Vec<u32>)>,
    /// The tables whose columns were named, in order.
    pub(crate) named: Vec<u32>,
    /// A window function was called.
    pub(crate) windows: bool,
    /// The level of an aggregate is unknown.
    pub(crate) unsure: bool,
    /// A name can be a column of this level or of an outer one.
    pub(crate) unclear: bool,
    /// SQLite folds an expression to a constant before it analyzes its parts.
    pub(crate) folded: bool,
    /// There is a subquery.
    pub(crate) subqueries: bool,
}

impl LevelFacts {
    /// Adds the facts of the next part.
    pub(crate) fn add(&mut self, more: LevelFacts) {
        self.columns.extend(more.columns);
        self.aggregates.extend(more.aggregates);
        self.named.extend(more.named);
        self.windows |= more.windows;
        self.unsure |= more.unsure;
        self.unclear |= more.unclear;
        self.folded |= more.folded;
        self.subqueries |= more.subqueries;
    }

    /// The facts without columns outside of aggregates, for a part such as `where`.
    pub(crate) fn without_columns(self) -> Self {
        LevelFacts { columns: Vec::new(), ..self }
    }

    /// The facts without the level's own columns.
    pub(crate) fn of_outer_columns(mut self, scope: &Scope<'_>) -> Self {
        self.columns.retain(|(atom, _)| !scope.owns_atom(*atom));
        self
    }

    /// Whether one of the aggregates belongs to the level.
    pub(crate) fn aggregates_of(&self, scope: &Scope<'_>) -> bool {
        self.aggregates.iter().any(|(_, tables)| scope.aggregates(tables))
    }

    /// The facts that matter to the outer levels.
    pub(crate) fn for_outer(mut self, scope: &Scope<'_>) -> Self {
        self.aggregates.retain(|(_, tables)| !scope.aggregates(tables));
        self.of_outer_columns(scope)
    }
}

impl Infer<'_> {
    /// Analyzes a part, and returns its facts separately from those of the surrounding part.
    pub(crate) fn gather<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, LevelFacts) {
        let around = std::mem::take(&mut self.level);
        let answer = read(self);
        (answer, std::mem::replace(&mut self.level, around))
    }

    /// Analyzes a part whose columns need not be grouped.
    pub(crate) fn ungrouped<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let (answer, facts) = self.gather(read);
        self.level.add(facts.without_columns());
        answer
    }

    /// Analyzes a part without reporting its mistakes, because it is analyzed again.
    pub(crate) fn silently<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let reported = std::mem::take(&mut self.diagnostics);
        let answer = read(self);
        self.diagnostics = reported;
        answer
    }
}
