//! `select`, and what may stand around any query body: `order by`, `limit`, locks.

use std::cell::RefCell;

use aio_databases_sql::Span;
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, GroupByWithModifier, LimitClause, NamedWindowExpr, OrderBy, OrderByExpr,
    OrderByKind, Query, Select, SelectItem, SetExpr, Statement as Tree, Value, Values,
};

use super::{
    Infer, Marks,
    expr::{
        literals::{self, whole_number},
        operators::row_items,
        windows::is_early,
    },
    grouping::{self, Grouping},
    names,
    output::{Output, OutputColumn, bounds, rows},
    rows as keys,
    scope::{Alias, Clause, Found, Having, Scope, fold, same},
    term::{Atom, Form, NullIf, Reason, Term, union},
};
use crate::{
    Rows, Type, diagnostics,
    syntax::{self, Sugar},
};

/// What becomes of an untyped output column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untyped {
    /// PostgreSQL takes it as text.
    Text,
    /// Something around it will give it a type: an `insert`'s column, the other arm of a `union`.
    Keep,
}

impl Infer<'_> {
    /// A whole query, within the levels around it.
    pub(crate) fn query(&mut self, query: &Query, outer: &Scope<'_>) -> Output {
        self.query_with(query, outer, Untyped::Text)
    }

    pub(crate) fn query_with(&mut self, query: &Query, outer: &Scope<'_>, untyped: Untyped) -> Output {
        let answer = self.deeper(Span::default(), |infer| match &query.with {
            Some(with) => {
                let mut scope = Scope::new(Some(outer));
                infer.with(&mut scope, with);
                infer.query_body(query, &scope, untyped)
            }
            None => infer.query_body(query, outer, untyped),
        });
        answer.unwrap_or_else(Output::unclear)
    }

    fn query_body(&mut self, query: &Query, scope: &Scope<'_>, untyped: Untyped) -> Output {
        self.check_tail(query);
        if !query.locks.is_empty() {
            self.writes();
        }
        let mut output = match &*query.body {
            SetExpr::Select(select) => self.select(select, scope, query.order_by.as_ref(), untyped),
            body => {
                let mut output = self.body(body, scope, untyped);
                if let Some(order) = &query.order_by {
                    self.order_outputs(scope, order, &mut output);
                }
                output
            }
        };
        output.rows = self.limited(query, scope, output.rows);
        self.locks(query, &mut output);
        output
    }

    /// The body of a query that has `order by` and `limit` of its own, or an arm of a set operation.
    pub(crate) fn body(&mut self, body: &SetExpr, scope: &Scope<'_>, untyped: Untyped) -> Output {
        match body {
            SetExpr::Select(select) => self.select(select, scope, None, untyped),
            SetExpr::Query(query) => self.query_with(query, scope, untyped),
            SetExpr::SetOperation { left, op, right, .. } => {
                self.check_set_operation(body);
                self.set_operation(scope, left, *op, right, untyped)
            }
            SetExpr::Values(values) => self.values(scope, values, untyped),
            SetExpr::Table(table) => self.table_command(scope, table),
            SetExpr::Insert(tree) | SetExpr::Update(tree) | SetExpr::Delete(tree) | SetExpr::Merge(tree) => {
                self.change(tree, scope)
            }
        }
    }

    /// A statement that changes data, within or without a query.
    pub(crate) fn change(&mut self, tree: &Tree, scope: &Scope<'_>) -> Output {
        self.writes();
        self.check_change(tree);
        match tree {
            Tree::Insert(insert) => self.insert(insert, scope),
            Tree::Update(update) => self.update(update, scope),
            Tree::Delete(delete) => self.delete(delete, scope),
            Tree::Merge(merge) => self.merge_statement(merge, scope),
            _ => Output::none(),
        }
    }

    /// `table users`
    fn table_command(&mut self, scope: &Scope<'_>, table: &sqlparser::ast::Table) -> Output {
        let parts = [&table.schema_name, &table.table_name];
        let name = parts
            .into_iter()
            .flatten()
            .map(|part| sqlparser::ast::ObjectNamePart::Identifier(sqlparser::ast::Ident::new(part.as_str())))
            .collect();
        let select = Select {
            projection: vec![SelectItem::Wildcard(Default::default())],
            from: vec![sqlparser::ast::TableWithJoins {
                relation: sqlparser::ast::TableFactor::Table {
                    name: sqlparser::ast::ObjectName(name),
                    alias: None,
                    args: None,
                    with_hints: Vec::new(),
                    version: None,
                    with_ordinality: false,
                    partitions: Vec::new(),
                    json_path: None,
                    sample: None,
                    index_hints: Vec::new(),
                },
                joins: Vec::new(),
            }],
            ..empty_select()
        };
        self.select(&select, scope, None, Untyped::Text)
    }

    pub(crate) fn values(&mut self, outer: &Scope<'_>, values: &Values, untyped: Untyped) -> Output {
        let scope = Scope::new(Some(outer));
        scope.clause.set(Clause::Values);
        self.check_values(values, Span::default());
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut columns: Vec<Vec<Term>> = vec![Vec::new(); width];
        for row in &values.rows {
            if row.content.len() != width {
                let span = row.content.first().map_or(Span::default(), |item| self.span(item));
                self.report(diagnostics::different_widths(width, row.content.len(), span));
            }
            for (index, item) in row.content.iter().enumerate() {
                let term = self.expr(&scope, item);
                if let Some(column) = columns.get_mut(index) {
                    column.push(term);
                }
            }
        }
        let columns = columns
            .into_iter()
            .enumerate()
            .map(|(index, mut terms)| {
                let ty = self.common("values", &mut terms);
                let null = NullIf::any(terms.iter().map(|term| term.null.clone()));
                let span = terms.first().map_or(Span::default(), |term| term.span);
                let mut term = Term::new(ty, null, span).made_of(&terms);
                if let ([one], true) = (&terms[..], term.is_untyped()) {
                    term.form = one.form.clone();
                }
                if untyped == Untyped::Text {
                    terms.iter_mut().for_each(|term| self.as_text(term));
                    self.as_text(&mut term);
                }
                let name = self.facts.names.values_column(index);
                OutputColumn { name, aliased: false, term, origin: None }
            })
            .collect();
        Output::new(columns, rows(!values.rows.is_empty(), values.rows.len() < 2), true)
    }

    fn select(
        &mut self,
        select: &Select,
        outer: &Scope<'_>,
        order: Option<&OrderBy>,
        untyped: Untyped,
    ) -> Output {
        let marks = self.marks();
        self.check_select(select);
        let mut scope = Scope::new(Some(outer));
        scope.rows = self.new_join();
        scope.windows = &select.named_window;
        scope.later = self.facts.select.windows_last.then(RefCell::default);
        self.from(&mut scope, &select.from);
        scope.grouped = self.grouped_spellings(select);
        scope.early =
            self.facts.select.windows_unsettled && !grouping::expressions(&select.group_by).is_empty();

        self.forget_bare(&scope, marks.bare);
        let (mut columns, complete) = self.select_list(&scope, select);
        // What is sorted to be distinct is text, too, whatever stands around.
        let sorted = matches!(select.distinct, Some(Distinct::Distinct));
        if untyped == Untyped::Text || sorted {
            columns.iter_mut().for_each(|column| self.as_text(&mut column.term));
        }
        let listed = self.bare.len();
        let aliases = self.aliases(&columns);

        scope.outputs = columns.iter().map(|column| column.name.clone()).collect();
        if self.facts.select.aliases_in_where {
            scope.aliases = aliases.clone();
        }
        let mut condition =
            select.selection.as_ref().map(|selection| self.condition(&scope, selection, Clause::Where));
        self.bare.truncate(listed);
        if let Some(condition) = &mut condition {
            scope.equations.extend(condition.equations().iter().cloned());
        }
        if self.facts.select.aliases_after_where {
            scope.aliases = aliases;
        }
        if let Some(having) = &select.having {
            self.check_having(&scope, having, select, marks);
        }
        scope.having = (self.facts.select.having_sees_selected && select.having.is_some())
            .then(|| self.for_having(&scope, select, &columns));
        let having = select.having.as_ref().map(|having| self.condition(&scope, having, Clause::Having));
        scope.having = None;
        if let Some(order) = order {
            self.order_by(&scope, order, select, &columns);
        }
        self.cross_joins(&scope, true);
        let outside = self.bare.len();
        let grouping = self.group_by(&scope, &select.group_by, select);
        self.distinct_on(&scope, select, order, &columns);
        self.bare.truncate(outside);
        for window in scope.windows {
            self.reserved(&window.0);
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                self.window(&scope, spec);
            }
        }

        // MySQL's `having` is a second `where` where nothing is aggregated.
        // PostgreSQL reads these last.
        for spec in scope.later.take().map(RefCell::into_inner).unwrap_or_default() {
            self.window(&scope, &spec);
        }

        let aggregated = self.own_aggregates(&scope, marks.aggregates)
            || having.is_some() && self.facts.select.having_groups;
        self.check_grouping(&scope, &grouping, aggregated, marks.bare);
        let level = Level {
            grouping: &grouping,
            aggregated,
            odd: self.facts.select.windows_unsettled && scope.windowed.get(),
            unsure: self.unsure > marks.unsure,
            condition: condition.as_ref(),
            having: having.as_ref(),
        };
        self.settle_columns(&scope, &level, &mut columns);
        let rows = self.select_rows(&scope, select, &level);
        self.forget_bare(&scope, marks.bare);
        if select.into.is_some() {
            self.writes();
        }
        let locked = self.locked(&scope, select, &grouping, aggregated && !level.unsure);
        Output { locked, ..Output::new(columns, rows, complete) }
    }

    /// What MySQL's `having` may name.
    fn for_having(&self, scope: &Scope<'_>, select: &Select, columns: &[OutputColumn]) -> Having {
        let column = |expr: &Expr| {
            let found = match expr {
                Expr::Identifier(name) => scope.column(self.dialect, &fold(self.dialect, name)),
                Expr::CompoundIdentifier(parts) => match &parts[..] {
                    [.., table, name] => scope.qualified(self.dialect, None, &table.value, &name.value),
                    _ => return None,
                },
                _ => return None,
            };
            match found {
                Found::Column { table, column } => Some(Atom::Column(table.id, column as u32)),
                _ => None,
            }
        };
        let selected = columns.iter().filter_map(|item| match item.term.form {
            Form::Column(table, column) => Some(Atom::Column(table, column)),
            _ => None,
        });
        Having {
            grouped: grouping::expressions(&select.group_by).into_iter().filter_map(column).collect(),
            selected: selected.collect(),
        }
    }

    /// SQLite's `having` needs groups, or an aggregate that is selected.
    fn check_having(&mut self, scope: &Scope<'_>, having: &Expr, select: &Select, marks: Marks) {
        let selected = self.aggregates[marks.aggregates..].iter().any(|(_, tables)| scope.aggregates(tables));
        if self.facts.select.having_needs_groups
            && grouping::expressions(&select.group_by).is_empty()
            && !selected
            && self.unsure == marks.unsure
            && self.unclear == marks.unclear
        {
            self.report(diagnostics::having_without_groups(self.span(having)));
        }
    }

    /// Drops this level's columns from those that stand outside of aggregates.
    fn forget_bare(&mut self, scope: &Scope<'_>, from: usize) {
        let kept: Vec<_> = self.bare.drain(from..).filter(|(atom, _)| !is_own(scope, *atom)).collect();
        self.bare.extend(kept);
    }

    /// Whether the level has aggregates of its own; those of levels around it stay.
    fn own_aggregates(&mut self, scope: &Scope<'_>, from: usize) -> bool {
        let (mut own, mut kept) = (false, Vec::new());
        for (span, tables) in self.aggregates.drain(from..) {
            if scope.aggregates(&tables) {
                own = true;
            } else {
                kept.push((span, tables));
            }
        }
        self.aggregates.extend(kept);
        own
    }

    // The select list.

    fn select_list(&mut self, scope: &Scope<'_>, select: &Select) -> (Vec<OutputColumn>, bool) {
        let places = match syntax::span(select.select_token.0.span) {
            Some(token) => self.text.select_items(token.start),
            None => Vec::new(),
        };
        scope.clause.set(Clause::Select);
        self.items(scope, &select.projection, &places)
    }

    /// The output columns of a select list or of `returning`; whether they are all.
    pub(crate) fn items(
        &mut self,
        scope: &Scope<'_>,
        items: &[SelectItem],
        places: &[Span],
    ) -> (Vec<OutputColumn>, bool) {
        let (mut columns, mut complete) = (Vec::new(), true);
        for (index, item) in items.iter().enumerate() {
            let place = (places.len() == items.len()).then(|| places[index]);
            match item {
                SelectItem::UnnamedExpr(Expr::Function(call))
                    if matches!(self.text.sugar_of(&call.name), Some(Sugar::Fields)) =>
                {
                    complete &= self.fields(scope, call, place, &mut columns);
                }
                SelectItem::UnnamedExpr(expr) => self.item(scope, expr, None, place, &mut columns),
                SelectItem::ExprWithAlias { expr, alias } => {
                    if !self.facts.names.string_is_alias && alias.quote_style == Some('\'') {
                        let span = syntax::span(alias.span).unwrap_or_default();
                        let problem = "an alias has no quotes, or double ones";
                        self.report(diagnostics::syntax_error(problem, span, self.dialect));
                    }
                    self.check_label(alias, syntax::span(alias.span).unwrap_or_default());
                    self.item(scope, expr, Some(fold(self.dialect, alias)), place, &mut columns);
                }
                SelectItem::ExprWithAliases { expr, .. } => self.item(scope, expr, None, place, &mut columns),
                SelectItem::Wildcard(options) => {
                    let span = syntax::span(options.wildcard_token.0.span).or(place).unwrap_or_default();
                    complete &= self.wildcard(scope, span, &mut columns);
                }
                SelectItem::QualifiedWildcard(kind, _) => {
                    complete &= self.qualified_wildcard(scope, kind, place, &mut columns);
                }
            }
            let limit = self.facts.select.most_columns;
            if columns.len() > limit {
                let span = place.unwrap_or_default();
                self.report(diagnostics::too_many_columns(limit, self.dialect, span));
                columns.truncate(limit);
                return (columns, false);
            }
        }
        (columns, complete)
    }

    fn item(
        &mut self,
        scope: &Scope<'_>,
        expr: &Expr,
        alias: Option<String>,
        place: Option<Span>,
        columns: &mut Vec<OutputColumn>,
    ) {
        let windows = self.windows;
        let mut term = self.expr(scope, expr);
        if scope.early && self.windows > windows && is_early(expr) {
            let reason =
                NullIf::because("it may be computed before its window function, where rows are grouped");
            term.null = NullIf::any([term.null, reason]);
        }
        let origin = self.origin(scope, &term);
        // A column of a subquery's keeps the alias that it has there.
        let aliased = alias.is_some() || self.names_alias(scope, &term);
        let name = alias.unwrap_or_else(|| self.item_name(scope, expr, &term, place));
        if let Some(place) = place {
            term.span = place;
        }
        columns.push(OutputColumn { name, aliased, term, origin });
    }

    fn origin(&self, scope: &Scope<'_>, term: &Term) -> Option<String> {
        scope.column_of(term)?.origin.as_deref().map(str::to_owned)
    }

    fn names_alias(&self, scope: &Scope<'_>, term: &Term) -> bool {
        scope.column_of(term).is_some_and(|column| column.aliased)
    }

    fn aliases(&self, columns: &[OutputColumn]) -> Vec<Alias> {
        columns.iter().map(|column| Alias { name: column.name.clone(), term: column.term.clone() }).collect()
    }

    // What comes after the select list.

    /// The expression that an item of `order by` or `group by` stands for, if it is a number or an output column.
    fn ordinal<'e>(&mut self, expr: &'e Expr, count: usize) -> Option<Result<usize, &'e Expr>> {
        if let Some(number) = literals::ordinal(self.dialect, expr) {
            if number < 1 || number as usize > count {
                self.report(diagnostics::wrong_ordinal(number, count, self.span(expr)));
                return None;
            }
            return Some(Ok(number as usize - 1));
        }
        if self.facts.select.constant_order_rejected && is_constant(expr) {
            self.report(diagnostics::constant_order(self.span(expr)));
            return None;
        }
        Some(Err(expr))
    }

    fn order_by(&mut self, scope: &Scope<'_>, order: &OrderBy, select: &Select, columns: &[OutputColumn]) {
        let OrderByKind::Expressions(items) = &order.kind else { return };
        scope.clause.set(Clause::OrderBy);
        for item in items {
            let Some(Err(expr)) = self.ordinal(&item.expr, columns.len()) else { continue };
            if self.names_output(expr, columns) {
                self.ambiguous_output(expr, select, columns);
                continue;
            }
            self.listed_if_distinct(select, expr);
            scope.alone.set(self.facts.select.sorts_see_own_level);
            let mut term = self.expr(scope, expr);
            scope.alone.set(false);
            self.as_text(&mut term);
        }
        scope.clause.set(Clause::Select);
    }

    /// `select distinct` can only be ordered by what it selects.
    fn listed_if_distinct(&mut self, select: &Select, expr: &Expr) {
        if !self.facts.select.order_checked || !matches!(select.distinct, Some(Distinct::Distinct)) {
            return;
        }
        let wanted = grouping::spelling(expr);
        let listed = select.projection.iter().any(|item| match item {
            SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => {
                grouping::spelling(item) == wanted
            }
            _ => true,
        });
        if !listed {
            self.report(diagnostics::not_selected(self.span(expr)));
        }
    }

    /// Whether an expression is the name of an output column.
    fn names_output(&self, expr: &Expr, columns: &[OutputColumn]) -> bool {
        let Expr::Identifier(name) = expr else { return false };
        let name = fold(self.dialect, name);
        columns.iter().any(|column| {
            same(self.dialect, names::without_override(&column.name), &name)
                || same(self.dialect, &column.name, &name)
        })
    }

    /// Several output columns of the name, of different expressions, cannot be told apart.
    fn ambiguous_output(&mut self, expr: &Expr, select: &Select, columns: &[OutputColumn]) {
        let Expr::Identifier(ident) = expr else { return };
        let name = fold(self.dialect, ident);
        if !self.facts.select.order_checked || select.projection.len() != columns.len() {
            return;
        }
        let of_that_name = select.projection.iter().zip(columns).filter(|(_, column)| column.name == name);
        let mut spellings = of_that_name.map(|(item, _)| match item {
            SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. } => {
                grouping::spelling(item)
            }
            other => other.to_string(),
        });
        let first = spellings.next();
        if spellings.any(|other| Some(&other) != first.as_ref()) {
            self.report(diagnostics::ambiguous_output(&name, self.span(expr)));
        }
    }

    /// `order by` after a set operation: only output columns can be named.
    fn order_outputs(&mut self, outer: &Scope<'_>, order: &OrderBy, output: &mut Output) {
        let OrderByKind::Expressions(items) = &order.kind else { return };
        let mut scope = Scope::new(Some(outer));
        scope.aliases = self.aliases(&output.columns);
        for item in items {
            let Some(Err(expr)) = self.ordinal(&item.expr, output.columns.len()) else { continue };
            if output.complete && !self.names_output(expr, &output.columns) {
                self.expr(&scope, expr);
            }
        }
    }

    fn distinct_on(
        &mut self,
        scope: &Scope<'_>,
        select: &Select,
        order: Option<&OrderBy>,
        columns: &[OutputColumn],
    ) {
        let Some(Distinct::On(items)) = &select.distinct else { return };
        for item in items {
            let Some(Err(expr)) = self.ordinal(item, columns.len()) else { continue };
            if !self.names_output(expr, columns) {
                self.expr(scope, expr);
            }
        }
        if let Some(OrderBy { kind: OrderByKind::Expressions(order), .. }) = order {
            self.distinct_first(items, order, select);
        }
    }

    /// What `distinct on` names comes first in `order by`.
    fn distinct_first(&mut self, items: &[Expr], order: &[OrderByExpr], select: &Select) {
        let spelled = |expr| grouping::meant(self.dialect, expr, &select.projection).map(grouping::spelling);
        let Some(mut wanted) = items.iter().map(spelled).collect::<Option<Vec<_>>>() else { return };
        let all = wanted.clone();
        for item in order {
            let Some(ordered) = spelled(&item.expr) else { return };
            wanted.retain(|wanted| *wanted != ordered);
            if !all.contains(&ordered) && !wanted.is_empty() {
                self.report(diagnostics::distinct_first(self.span(&item.expr)));
                return;
            }
            if wanted.is_empty() {
                return;
            }
        }
    }

    /// The spelling of grouped expressions that are not columns.
    fn grouped_spellings(&self, select: &Select) -> Vec<String> {
        grouping::expressions(&select.group_by)
            .into_iter()
            .filter_map(|expr| grouping::meant(self.dialect, expr, &select.projection))
            .filter(|expr| {
                !matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_))
            })
            .map(grouping::spelling)
            .collect()
    }

    fn group_by(&mut self, scope: &Scope<'_>, group_by: &GroupByExpr, select: &Select) -> Grouping {
        let mut grouping = Grouping::default();
        let outer = scope.clause.replace(Clause::GroupBy);
        if let (GroupByExpr::Expressions(items, _), true) = (group_by, !self.facts.select.groups_by_rows) {
            let rows = items.iter().filter(|item| row_items(item).is_some());
            rows.for_each(|row| self.report(diagnostics::misplaced_row(self.span(row))));
        }
        for expr in grouping::expressions(group_by) {
            let own = match expr {
                Expr::Identifier(name) => {
                    let name = fold(self.dialect, name);
                    matches!(scope.column(self.dialect, &name), Found::Column { .. } | Found::Merged(_))
                }
                _ => false,
            };
            let meant = if own { Some(expr) } else { self.grouped_item(expr, select) };
            let Some(meant) = meant else { continue };
            let before = self.bare.len();
            // What a name or number of the select list stands for was read there.
            scope.alone.set(self.facts.select.sorts_see_own_level && std::ptr::eq(meant, expr));
            let mut term = self.expr(scope, meant);
            scope.alone.set(false);
            self.as_text(&mut term);
            grouping.grouped = true;
            match term.form {
                Form::Column(table, column) => grouping.columns.push(Atom::Column(table, column)),
                _ => {
                    grouping.computed = true;
                    grouping.columns.extend(self.merged_atoms(meant, before));
                }
            }
            self.bare.truncate(before);
        }
        scope.clause.set(outer);
        grouping.sets = grouping::has_sets(group_by);
        if let GroupByExpr::Expressions(_, modifiers) = group_by {
            grouping.sets |= modifiers.iter().any(|m| {
                matches!(
                    m,
                    GroupByWithModifier::Rollup
                        | GroupByWithModifier::Cube
                        | GroupByWithModifier::GroupingSets(_)
                )
            });
        }
        grouping.grouped |= grouping.sets;
        grouping
    }

    fn grouped_item<'e>(&mut self, expr: &'e Expr, select: &'e Select) -> Option<&'e Expr> {
        if let Some(number) = literals::ordinal(self.dialect, expr)
            && (number < 1 || number as usize > select.projection.len())
            && !select
                .projection
                .iter()
                .any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)))
        {
            self.report(diagnostics::wrong_ordinal(number, select.projection.len(), self.span(expr)));
            return None;
        }
        if self.facts.select.constant_order_rejected
            && literals::ordinal(self.dialect, expr).is_none()
            && is_constant(expr)
        {
            self.report(diagnostics::constant_order(self.span(expr)));
            return None;
        }
        grouping::meant(self.dialect, expr, &select.projection)
    }

    /// A column that `using` made of two groups both.
    fn merged_atoms(&self, expr: &Expr, from: usize) -> Vec<Atom> {
        match expr {
            Expr::Identifier(_) => self.bare[from..].iter().map(|(atom, _)| *atom).collect(),
            _ => Vec::new(),
        }
    }

    // Nullability and rows.

    fn settle_columns(&mut self, scope: &Scope<'_>, level: &Level<'_>, columns: &mut [OutputColumn]) {
        let mut facts = level.condition.map_or(Vec::new(), Term::if_true);
        if let Some(having) = level.having {
            union(&mut facts, &having.if_true());
        }
        let mut facts = scope.close(facts);
        let aggregated = level.aggregated || level.unsure;
        if level.grouping.grouped || !aggregated {
            facts.push(Atom::Match(scope.rows));
        }
        let whole = aggregated && !level.grouping.grouped;
        let odd = level.odd || level.unsure;
        for column in columns {
            let null = &column.term.null;
            let settled = if level.grouping.sets {
                match (&column.term.form, null.is_never()) {
                    // What is never null by itself may be one of the grouped expressions.
                    (_, true) if level.grouping.computed => {
                        NullIf::because("it is null in the rows of totals")
                    }
                    (Form::Other, false) | (Form::Column(..), _) => {
                        NullIf::because("it is null in the rows of totals")
                    }
                    _ => null.clone(),
                }
            } else if whole && odd && !matches!(column.term.form, Form::Literal(_) | Form::Number(_)) {
                // Whatever it is made of, in the row that stands for none it may have no value.
                NullIf::because("it is null where there are no rows to aggregate")
            } else if whole && self.facts.select.columns_without_rows {
                scope.settle_without_rows(
                    null,
                    &Reason::text("it is null where there are no rows to aggregate"),
                )
            } else if whole {
                // The one row is there even if `where` passes none: what that proves of a parameter does not hold.
                let facts: Vec<Atom> =
                    facts.iter().filter(|atom| !matches!(atom, Atom::Param(_))).copied().collect();
                scope.settle(null, &facts)
            } else {
                scope.settle(null, &facts)
            };
            column.term.null = settled;
            // What it proves of this level means nothing outside.
            column.term.not_null.retain(|atom| !is_own(scope, *atom));
            column.term.tables.retain(|table| !scope.owns(*table));
            column.term.truth = None;
            if matches!(column.term.form, Form::Column(table, _) if scope.owns(table)) {
                column.term.form = Form::Other;
            }
        }
    }

    fn select_rows(&self, scope: &Scope<'_>, select: &Select, level: &Level<'_>) -> Rows {
        if scope.expands.get() {
            return Rows::Many;
        }
        if level.grouping.grouped {
            return Rows::Many;
        }
        if level.unsure {
            return Rows::Many;
        }
        if level.aggregated {
            return rows(level.having.is_none(), true);
        }
        let filtered = level.condition.is_some() || level.having.is_some() || select.qualify.is_some();
        if scope.tables.is_empty() {
            return rows(!filtered, true);
        }
        rows(false, keys::at_most_one(scope))
    }

    /// What `limit` leaves.
    pub(crate) fn limited(&mut self, query: &Query, outer: &Scope<'_>, before: Rows) -> Rows {
        let (limit, offset) = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => (Some(limit), Some(offset)),
            None => (None, None),
        };
        let fetch = query.fetch.as_ref();
        let limit = limit.or_else(|| fetch.and_then(|fetch| fetch.quantity.as_ref()));
        let outer_clause = outer.clause.replace(Clause::Limit);
        // PostgreSQL reads the offset first.
        for expr in offset.into_iter().chain(limit) {
            self.count(outer, expr);
        }
        outer.clause.set(outer_clause);
        let number = match (limit, fetch) {
            (Some(limit), _) => whole_number(limit),
            (None, Some(fetch)) => (fetch.quantity.is_none() && !fetch.with_ties).then_some(1),
            (None, None) => return if offset.is_some() { rows(false, bounds(before).1) } else { before },
        };
        let (some, single) = bounds(before);
        let ties = fetch.is_some_and(|fetch| fetch.with_ties || fetch.percent);
        let some = some && offset.is_none() && number.is_some_and(|number| number > 0);
        rows(some, single || !ties && number.is_some_and(|number| number <= 1))
    }

    fn count(&mut self, scope: &Scope<'_>, expr: &Expr) {
        // `limit all` and `limit null` are no limit.
        if matches!(expr, Expr::Identifier(name) if name.value.eq_ignore_ascii_case("all")) {
            return;
        }
        // PostgreSQL's sees the levels around: `lateral (select … limit t.many)`.
        let around = Scope::new(Some(scope));
        around.clause.set(Clause::Limit);
        let alone = Scope { ctes: scope.ctes.clone(), ..Scope::new(scope.outer) };
        let mut term = self.expr(if self.facts.select.limit_is_expression { &around } else { &alone }, expr);
        self.take(&mut term, Some(&Type::base(self.facts.select.limit)));
        if let (false, [Atom::Param(index)]) = (self.facts.select.limit_null, &term.not_null[..]) {
            self.params[*index as usize].not_null = true;
        }
        if let (true, Some(from)) = (self.facts.select.limit_is_expression, term.known())
            && !crate::resolve::can_cast(
                self.catalog,
                from,
                &Type::base(self.facts.select.limit),
                crate::resolve::CastContext::Assignment,
            )
        {
            self.report(diagnostics::not_a_count(from, term.span));
        }
    }
}

