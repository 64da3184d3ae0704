//! Functions that the grammar writes in its own way, and those that are no ordinary functions.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{DateTimeField, Expr, TrimWhereField};

use super::{
    super::{
        Infer,
        scope::Scope,
        term::{NullIf, Term},
    },
    joined,
};
use crate::{Type, diagnostics, query::reserved::is_reserved, resolve};

/// PostgreSQL's values that are written as a word alone.
const WORDS: [(&str, &str, bool); 15] = [
    ("current_catalog", "name", true),
    ("current_date", "date", true),
    ("current_role", "name", true),
    ("current_schema", "name", false),
    ("current_time", "timetz", true),
    ("current_timestamp", "timestamptz", true),
    ("current_user", "name", true),
    ("localtime", "time", true),
    ("localtimestamp", "timestamp", true),
    ("session_user", "name", true),
    ("system_user", "text", false),
    ("user", "name", true),
    ("utc_date", "", false),
    ("utc_time", "", false),
    ("utc_timestamp", "", false),
];

/// SQLite's.
pub(super) const SQLITE_WORDS: [&str; 3] = ["current_date", "current_time", "current_timestamp"];

/// Those that MySQL has as functions alone.
const CALLED: [&str; 5] = ["current_catalog", "current_schema", "session_user", "system_user", "user"];

/// What MySQL extracts from a date or time; units of two parts come as one of these.
const MYSQL_FIELDS: [&str; 9] =
    ["microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

impl Infer<'_> {
    /// A word that stands for a value: `current_timestamp`, MySQL's `utc_date`, SQLite's `rowid`.
    pub(crate) fn keyword_value(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Option<Term> {
        let name = name.to_ascii_lowercase();
        if self.dialect == Dialect::Postgres {
            if self.is_word_of_later(&name) {
                return None;
            }
            let (_, ty, never) = WORDS.iter().find(|(word, ty, _)| *word == name && !ty.is_empty())?;
            let null = if *never { NullIf::Never } else { NullIf::because(format!("`{name}` may be null")) };
            return Some(Term::new(Type::base(ty), null, span));
        }
        if self.dialect == Dialect::Sqlite && matches!(name.as_str(), "true" | "false") {
            return Some(self.boolean(NullIf::Never, span));
        }
        let known = match self.dialect {
            Dialect::Sqlite => SQLITE_WORDS.contains(&name.as_str()),
            // The others are called there.
            _ => WORDS.iter().any(|(word, ..)| *word == name) && !CALLED.contains(&name.as_str()),
        };
        known.then(|| self.special(scope, &name, Vec::new(), span))
    }

    /// A call by an internal name of arguments as they stand.
    pub(super) fn named(&mut self, scope: &Scope<'_>, name: &str, args: &[&Expr]) -> Term {
        let args: Vec<Term> = args.iter().map(|arg| self.expr(scope, arg)).collect();
        let span = joined(&args);
        self.special(scope, name, args, span)
    }

    pub(super) fn extract(&mut self, scope: &Scope<'_>, field: &DateTimeField, from: &Expr) -> Term {
        let value = self.expr(scope, from);
        let span = value.span;
        let name = field.to_string().to_lowercase();
        if self.dialect == Dialect::Mysql && !MYSQL_FIELDS.contains(&name.as_str()) {
            let message = format!("`extract` knows no `{name}`: there are {}", MYSQL_FIELDS.join(", "));
            self.report(diagnostics::syntax_error(&message, span, self.dialect));
        }
        if self.dialect == Dialect::Postgres && is_reserved(&name, Dialect::Postgres) {
            let place = self.text.word(&name, Span::default());
            let problem = format!("`{name}` is no part of a time: write `year`, `month`, `day`, `epoch`, …");
            self.report(diagnostics::syntax_error(&problem, place, self.dialect));
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
        // PostgreSQL has a function for each of the words.
        let name = if self.dialect == Dialect::Postgres && !short { "substring" } else { "substr" };
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
        let name = match (self.dialect, side) {
            (Dialect::Postgres, None | Some(TrimWhereField::Both)) => "btrim",
            (_, None | Some(TrimWhereField::Both)) => "trim",
            (_, Some(TrimWhereField::Leading)) => "ltrim",
            (_, Some(TrimWhereField::Trailing)) => "rtrim",
        };
        // MySQL's `ltrim` has one argument; the grammar's has two, and the same answer.
        if self.dialect == Dialect::Mysql {
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
