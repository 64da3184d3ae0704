//! Parameters: the first place that says what one is decides.

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

/// What is known of a parameter so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParamState {
    pub(crate) ty: Option<Type>,
    /// The place that decided its type.
    pub(crate) decided: Option<Span>,
    /// Where it stood before anything decided, though the server wants to know there.
    pub(crate) early: Option<Span>,
    /// It goes into a column that takes no null.
    pub(crate) not_null: bool,
    /// The query asks whether it is null, so null is meant to be passed.
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

    /// The type of a parameter's value, if it was decided: that of what is sent for it.
    pub(crate) fn sent(&self, index: usize) -> Option<Type> {
        let ty = self.params.get(index)?.ty.clone()?;
        if !self.facts.values.params_sent_wider {
            return Some(ty);
        }
        // Nothing is sent as a timestamp, nor as a number of three bytes.
        let both = [Operand::Untyped, Operand::Known(ty.clone())];
        Some(resolve::common_type(self.catalog, &both).ok().flatten().unwrap_or(ty))
    }

    /// Gives an untyped expression the type that its place says; a literal is checked against it.
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
        // Taken twice at once (`f($1, $1)`), it is what it was taken for first.
        if let (Form::Param(index), true) = (&term.form, !self.facts.values.places_agree_on_params)
            && let Some(first) = &self.params[*index].ty
        {
            term.ty = Operand::Known(first.clone());
        }
    }

    /// The first place that says a parameter's type.
    fn decide(&mut self, index: usize, ty: &Type, span: Span) {
        let Some(param) = self.params.get_mut(index) else { return };
        match &param.ty {
            None => {
                param.ty = Some(ty.clone());
                param.decided = Some(span);
            }
            // It was read before that other place decided: `$1 in (total, $1::float8)`.
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

    /// A place that takes a value of any type and decides nothing, such as `$1 is null`: PostgreSQL refuses a
    /// parameter of no type there.
    pub(crate) fn ask(&mut self, term: &Term) {
        if let Form::Param(index) = term.form
            && let Some(param) = self.params.get_mut(index)
            && self.facts.values.places_agree_on_params
            && param.ty.is_none()
        {
            param.early.get_or_insert(term.span);
        }
    }

    /// The query asks whether the expression is null: a parameter there is meant to be null at times.
    pub(crate) fn null_is_meant(&mut self, term: &Term) {
        if let [Atom::Param(index)] = term.not_null[..]
            && let Some(param) = self.params.get_mut(index as usize)
        {
            param.asked = true;
        }
    }

    /// Checks a value that goes into a column: the type, and that null can't go where none may.
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

    /// An untyped expression that nothing will type any more: PostgreSQL takes it as text.
    pub(crate) fn as_text(&mut self, term: &mut Term) {
        if term.is_untyped() && self.facts.values.untyped_is_text {
            self.take(term, Some(&Type::base("text")));
        }
    }

    /// The type of an expression at the end: that of its parameter, if that was decided later.
    pub(crate) fn final_type(&self, term: &Term) -> Option<Type> {
        match (&term.ty, &term.form) {
            (Operand::Known(ty), _) => Some(ty.clone()),
            (Operand::Untyped, Form::Param(index)) => self.sent(*index),
            (Operand::Untyped, Form::Params(indices)) => {
                let mut types = indices.iter().map(|index| self.sent(*index));
                let first = types.next()??;
                // Where `null` is among what it is made of, MySQL makes a signed number of an unsigned one.
                let kept = !self.facts.values.literals_adapt || !is_unsigned(&Operand::Known(first.clone()));
                (kept && types.all(|ty| ty.as_ref() == Some(&first))).then_some(first)
            }
            _ => None,
        }
    }
}

/// Whether SQLite certainly stores a literal as it stands, though its column is of another type: what is no number, or no
/// whole one ("Datatypes In SQLite", column affinity).
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