/// What a level's rows go through.
struct Level<'l> {
    grouping: &'l Grouping,
    aggregated: bool,
    /// Whether there are windows of MySQL's.
    odd: bool,
    /// Whether there are aggregates of which it is not known that they are of this level, or of one around or within.
    unsure: bool,
    condition: Option<&'l Term>,
    having: Option<&'l Term>,
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if !matches!(value.value, Value::Placeholder(_)))
}

fn is_own(scope: &Scope<'_>, atom: Atom) -> bool {
    match atom {
        Atom::Column(table, _) => scope.owns(table),
        Atom::Match(join) => scope.tables.iter().any(|table| table.joins.contains(&join)),
        Atom::Param(_) => false,
    }
}

fn empty_select() -> Select {
    Select {
        select_token: sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        optimizer_hints: Vec::new(),
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection: Vec::new(),
        exclude: None,
        into: None,
        from: Vec::new(),
        lateral_views: Vec::new(),
        prewhere: None,
        selection: None,
        connect_by: Vec::new(),
        group_by: GroupByExpr::Expressions(Vec::new(), Vec::new()),
        cluster_by: Vec::new(),
        distribute_by: Vec::new(),
        sort_by: Vec::new(),
        having: None,
        named_window: Vec::new(),
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: sqlparser::ast::SelectFlavor::Standard,
    }
}
