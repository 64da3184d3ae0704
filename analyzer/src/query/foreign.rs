//! What the parser takes for every dialect, and the server of this one does not: each with what to write instead. What
//! can be told from the tokens alone is told before, in [`strict`](super::strict).
//!
//! MySQL here is all that MySQL 8 or MariaDB takes.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    BinaryOperator, CastKind, Cte, DataType, Expr, Function, FunctionArgumentClause, FunctionArguments,
    GroupByExpr, Join, JoinOperator, LimitClause, OffsetRows, OrderBy, OrderByKind, Query, Select, SetExpr,
    SetOperator, SetQuantifier, Statement, TableFactor, Value, Values,
};

use super::Infer;
use crate::diagnostics;

use Dialect::{Mysql, Postgres, Sqlite};

impl Infer<'_> {
    /// Tells of an expression that this dialect does not have; whether it is one.
    pub(super) fn is_foreign(&mut self, expr: &Expr) -> bool {
        let Some(problem) = in_expr(expr, self.dialect) else { return false };
        self.report(diagnostics::syntax_error(problem, self.span(expr), self.dialect));
        true
    }

    /// Tells of what stands around a query's body.
    pub(super) fn check_tail(&mut self, query: &Query) {
        if let (Mysql, Some(with), SetExpr::Insert(_)) = (self.dialect, &query.with, &*query.body) {
            let problem = "`with` stands behind `insert into …` here, before its `select`";
            let place = super::parse::span(with.with_token.0.span).unwrap_or_default();
            self.report(diagnostics::syntax_error(problem, place, self.dialect));
        }
        if let Some((word, problem)) = in_tail(query, self.dialect) {
            let place = self.text.word(word, self.span(&*query.body));
            self.report(diagnostics::syntax_error(problem, place, self.dialect));
        }
    }

    pub(super) fn check_select(&mut self, select: &Select) {
        if matches!(select.group_by, GroupByExpr::All(_)) {
            let problem = "there is no `group by all` here: write what it is grouped by";
            self.report(diagnostics::syntax_error(problem, self.span(&select.group_by), self.dialect));
        }
    }

    pub(super) fn check_factor(&mut self, factor: &TableFactor) {
        if let Some(problem) = in_factor(factor, self.dialect) {
            self.report(diagnostics::syntax_error(problem, self.span(factor), self.dialect));
        }
    }

    /// Tells of what a statement that changes rows has too many.
    pub(super) fn check_change(&mut self, tree: &Statement) {
        if let Some((word, problem)) = in_change(tree, self.dialect) {
            let start = self.span(tree).start;
            let place = self.text.word(word, Span::new(start, start));
            self.report(diagnostics::syntax_error(problem, place, self.dialect));
        }
    }

    pub(super) fn check_values(&mut self, values: &Values, place: Span) {
        if values.explicit_row && self.dialect != Mysql {
            let problem = "`row` before the values is MySQL's: write `values (…), (…)`";
            self.report(diagnostics::syntax_error(problem, self.text.word("row", place), self.dialect));
        }
    }

    pub(super) fn check_set_operation(&mut self, whole: &SetExpr) {
        let SetExpr::SetOperation { op, set_quantifier, left, right } = whole else { return };
        let all = *set_quantifier == SetQuantifier::All && *op != SetOperator::Union;
        let problem = match self.dialect {
            Sqlite if *set_quantifier == SetQuantifier::Distinct => {
                "`distinct` behind it is what it does anyway: leave the word out"
            }
            Sqlite if all => {
                "there is no `all` here but with `union`: leave it out, or count the rows of each kind"
            }
            Sqlite if matches!(**left, SetExpr::Query(_)) || matches!(**right, SetExpr::Query(_)) => {
                "no parentheses stand around a part here: write `select * from (…)`"
            }
            _ => return,
        };
        self.report(diagnostics::syntax_error(problem, self.span(whole), self.dialect));
    }

    pub(super) fn check_cte(&mut self, cte: &Cte) {
        let changes = matches!(
            *cte.query.body,
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
        );
        if changes && self.dialect != Postgres {
            let problem = "what changes rows cannot stand in `with` here: write it as a statement of its own, in the same transaction";
            self.report(diagnostics::syntax_error(problem, self.ident_span(&cte.alias.name), self.dialect));
        }
    }

    /// Tells of what a call has that no server knows, or this one.
    pub(super) fn check_call(&mut self, function: &Function, span: Span) {
        let clause = |clause: &FunctionArgumentClause| {
            matches!(clause, FunctionArgumentClause::IgnoreOrRespectNulls(_))
        };
        let within =
            matches!(&function.args, FunctionArguments::List(list) if list.clauses.iter().any(clause));
        if function.null_treatment.is_some() || within {
            let problem = "`ignore nulls` and `respect nulls` are not there: nulls count";
            self.report(diagnostics::syntax_error(problem, span, self.dialect));
        }
    }

    /// `place` is the table that is joined.
    pub(super) fn check_join(&mut self, join: &Join, place: Span) {
        let full = matches!(join.join_operator, JoinOperator::FullOuter(_));
        if full && self.dialect == Mysql {
            let problem = "there is no `full join` here: write a `left join`, `union all`, and a `right join` of the rows that it leaves";
            self.report(diagnostics::syntax_error(problem, place, self.dialect));
        }
    }
}

