//! The names that servers give to output columns without an alias.

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{
    AccessExpr, DataType, Expr, Function, FunctionArguments, ObjectNamePart, Query, SelectItem, SetExpr,
    Value, ValueWithSpan,
};

use super::{
    Infer,
    scope::{Found, Scope, fold},
    term::{Form, Term},
};
use crate::{
    Catalog, Relation, RelationKind, Type,
    dialect::{Described, OutputNames},
    resolve,
};

/// The name that PostgreSQL uses for a column without a name.
const NAMELESS: &str = "?column?";

impl Infer<'_> {
    /// The name of an item without an alias.
    pub(crate) fn item_name(
        &self,
        scope: &Scope<'_>,
        expr: &Expr,
        term: &Term,
        place: Option<Span>,
    ) -> String {
        match self.facts.names.outputs {
            OutputNames::OfExpression => {
                figure(self.dialect, expr).map_or_else(|| NAMELESS.to_owned(), |(name, _)| name)
            }
            OutputNames::Text | OutputNames::TrimmedText => self.text_name(scope, expr, term, place),
        }
    }

    /// SQLite and MySQL: the column's name, or the unchanged text of the expression.
    fn text_name(&self, scope: &Scope<'_>, expr: &Expr, term: &Term, place: Option<Span>) -> String {
        let trimmed = self.facts.names.outputs == OutputNames::TrimmedText;
        if term.form == Form::Other
            && let Some(name) = self.made_of_two(scope, expr)
        {
            return name;
        }
        match expr {
            // MySQL ignores parentheses around a column or a literal.
            Expr::Nested(inner) if trimmed && names_itself(inner, term) => match &**inner {
                Expr::Value(ValueWithSpan { value: Value::Number(number, _), .. }) => number.clone(),
                inner => self.text_name(scope, inner, term, place),
            },
            // SQLite ignores parentheses around a column.
            Expr::Nested(inner) if matches!(term.form, Form::Column(..)) => {
                self.text_name(scope, inner, term, place)
            }
            Expr::Identifier(name) if matches!(term.form, Form::Column(..)) || trimmed => {
                self.declared(scope, term).unwrap_or_else(|| fold(self.dialect, name))
            }
            Expr::CompoundIdentifier(parts) => {
                let own = self.declared(scope, term);
                own.unwrap_or_else(|| parts.last().map_or_else(String::new, |name| fold(self.dialect, name)))
            }
            _ => match (&term.form, trimmed, place) {
                (Form::Literal(text), true, _) => text.to_string(),
                (_, true, Some(place)) => shortened(place.of(self.text.sql())).to_owned(),
                (_, _, Some(place)) => place.of(self.text.sql()).to_owned(),
                _ => expr.to_string(),
            },
        }
    }

    /// SQLite: the name of a merged column of a join in parentheses. Without parentheses it is an expression.
    fn made_of_two(&self, scope: &Scope<'_>, expr: &Expr) -> Option<String> {
        match expr {
            _ if !self.facts.from.parentheses_are_queries => None,
            Expr::Nested(inner) => self.made_of_two(scope, inner),
            Expr::Identifier(name) => match scope.column(self.dialect, &fold(self.dialect, name)) {
                Found::Merged(merged) if merged.of_query => Some(merged.name.to_string()),
                _ => None,
            },
            _ => None,
        }
    }

    /// A column's name as declared in its table; in MySQL, as written in the query.
    fn declared(&self, scope: &Scope<'_>, term: &Term) -> Option<String> {
        let column = scope.column_of(term)?;
        match scope.table_of(term)?.relation.as_deref() {
            Some(relation)
                if self.facts.names.outputs == OutputNames::TrimmedText
                    && relation.kind == RelationKind::Table =>
            {
                None
            }
            Some(relation) if self.facts.definitions.rowid && column.hidden => {
                Some(rowid_name(relation, &column.name))
            }
            _ => Some(column.name.to_string()),
        }
    }
}

/// Whether MySQL names an expression after its kind instead of its text.
fn names_itself(expr: &Expr, term: &Term) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Nested(inner) => names_itself(inner, term),
        Expr::Value(ValueWithSpan { value: Value::Number(..), .. }) => true,
        _ => matches!(term.form, Form::Literal(_)),
    }
}

/// The name that SQLite uses for the rowid, whichever of its names the query uses. It is the name of the key's column,
/// if that is the rowid.
fn rowid_name(relation: &Relation, name: &str) -> String {
    if !["rowid", "oid", "_rowid_"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return name.to_owned();
    }
    let key = relation.keys.iter().find(|key| key.primary && key.columns.len() == 1);
    let alias = key
        .and_then(|key| relation.columns.iter().find(|column| column.name == key.columns[0]))
        .filter(|column| {
            column.has_default
                && column.not_null
                && column.ty.as_ref().and_then(Type::name) == Some("integer")
        });
    alias.map_or("rowid", |column| &column.name).to_owned()
}

