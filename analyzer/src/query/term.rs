//! Facts about an expression: its type, when it is null, and what its truth proves.
//!
//! Nullability is a formula over columns, joins and parameters until the whole level (`from`, `where`, …) is analyzed.
//! The server analyzes the select list first, and so does this module, because the first use of a parameter determines
//! its type.

use std::{cell::Cell, rc::Rc, sync::Arc};

use aio_databases_sql::Span;

use crate::{
    Relation, Type,
    data::traits::Traits,
    resolve::{self, Operand},
};

/// The most parts of a formula; larger ones are simplified.
const MOST_PARTS: u32 = 1000;
/// How deeply formulas can be nested.
const DEEPEST: u32 = 100;

/// Something that can be null, or be proven not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Atom {
    /// A column: the table's number within the query, and the column's index.
    Column(u32, u32),
    /// A parameter.
    Param(u32),
    /// "The outer join of this number found a match."
    Match(u32),
}

/// When an expression is null.
#[derive(Clone, Debug)]
pub(crate) enum NullIf {
    Never,
    /// It can be null, whatever else is true.
    Because(Reason),
    /// If this atom is null.
    Atom(Atom),
    /// If the outer join with this number found no match.
    NoMatch(u32, Reason),
    /// If one of them is null.
    Any(Rc<[NullIf]>),
    /// If all of them are null.
    All(Rc<[NullIf]>),
    /// If it is null despite these facts.
    Given(Rc<[Atom]>, Rc<NullIf>),
}

/// Why something can be null. It is only converted to text when it is shown.
#[derive(Clone, Debug)]
pub(crate) enum Reason {
    /// No known reason.
    Unknown,
    /// A column that can be null.
    Column(Arc<Relation>, usize),
    /// An outer join without a match: its table, its kind, and its place.
    Join { table: Rc<str>, join: &'static str, at: usize },
    /// A parameter that is intended to be null at times.
    Param(usize),
    /// Anything else.
    Text(Rc<str>),
}

impl Reason {
    pub(crate) fn text(text: impl Into<Rc<str>>) -> Self {
        Reason::Text(text.into())
    }
}

impl NullIf {
    pub(crate) fn maybe() -> Self {
        NullIf::Because(Reason::Unknown)
    }

    pub(crate) fn because(text: impl Into<Rc<str>>) -> Self {
        NullIf::Because(Reason::text(text))
    }

    /// Null if one of them is.
    pub(crate) fn any(parts: impl IntoIterator<Item = NullIf>) -> Self {
        let mut parts: Vec<_> = parts.into_iter().filter(|p| !p.is_never()).collect();
        match parts.len() {
            0 => NullIf::Never,
            1 => parts.remove(0),
            _ => NullIf::Any(parts.into()),
        }
    }

    /// Null if all of them are.
    pub(crate) fn all(parts: impl IntoIterator<Item = NullIf>) -> Self {
        let mut parts: Vec<_> = parts.into_iter().collect();
        if parts.iter().any(NullIf::is_never) {
            return NullIf::Never;
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => NullIf::All(parts.into()),
        }
    }

    /// The formula, simplified with `facts`.
    pub(crate) fn given(self, facts: &[Atom]) -> Self {
        if facts.is_empty() || self.is_never() {
            return self;
        }
        NullIf::Given(facts.into(), Rc::new(self))
    }

    /// Why a column's row may not exist.
    pub(crate) fn missing_row(&self) -> Option<&Reason> {
        match self {
            NullIf::NoMatch(_, reason) => Some(reason),
            NullIf::Any(parts) => parts.iter().find_map(NullIf::missing_row),
            _ => None,
        }
    }

    pub(crate) fn is_never(&self) -> bool {
        matches!(self, NullIf::Never)
    }

    /// The formula, simplified with `facts`, with the columns of `lookup` substituted. If it grows too large, it
    /// becomes "can be null".
    pub(crate) fn settle(&self, facts: &[Atom], lookup: &dyn Fn(u32, u32) -> Option<NullIf>) -> NullIf {
        self.settled(facts, lookup, &Cell::new(MOST_PARTS), 0)
    }