fn in_expr(expr: &Expr, dialect: Dialect) -> Option<&'static str> {
    Some(match (expr, dialect) {
        (Expr::RLike { .. }, Postgres) => "`regexp` is MySQL's: write `… ~ '…'`",
        (Expr::MemberOf(_), Postgres) => "`member of` is MySQL's: write `… @> …`",
        (Expr::MemberOf(_), Sqlite) => {
            "`member of` is MySQL's: write `… in (select value from json_each(…))`"
        }
        (Expr::SimilarTo { .. }, Mysql) => "`similar to` is PostgreSQL's: write `… regexp '…'`",
        (Expr::SimilarTo { .. }, Sqlite) => "`similar to` is PostgreSQL's: write `… glob '…'`",
        (Expr::IsDistinctFrom(..), Mysql) => "`is distinct from` is written `not (… <=> …)` here",
        (Expr::IsNotDistinctFrom(..), Mysql) => "`is not distinct from` is written `… <=> …` here",
        (Expr::Cast { kind: CastKind::TryCast | CastKind::SafeCast, .. }, _) => {
            "a cast is written `cast(… as …)` here"
        }
        (Expr::Convert { .. }, Postgres | Sqlite) => "`convert` is MySQL's: write `cast(… as …)`",
        (Expr::Interval(_), Sqlite) => "there are no intervals here: write `datetime(…, '+1 day')`",
        (Expr::TypedString(_), Sqlite) => "a date or time is a text here: write it without a word before",
        (Expr::TypedString(typed), Postgres) if typed.data_type == DataType::Binary(None) => {
            "`binary` is MySQL's: bytes are written `'\\x41'::bytea`, and texts are compared as they are"
        }
        (Expr::TypedString(typed), Mysql) if matches!(typed.data_type, DataType::Datetime(_)) => {
            "a literal of a date and a time is written `timestamp '…'`"
        }
        (Expr::Substring { special: false, .. }, Sqlite) => {
            "`from` and `for` are not SQLite's: write `substr(…, from, count)`"
        }
        (Expr::Trim { trim_where: Some(_), .. } | Expr::Trim { trim_what: Some(_), .. }, Sqlite) => {
            "`from` is not SQLite's: write `trim(…, characters)`, `ltrim` or `rtrim`"
        }
        (Expr::Prefixed { .. }, Postgres | Sqlite) => {
            "a character set before a text is MySQL's: write the text alone"
        }
        (Expr::Value(value), Sqlite) if matches!(value.value, Value::NationalStringLiteral(_)) => {
            "`n` before a text is not SQLite's: write the text alone"
        }
        (Expr::Collate { collation, .. }, dialect) => return in_collation(&collation.to_string(), dialect),
        (Expr::BinaryOp { left, op, right }, dialect) => return in_operator(left, op, right, dialect),
        _ => return None,
    })
}

fn in_collation(name: &str, dialect: Dialect) -> Option<&'static str> {
    const SQLITE_AND_POSTGRES: [&str; 5] = ["nocase", "rtrim", "c", "posix", "default"];
    const MYSQL: [&str; 5] = ["utf8mb4_", "utf8mb3_", "utf8_", "latin1_", "ascii_"];
    let name = name.trim_matches(['"', '`']).to_ascii_lowercase();
    match dialect {
        Mysql if SQLITE_AND_POSTGRES.contains(&name.as_str()) => {
            Some("this collation is not MySQL's: there are `utf8mb4_bin`, `utf8mb4_general_ci` and others")
        }
        Postgres if MYSQL.iter().any(|start| name.starts_with(start)) => {
            Some("this collation is MySQL's: there are `\"C\"`, `\"und-x-icu\"` and others")
        }
        Sqlite if MYSQL.iter().any(|start| name.starts_with(start)) => {
            Some("this collation is MySQL's: there are `nocase`, `binary` and `rtrim`")
        }
        _ => None,
    }
}

