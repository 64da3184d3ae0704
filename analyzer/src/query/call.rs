//! Operators and functions: resolves them, types their operands, and reports mistakes.

use aio_databases_sql::Span;

use super::{
    Infer,
    expr::precision,
    scope::Scope,
    term::{Atom, Form, NullIf, Term, Truth},
};
use crate::{
    Type,
    data::traits::{Traits, traits},
    diagnostics,
    dialect::Equality,
    resolve::{self, Nulls, Operand, Resolved, Unresolved},
};

impl Infer<'_> {
    /// `left name right`, or `name right`.
    pub(crate) fn operator(&mut self, name: &str, left: Option<Term>, mut right: Term, span: Span) -> Term {
        let mut left = left;
        self.look_again(left.iter_mut().chain([&mut right]));
        let answer = resolve::operator(self.catalog, name, left.as_ref().map(|t| &t.ty), &right.ty);
        let resolved = match answer {
            Ok(resolved) => resolved,
            Err(problem) => {
                let operands: Vec<Operand> = left.iter().chain([&right]).map(|t| t.ty.clone()).collect();
                if !operands.iter().any(|o| matches!(o, Operand::Unclear)) {
                    self.report(diagnostics::wrong_operands(name, &operands, &problem, span));
                }
                return Term::unclear(span).made_of(left.iter().chain([&right]));
            }
        };
        let mut types = resolved.operands.iter();
        if let Some(left) = &mut left {
            self.take(left, types.next().and_then(Option::as_ref));
        }
        self.take(&mut right, types.next().and_then(Option::as_ref));
        if resolved.writes {
            self.writes();
        }
        let operands: Vec<&Term> = left.iter().chain([&right]).collect();
        let null = nulls(&resolved, operands.iter().copied(), || format!("`{name}` can return null"));
        let unfit = if name == "<=>" { None } else { self.unfit(operands.iter().copied()) };
        let null = NullIf::any([null].into_iter().chain(unfit));
        let odd = self.facts.values.literals_adapt
            && matches!(name, "+" | "-" | "*" | "/" | "%" | "mod" | "div")
            && operands.iter().any(|term| matches!(term.form, Form::Null | Form::Bytes | Form::Negated(_)));
        // An integer overflow results in a real.
        let huge = operands.iter().any(|term| term.huge);
        let random = huge && matches!(name, "+" | "-" | "*");
        // The type of `null`, `x'41'` or `-$1` depends on the server.
        let ty = resolved.ty.clone().filter(|_| !odd && !random);
        let mut term = Term::new(ty, null, span).made_of(operands.iter().copied());
        term.huge = huge && matches!(name, "+" | "-" | "*" | "/" | "|" | "<<" | ">>" | "~");
        if let ([left, right], true) = (&operands[..], self.facts.values.digits_follow) {
            term.digits = precision::computed(name, left, right);
        }
        if resolved.strict {
            term = term.strict_in(operands.iter().copied());
        }
        if let ("=" | "==", Some(left)) = (name, &left)
            && !is_rounded(&resolved, left, &right)
        {
            term = term.with_truth(Truth { equal: self.equations(left, &right), ..Truth::default() });
        }
        term
    }

    /// When a value is null because MariaDB converts it to the UUID or address type of the other operand.
    pub(crate) fn unfit<'a>(&self, terms: impl IntoIterator<Item = &'a Term>) -> Option<NullIf> {
        let mut names = terms.into_iter().map(made_beside);
        let first = names.next()?;
        (self.facts.values.literals_adapt && names.any(|name| name != first))
            .then(|| NullIf::because("a value that is not a UUID or address becomes null"))
    }

    /// The column that `left = right` fixes, and the tables that the other side depends on.
    pub(crate) fn equations(&self, left: &Term, right: &Term) -> Vec<(Atom, Vec<u32>)> {
        [(left, right), (right, left)]
            .into_iter()
            .filter_map(|(column, other)| {
                let Form::Column(table, index) = column.form else { return None };
                (other.steady && self.compares_exactly(column, other))
                    .then(|| (Atom::Column(table, index), other.tables.clone()))
            })
            .collect()
    }

    /// Whether `=` between the two is the same equality as in a unique key. SQLite and MySQL convert texts to numbers
    /// to compare them with numbers, so several texts can equal one number.
    fn compares_exactly(&self, column: &Term, other: &Term) -> bool {
        let text = |ty: &Type| {
            ty.name().is_none_or(|name| {
                !["int", "real", "float", "double", "dec", "num", "bit", "year", "bool"]
                    .iter()
                    .any(|part| name.to_ascii_lowercase().contains(part))
            })
        };
        match self.facts.values.equality {
            Equality::Exact => true,
            Equality::OfConstants if other.tables.is_empty() => true,
            Equality::OfConstants | Equality::OfOneKind => {
                matches!((column.known(), other.known()), (Some(column), Some(other)) if text(column) == text(other))
            }
        }
    }

    /// The common type of several expressions. Untyped ones adopt it.
    pub(crate) fn common(&mut self, what: &'static str, terms: &mut [Term]) -> Operand {
        self.look_again(&mut *terms);
        let operands: Vec<Operand> = terms.iter().map(|term| term.ty.clone()).collect();
        if self.facts.values.literals_adapt && odd_together(what, terms) {
            if let Some(null) = self.unfit(&*terms) {
                terms.iter_mut().for_each(|term| term.null = null.clone());
            }
            return Operand::Unclear;
        }
        // MySQL's `null` has no type, and doesn't change the common type.
        let typed = |term: &&Term| !self.facts.values.literals_adapt || term.form != Form::Null;
        let given: Vec<Operand> = terms.iter().filter(typed).map(|term| term.ty.clone()).collect();
        match resolve::common_type(self.catalog, &given) {
            Ok(Some(ty)) => {
                for term in terms.iter_mut() {
                    self.take(term, Some(&ty));
                }
                Operand::Known(ty)
            }
            Ok(None) if operands.iter().all(|o| matches!(o, Operand::Untyped)) => Operand::Untyped,
            Ok(None) => Operand::Unclear,
            Err(Unresolved::Mismatch { left, right }) => {
                let span =
                    terms.iter().find(|t| t.known() == Some(&right)).map_or(Span::default(), |t| t.span);
                self.report(diagnostics::mismatch(what, &left, &right, span));
                Operand::Unclear
            }
            Err(_) => Operand::Unclear,
        }
    }

    /// A call of a function by its internal name, for a construct of the grammar.
    pub(crate) fn special(&mut self, scope: &Scope<'_>, name: &str, mut args: Vec<Term>, span: Span) -> Term {
        let _ = scope;
        self.look_again(&mut args);
        match self.resolve_call(&resolve::Call::new(name, &operands(&args)), span) {
            Some(resolved) => {
                self.take_all(&mut args, &resolved.operands);
                self.called(name, &resolved, &args, span)
            }
            None => Term::unclear(span).made_of(&args),
        }
    }

    /// The function that the server chooses. Returns `None` and reports a diagnostic if there is none.
    pub(crate) fn resolve_call(&mut self, call: &resolve::Call<'_>, span: Span) -> Option<Resolved> {
        match resolve::function(self.catalog, call) {
            Ok(resolved) => {
                if resolved.writes {
                    self.writes();
                }
                Some(resolved)
            }
            Err(problem) => {
                let unclear = call.args.iter().any(|arg| matches!(arg, Operand::Unclear));
                if !unclear
                    || matches!(problem, Unresolved::NoSuchName { .. } | Unresolved::OtherRelease { .. })
                {
                    self.report(diagnostics::wrong_call(call, &problem, self.dialect, span));
                }
                None
            }
        }
    }

    /// The value of an ordinary call.
    pub(crate) fn called(&mut self, name: &str, resolved: &Resolved, args: &[Term], span: Span) -> Term {
        let null = nulls(resolved, args, || format!("`{name}` can return null"));
        let adapts = self.facts.values.literals_adapt;
        let traits = traits(self.dialect, name);
        let unfit = if adapts && traits.has("compares") { self.unfit(args) } else { None };
        let null = NullIf::any([null].into_iter().chain(unfit));
        let ty = match &resolved.ty {
            // `x'41'` is text beside text, and `null` a number beside numbers.
            Some(ty) if adapts && odd_call(traits, ty, args) => None,
            None if self.facts.values.digits_follow => self.type_by_digits(name, args),
            ty => ty.clone(),
        };
        let mut term = Term::new(ty, null, span).made_of(args).given_by(traits, args);
        if self.facts.values.digits_follow {
            term.digits = self.digits_of_call(name, args);
        }
        if resolved.strict {
            term = term.strict_in(args);
        }
        if traits.has("uuid") {
            term.form = Form::Uuid;
        }
        term.huge |= traits.has("any-integer");
        term.steady &= !resolved.writes && traits.has("steady");
        term
    }

    /// The type of an aggregate or window function. For computed numbers, MySQL and MariaDB use the widest type in
    /// `max` and similar functions.
    pub(crate) fn kept_type(&self, name: &str, resolved: &Resolved, args: &[Term]) -> Option<Type> {
        let ty = resolved.ty.as_ref()?;
        if !self.facts.values.literals_adapt {
            return Some(ty.clone());
        }
        let traits = traits(self.dialect, name);
        if odd_call(traits, ty, args) {
            return None;
        }
        let stored = args.first().is_some_and(|term| term.stored) && args.len() < 3;
        if !traits.has("widens") || stored {
            return Some(ty.clone());
        }
        // The server chooses whether to compute a column of a subquery in `from` there or here.
        let elsewhere =
            args.len() > 2 || args.first().is_some_and(|term| matches!(term.form, Form::Column(..)));
        (ty.name() != Some("float") || !elsewhere).then(|| resolve::widest(ty))
    }
}

