//! Parameters: the first place with a type determines the type.

use aio_databases_sql::Span;

use super::{
    Infer,
    expr::precision::is_unsigned,
    term::{Atom, Form, NullIf, Term},
};
use crate::{
    Type, diagnostics,
    resolve::{self, CastContext, Operand},
};

/// The facts about a parameter so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParamState {
    pub(crate) ty: Option<Type>,
    /// The place that determined its type.
    pub(crate) decided: Option<Span>,
    /// A place where the server requires its type before any place determines it.
    pub(crate) early: Option<Span>,
    /// It is written to a column that can't be null.
    pub(crate) not_null: bool,
    /// The query checks whether it is null, so passing null is intended.
    pub(crate) asked: bool,
}

impl Infer<'_> {
    /// A parameter as an expression.
    pub(crate) fn param(&mut self, index: usize, span: Span) -> Term {
        let ty = self.sent(index);
        let mut term = Term::new(
            ty.map_or(Operand::Untyped, Operand::Known),
            NullIf::Atom(Atom::Param(index as u32)),
            span,
        )
        .with_form(Form::Param(index));
        term.not_null = vec![Atom::Param(index as u32)];
        term
    }

    /// The type with which a parameter is sent, if it is determined.
    pub(crate) fn sent(&self, index: usize) -> Option<Type> {
        let ty = self.params.get(index)?.ty.clone()?;
        if !self.facts.values.params_sent_wider {
            return Some(ty);
        }
        // Values are never sent as a timestamp or as a three-byte number.
        let both = [Operand::Untyped, Operand::Known(ty.clone())];
        Some(resolve::common_type(self.catalog, &both).ok().flatten().unwrap_or(ty))
    }

    /// Gives an untyped expression the type of its place. A literal is checked against it.
    pub(crate) fn take(&mut self, term: &mut Term, ty: Option<&Type>) {
        if !term.is_untyped() {
            return;
        }
        let Some(ty) = ty else {
            self.ask(term);
            term.ty = Operand::Unclear;
            return;
        };
        match &term.form {
            Form::Param(index) => {
                self.decide(*index, ty, term.span);
            }
            Form::Params(indices) | Form::Negated(indices) => {
                for index in indices.iter() {
                    self.decide(*index, ty, term.span);
                }
            }
            Form::Literal(literal) => {
                if let Some(problem) = resolve::literal_problem(self.catalog, literal, ty) {
                    self.report(diagnostics::invalid_literal(literal, ty, &problem, term.span));
                }
            }
            _ => {}
        }
        term.ty = Operand::Known(ty.clone());
        // If it is used twice at once (`f($1, $1)`), the first use determines its type.
        if let (Form::Param(index), true) = (&term.form, !self.facts.values.places_agree_on_params)
            && let Some(first) = &self.params[*index].ty
        {
            term.ty = Operand::Known(first.clone());
        }
    }

    /// Determines a parameter's type, if no earlier place did.
    fn decide(&mut self, index: usize, ty: &Type, span: Span) {
        let Some(param) = self.params.get_mut(index) else { return };
        match &param.ty {
            None => {
                param.ty = Some(ty.clone());
                param.decided = Some(span);
            }
            // It was analyzed before the other place determined the type: `$1 in (total, $1::float8)`.
            Some(first) if first != ty && self.facts.values.places_agree_on_params => {
                let first = first.clone();
                let placeholder = self.text.placeholder(index);
                self.report(diagnostics::inconsistent_param(placeholder, &first, ty, span));
            }
            Some(_) => {}
        }
    }

    /// Gives each of several untyped expressions its type.
    pub(crate) fn take_all(&mut self, terms: &mut [Term], types: &[Option<Type>]) {
        for (index, term) in terms.iter_mut().enumerate() {
            self.take(term, types.get(index).and_then(Option::as_ref));
        }
    }

    /// A place that accepts any type and determines none, such as `$1 is null`. PostgreSQL rejects an untyped parameter
    /// there.
    pub(crate) fn ask(&mut self, term: &Term) {
        if let Form::Param(index) = term.form
            && let Some(param) = self.params.get_mut(index)
            && self.facts.values.places_agree_on_params
            && param.ty.is_none()
        {
            param.early.get_or_insert(term.span);
        }
    }

    /// The query checks whether the expression is null, so a parameter is intended to be null at times.
    pub(crate) fn null_is_meant(&mut self, term: &Term) {
        if let [Atom::Param(index)] = term.not_null[..]
            && let Some(param) = self.params.get_mut(index as usize)
        {
            param.asked = true;
        }
    }

    /// Checks a value that is written to a column: its type, and that it isn't null if the column can't be null.
    pub(crate) fn assign(&mut self, term: &mut Term, column: &str, ty: Option<&Type>) {
        let Some(ty) = ty else {
            self.take(term, None);
            return;
        };
        self.take(term, Some(ty));
        if self.facts.values.stored_unconverted && stays_as_written(term, ty) {
            self.report(diagnostics::stored_as_written(column, ty, term.span));
        }
        if let Some(from) = term.known()
            && from != ty
            && !resolve::can_cast(self.catalog, from, ty, CastContext::Assignment)
        {
            self.report(diagnostics::wrong_assignment(column, ty, from, term.span));
        }
    }

    /// An expression that stays untyped: PostgreSQL makes it text.
    pub(crate) fn as_text(&mut self, term: &mut Term) {
        if term.is_untyped() && self.facts.values.untyped_is_text {
            self.take(term, Some(&Type::base("text")));
        }
    }

    /// The final type of an expression: its parameter's type, if that was determined later.
    pub(crate) fn final_type(&self, term: &Term) -> Option<Type> {
        match (&term.ty, &term.form) {
            (Operand::Known(ty), _) => Some(ty.clone()),
            (Operand::Untyped, Form::Param(index)) => self.sent(*index),
            (Operand::Untyped, Form::Params(indices)) => {
                let mut types = indices.iter().map(|index| self.sent(*index));
                let first = types.next()??;
                // With `null` among its parts, MySQL turns an unsigned number into a signed one.
                let kept = !self.facts.values.literals_adapt || !is_unsigned(&Operand::Known(first.clone()));
                (kept && types.all(|ty| ty.as_ref() == Some(&first))).then_some(first)
            }
            _ => None,
        }
    }
}

/// Whether SQLite certainly stores a literal unconverted although its column has another type: it is not a number, or
/// not an integer ("Datatypes In SQLite", column affinity).
fn stays_as_written(term: &Term, ty: &Type) -> bool {
    let text = match &term.form {
        Form::Literal(text) => text.trim(),
        Form::Number(text) => text,
        _ => return false,
    };
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    match (ty.name(), number) {
        (Some("integer"), Some(number)) => number.fract() != 0.0,
        (Some("integer" | "real"), None) => !text.starts_with("0x"),
        _ => false,
    }
}
