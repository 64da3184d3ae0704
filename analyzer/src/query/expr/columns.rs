//! Columns, whole rows and fields.

use aio_databases_sql::Span;
use sqlparser::ast::{AccessExpr, Expr, Ident, Subscript};

use super::super::{
    Infer,
    scope::{Clause, Found, Scope, Table, fold, same},
    term::{Atom, Form, NullIf, Reason, Term},
};
use crate::{
    Type, diagnostics,
    resolve::{self, Nulls, Operand},
    syntax,
};

impl Infer<'_> {
    /// A column by its name, qualified or not.
    pub(super) fn column(&mut self, scope: &Scope<'_>, expr: &Expr) -> Term {
        let span = self.span(expr);
        match expr {
            Expr::Identifier(name) => self.bare_column(scope, name, span),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [name] => self.bare_column(scope, name, span),
                [table, name] => self.qualified_column(scope, None, table, name, span),
                [schema, table, name] => self.qualified_column(scope, Some(schema), table, name, span),
                _ => {
                    self.report(diagnostics::unsupported(&expr.to_string(), span));
                    Term::unclear(span)
                }
            },
            _ => Term::unclear(span),
        }
    }

    fn bare_column(&mut self, scope: &Scope<'_>, ident: &Ident, span: Span) -> Term {
        let name = fold(self.dialect, ident);
        if self.facts.calls.keywords_hide_columns && ident.quote_style.is_none() {
            // All columns that exist.
            if let Some(term) = self.keyword_value(scope, &name, span) {
                return term;
            }
        }
        if self.reserved_column(ident) {
            return Term::unclear(span);
        }
        let found = scope.column(self.dialect, &name);
        self.note_on_name(scope, &name, &found, span);
        match found {
            Found::Column { table, column } => self.found(table, column, span),
            Found::Merged(merged) => {
                let mut term = Term::new(merged.ty.clone(), merged.null.clone(), span);
                term.tables = merged.parts.iter().map(|(table, _)| *table).collect();
                for (table, column) in &merged.parts {
                    self.level.named.push(*table);
                    self.level.columns.push((Atom::Column(*table, *column), span));
                }
                term
            }
            Found::Alias(alias) => {
                let mut term = alias.term.clone();
                term.span = span;
                self.level.named.extend(&term.tables);
                self.again(&term)
            }
            Found::Row(table) if table.scalar => self.found(table, 0, span),
            Found::Row(table) => {
                self.level.named.push(table.id);
                whole_row(table, span)
            }
            Found::Unclear(tables) => {
                // It might also be a column of an outer query.
                let around = scope.outer.map(|outer| outer.column(self.dialect, &name));
                self.level.unclear |= around.is_some_and(|found| !matches!(found, Found::Nothing));
                Term { tables, ..Term::unclear(span) }
            }
            Found::Ambiguous(tables) => {
                self.report(diagnostics::ambiguous_column(&name, &tables, span));
                Term::unclear(span)
            }
            Found::NotSelected => {
                self.report(diagnostics::not_selected_for_having(&name, span));
                Term::unclear(span)
            }
            Found::NoColumn(_) | Found::Hidden | Found::Nothing => self.no_column(scope, ident, &name, span),
        }
    }

    /// SQLite resolves a join's condition after all tables of its `from`.
    fn note_on_name(&mut self, scope: &Scope<'_>, name: &str, found: &Found<'_>, span: Span) {
        if !self.facts.from.on_sees_every_table {
            return;
        }
        let tables = found.tables();
        let in_on = |level: &Scope<'_>| {
            level.clause.get() == Clause::On && tables.iter().any(|table| level.owns(*table))
        };
        if scope.levels().any(in_on) {
            self.on_names.push((name.to_owned(), tables, span));
        }
    }

    /// Checks the names in conditions again once a `from` is complete. Its tables begin at `from`.
    pub(crate) fn check_on_names(&mut self, scope: &Scope<'_>, from: usize) {
        let own = |id: &u32| scope.tables[from..].iter().any(|table| table.id == *id);
        for (name, before, span) in std::mem::take(&mut self.on_names) {
            if !before.iter().any(own) {
                self.on_names.push((name, before, span));
                continue;
            }
            match scope.column(self.dialect, &name) {
                Found::Ambiguous(tables) => {
                    self.report(diagnostics::ambiguous_column(&name, &tables, span));
                }
                found if found.tables() != before => {
                    let owner = scope.tables.iter().find(|table| before.contains(&table.id));
                    let owner = owner.map_or("", |table| &*table.name);
                    self.report(diagnostics::later_column(owner, &name, span));
                }
                _ => {}
            }
        }
    }

    /// A name that isn't a column: possibly a keyword, a string in the wrong quotes, or a mistake.
    fn no_column(&mut self, scope: &Scope<'_>, ident: &Ident, name: &str, span: Span) -> Term {
        // A MySQL variable has the type that was assigned to it last.
        if self.facts.names.variables && name.starts_with('@') {
            return variable(name.strip_prefix("@@").unwrap_or_default(), span);
        }
        if ident.quote_style.is_none()
            && let Some(term) = self.keyword_value(scope, name, span)
        {
            return term;
        }
        if let Some(clause) = scope.out_of_sight(self.dialect, None, name) {
            self.report(diagnostics::only_own_level(name, clause.name(), span));
            return Term::unclear(span);
        }
        let names_output =
            |level: &Scope<'_>| level.outputs.iter().any(|output| same(self.dialect, output, name));
        if scope.levels().next().is_some_and(names_output) {
            self.report(diagnostics::output_column(name, scope.clause.get().name(), span));
            return Term::unclear(span);
        }
        let quoted = ident.quote_style == Some('"');
        // SQLite: a name that isn't a column is a string.
        if quoted && self.facts.names.unknown_quoted_is_string {
            self.report(diagnostics::quoted_text(name, &scope.column_names(), span));
            return Term::new(resolve::string_type(self.catalog), NullIf::Never, span)
                .with_form(Form::Literal(ident.value.as_str().into()));
        }
        self.report(diagnostics::unknown_column(name, None, &scope.column_names(), quoted, span));
        Term::unclear(span)
    }

    fn qualified_column(
        &mut self,
        scope: &Scope<'_>,
        schema: Option<&Ident>,
        table: &Ident,
        ident: &Ident,
        span: Span,
    ) -> Term {
        let dialect = self.dialect;
        // MySQL accepts any word before a dot.
        if !self.facts.names.any_word_before_dot && self.reserved(schema.unwrap_or(table)) {
            return Term::unclear(span);
        }
        let schema = schema.map(|schema| fold(dialect, schema));
        let (table_name, name) = (fold(dialect, table), fold(dialect, ident));
        if self.facts.names.variables && table_name.starts_with("@@") && table.quote_style.is_none() {
            return variable(&name, span);
        }
        match scope.qualified(dialect, schema.as_deref(), &table_name, &name) {
            Found::Column { table, column } => self.found(table, column, span),
            Found::Unclear(tables) => Term { tables, ..Term::unclear(span) },
            Found::Ambiguous(tables) => {
                self.report(diagnostics::ambiguous_column(&name, &tables, span));
                Term::unclear(span)
            }
            Found::NoColumn(found) => {
                let names: Vec<&str> = found.column_names().collect();
                let place = syntax::span(ident.span).unwrap_or(span);
                self.report(diagnostics::unknown_column(&name, Some(&table_name), &names, false, place));
                Term::unclear(span)
            }
            Found::NotSelected => {
                self.report(diagnostics::not_selected_for_having(&format!("{table_name}.{name}"), span));
                Term::unclear(span)
            }
            Found::Hidden => {
                self.report(diagnostics::unreachable_table(&table_name, span));
                Term::unclear(span)
            }
            _ => {
                match scope.out_of_sight(dialect, Some(&table_name), &name) {
                    Some(clause) => {
                        self.report(diagnostics::only_own_level(&table_name, clause.name(), span))
                    }
                    None => self.no_alias(scope, table, &table_name),
                }
                Term::unclear(span)
            }
        }
    }

    fn no_alias(&mut self, scope: &Scope<'_>, table: &Ident, name: &str) {
        let place = syntax::span(table.span).unwrap_or_default();
        self.report(diagnostics::unknown_alias(
            name,
            &scope.table_names(),
            scope.alias_of(self.dialect, name),
            place,
        ));
    }

    fn found(&mut self, table: &Table, column: usize, span: Span) -> Term {
        let found = &table.columns[column];
        let atom = Atom::Column(table.id, column as u32);
        self.level.columns.push((atom, span));
        self.level.named.push(table.id);
        let mut term = Term::new(found.ty.clone(), NullIf::Atom(atom), span)
            .with_form(Form::Column(table.id, column as u32));
        if !table.forgets {
            term.not_null = vec![atom];
        }
        term.tables = vec![table.id];
        term.digits = found.digits;
        term.stored = found.stored;
        term.huge = found.huge;
        if self.facts.values.zero_dates {
            term.may_be_zero();
        }
        match (&found.ty, &found.form) {
            (Operand::Untyped, Some(params)) => {
                term.form = params.clone();
                term = self.again(&term);
            }
            (_, Some(form @ (Form::Uuid | Form::Bytes))) => term.form = form.clone(),
            _ => {}
        }
        term
    }

    /// `base[1]`, `(row).field`, `a.b.c[1]`.
    pub(super) fn access_chain(&mut self, scope: &Scope<'_>, root: &Expr, chain: &[AccessExpr]) -> Term {
        // `table.column[1]` comes as the name `table`, a dot, and so on.
        let mut names: Vec<Ident> = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(parts) => parts.clone(),
            _ => Vec::new(),
        };
        let mut rest = chain;
        if !names.is_empty() {
            while let Some((AccessExpr::Dot(Expr::Identifier(name)), after)) = rest.split_first() {
                names.push(name.clone());
                rest = after;
            }
        }
        let mut term = match names.len() {
            0 => self.expr(scope, root),
            1 => self.expr(scope, &Expr::Identifier(names.remove(0))),
            _ => self.expr(scope, &Expr::CompoundIdentifier(names)),
        };
        if let (Some(Type::Record), Some((AccessExpr::Dot(Expr::Identifier(field)), after))) =
            (term.known(), rest.split_first())
            && let Some(found) = self.field_of_call(scope, root, field)
        {
            (term, rest) = (found, after);
        }
        while let Some((access, after)) = rest.split_first() {
            (term, rest) = match access {
                AccessExpr::Dot(Expr::Identifier(field)) => (self.field(term, field), after),
                AccessExpr::Dot(_) => (Term::unclear(term.span), after),
                AccessExpr::Subscript(_) => {
                    let (subscripts, after) = subscripts_of(&term, rest);
                    (self.subscript(scope, term, &subscripts), after)
                }
            };
        }
        term
    }

    /// `(f(x)).field` of a function that returns rows with its `out` arguments.
    fn field_of_call(&mut self, scope: &Scope<'_>, root: &Expr, field: &Ident) -> Option<Term> {
        let call = match root {
            Expr::Nested(inner) => match &**inner {
                Expr::Function(call) => call,
                _ => return None,
            },
            Expr::Function(call) => call,
            _ => return None,
        };
        let table = self.table_of_call(scope, call)?;
        let name = fold(self.dialect, field);
        let place = syntax::span(field.span).unwrap_or(table.span);
        let Some(column) = table.columns.iter().find(|column| *column.name == *name) else {
            let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
            self.report(diagnostics::unknown_column(&name, None, &names, false, place));
            return Some(Term::unclear(place));
        };
        let null = NullIf::because("a field of a row may be null");
        let mut term = Term::new(column.ty.clone(), null, Span::new(table.span.start, place.end));
        term.steady = false;
        Some(term)
    }

    fn field(&mut self, row: Term, field: &Ident) -> Term {
        let name = fold(self.dialect, field);
        let place = syntax::span(field.span).unwrap_or(row.span);
        let span = Span::new(row.span.start, place.end);
        match row.known().map(Type::underlying) {
            Some(Type::Composite { fields, .. }) => match fields.iter().find(|field| field.name == name) {
                Some(field) => Term::new(
                    Operand::from(field.ty.clone()),
                    NullIf::because("a field of a row may be null"),
                    span,
                )
                .made_of([&row])
                .strict_in([&row]),
                None => {
                    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                    self.report(diagnostics::unknown_column(&name, None, &names, false, place));
                    Term::unclear(span)
                }
            },
            _ => Term::unclear(span).made_of([&row]),
        }
    }

    /// `array[1][2]`, `array[1:2][1]`: one subscript for each dimension. With one slice among them, the result is an array.
    fn subscript(&mut self, scope: &Scope<'_>, base: Term, subscripts: &[&Subscript]) -> Term {
        let slice = subscripts.iter().any(|subscript| matches!(subscript, Subscript::Slice { .. }));
        let mut bounds: Vec<&Expr> = Vec::new();
        for subscript in subscripts {
            match subscript {
                Subscript::Index { index } => bounds.push(index),
                Subscript::Slice { lower_bound, upper_bound, stride } => {
                    bounds.extend(lower_bound.iter().chain(upper_bound).chain(stride));
                }
            }
        }
        let mut bounds: Vec<Term> = bounds.into_iter().map(|bound| self.expr(scope, bound)).collect();
        let span = super::joined(std::iter::once(&base).chain(&bounds));
        match resolve::subscript(self.catalog, &base.ty, slice) {
            Ok(resolved) => {
                let index = resolved.operands.get(1).cloned().flatten();
                for bound in &mut bounds {
                    self.take(bound, index.as_ref());
                }
                let null = match (resolved.nulls, slice) {
                    (Nulls::Never, _) => NullIf::Never,
                    (Nulls::Strict, _) => {
                        NullIf::any(std::iter::once(&base).chain(&bounds).map(|t| t.null.clone()))
                    }
                    (Nulls::Maybe, _) => NullIf::because("the array may lack this element"),
                };
                Term::new(resolved.ty, null, span)
                    .made_of(std::iter::once(&base).chain(&bounds))
                    .strict_in(std::iter::once(&base))
            }
            Err(problem) => {
                if !base.is_unclear() {
                    self.report(diagnostics::wrong_operands(
                        "[]",
                        std::slice::from_ref(&base.ty),
                        &problem,
                        span,
                    ));
                }
                Term::unclear(span)
            }
        }
    }
}

