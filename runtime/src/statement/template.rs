//! A text given at run time, prepared for one dialect.

use std::borrow::Cow;

use aio_databases_sql::{Dialect, Template as Parsed};

use crate::{
    Arguments, Error, QueryPlace, Result, Value,
    statement::Cardinality,
    statement::command::{Args, Command, Text},
    statement::kind::{changes_session, kind_of_all},
};

/// A text with its placeholders found.
pub(crate) struct Template {
    parsed: Parsed,
    text: Text,
    order: Vec<u16>,
    statements: Vec<(usize, usize)>,
    file: &'static str,
    line: u32,
}

impl Template {
    pub(crate) fn new(sql: Text, dialect: Dialect, file: &'static str, line: u32) -> Result<Self> {
        let parsed = Parsed::parse(sql.as_str(), dialect).map_err(|error| wrong(error, &sql, file, line))?;
        let rendered = parsed.render();
        let order = rendered
            .order
            .iter()
            .map(|&index| u16::try_from(index).expect("a query with more than 65,535 parameters was refused"))
            .collect();
        let statements = rendered.statements.iter().map(|span| (span.start, span.end)).collect();
        let text = match rendered.sql {
            Cow::Borrowed(_) => sql,
            Cow::Owned(text) => Text::Shared(text.into()),
        };
        Ok(Template { parsed, text, order, statements, file, line })
    }

    /// The arguments in the order of the parameters.
    pub(crate) fn arrange(&self, args: Arguments) -> Result<Vec<Value>> {
        match args {
            Arguments::Positional(values) => {
                self.parsed.bind_positional(values.len()).map_err(|error| self.wrong(error))?;
                Ok(values)
            }
            Arguments::Named(named) => {
                let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
                let order = self.parsed.bind_names(&names).map_err(|error| self.wrong(error))?;
                Ok(order.into_iter().map(|index| named[index].1.clone()).collect())
            }
        }
    }

    pub(crate) fn command(self, args: Args) -> Command {
        let kind = kind_of_all(self.text.as_str(), &self.statements, self.parsed.dialect());
        Command {
            changes_session: changes_session(self.text.as_str(), kind, self.parsed.dialect()),
            text: self.text,
            order: Cow::Owned(self.order),
            types: &[],
            statements: Cow::Owned(self.statements),
            args,
            access: kind.access(),
            kind,
            file: self.file,
            line: self.line,
            columns: &[],
            rows: Cardinality::Many,
            checked: false,
            batch: None,
            timeout: None,
        }
    }

    fn wrong(&self, error: aio_databases_sql::Error) -> Error {
        wrong(error, &Text::Shared(self.parsed.sql().into()), self.file, self.line)
    }
}

fn wrong(error: aio_databases_sql::Error, sql: &Text, file: &'static str, line: u32) -> Error {
    let sql = Cow::Owned(sql.as_str().to_owned());
    Error::Sql { message: error.to_string(), query: Box::new(QueryPlace { file, line, sql }) }
}
