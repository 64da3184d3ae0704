//! Reading one row of a query that can return several.

use super::parts::warning;
use crate::{Analysis, Diagnostic, Rows, Statement, lints};
use aio_databases_sql::{Span, Template};

impl Analysis {
    /// The warning for a caller that reads only the first row of a query that can return several. The analyzer doesn't
    /// know the caller, so it is not one of the [`diagnostics`](Analysis::diagnostics).
    ///
    /// ```
    /// use aio_databases_analyzer::Schema;
    /// use aio_databases_sql::{Dialect, Template};
    ///
    /// let mut schema = Schema::new(Dialect::Postgres);
    /// schema.apply("1.sql", "create table users (id int primary key, name text)");
    /// let warning = |sql| {
    ///     let query = Template::parse(sql, Dialect::Postgres).unwrap();
    ///     schema.analyze(&query).several_rows(&query)
    /// };
    /// assert!(warning("select name from users where id = $1").is_none());
    /// assert_eq!(warning("select id from users where name = $1").unwrap().code, "several-rows");
    /// ```
    pub fn several_rows(&self, template: &Template) -> Option<Diagnostic> {
        let help = match self.statement {
            Statement::Select => "add `limit 1`, or compare every column of a unique key with a value",
            Statement::Update | Statement::Delete => "compare every column of a unique key with a value",
            Statement::Insert => "insert one row",
            // The rows of other statements depend on the server.
            Statement::Merge | Statement::Ddl | Statement::Other => return None,
        };
        if self.rows != Rows::Many || self.allowed.contains(&lints::SEVERAL_ROWS.name) {
            return None;
        }
        let statement = template.statement();
        let word = statement.of(template.sql()).find(|c: char| !c.is_alphanumeric());
        let span = Span::new(statement.start, word.map_or(statement.end, |end| statement.start + end));
        let message = "the query can return several rows, but only the first is read";
        Some(warning(lints::SEVERAL_ROWS, message, span).with_help(help))
    }
}