/// The subscripts at the start of a chain that belong to one access: to an array one for each dimension (PostgreSQL's manual, section
/// 8.15.3), to any other value a single one.
fn subscripts_of<'c>(base: &Term, chain: &'c [AccessExpr]) -> (Vec<&'c Subscript>, &'c [AccessExpr]) {
    let is_array = matches!(base.known().map(Type::underlying), Some(Type::Array(_)));
    let most = if is_array { chain.len() } else { 1 };
    let subscripts = chain.iter().take(most).map_while(|access| match access {
        AccessExpr::Subscript(subscript) => Some(subscript),
        AccessExpr::Dot(_) => None,
    });
    let subscripts: Vec<&Subscript> = subscripts.collect();
    let rest = &chain[subscripts.len()..];
    (subscripts, rest)
}

/// A MySQL system variable, such as `@@sql_mode`. A user variable has no name here, and has the type that was assigned
/// to it last.
fn variable(name: &str, span: Span) -> Term {
    const TEXTS: [&str; 9] = [
        "version",
        "version_comment",
        "hostname",
        "sql_mode",
        "time_zone",
        "system_time_zone",
        "datadir",
        "binlog_format",
        "default_storage_engine",
    ];
    const SWITCHES: [&str; 5] = ["autocommit", "foreign_key_checks", "unique_checks", "read_only", "log_bin"];
    let name = name.to_ascii_lowercase();
    let named = |prefix: &str| name.starts_with(prefix);
    let ty = if TEXTS.contains(&name.as_str()) || named("character_set_") || named("collation_") {
        "varchar"
    } else if SWITCHES.contains(&name.as_str()) {
        "bigint"
    } else {
        return Term::unclear(span);
    };
    let mut term = Term::new(Type::base(ty), NullIf::because("a variable may be null"), span);
    term.steady = false;
    term
}

/// A table's name used as a value.
pub(crate) fn whole_row(table: &Table, span: Span) -> Term {
    let ty = table.row_type().unwrap_or(Type::Record);
    let null = if table.joins.is_empty() {
        NullIf::Never
    } else {
        let reason = table.columns.iter().find_map(|column| column.null.missing_row());
        let reason = reason.cloned();
        NullIf::Because(
            reason.unwrap_or_else(|| Reason::text(format!("null where `{}` has no match", table.name))),
        )
    };
    let mut term = Term::new(ty, null, span);
    term.tables = vec![table.id];
    term
}