    fn settled(
        &self,
        facts: &[Atom],
        lookup: &dyn Fn(u32, u32) -> Option<NullIf>,
        left: &Cell<u32>,
        depth: u32,
    ) -> NullIf {
        let Some(rest) = left.get().checked_sub(1).filter(|_| depth < DEEPEST) else {
            return NullIf::maybe();
        };
        left.set(rest);
        let settled = |part: &NullIf| part.settled(facts, lookup, left, depth + 1);
        match self {
            NullIf::Never => NullIf::Never,
            NullIf::Because(_) => self.clone(),
            NullIf::Atom(atom) if facts.contains(atom) => NullIf::Never,
            NullIf::Atom(Atom::Column(table, column)) => match lookup(*table, *column) {
                Some(own) => settled(&own),
                None => self.clone(),
            },
            NullIf::Atom(_) => self.clone(),
            NullIf::NoMatch(join, _) if facts.contains(&Atom::Match(*join)) => NullIf::Never,
            NullIf::NoMatch(..) => self.clone(),
            NullIf::Any(parts) => NullIf::any(parts.iter().map(settled)),
            NullIf::All(parts) => NullIf::all(parts.iter().map(settled)),
            NullIf::Given(more, inner) => {
                let mut both = facts.to_vec();
                union(&mut both, more);
                // The rest depends on other levels, where the facts still hold.
                inner.settled(&both, lookup, left, depth + 1).given(more)
            }
        }
    }

    /// The final result: the parameters that must not be null, or a reason.
    pub(crate) fn verdict(&self, nullable_params: &[bool]) -> Result<Vec<usize>, Reason> {
        let mut params = Vec::new();
        self.collect(&mut Vec::new(), nullable_params, &mut params)?;
        params.sort_unstable();
        params.dedup();
        Ok(params)
    }

    fn collect(
        &self,
        facts: &mut Vec<Atom>,
        nullable: &[bool],
        params: &mut Vec<usize>,
    ) -> Result<(), Reason> {
        match self {
            NullIf::Never => Ok(()),
            NullIf::Because(reason) | NullIf::NoMatch(_, reason) => Err(reason.clone()),
            NullIf::Atom(atom) if facts.contains(atom) => Ok(()),
            NullIf::Atom(Atom::Param(index)) => {
                if nullable.get(*index as usize).copied().unwrap_or(false) {
                    return Err(Reason::Param(*index as usize));
                }
                params.push(*index as usize);
                Ok(())
            }
            NullIf::Atom(_) => Err(Reason::Unknown),
            NullIf::Any(parts) => parts.iter().try_for_each(|p| p.collect(facts, nullable, params)),
            // Only the last argument can be required: `coalesce(column, $1)`. An earlier parameter is intended to be
            // null at times.
            NullIf::All(parts) => match parts.last() {
                Some(last) => last.collect(facts, nullable, params),
                None => Err(Reason::Unknown),
            },
            NullIf::Given(more, inner) => {
                let before = facts.len();
                facts.extend(more.iter().copied());
                let answer = inner.collect(facts, nullable, params);
                facts.truncate(before);
                answer
            }
        }
    }
}

/// What a boolean expression proves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truth {
    /// What is not null if it is true.
    pub(crate) yes: Vec<Atom>,
    /// What is not null if it is false.
    pub(crate) no: Vec<Atom>,
    /// Columns that equal a value if it is true, with the tables that the value depends on.
    pub(crate) equal: Vec<(Atom, Vec<u32>)>,
}

/// The form of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// A parameter itself.
    Param(usize),
    /// An untyped expression made of these parameters: `case when … then $1 end`.
    Params(Rc<[usize]>),
    /// In MySQL: `-$1` and expressions of it. Its type is that of its place, or else unknown.
    Negated(Rc<[usize]>),
    /// A quoted literal.
    Literal(Rc<str>),
    /// `null`.
    Null,
    /// `default`, in an insert or update.
    Default,
    /// A number, as written.
    Number(Rc<str>),
    /// In MySQL: `x'1f'` or `b'01'`, which are bytes, but adopt the type of values beside them.
    Bytes,
    /// In MySQL: `uuid()`, which is text. In MariaDB it is a UUID, and converts the values beside it.
    Uuid,
    /// In MySQL: `exists`, whose conversion to text results in bytes in MariaDB.
    Exists,
    /// A column of a table.
    Column(u32, u32),
    /// Anything else.
    Other,
}

/// An expression.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) ty: Operand,
    pub(crate) form: Form,
    pub(crate) null: NullIf,
    /// What is not null if the expression is not null.
    pub(crate) not_null: Vec<Atom>,
    /// For a boolean: what its truth or falsehood proves.
    pub(crate) truth: Option<Rc<Truth>>,
    /// The tables that it depends on.
    pub(crate) tables: Vec<u32>,
    /// Whether it always has the same value for the same rows: it has no function that can be volatile.
    pub(crate) steady: bool,
    /// See [`RelationColumn::digits`](crate::RelationColumn::digits).
    pub(crate) digits: Option<(u16, u16)>,
    /// Whether it is a stored column of a table, possibly through subqueries.
    pub(crate) stored: bool,
    /// Whether it contains SQLite's `random()`, an integer of any size, so that arithmetic often overflows to a real.
    pub(crate) huge: bool,
    /// The place in the rendered text.
    pub(crate) span: Span,
}

