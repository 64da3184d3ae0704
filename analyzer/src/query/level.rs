//! What reading a part of a level says beyond its expressions: it decides about groups, and about outer levels.

use aio_databases_sql::Span;

use super::{Infer, scope::Scope, term::Atom};

/// The facts of a part of a level.
#[derive(Debug, Default)]
pub(crate) struct LevelFacts {
    /// The columns outside of aggregates.
    pub(crate) columns: Vec<(Atom, Span)>,
    /// The aggregates: where, and the tables that their arguments depend on.
    pub(crate) aggregates: Vec<(Span, Vec<u32>)>,
    /// The tables whose columns were named, in order.
    pub(crate) named: Vec<u32>,
    /// A window function was called.
    pub(crate) windows: bool,
    /// It is not known of an aggregate which level it belongs to.
    pub(crate) unsure: bool,
    /// A name may be a column of this level or of an outer one.
    pub(crate) unclear: bool,
    /// SQLite folds an expression to a constant before it looks at its parts.
    pub(crate) folded: bool,
    /// A subquery was read.
    pub(crate) subqueries: bool,
}

impl LevelFacts {
    /// Adds the facts of what was read next.
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

    /// The same of a part whose columns need not be grouped, such as `where`.
    pub(crate) fn without_columns(self) -> Self {
        LevelFacts { columns: Vec::new(), ..self }
    }

    /// The same without the level's own columns.
    pub(crate) fn of_outer_columns(mut self, scope: &Scope<'_>) -> Self {
        self.columns.retain(|(atom, _)| !scope.owns_atom(*atom));
        self
    }

    /// Whether one of the aggregates belongs to the level.
    pub(crate) fn aggregates_of(&self, scope: &Scope<'_>) -> bool {
        self.aggregates.iter().any(|(_, tables)| scope.aggregates(tables))
    }

    /// What they say to the outer levels.
    pub(crate) fn for_outer(mut self, scope: &Scope<'_>) -> Self {
        self.aggregates.retain(|(_, tables)| !scope.aggregates(tables));
        self.of_outer_columns(scope)
    }
}

impl Infer<'_> {
    /// Reads a part, and returns its facts apart from those of what is around it.
    pub(crate) fn gather<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, LevelFacts) {
        let around = std::mem::take(&mut self.level);
        let answer = read(self);
        (answer, std::mem::replace(&mut self.level, around))
    }

    /// Reads a part whose columns need not be grouped.
    pub(crate) fn ungrouped<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let (answer, facts) = self.gather(read);
        self.level.add(facts.without_columns());
        answer
    }

    /// Reads a part whose mistakes are reported when it is read again.
    pub(crate) fn silently<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let reported = std::mem::take(&mut self.diagnostics);
        let answer = read(self);
        self.diagnostics = reported;
        answer
    }
}
