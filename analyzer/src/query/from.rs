//! `from`: tables, subqueries, functions and joins.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Join, JoinConstraint, JoinOperator,
    JsonTableColumn, ObjectName, ObjectNamePart, Query, SetExpr, TableAlias, TableFactor, TableWithJoins,
};

use super::{
    Infer,
    expr::functions::Args,
    help::ROWS_FROM,
    output::{Output, bounds},
    parse,
    scope::{Clause, Merged, Scope, Table, TableColumn, Visible, fold, same},
    term::{Atom, Form, NullIf, Reason, Term, union},
};
use crate::{
    Relation, RelationKind, Type, diagnostics,
    resolve::{self, Call, Operand, Resolved},
};

/// Which sides of a join may be left without a match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outer {
    None,
    Left,
    Right,
    Full,
}

/// Functions of sets that never give a null element.
const NEVER_NULL_SETS: [&str; 11] = [
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_each",
    "json_object_keys",
    "jsonb_array_elements",
    "jsonb_each",
    "jsonb_object_keys",
    "jsonb_path_query",
    "regexp_matches",
    "regexp_split_to_table",
];

impl Infer<'_> {
    pub(crate) fn from(&mut self, scope: &mut Scope<'_>, items: &[TableWithJoins]) {
        for item in items {
            if counts_rows(&item.relation) {
                scope.set_apart(scope.tables.len());
            }
            self.table_with_joins(scope, item);
        }
    }

    pub(crate) fn table_with_joins(&mut self, scope: &mut Scope<'_>, item: &TableWithJoins) {
        let start = Sides { table: scope.tables.len(), visible: scope.visible.len() };
        self.factor(scope, &item.relation);
        for join in &item.joins {
            let right = Sides { table: scope.tables.len(), visible: scope.visible.len() };
            self.factor(scope, &join.relation);
            self.join(scope, join, start, right);
        }
    }

    fn factor(&mut self, scope: &mut Scope<'_>, factor: &TableFactor) {
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
    fn add_table(&mut self, scope: &mut Scope<'_>, table: Table) {
        if self.dialect != Dialect::Sqlite
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
            span,
        }
    }

    /// A table, view or common table expression by its name.
    fn named_table(&mut self, scope: &mut Scope<'_>, name: &ObjectName, alias: Option<&TableAlias>) {
        let span = self.span(name);
        if let [ObjectNamePart::Identifier(word)] = &name.0[..]
            && let Some(table) = self.value_table(scope, word, alias, span)
        {
            return self.finish_function(scope, table, alias, false);
        }
        let (schema, own) = self.table_name(name);
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
            None if self.is_sequence(&own) => self.sequence_table(&own, span),
            None if self.dialect == Dialect::Sqlite
                && let Some(table) = self.sqlite_table(&own, false, span) =>
            {
                table
            }
            None => {
                if !self.is_system(schema.as_deref(), &own) {
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

    /// `from current_date`, and `from user` without quotes: PostgreSQL takes such a word for a function.
    fn value_table(
        &mut self,
        scope: &Scope<'_>,
        word: &Ident,
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Option<Table> {
        if self.dialect != Dialect::Postgres || word.quote_style.is_some() {
            return None;
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

    /// The relation of a name, by the search path.
    pub(crate) fn relation(&self, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        let by_name = |schema: &str| self.catalog.relations.get(&(schema.to_owned(), name.to_owned()));
        let found = match schema {
            Some(schema) => by_name(schema),
            None => self.catalog.search_path.iter().find_map(|schema| by_name(schema)),
        };
        if found.is_some() || self.dialect == Dialect::Postgres {
            let system = || crate::data::postgres::relation(self.catalog, schema, name).map(Arc::new);
            return found.cloned().or_else(system);
        }
        // Names that differ in case are one in SQLite, and in MySQL on some systems.
        self.catalog
            .relations
            .iter()
            .find(|((own, relation), _)| {
                same(self.dialect, relation, name)
                    && schema.is_none_or(|schema| own.is_empty() || same(self.dialect, own, schema))
            })
            .map(|(_, relation)| relation.clone())
            // A schema of MySQL's is a database, the name of which the migrations need not say.
            .or_else(|| match (self.dialect, schema) {
                (Dialect::Mysql, Some(_)) => self.relation(None, name),
                _ => None,
            })
    }

    /// Whether a name is that of a column's own sequence: `users_id_seq`.
    fn is_sequence(&self, name: &str) -> bool {
        let Some(column) = name.strip_suffix("_seq").filter(|_| self.dialect == Dialect::Postgres) else {
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

    /// Whether a name is one of the server's own tables, the columns of which are not known here.
    fn is_system(&self, schema: Option<&str>, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        match self.dialect {
            Dialect::Postgres => {
                matches!(schema, Some("pg_catalog" | "information_schema"))
                    || schema.is_none() && name.starts_with("pg_")
            }
            Dialect::Sqlite => name.starts_with("sqlite_"),
            Dialect::Mysql => schema.is_some_and(|schema| {
                ["information_schema", "mysql", "performance_schema", "sys"]
                    .iter()
                    .any(|own| schema.eq_ignore_ascii_case(own))
            }),
        }
    }

    fn visible_relations(&self, scope: &Scope<'_>) -> Vec<String> {
        let ctes = scope.levels().flat_map(|level| level.ctes.iter().map(|cte| cte.name.clone()));
        ctes.chain(self.catalog.relations.values().map(|relation| relation.name.clone())).collect()
    }

    /// A relation as a table of a `from`.
    pub(crate) fn relation_table(&mut self, relation: Arc<Relation>, span: Span) -> Table {
        // Of a table of the schema's that could not be followed nothing is certain; of a table of the server's own, only
        // that other releases may have more columns.
        let own = (relation.schema.clone(), relation.name.clone());
        let certain = relation.complete || !self.catalog.relations.contains_key(&own);
        let columns = relation
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| TableColumn {
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

    /// A query's result as a table.
    fn output_table(&mut self, output: &Output, name: Rc<str>, span: Span) -> Table {
        let mut table = self.unclear_table(name, span);
        table.complete = output.complete;
        table.single = bounds(output.rows).1;
        table.columns = output
            .columns
            .iter()
            .map(|column| TableColumn {
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
            // It sees the levels around, not the tables beside it.
            let beside = Scope { ctes: scope.ctes.clone(), ..Scope::new(scope.outer) };
            self.query(query, &beside)
        };
        let span = self.text.with_parentheses(self.span(query));
        let mut table = self.output_table(&output, Rc::from(""), span);
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// `(a join b on …)`, with or without an alias that hides what is within.
    fn nested_join(&mut self, scope: &mut Scope<'_>, inner: &TableWithJoins, alias: Option<&TableAlias>) {
        let (tables, visible) = (scope.tables.len(), scope.visible.len());
        self.table_with_joins(scope, inner);
        let Some(alias) = alias else { return };
        let mut table = self.unclear_table(Rc::from(""), self.alias_span(alias));
        table.complete = scope.tables[tables..].iter().all(|table| table.complete);
        table.columns = scope.visible[visible..].iter().map(|column| column_of(scope, *column)).collect();
        scope.tables.truncate(tables);
        scope.apart.retain(|place| *place <= tables);
        scope.visible.truncate(visible);
        self.rename(&mut table, Some(alias));
        self.add_table(scope, table);
    }

    fn alias_span(&self, alias: &TableAlias) -> Span {
        parse::span(alias.name.span).unwrap_or_default()
    }

    /// Gives a table its alias, and its columns theirs.
    fn rename(&mut self, table: &mut Table, alias: Option<&TableAlias>) {
        let Some(alias) = alias else { return };
        self.reserved(&alias.name);
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

    // Functions that give tables.

    fn table_function(
        &mut self,
        scope: &mut Scope<'_>,
        name: &ObjectName,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) {
        let table = self.call_table(scope, name, list, alias);
        self.finish_function(scope, table, alias, ordinality);
    }

    /// The table that a call in `from` gives.
    pub(super) fn call_table(
        &mut self,
        scope: &Scope<'_>,
        name: &ObjectName,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
    ) -> Table {
        let span = self.text.call(self.span(name));
        let (schema, own) = self.function_name(name);
        if own == ROWS_FROM {
            return self.rows_from(scope, list, alias, span);
        }
        if let ("unnest", None, Some(arrays)) =
            (own.as_str(), &schema, list.iter().map(plain_argument).collect::<Option<Vec<&Expr>>>())
        {
            return self.unnest(scope, &arrays, alias);
        }
        let mut args = self.function_args(scope, list);
        if self.dialect == Dialect::Sqlite {
            for arg in &mut args.terms {
                self.take(arg, Some(&Type::base("text")));
            }
            return self.sqlite_call_table(schema.as_deref(), &own, &args.terms, span);
        }
        match self.call(schema.as_deref(), &own, &args, self.span(name)) {
            Some(resolved) => {
                self.take_all(&mut args.terms, &resolved.operands);
                self.function_table(&own, &resolved, &args.terms, alias, span)
            }
            None => self.unclear_table(Rc::from(own.as_str()), span),
        }
    }

    /// `rows from (f(…), g(…))`: the tables of several calls side by side; the shorter ones end in nulls.
    fn rows_from(
        &mut self,
        scope: &Scope<'_>,
        list: &[FunctionArg],
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Table {
        let alias = alias.filter(|_| list.len() == 1);
        let mut all = self.unclear_table(Rc::from(""), span);
        (all.complete, all.single) = (true, true);
        for item in list {
            let table = match item {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Function(call))) => {
                    let args = match &call.args {
                        FunctionArguments::List(list) => list.args.as_slice(),
                        _ => &[],
                    };
                    self.call_table(scope, &call.name, args, alias)
                }
                _ => {
                    self.report(diagnostics::unsupported("anything but calls in `rows from`", span));
                    self.unclear_table(Rc::from(""), span)
                }
            };
            all.complete &= table.complete;
            all.single &= table.single;
            all.columns.extend(table.columns);
        }
        if list.len() > 1 && !all.single {
            for column in &mut all.columns {
                column.null = NullIf::because("the functions may differ in how many rows they give");
            }
        }
        all
    }

    /// The arguments of a function that gives a table, and the names of those that have one.
    fn function_args(&mut self, scope: &Scope<'_>, list: &[FunctionArg]) -> Args {
        let outer = scope.clause.replace(Clause::From);
        let mut args = Args::default();
        self.argument_list(scope, list, &mut args);
        scope.clause.set(outer);
        args
    }

    fn finish_function(
        &mut self,
        scope: &mut Scope<'_>,
        mut table: Table,
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) {
        if ordinality {
            table.columns.push(plain_column("ordinality", Operand::Known(Type::base("int8")), NullIf::Never));
        }
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    /// The table that a call gives.
    fn function_table(
        &mut self,
        name: &str,
        resolved: &Resolved,
        args: &[Term],
        alias: Option<&TableAlias>,
        span: Span,
    ) -> Table {
        let mut table = self.unclear_table(Rc::from(name), span);
        table.single = !resolved.set;
        table.complete = true;
        let never = NEVER_NULL_SETS.contains(&name);
        let null = |never: bool| {
            if never { NullIf::Never } else { NullIf::because(format!("`{name}` may give null")) }
        };
        if let Some(defined) =
            alias.filter(|alias| alias.columns.iter().any(|column| column.data_type.is_some()))
        {
            table.columns = self.defined_columns(defined);
            return table;
        }
        if let Some(out) = &resolved.out {
            table.scalar = out.len() == 1;
            table.columns = out
                .iter()
                .map(|(column, ty)| {
                    plain_column(column, Operand::from(ty.clone()), null(never || column == "ordinality"))
                })
                .collect();
            return table;
        }
        match resolved.ty.as_ref().map(Type::underlying) {
            Some(Type::Composite { fields, .. }) => {
                table.columns = fields
                    .iter()
                    .map(|field| plain_column(&field.name, Operand::from(field.ty.clone()), null(false)))
                    .collect();
            }
            Some(Type::Record) => table.complete = false,
            _ => {
                let column = alias.map_or_else(|| name.to_owned(), |alias| fold(self.dialect, &alias.name));
                let null = match resolved.set {
                    true => null(never),
                    false => super::call::nulls(resolved, args, || format!("`{name}` may give null")),
                };
                table.columns = vec![plain_column(&column, Operand::from(resolved.ty.clone()), null)];
            }
        }
        table
    }

    /// `as t(a int4, b text)`
    fn defined_columns(&mut self, alias: &TableAlias) -> Vec<TableColumn> {
        alias
            .columns
            .iter()
            .map(|column| {
                let ty = column.data_type.as_ref().and_then(|name| {
                    let ty = resolve::type_by_name(self.catalog, name);
                    if ty.is_none() {
                        let place = parse::span(column.name.span).unwrap_or_default();
                        self.report(diagnostics::unknown_type(&name.to_string(), self.catalog, place));
                    }
                    ty
                });
                plain_column(&fold(self.dialect, &column.name), Operand::from(ty), NullIf::maybe())
            })
            .collect()
    }

    fn unnest(&mut self, scope: &Scope<'_>, arrays: &[&Expr], alias: Option<&TableAlias>) -> Table {
        let outer = scope.clause.replace(Clause::From);
        let mut terms: Vec<Term> = arrays.iter().map(|array| self.expr(scope, array)).collect();
        scope.clause.set(outer);
        let span = terms.first().map_or(Span::default(), |term| term.span);
        let single = terms.len() == 1;
        let mut columns = Vec::new();
        for term in &mut terms {
            let operands = [term.ty.clone()];
            let resolved = self.resolve_call(&Call::new("unnest", &operands), term.span);
            let ty = match resolved {
                Some(resolved) => {
                    self.take(term, resolved.operands.first().and_then(Option::as_ref));
                    Operand::from(resolved.ty)
                }
                None => Operand::Unclear,
            };
            let reason =
                if single { "an element of an array may be null" } else { "the arrays may differ in length" };
            let name = match (single, alias) {
                (true, Some(alias)) => fold(self.dialect, &alias.name),
                _ => "unnest".to_owned(),
            };
            match (single, &ty) {
                (true, Operand::Known(Type::Composite { fields, .. })) => {
                    columns.extend(fields.iter().map(|field| {
                        plain_column(&field.name, Operand::from(field.ty.clone()), NullIf::because(reason))
                    }))
                }
                _ => columns.push(plain_column(&name, ty, NullIf::because(reason))),
            }
        }
        let mut table = self.unclear_table(Rc::from("unnest"), span);
        table.complete = true;
        table.columns = columns;
        table
    }

    /// MySQL's `json_table`.
    fn json_table(
        &mut self,
        scope: &mut Scope<'_>,
        json: &Expr,
        columns: &[JsonTableColumn],
        alias: Option<&TableAlias>,
    ) {
        self.expr(scope, json);
        let mut table = self.unclear_table(Rc::from(""), Span::default());
        table.complete = true;
        self.json_columns(columns, &mut table.columns);
        self.rename(&mut table, alias);
        self.add_table(scope, table);
    }

    fn json_columns(&self, columns: &[JsonTableColumn], into: &mut Vec<TableColumn>) {
        for column in columns {
            match column {
                JsonTableColumn::Named(named) => {
                    let ty = resolve::type_by_name(self.catalog, &named.r#type);
                    into.push(plain_column(
                        &named.name.value,
                        Operand::from(ty),
                        NullIf::because("the path may lead nowhere"),
                    ));
                }
                JsonTableColumn::ForOrdinality(name) => {
                    into.push(plain_column(&name.value, Operand::Known(Type::base("int")), NullIf::Never));
                }
                JsonTableColumn::Nested(nested) => self.json_columns(&nested.columns, into),
            }
        }
    }

    // Joins.

    fn join(&mut self, scope: &mut Scope<'_>, join: &Join, left: Sides, right: Sides) {
        use JoinOperator as J;
        let (outer, constraint) = match &join.join_operator {
            J::Join(on) | J::Inner(on) | J::CrossJoin(on) | J::StraightJoin(on) => (Outer::None, on),
            J::Left(on) | J::LeftOuter(on) => (Outer::Left, on),
            J::Right(on) | J::RightOuter(on) => (Outer::Right, on),
            J::FullOuter(on) => (Outer::Full, on),
            other => {
                let text = format!("{other:?}");
                let name = text.split(['(', ' ']).next().unwrap_or_default().to_lowercase();
                self.report(diagnostics::unsupported(
                    &name,
                    scope.tables.get(right.table).map_or(Span::default(), |t| t.span),
                ));
                return;
            }
        };
        let mut merged = Vec::new();
        match constraint {
            JoinConstraint::On(on) => self.on(scope, on, outer, left, right),
            JoinConstraint::Using(names) => {
                let names: Vec<Ident> = names
                    .iter()
                    .filter_map(|name| name.0.last().and_then(|part| part.as_ident()).cloned())
                    .collect();
                merged = self.using(scope, &names, outer, left, right);
            }
            JoinConstraint::Natural => {
                let names = self.shared_names(scope, left, right);
                merged = self.using(scope, &names, outer, left, right);
            }
            JoinConstraint::None => {
                if !matches!(join.join_operator, J::CrossJoin(_)) && counts_rows(&join.relation) {
                    scope.set_apart(right.table);
                }
            }
        }
        if matches!(outer, Outer::Left | Outer::Full) {
            self.nullable_side(
                scope,
                right.table..scope.tables.len(),
                if outer == Outer::Left { "left join" } else { "full join" },
            );
        }
        if matches!(outer, Outer::Right | Outer::Full) {
            self.nullable_side(
                scope,
                left.table..right.table,
                if outer == Outer::Right { "right join" } else { "full join" },
            );
        }
        self.merge(scope, merged, outer, left, right);
    }

    fn on(&mut self, scope: &mut Scope<'_>, on: &Expr, outer: Outer, left: Sides, right: Sides) {
        let first = scope.first;
        if self.dialect != Dialect::Sqlite {
            scope.first = left.table;
        }
        let before = self.bare.len();
        let condition = self.condition(scope, on, Clause::On);
        self.bare.truncate(before);
        scope.first = first;
        let facts = scope.close(condition.if_true());
        self.proven_by_join(scope, &facts, condition.equations(), outer, left, right);
    }

    /// Takes what a join's condition proves into the columns of the sides that it holds for.
    fn proven_by_join(
        &mut self,
        scope: &mut Scope<'_>,
        facts: &[Atom],
        equations: &[(Atom, Vec<u32>)],
        outer: Outer,
        left: Sides,
        right: Sides,
    ) {
        let holds = match outer {
            Outer::None => left.table..scope.tables.len(),
            Outer::Left => right.table..scope.tables.len(),
            Outer::Right => left.table..right.table,
            Outer::Full => 0..0,
        };
        if !facts.is_empty() {
            for table in &mut scope.tables[holds.clone()] {
                let id = table.id;
                for (index, column) in table.columns.iter_mut().enumerate() {
                    column.null = match facts.contains(&Atom::Column(id, index as u32)) {
                        true => NullIf::Never,
                        false => column.null.settle(facts, &|_, _| None),
                    };
                }
            }
        }
        let ids: Vec<u32> = scope.tables[holds].iter().map(|table| table.id).collect();
        scope.equations.extend(
            equations
                .iter()
                .filter(|(atom, _)| matches!(atom, Atom::Column(id, _) if ids.contains(id)))
                .cloned(),
        );
    }

    /// Makes the columns of one side of an outer join null where there is no match.
    fn nullable_side(&mut self, scope: &mut Scope<'_>, side: std::ops::Range<usize>, join: &'static str) {
        let number = self.new_join();
        for table in &mut scope.tables[side] {
            table.joins.push(number);
            let reason = Reason::Join { table: table.name.clone(), join, at: table.span.start };
            for column in &mut table.columns {
                let own = std::mem::replace(&mut column.null, NullIf::Never);
                column.null = NullIf::any([own, NullIf::NoMatch(number, reason.clone())]);
            }
        }
    }

    fn shared_names(&self, scope: &Scope<'_>, left: Sides, right: Sides) -> Vec<Ident> {
        let lefts = &scope.visible[left.visible..right.visible];
        let rights = &scope.visible[right.visible..];
        lefts
            .iter()
            .map(|column| column_of(scope, *column).name)
            .filter(|name| {
                rights.iter().any(|other| same(self.dialect, &column_of(scope, *other).name, name))
            })
            .map(|name| Ident::with_quote('"', &*name))
            .collect()
    }

    /// `using (…)`: pairs of columns.
    fn using(
        &mut self,
        scope: &mut Scope<'_>,
        names: &[Ident],
        outer: Outer,
        left: Sides,
        right: Sides,
    ) -> Vec<(Visible, Visible)> {
        let mut pairs = Vec::new();
        let (mut facts, mut equations) = (Vec::new(), Vec::new());
        for ident in names {
            let name = fold(self.dialect, ident);
            let find = |columns: &[Visible]| {
                columns
                    .iter()
                    .find(|column| same(self.dialect, &column_of(scope, **column).name, &name))
                    .copied()
            };
            let sides =
                (find(&scope.visible[left.visible..right.visible]), find(&scope.visible[right.visible..]));
            let (Some(one), Some(other)) = sides else {
                if scope.tables[left.table..].iter().all(|table| table.complete) {
                    let place = parse::span(ident.span).unwrap_or_default();
                    self.report(diagnostics::unknown_using(
                        &name,
                        if sides.0.is_none() { "left" } else { "right" },
                        place,
                    ));
                }
                continue;
            };
            let compared = self.operator(
                "=",
                Some(visible_term(scope, one)),
                visible_term(scope, other),
                parse::span(ident.span).unwrap_or_default(),
            );
            union(&mut facts, &compared.if_true());
            equations.extend(compared.equations().iter().cloned());
            pairs.push((one, other));
        }
        let facts = scope.close(facts);
        self.proven_by_join(scope, &facts, &equations, outer, left, right);
        pairs
    }

    /// Puts the columns that `using` made one before the others.
    fn merge(
        &mut self,
        scope: &mut Scope<'_>,
        pairs: Vec<(Visible, Visible)>,
        outer: Outer,
        left: Sides,
        right: Sides,
    ) {
        if pairs.is_empty() {
            return;
        }
        let mut columns = Vec::new();
        for (one, other) in &pairs {
            columns.push(match outer {
                Outer::None | Outer::Left => *one,
                Outer::Right => *other,
                Outer::Full => self.merged_column(scope, *one, *other),
            });
        }
        let rest = scope.visible.split_off(left.visible);
        let gone = |column: &Visible| pairs.iter().any(|(one, other)| is(one, column) || is(other, column));
        let _ = right;
        columns.extend(rest.iter().filter(|column| !gone(column)).copied());
        scope.visible.extend(columns);
    }

    fn merged_column(&mut self, scope: &mut Scope<'_>, one: Visible, other: Visible) -> Visible {
        let (left, right) = (visible_term(scope, one), visible_term(scope, other));
        let parts = [&left, &right].into_iter().filter_map(|term| match term.form {
            Form::Column(table, column) => Some((table, column)),
            _ => None,
        });
        let parts = parts.collect();
        let ty = self.common("using", &mut [left, right]);
        let merged = Merged {
            name: column_of(scope, one).name,
            ty,
            null: NullIf::because("a column of a full join may be null"),
            parts,
        };
        scope.merged.push(merged);
        Visible::Merged(scope.merged.len() - 1)
    }
}

/// Whether a table has rows of its own that a condition should choose from: functions, lists of values and what is made of
/// the tables beside it are joined to every row by intent.
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

/// Where a side of a join starts.
#[derive(Clone, Copy)]
struct Sides {
    table: usize,
    visible: usize,
}

fn is(one: &Visible, other: &Visible) -> bool {
    match (one, other) {
        (Visible::Column(a, b), Visible::Column(c, d)) => a == c && b == d,
        (Visible::Merged(a), Visible::Merged(b)) => a == b,
        _ => false,
    }
}

pub(super) fn plain_argument(arg: &FunctionArg) -> Option<&Expr> {
    match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}

pub(super) fn plain_column(name: &str, ty: Operand, null: NullIf) -> TableColumn {
    TableColumn { name: Rc::from(name), ty, null, hidden: false, aliased: false, origin: None }
}

/// A column that goes without a table's name, as a table's column.
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
            }
        }
    }
}

/// A column that goes without a table's name, as an expression.
pub(crate) fn visible_term(scope: &Scope<'_>, column: Visible) -> Term {
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
    term
}
