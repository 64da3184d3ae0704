//! `from`: tables, subqueries, functions and joins.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, SetExpr, TableAlias, TableFactor, TableWithJoins,
};

use super::{
    Infer,
    output::{Output, bounds},
    scope::{Clause, Scope, Table, TableColumn, Visible, fold, same},
    term::{Atom, Form, NullIf, Reason, Term},
};
use crate::{
    Relation, RelationKind, Type, diagnostics,
    dialect::{DerivedAlias, Described},
    resolve::Operand,
    syntax,
};

mod functions;
mod joins;

pub(super) use self::functions::plain_argument;
use self::joins::Sides;

impl Infer<'_> {
    pub(crate) fn from(&mut self, scope: &mut Scope<'_>, items: &[TableWithJoins]) {
        for item in items {
            if counts_rows(&item.relation) {
                scope.set_apart(scope.tables.len());
            }
            self.table_with_joins(scope, item);
        }
        self.check_on_names(scope, 0);
    }

    pub(crate) fn table_with_joins(&mut self, scope: &mut Scope<'_>, item: &TableWithJoins) {
        let start = Sides { table: scope.tables.len(), visible: scope.visible.len() };
        self.factor(scope, &item.relation);
        // In SQLite, conditions of inner joins are conditions of `where`, so they also see later tables.
        let late = self.facts.from.on_sees_every_table && item.joins.iter().all(joins::is_inner_on);
        let mut sides = Vec::new();
        for join in &item.joins {
            let right = Sides { table: scope.tables.len(), visible: scope.visible.len() };
            self.factor(scope, &join.relation);
            match late {
                true => sides.push(right),
                false => self.join(scope, join, start, right),
            }
        }
        for (join, right) in item.joins.iter().zip(sides) {
            self.join(scope, join, start, right);
        }
    }

    fn factor(&mut self, scope: &mut Scope<'_>, factor: &TableFactor) {
        self.check_factor(factor);
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                self.named_table(scope, name, alias.as_ref())
            }
            TableFactor::Table { name, alias, args: Some(args), with_ordinality, .. } => {
                self.table_function(scope, name, &args.args, alias.as_ref(), *with_ordinality);
            }
            TableFactor::Function { name, args, with_ordinality, alias, .. } => {
                self.table_function(scope, name, args, alias.as_ref(), *with_ordinality);
            }
            TableFactor::UNNEST { alias, array_exprs, with_ordinality, .. } => {
                let arrays: Vec<&Expr> = array_exprs.iter().collect();
                let table = self.unnest(scope, &arrays, alias.as_ref());
                self.finish_function(scope, table, alias.as_ref(), *with_ordinality);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                self.derived(scope, *lateral, subquery, alias.as_ref());
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.nested_join(scope, table_with_joins, alias.as_ref());
            }
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                self.json_table(scope, json_expr, columns, alias.as_ref());
            }
            other => {
                self.report(diagnostics::unsupported(&other.to_string(), Span::default()));
                let table = self.unclear_table(Rc::from(""), Span::default());
                self.add_table(scope, table);
            }
        }
    }

    /// Adds a table, if its name is not taken.
    pub(crate) fn add_table(&mut self, scope: &mut Scope<'_>, table: Table) {
        if !self.facts.from.duplicate_names
            && !table.name.is_empty()
            && scope.tables.iter().any(|other| {
                same(self.dialect, &other.name, &table.name)
                    && (other.schema.is_none() || table.schema.is_none() || other.schema == table.schema)
            })
        {
            self.report(diagnostics::duplicate_alias(&table.name, table.span));
        }
        scope.add(table);
    }

    pub(crate) fn unclear_table(&mut self, name: Rc<str>, span: Span) -> Table {
        Table {
            id: self.new_table(),
            name,
            schema: None,
            columns: Vec::new(),
            complete: false,
            keys: Vec::new(),
            single: false,
            joins: Vec::new(),
            relation: None,
            scalar: false,
            forgets: false,
            unlockable: None,
            span,
        }
    }

    /// Resolves the name of a table, view or common table expression.
    fn named_table(&mut self, scope: &mut Scope<'_>, name: &ObjectName, alias: Option<&TableAlias>) {
        self.plain_aliases(alias);
        let span = self.name_span(name);
        if let [ObjectNamePart::Identifier(word)] = &name.0[..]
            && let Some(table) = self.value_table(scope, word, alias, span)
        {
            return self.finish_function(scope, table, alias, false);
        }
        let (schema, own) = self.table_name(name);
        if name.0.iter().filter_map(|part| part.as_ident()).any(|part| self.text_for_name(part).is_none()) {
            let table = self.unclear_table(Rc::from(own.as_str()), span);
            return self.add_table(scope, table);
        }
        if schema.is_none()
            && let Some((cte, away)) = scope.cte(self.dialect, &own)
        {
            let mut table = self.output_table(&cte.output, Rc::from(own.as_str()), span);
            let shown = table.columns.len() - if away > 1 { cte.extra } else { 0 };
            table.columns[shown..].iter_mut().for_each(|column| column.hidden = true);
            self.rename(&mut table, alias);
            return self.add_table(scope, table);
        }
        let mut table = match self.relation(schema.as_deref(), &own) {
            Some(relation) => self.relation_table(relation, span),
            // In MySQL, a table with no columns and one row.
            None if self.facts.from.dual && schema.is_none() && own.eq_ignore_ascii_case("dual") => {
                return;
            }
            None if self.is_sequence(&own) => self.sequence_table(&own, span),
            None if self.facts.from.virtual_functions
                && let Some(table) = self.sqlite_table(&own, false, span) =>
            {
                table
            }
            None => {
                if !self.dialect.rules().is_system_table(schema.as_deref(), &own) {
                    let names = self.visible_relations(scope);
                    self.report(diagnostics::unknown_table(schema.as_deref(), &own, &names, span));
                }
                self.unclear_table(Rc::from(own.as_str()), span)
            }
        };
        if let (Some(schema), None) = (&schema, alias) {
            table.schema = Some(Rc::from(schema.as_str()));
        }
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// `from current_date`, and `from user` without quotes. PostgreSQL reads such a keyword as a function. In MySQL, a
    /// reserved keyword can't be a table's name either.
    fn value_table(
        &mut self,
        scope: &Scope<'_>,
        word: &Ident,
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Option<Table> {
        if self.facts.from.dual && word.value.eq_ignore_ascii_case("dual") || word.quote_style.is_some() {
            return None;
        }
        if !self.facts.from.keywords_are_tables {
            return self.reserved(word).then(|| self.unclear_table(Rc::from(word.value.as_str()), span));
        }
        let Some(value) = self.keyword_value(scope, &word.value, span) else {
            return self.reserved(word).then(|| self.unclear_table(Rc::from(word.value.as_str()), span));
        };
        let name = word.value.to_lowercase();
        let tables: Vec<&str> =
            self.catalog.relations.values().map(|relation| relation.name.as_str()).collect();
        if let Some(warning) = diagnostics::value_as_table(&name, &tables, span) {
            self.report(warning);
        }
        let mut table = self.unclear_table(Rc::from(name.as_str()), span);
        (table.complete, table.single, table.scalar) = (true, true, true);
        let column = alias.map_or(name, |alias| fold(self.dialect, &alias.name));
        table.columns = vec![plain_column(&column, value.ty, value.null)];
        Some(table)
    }

    /// A table's schema and name as the server stores them.
    pub(crate) fn table_name(&self, name: &ObjectName) -> (Option<String>, String) {
        let parts: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|ident| fold(self.dialect, ident)).collect();
        match parts.as_slice() {
            [.., schema, name] => (Some(schema.clone()), name.clone()),
            [name] => (None, name.clone()),
            [] => (None, String::new()),
        }
    }

    /// The relation with a name, by the search path.
    pub(crate) fn relation(&self, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        self.dialect.rules().relation(self.catalog, schema, name)
    }

    /// Whether a name is the name of a sequence, including those of columns: `users_id_seq`.
    fn is_sequence(&self, name: &str) -> bool {
        if self.catalog.sequences.iter().any(|(_, own)| own == name) {
            return true;
        }
        let Some(column) = name.strip_suffix("_seq").filter(|_| self.facts.from.column_sequences) else {
            return false;
        };
        self.catalog.relations.values().any(|relation| {
            let rest = column.strip_prefix(relation.name.as_str()).and_then(|rest| rest.strip_prefix('_'));
            rest.is_some_and(|rest| {
                relation.columns.iter().any(|column| column.has_default && column.name == rest)
            })
        })
    }

    fn sequence_table(&mut self, name: &str, span: Span) -> Table {
        let mut table = self.unclear_table(Rc::from(name), span);
        table.complete = true;
        table.single = true;
        table.columns = [("last_value", "int8"), ("log_cnt", "int8"), ("is_called", "bool")]
            .map(|(name, ty)| plain_column(name, Operand::Known(Type::base(ty)), NullIf::Never))
            .into();
        table
    }

    fn visible_relations(&self, scope: &Scope<'_>) -> Vec<String> {
        let ctes = scope.levels().flat_map(|level| level.ctes.iter().map(|cte| cte.name.clone()));
        ctes.chain(self.catalog.relations.values().map(|relation| relation.name.clone())).collect()
    }

    /// A relation as a table in `from`.
    pub(crate) fn relation_table(&mut self, relation: Arc<Relation>, span: Span) -> Table {
        // If a table of the schema is only partly understood, nothing about it is certain. For system tables, only the
        // set of columns is uncertain, because other releases may have more.
        let own = (relation.schema.clone(), relation.name.clone());
        let certain = relation.complete || !self.catalog.relations.contains_key(&own);
        let columns = relation
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| TableColumn {
                digits: column.digits,
                stored: relation.kind == RelationKind::Table,
                huge: false,
                form: None,
                name: Rc::from(column.name.as_str()),
                ty: match certain {
                    true => Operand::from(column.ty.clone()),
                    false => Operand::Unclear,
                },
                null: match column.not_null && certain {
                    true => NullIf::Never,
                    false => NullIf::Because(Reason::Column(relation.clone(), index)),
                },
                hidden: column.hidden,
                aliased: false,
                origin: Some(Rc::from(format!("{}.{}", relation.name, column.name))),
            })
            .collect();
        let keys = relation
            .keys
            .iter()
            .filter_map(|key| {
                key.columns
                    .iter()
                    .map(|name| {
                        let place =
                            relation.columns.iter().position(|column| same(self.dialect, &column.name, name));
                        place.map(|place| place as u32)
                    })
                    .collect::<Option<Vec<u32>>>()
            })
            .filter(|key| relation.complete && !key.is_empty())
            .collect();
        Table {
            id: self.new_table(),
            name: Rc::from(relation.name.as_str()),
            schema: (!relation.schema.is_empty()).then(|| Rc::from(relation.schema.as_str())),
            columns,
            complete: relation.complete,
            keys,
            single: false,
            joins: Vec::new(),
            forgets: relation.forgets,
            unlockable: None,
            relation: matches!(
                relation.kind,
                RelationKind::Table
                    | RelationKind::View
                    | RelationKind::MaterializedView
                    | RelationKind::Virtual
            )
            .then_some(relation),
            scalar: false,
            span,
        }
    }

    /// The result of a query as a table.
    fn output_table(&mut self, output: &Output, name: Rc<str>, span: Span) -> Table {
        let mut table = self.unclear_table(name, span);
        table.complete = output.complete;
        table.single = bounds(output.rows).1;
        table.forgets = output.forgets;
        table.columns = output
            .columns
            .iter()
            .map(|column| TableColumn {
                digits: column.term.digits,
                stored: column.term.stored,
                huge: column.term.huge,
                form: match &column.term.form {
                    form @ (Form::Param(_)
                    | Form::Params(_)
                    | Form::Negated(_)
                    | Form::Uuid
                    | Form::Bytes)
                        if !self.facts.values.places_agree_on_params =>
                    {
                        Some(form.clone())
                    }
                    _ => None,
                },
                name: Rc::from(column.name.as_str()),
                ty: self.final_type(&column.term).map_or_else(|| column.term.ty.clone(), Operand::Known),
                null: column.term.null.clone(),
                hidden: false,
                aliased: column.aliased,
                origin: column.origin.as_deref().map(Rc::from),
            })
            .collect();
        table
    }

    fn derived(&mut self, scope: &mut Scope<'_>, lateral: bool, query: &Query, alias: Option<&TableAlias>) {
        let output = if lateral {
            let outer = scope.clause.replace(Clause::Select);
            let output = self.query(query, scope);
            scope.clause.set(outer);
            output
        } else {
            // It sees the outer levels, but not the tables beside it.
            let beside = Scope { ctes: scope.ctes.clone(), ..Scope::new(scope.outer) };
            self.query(query, &beside)
        };
        let span = self.text.with_parentheses(self.span(query));
        match self.facts.from.derived_alias {
            DerivedAlias::RequiredBefore(release) if alias.is_none() => {
                self.needs(release, "subqueries in `from` without an alias", span);
            }
            DerivedAlias::Required if alias.is_none() => {
                self.report(diagnostics::derived_without_alias(span));
            }
            _ => {}
        }
        let mut table = self.output_table(&output, Rc::from(""), span);
        table.unlockable = output.locked.problem();
        self.plain_aliases(alias);
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// `(a join b on …)`, possibly with an alias that hides the joined tables.
    fn nested_join(&mut self, scope: &mut Scope<'_>, inner: &TableWithJoins, alias: Option<&TableAlias>) {
        let (tables, visible) = (scope.tables.len(), scope.visible.len());
        let (around, first) = (scope.nested, scope.first);
        scope.nested |= alias.is_some() || tables > 0;
        // SQLite converts them to a separate query.
        if self.facts.from.parentheses_are_queries && scope.nested {
            scope.first = tables;
        }
        self.table_with_joins(scope, inner);
        if scope.nested {
            self.check_on_names(scope, tables);
            for column in &scope.visible[visible..] {
                if let Visible::Merged(merged) = column {
                    scope.merged[*merged].of_query = true;
                }
            }
        }
        (scope.nested, scope.first) = (around, first);
        let Some(alias) = alias else { return };
        let mut table = self.unclear_table(Rc::from(""), self.alias_span(alias));
        table.complete = scope.tables[tables..].iter().all(|table| table.complete);
        table.columns = scope.visible[visible..].iter().map(|column| column_of(scope, *column)).collect();
        scope.tables.truncate(tables);
        scope.apart.retain(|place| *place <= tables);
        scope.visible.truncate(visible);
        scope.shown_as.retain(|((at, _), _)| *at < tables);
        self.rename(&mut table, Some(alias));
        self.add_table(scope, table);
    }

    fn alias_span(&self, alias: &TableAlias) -> Span {
        syntax::span(alias.name.span).unwrap_or_default()
    }

    /// Applies the alias of a table and the aliases of its columns.
    pub(crate) fn rename(&mut self, table: &mut Table, alias: Option<&TableAlias>) {
        let Some(alias) = alias else { return };
        self.reserved(&alias.name);
        alias.columns.iter().for_each(|column| {
            self.reserved(&column.name);
        });
        table.name = Rc::from(fold(self.dialect, &alias.name));
        table.schema = None;
        table.span = self.alias_span(alias);
        let mut names = alias.columns.iter();
        for column in table.columns.iter_mut().filter(|column| !column.hidden) {
            let Some(alias) = names.next() else { break };
            column.name = Rc::from(fold(self.dialect, &alias.name));
            column.aliased = true;
        }
        let left = names.count();
        if left > 0 && table.complete {
            let there = alias.columns.len() - left;
            self.report(diagnostics::too_many_aliases(&table.name, there, alias.columns.len(), table.span));
        }
    }

    /// Column aliases are only names. Those of a function can also have types.
    fn plain_aliases(&mut self, alias: Option<&TableAlias>) {
        for column in alias.iter().flat_map(|alias| &alias.columns) {
            if let (Some(ty), true) = (&column.data_type, self.facts.from.typed_aliases) {
                let span = self.ident_span(&column.name);
                self.report(diagnostics::missing_comma(&column.name.value, &ty.to_string(), span));
            }
            self.text_for_name(&column.name);
        }
    }
}