fn in_operator(left: &Expr, op: &BinaryOperator, right: &Expr, dialect: Dialect) -> Option<&'static str> {
    let text = matches!(right, Expr::Value(value) if matches!(value.value, Value::SingleQuotedString(_) | Value::DoubleQuotedString(_)));
    let variable = matches!(left, Expr::Identifier(name) if name.value.starts_with('@'));
    let column = matches!(left, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    match (op, dialect) {
        (BinaryOperator::Assignment, Mysql) if !variable => {
            Some("`:=` gives a variable a value: write `@name := …`, or `=` to compare")
        }
        (BinaryOperator::Arrow | BinaryOperator::LongArrow, Mysql) if !(column && text) => {
            Some("`->` takes a column and a path in quotes: write `json_extract(…, …)`")
        }
        _ => None,
    }
}

/// The word at which it stands, and the problem.
fn in_tail(query: &Query, dialect: Dialect) -> Option<(&'static str, &'static str)> {
    let limit = query.limit_clause.as_ref();
    let alone = match limit {
        // MariaDB takes `offset 2 rows`.
        Some(LimitClause::LimitOffset { limit: None, offset: Some(offset), .. }) => {
            dialect == Sqlite || offset.rows == OffsetRows::None
        }
        _ => false,
    };
    if let Some(fetch) = &query.fetch {
        if dialect == Sqlite {
            return Some(("fetch", "`fetch first` is written `limit …` here"));
        }
        if fetch.with_ties && query.order_by.is_none() {
            return Some(("fetch", "`with ties` needs `order by`"));
        }
        return None;
    }
    if alone && dialect == Mysql {
        return Some((
            "offset",
            "`offset` stands behind `limit` here: write `limit 18446744073709551615 offset …`",
        ));
    }
    if alone && dialect == Sqlite {
        return Some(("offset", "`offset` stands behind `limit` here: write `limit -1 offset …`"));
    }
    let sorts = |order: &OrderBy| match &order.kind {
        OrderByKind::Expressions(items) => items.iter().any(|item| item.options.nulls_first.is_some()),
        OrderByKind::All(_) => false,
    };
    if dialect == Mysql && query.order_by.as_ref().is_some_and(sorts) {
        return Some((
            "nulls",
            "`nulls first` and `nulls last` are not MySQL's: write `order by … is null, …`",
        ));
    }
    None
}

/// The word at which it stands, and the problem.
fn in_change(tree: &Statement, dialect: Dialect) -> Option<(&'static str, &'static str)> {
    let (limit, order, or) = match tree {
        Statement::Update(update) => {
            (update.limit.is_some(), !update.order_by.is_empty(), update.or.is_some())
        }
        Statement::Delete(delete) => (delete.limit.is_some(), !delete.order_by.is_empty(), false),
        Statement::Insert(insert) if insert.overwrite => {
            return Some(("overwrite", "there is no `insert overwrite`: write `insert into`"));
        }
        _ => (false, false, false),
    };
    if or && dialect != Sqlite {
        return Some(("or", "`update or …` is SQLite's"));
    }
    match dialect {
        Postgres | Sqlite if limit || order => Some((
            if order { "order" } else { "limit" },
            "no `limit` stands here: write `where id in (select id from … order by … limit …)`",
        )),
        Mysql if matches!(tree, Statement::Update(update) if update.from.is_some()) => {
            Some(("from", "`update … from` is PostgreSQL's and SQLite's: write `update t join u on … set …`"))
        }
        Sqlite if matches!(tree, Statement::Delete(delete) if delete.using.is_some()) => {
            Some(("using", "`using` is PostgreSQL's and MySQL's: write `where id in (select …)`"))
        }
        _ => None,
    }
}

fn in_factor(factor: &TableFactor, dialect: Dialect) -> Option<&'static str> {
    match (factor, dialect) {
        (TableFactor::Derived { lateral: true, .. }, Sqlite) => {
            Some("there is no `lateral` here: write the subquery in the select list, or join by a condition")
        }
        (TableFactor::JsonTable { .. }, Sqlite) => {
            Some("there is no `json_table` here: write `json_each(…)`, and `value ->> '$.…'` for each column")
        }
        (TableFactor::Table { sample: Some(_), .. }, Sqlite | Mysql) => {
            Some("`tablesample` is PostgreSQL's: write `order by random() limit …`")
        }
        (
            TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. },
            Sqlite,
        ) if !alias.columns.is_empty() => {
            Some("an alias names no columns here: name them in a subquery, or in `with name (a, b) as …`")
        }
        (TableFactor::Table { alias: Some(alias), args: None, .. }, Mysql) if !alias.columns.is_empty() => {
            Some("a table's alias names no columns here: name them in a subquery")
        }
        _ => None,
    }
}
