//! Adds the query to the list of all queries, for `Database::verify`.

use std::fmt::Write as _;

use aio_databases_analyzer::{Catalog, Nullability, Relation, RelationKind, Type};

use super::{Context, statement};
use crate::{check::Answer, dialect::Described, project::Project};

/// Writes the statement and, for each backend, the result of the analysis and the migrations that it was checked
/// against.
pub(super) fn item(context: &Context<'_>, project: &Project, text: &mut String) {
    text.push_str("static __STATEMENT: __p::Statement = ");
    statement::literal(context, text);
    text.push_str("; __p::submit! { __p::Checked { statement: &__STATEMENT, said: &[");
    for answer in context.answers {
        let (dialect, said) =
            (answer.dialect.facts().variant, said(answer, project.schema(answer.dialect).catalog()));
        let migrations = project.migrations(answer.dialect);
        let _ = write!(text, "(__p::Dialect::{dialect}, {said:?}, {migrations:?}),");
    }
    text.push_str("] } }");
}

/// The result of the analysis, in the format of `aio_databases::__private::Checked`.
fn said(answer: &Answer, catalog: &Catalog) -> String {
    let mut said = String::new();
    let name = |ty: &Option<Type>| ty.as_ref().map_or_else(String::new, |ty| ty.underlying().to_string());
    for slot in &answer.template.render().order {
        let ty = answer.analysis.params.get(*slot).map_or_else(String::new, |param| name(&param.ty));
        let _ = writeln!(said, "p\t{ty}");
    }
    for column in &answer.analysis.columns {
        let (ty, origin) = (name(&column.ty), column.origin.as_deref());
        // Servers choose names for expressions, so these names aren't compared.
        let own = if column.aliased || origin.is_some() { &*column.name } else { "" };
        // Such a name would be read as more than one field.
        let own = if own.contains(['\t', '\n', '\r']) { "" } else { own };
        let (table, of) = origin.and_then(|origin| origin.rsplit_once('.')).unwrap_or_default();
        let not_null = column.nullable == Nullability::NotNull && is_not_null(catalog, table, of);
        let _ = writeln!(said, "c\t{own}\t{ty}\t{}\t{table}\t{of}", if not_null { "!" } else { "" });
    }
    said
}

/// Whether a table's column is declared not null.
fn is_not_null(catalog: &Catalog, table: &str, column: &str) -> bool {
    let tables = || {
        catalog
            .relations
            .values()
            .filter(|relation| relation.name == table && relation.kind == RelationKind::Table)
    };
    let column_of =
        |relation: &Relation| relation.columns.iter().any(|known| known.name == column && known.not_null);
    tables().next().is_some() && tables().all(|relation| column_of(relation))
}