/// Whether PostgreSQL converts other numbers to floating point to compare them. Several can then be equal to one.
fn is_rounded(resolved: &Resolved, left: &Term, right: &Term) -> bool {
    let float = |ty: Option<&Type>| matches!(ty.and_then(Type::name), Some("float4" | "float8"));
    let sides = resolved.operands.iter().zip([left, right]);
    sides.into_iter().any(|(taken, own)| {
        float(taken.as_ref()) && own.known().is_some_and(|own| !float(Some(own.underlying())))
    })
}

/// The type to which MariaDB converts the other operand, if it does. Text that is not a valid value then becomes null.
fn made_beside(term: &Term) -> Option<&str> {
    match (&term.form, term.known().and_then(Type::name)) {
        (Form::Uuid, _) => Some("uuid"),
        (_, name @ Some("uuid" | "inet4" | "inet6")) => name,
        _ => None,
    }
}

/// Whether the common type is unknown for MySQL and MariaDB. `-$1`, and sometimes `null`, turns an unsigned number into
/// a signed one, and `x'41'` is text beside text.
fn odd_together(what: &str, terms: &[Term]) -> bool {
    let of = |form: Form| terms.iter().any(|term| term.form == form);
    let all = |form: Form| terms.iter().all(|term| term.form == form);
    let beside = terms.first().and_then(made_beside);
    let made_of_params = |term: &Term| term.is_untyped() && matches!(term.form, Form::Params(_));
    let negated = |term: &Term| term.is_untyped() && matches!(term.form, Form::Negated(_));
    let number = |term: &Term| term.known().is_some_and(|ty| !resolve::is_text(ty));
    terms.len() > 1 && terms.iter().any(negated)
        || terms.iter().any(made_of_params) && terms.iter().any(number)
        || what != "if" && of(Form::Null) && terms.iter().any(|term| precision::is_unsigned(&term.ty))
        || of(Form::Bytes) && !all(Form::Bytes)
        || terms.iter().any(|term| made_beside(term) != beside)
        || of(Form::Exists) && terms.iter().any(|term| term.known().is_some_and(resolve::is_text))
        || mixed(terms)
}

