//! Functions with special syntax, and special functions.

use aio_databases_sql::Span;
use sqlparser::ast::{DateTimeField, Expr, TrimWhereField};

use super::{
    super::{
        Infer,
        scope::Scope,
        term::{NullIf, Term},
    },
    joined,
};
use crate::{
    Type, diagnostics,
    dialect::{ExtractFields, Keyword},
    resolve,
};

impl Infer<'_> {
    /// A keyword that is a value: `current_timestamp`, MySQL's `utc_date`, SQLite's `rowid`.
    pub(crate) fn keyword_value(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Option<Term> {
        let name = name.to_ascii_lowercase();
        if self.is_word_of_later(&name) {
            return None;
        }
        Some(match self.facts.calls.keyword(&name)? {
            Keyword::Value(ty) => Term::new(Type::base(ty), NullIf::Never, span),
            Keyword::Nullable(ty) => {
                Term::new(Type::base(ty), NullIf::because(format!("`{name}` may be null")), span)
            }
            Keyword::Truth => self.boolean(NullIf::Never, span),
            Keyword::Call => self.special(scope, &name, Vec::new(), span),
        })
    }

    /// A call by an internal name with unchanged arguments.
    pub(super) fn named(&mut self, scope: &Scope<'_>, name: &str, args: &[&Expr]) -> Term {
        let args: Vec<Term> = args.iter().map(|arg| self.expr(scope, arg)).collect();
        let span = joined(&args);
        self.special(scope, name, args, span)
    }

    pub(super) fn extract(&mut self, scope: &Scope<'_>, field: &DateTimeField, from: &Expr) -> Term {
        let value = self.expr(scope, from);
        let span = value.span;
        let name = field.to_string().to_lowercase();
        match self.facts.calls.extract_fields {
            ExtractFields::Listed(fields) if !fields.contains(&name.as_str()) => {
                self.report(diagnostics::unknown_field(&name, fields, span));
            }
            ExtractFields::Unreserved if self.facts.names.is_reserved(&name) => {
                let place = self.text.word(&name, Span::default());
                self.report(diagnostics::keyword_as_field(&name, place));
            }
            _ => {}
        }
        let null = resolve::extract_is_strict(self.catalog, &name).then(|| value.null.clone());
        let field = Term::new(resolve::string_type(self.catalog), NullIf::Never, span)
            .with_form(super::super::term::Form::Literal(name.into()));
        let mut term = self.special(scope, "extract", vec![field, value], span);
        term.null = null.unwrap_or(term.null);
        term
    }

    pub(super) fn substring(
        &mut self,
        scope: &Scope<'_>,
        expr: &Expr,
        from: Option<&Expr>,
        len: Option<&Expr>,
        short: bool,
    ) -> Term {
        let mut args = vec![self.expr(scope, expr)];
        match (from, len) {
            (None, Some(len)) => {
                // `substring(x for 3)` starts at 1.
                let one = resolve::number_type(self.catalog, "1");
                args.push(Term::new(resolve::Operand::from(one), NullIf::Never, Span::default()));
                args.push(self.expr(scope, len));
            }
            (from, len) => {
                args.extend(from.into_iter().chain(len).map(|arg| self.expr(scope, arg)).collect::<Vec<_>>())
            }
        }
        let span = joined(&args);
        // PostgreSQL has a function for each of the keywords.
        let name = if short { "substr" } else { self.facts.calls.substring };
        self.special(scope, name, args, span)
    }

    pub(super) fn trim(
        &mut self,
        scope: &Scope<'_>,
        side: Option<TrimWhereField>,
        what: Option<&Expr>,
        expr: &Expr,
        characters: Option<&[Expr]>,
    ) -> Term {
        let mut args = vec![self.expr(scope, expr)];
        args.extend(
            what.into_iter()
                .chain(characters.unwrap_or_default())
                .map(|arg| self.expr(scope, arg))
                .collect::<Vec<_>>(),
        );
        let span = joined(&args);
        let name = match side {
            None | Some(TrimWhereField::Both) => self.facts.calls.trim_both,
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
        };
        // MySQL's function `ltrim` has one argument. The grammar's has two, and the same result.
        if self.facts.calls.trims_one {
            for term in args.iter_mut().skip(1) {
                self.take(term, Some(&Type::base("varchar")));
            }
            let rest = args.split_off(1);
            let term = self.special(scope, name, args, span);
            let null =
                NullIf::any([term.null.clone()].into_iter().chain(rest.iter().map(|t| t.null.clone())));
            let mut term = term.made_of(&rest);
            term.null = null;
            return term;
        }
        self.special(scope, name, args, span)
    }
}