/// The part of a text that MariaDB uses as a column's name.
fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(255)]
}

/// An alias without the annotations for the macros: `"id!: i64"` is `id`.
pub(crate) fn without_override(alias: &str) -> &str {
    let name = alias.split(':').next().unwrap_or(alias).trim_end();
    name.strip_suffix(['!', '?']).unwrap_or(name)
}

/// PostgreSQL's rule, with the strength of the name: a strong name replaces a weak one.
fn figure(dialect: Dialect, expr: &Expr) -> Option<(String, u8)> {
    let strong = |name: &str| Some((name.to_owned(), 2));
    match expr {
        Expr::Identifier(name) => Some((fold(dialect, name), 2)),
        Expr::CompoundIdentifier(parts) => Some((fold(dialect, parts.last()?), 2)),
        Expr::CompoundFieldAccess { root, access_chain } => access_chain
            .iter()
            .rev()
            .find_map(|access| match access {
                AccessExpr::Dot(Expr::Identifier(name)) => Some((fold(dialect, name), 2)),
                _ => None,
            })
            .or_else(|| figure(dialect, root)),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => figure(dialect, inner),
        Expr::Function(function) => function_name(dialect, function),
        Expr::Cast { expr, data_type, .. } => match figure(dialect, expr) {
            Some((name, 2)) => Some((name, 2)),
            _ => Some((type_name(dialect, data_type), 1)),
        },
        Expr::TypedString(typed) => Some((type_name(dialect, &typed.data_type), 1)),
        Expr::Interval(_) => Some(("interval".to_owned(), 1)),
        Expr::Case { else_result, .. } => match else_result.as_deref().and_then(|expr| figure(dialect, expr))
        {
            Some((name, 2)) => Some((name, 2)),
            _ => Some(("case".to_owned(), 1)),
        },
        Expr::Exists { negated: false, .. } => strong("exists"),
        Expr::Subquery(query) => subquery_name(dialect, query),
        Expr::Array(_) => strong("array"),
        Expr::Tuple(_) => strong("row"),
        Expr::Extract { .. } => strong("extract"),
        Expr::Position { .. } => strong("position"),
        Expr::Substring { shorthand, .. } => strong(if *shorthand { "substr" } else { "substring" }),
        Expr::Overlay { .. } => strong("overlay"),
        Expr::Ceil { .. } => strong("ceil"),
        Expr::Floor { .. } => strong("floor"),
        Expr::AtTimeZone { .. } => strong("timezone"),
        Expr::Trim { trim_where, .. } => strong(match trim_where {
            Some(sqlparser::ast::TrimWhereField::Leading) => "ltrim",
            Some(sqlparser::ast::TrimWhereField::Trailing) => "rtrim",
            _ => "btrim",
        }),
        _ => None,
    }
}

fn function_name(dialect: Dialect, function: &Function) -> Option<(String, u8)> {
    let ident = match function.name.0.last()? {
        ObjectNamePart::Identifier(ident) => ident,
        ObjectNamePart::Function(_) => return None,
    };
    let name = fold(dialect, ident);
    // `array(select …)` is a separate construct.
    if matches!(function.args, FunctionArguments::Subquery(_)) && name == "array" {
        return Some(("array".to_owned(), 2));
    }
    Some((name, 2))
}

fn subquery_name(dialect: Dialect, query: &Query) -> Option<(String, u8)> {
    first_name(dialect, &query.body).map(|name| (name, 2))
}

/// The name of a query's first column.
fn first_name(dialect: Dialect, body: &SetExpr) -> Option<String> {
    match body {
        SetExpr::Select(select) => match select.projection.first()? {
            SelectItem::UnnamedExpr(expr) => {
                Some(figure(dialect, expr).map_or_else(|| NAMELESS.to_owned(), |(name, _)| name))
            }
            SelectItem::ExprWithAlias { alias, .. } => Some(fold(dialect, alias)),
            _ => None,
        },
        SetExpr::Query(query) => first_name(dialect, &query.body),
        SetExpr::SetOperation { left, .. } => first_name(dialect, left),
        SetExpr::Values(_) => Some(dialect.facts().names.values_column(0)),
        _ => None,
    }
}

/// A type's internal name, to which PostgreSQL's grammar converts the keywords.
fn type_name(dialect: Dialect, name: &DataType) -> String {
    match resolve::type_by_name(&Catalog::new(dialect), name) {
        Some(crate::Type::Array(element)) => element.to_string(),
        Some(ty) => ty.to_string(),
        None => {
            let text = name.to_string();
            let last = text.rsplit('.').next().unwrap_or(&text);
            let last = last.split(['(', '[']).next().unwrap_or(last);
            match last.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"')) {
                Some(quoted) => quoted.to_owned(),
                None => last.to_lowercase(),
            }
        }
    }
}