/// Whether bytes and text are mixed so that the resulting type is uncertain. The bytes of a column always win.
fn mixed(terms: &[Term]) -> bool {
    let bytes = |term: &&Term| term.known().is_some_and(resolve::is_bytes);
    terms.iter().filter(bytes).any(|term| !term.stored)
        && terms.iter().any(|term| term.known().is_some_and(resolve::is_text))
}

/// The same for a call's arguments.
fn odd_call(traits: Traits, ty: &Type, args: &[Term]) -> bool {
    let of = |form: Form| args.iter().any(|term| term.form == form);
    match ty.name() {
        Some("varbinary" | "longblob") if of(Form::Bytes) && args.len() > 1 || mixed(args) => true,
        Some("varchar" | "longtext" | "json") if of(Form::Exists) => true,
        _ if traits.has("no-bytes") => args.iter().any(|term| term.known().is_some_and(resolve::is_bytes)),
        // Without a value, there is no text either.
        _ if traits.has("null-matters") => of(Form::Null),
        // They count as an unsigned number.
        _ if of(Form::Bytes) => traits.has("bytes-unsigned"),
        // To no number of digits.
        _ if traits.has("digits") => args.iter().skip(1).any(is_constant_null),
        _ if traits.has("compares") => {
            of(Form::Null) || args.iter().any(|term| matches!(term.form, Form::Negated(_)))
        }
        _ => false,
    }
}

/// Whether the server may find out that it is null before it runs the query. A view's column can also be a constant.
fn is_constant_null(term: &Term) -> bool {
    !term.stored && !term.null.is_never() && !matches!(term.form, Form::Param(_))
}

pub(crate) fn operands<'t>(terms: impl IntoIterator<Item = &'t Term>) -> Vec<Operand> {
    terms.into_iter().map(|term| term.ty.clone()).collect()
}

/// When a call is null, depending on its operands.
pub(crate) fn nulls<'t>(
    resolved: &Resolved,
    operands: impl IntoIterator<Item = &'t Term>,
    reason: impl Fn() -> String,
) -> NullIf {
    match resolved.nulls {
        Nulls::Never => NullIf::Never,
        Nulls::Strict => NullIf::any(operands.into_iter().map(|term| term.null.clone())),
        Nulls::Maybe => NullIf::because(reason()),
    }
}