impl Term {
    pub(crate) fn new(ty: impl Into<Operand>, null: NullIf, span: Span) -> Self {
        Term {
            ty: ty.into(),
            form: Form::Other,
            null,
            not_null: Vec::new(),
            truth: None,
            tables: Vec::new(),
            steady: true,
            digits: None,
            stored: false,
            huge: false,
            span,
        }
    }

    /// An unknown expression, after a reported mistake.
    pub(crate) fn unclear(span: Span) -> Self {
        let mut term = Term::new(Operand::Unclear, NullIf::maybe(), span);
        term.steady = false;
        term
    }

    pub(crate) fn with_form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(crate) fn with_truth(mut self, truth: Truth) -> Self {
        self.truth = Some(Rc::new(truth));
        self
    }

    /// Adds the dependencies of `parts`, of which the expression consists.
    pub(crate) fn made_of<'t>(mut self, parts: impl IntoIterator<Item = &'t Term>) -> Self {
        let (mut params, mut negated) = (Vec::new(), false);
        for part in parts {
            self.steady &= part.steady;
            self.huge |= part.huge;
            match &part.form {
                Form::Param(index) if part.is_untyped() => params.push(*index),
                Form::Params(more) | Form::Negated(more) if part.is_untyped() => params.extend(more.iter()),
                _ => {}
            }
            negated |= part.is_untyped() && matches!(part.form, Form::Negated(_));
            for table in &part.tables {
                if !self.tables.contains(table) {
                    self.tables.push(*table);
                }
            }
        }
        if self.is_untyped() && self.form == Form::Other && !params.is_empty() {
            self.form = if negated { Form::Negated(params.into()) } else { Form::Params(params.into()) };
        }
        self
    }

    /// Adds the facts that a function that returns one of its arguments keeps.
    pub(crate) fn given_by(self, traits: Traits, args: &[Term]) -> Self {
        if traits.has("returns-argument") { self.one_of(args) } else { self }
    }

    /// Adds the facts that a choice among several values keeps.
    pub(crate) fn one_of(mut self, values: &[Term]) -> Self {
        if values.iter().any(|term| term.form == Form::Uuid) {
            self.form = Form::Uuid;
        }
        self
    }

    /// A date that MySQL computes in a view or a subquery in `from`. MariaDB may compare its null as the zero date,
    /// which equals itself, so only `is not null` proves that it isn't null.
    pub(crate) fn may_be_zero(&mut self) {
        if !self.stored && self.known().is_some_and(resolve::is_temporal) {
            self.not_null.clear();
        }
    }

    /// Adds the proofs of operands whose null makes it null.
    pub(crate) fn strict_in<'t>(mut self, parts: impl IntoIterator<Item = &'t Term>) -> Self {
        for part in parts {
            union(&mut self.not_null, &part.not_null);
        }
        self
    }

    pub(crate) fn known(&self) -> Option<&Type> {
        match &self.ty {
            Operand::Known(ty) => Some(ty),
            _ => None,
        }
    }

    pub(crate) fn is_unclear(&self) -> bool {
        matches!(self.ty, Operand::Unclear)
    }

    pub(crate) fn is_untyped(&self) -> bool {
        matches!(self.ty, Operand::Untyped)
    }

    /// What is not null where it is true.
    pub(crate) fn if_true(&self) -> Vec<Atom> {
        let mut facts = self.not_null.clone();
        if let Some(truth) = &self.truth {
            union(&mut facts, &truth.yes);
        }
        facts
    }

    /// What is not null where it is false.
    pub(crate) fn if_false(&self) -> Vec<Atom> {
        let mut facts = self.not_null.clone();
        if let Some(truth) = &self.truth {
            union(&mut facts, &truth.no);
        }
        facts
    }

    /// The equations that hold if it is true.
    pub(crate) fn equations(&self) -> &[(Atom, Vec<u32>)] {
        self.truth.as_ref().map_or(&[], |truth| &truth.equal)
    }
}

/// Adds the facts of `more` that `facts` does not contain.
pub(crate) fn union(facts: &mut Vec<Atom>, more: &[Atom]) {
    for atom in more {
        if !facts.contains(atom) {
            facts.push(*atom);
        }
    }
}

/// The facts that both sides contain.
pub(crate) fn intersection(left: &[Atom], right: &[Atom]) -> Vec<Atom> {
    left.iter().filter(|atom| right.contains(atom)).copied().collect()
}
