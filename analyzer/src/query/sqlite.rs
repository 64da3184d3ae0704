//! Features of SQLite: built-in tables and pragmas.

use std::rc::Rc;

use aio_databases_sql::Span;

use super::{
    Infer,
    from::plain_column,
    output::{Output, OutputColumn},
    scope::Table,
    term::{NullIf, Term},
};
use crate::{
    RelationKind, Rows, Statement, Type,
    data::sqlite::{self, Column},
    diagnostics,
    resolve::{Call, Operand, Unresolved},
    syntax::Pragma,
};

impl Infer<'_> {
    pub(super) fn pragma(&mut self, pragma: &Pragma) -> (Statement, Output) {
        let Some(known) = sqlite::pragma(&pragma.name, pragma.argument) else {
            self.writes();
            if !pragma.argument {
                self.report(diagnostics::unknown_result(&format!("pragma {}", pragma.name)));
            }
            return (Statement::Other, Output::none());
        };
        if known.writes {
            self.writes();
        }
        let columns = known.columns.into_iter().map(|column| own_column(column, pragma.span)).collect();
        (Statement::Other, Output::new(columns, known.rows, true))
    }

    /// The result of `explain`.
    pub(super) fn sqlite_explained(&mut self, plan: bool) -> Output {
        let columns: &[(&str, &'static str, bool)] = match plan {
            true => &[
                ("id", "integer", false),
                ("parent", "integer", false),
                ("notused", "integer", false),
                ("detail", "text", false),
            ],
            false => &[
                ("addr", "integer", false),
                ("opcode", "text", false),
                ("p1", "integer", false),
                ("p2", "integer", false),
                ("p3", "integer", false),
                ("p4", "text", true),
                ("p5", "integer", false),
                ("comment", "text", true),
            ],
        };
        let column = |(name, ty, nullable): &(&'static str, &'static str, bool)| {
            let column = Column { name, ty: Some(Type::base(ty)), nullable: *nullable, hidden: false };
            own_column(column, Span::default())
        };
        Output::new(columns.iter().map(column).collect(), Rows::Many, true)
    }

    /// `name(…)` in `from`: a SQLite function, or a search in a virtual table.
    pub(super) fn sqlite_call_table(
        &mut self,
        schema: Option<&str>,
        name: &str,
        args: &[Term],
        span: Span,
    ) -> Table {
        if let Some(table) = self.sqlite_table(name, true, span) {
            return table;
        }
        match self.relation(schema, name).filter(|relation| relation.kind == RelationKind::Virtual) {
            Some(relation) => self.relation_table(relation, span),
            None => {
                let operands: Vec<Operand> = args.iter().map(|arg| arg.ty.clone()).collect();
                let call = Call { schema, ..Call::new(name, &operands) };
                let problem = Unresolved::NoSuchName { similar: None };
                self.report(diagnostics::wrong_call(&call, &problem, self.dialect, span));
                self.unclear_table(Rc::from(name), span)
            }
        }
    }

    /// A built-in table, or the result of a built-in function.
    pub(super) fn sqlite_table(&mut self, name: &str, called: bool, span: Span) -> Option<Table> {
        let own = sqlite::table(&name.to_ascii_lowercase()).filter(|own| own.callable || !called)?;
        let mut table = self.unclear_table(Rc::from(name), span);
        table.complete = true;
        table.columns = own
            .columns
            .into_iter()
            .map(|column| {
                let null = match column.nullable {
                    true if name.starts_with("json") => NullIf::because("a JSON value may be null"),
                    true => NullIf::maybe(),
                    false => NullIf::Never,
                };
                let mut made = plain_column(column.name, Operand::from(column.ty), null);
                made.hidden = column.hidden;
                made
            })
            .collect();
        Some(table)
    }
}

fn own_column(column: Column, span: Span) -> OutputColumn {
    let null = if column.nullable { NullIf::maybe() } else { NullIf::Never };
    let term = Term::new(Operand::from(column.ty), null, span);
    OutputColumn { name: column.name.to_owned(), aliased: false, term, origin: None }
}