/// Whether a table has its own rows, which a condition should relate to the other tables. Functions, lists of values
/// and lateral subqueries are joined to every row intentionally.
fn counts_rows(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::Table { args, .. } => args.is_none(),
        TableFactor::Derived { lateral, subquery, .. } => {
            !lateral
                && !matches!(&*subquery.body, SetExpr::Values(_))
                && !matches!(&*subquery.body, SetExpr::Select(select) if select.from.is_empty())
        }
        TableFactor::NestedJoin { table_with_joins, .. } => counts_rows(&table_with_joins.relation),
        _ => false,
    }
}

pub(super) fn plain_column(name: &str, ty: Operand, null: NullIf) -> TableColumn {
    TableColumn {
        name: Rc::from(name),
        ty,
        null,
        hidden: false,
        aliased: false,
        origin: None,
        digits: None,
        stored: false,
        huge: false,
        form: None,
    }
}

/// A visible column, as a table's column.
pub(crate) fn column_of(scope: &Scope<'_>, column: Visible) -> TableColumn {
    match column {
        Visible::Column(table, column) => scope.tables[table].columns[column].clone(),
        Visible::Merged(merged) => {
            let merged = &scope.merged[merged];
            TableColumn {
                name: merged.name.clone(),
                ty: merged.ty.clone(),
                null: merged.null.clone(),
                hidden: false,
                aliased: false,
                origin: None,
                digits: None,
                stored: false,
                huge: false,
                form: None,
            }
        }
    }
}

/// A visible column, as an expression.
pub(crate) fn visible_term(dialect: Dialect, scope: &Scope<'_>, column: Visible) -> Term {
    let found = column_of(scope, column);
    let Visible::Column(table, index) = column else {
        let Visible::Merged(merged) = column else { return Term::unclear(Span::default()) };
        let mut term = Term::new(found.ty, found.null, Span::default());
        term.tables = scope.merged[merged].parts.iter().map(|(table, _)| *table).collect();
        return term;
    };
    let id = scope.tables[table].id;
    let atom = Atom::Column(id, index as u32);
    let mut term =
        Term::new(found.ty, NullIf::Atom(atom), Span::default()).with_form(Form::Column(id, index as u32));
    term.not_null = vec![atom];
    term.tables = vec![id];
    term.digits = found.digits;
    term.stored = found.stored;
    term.huge = found.huge;
    if dialect.facts().values.zero_dates {
        term.may_be_zero();
    }
    if let (Operand::Untyped, Some(params)) = (&term.ty, found.form) {
        term.form = params;
    }
    term
}
