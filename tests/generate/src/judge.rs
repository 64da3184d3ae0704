//! Compares the analyzer's answers with those of the server.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aio_databases_analyzer::{Access, Analysis, Nullability, Rows, Schema, Severity};
use aio_databases_sql::{Dialect, Template};
use anyhow::{Context as _, Result};

use crate::{
    lang::Lang,
    literal,
    model::Model,
    rng::Rng,
    server::{Argument, Described, Ran, Server},
};

/// How an answer is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A column of another type.
    Type,
    /// A parameter of another type, or another number of them.
    Param,
    /// A column of another name, or another number of them.
    Name,
    /// A null out of a column that is called not null.
    Null,
    /// More or fewer rows than said.
    Rows,
    /// It writes, and is said to read.
    Access,
    /// The server refuses it.
    Refused,
    /// The catalog differs.
    Catalog,
    /// The analyzer panicked.
    Panic,
}

/// A wrong answer.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// How.
    pub class: Class,
    /// In words.
    pub what: String,
}

/// What came of one query.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Whether the server takes it; if not, why.
    pub refused: Option<String>,
    /// What the analyzer says it does not know, or refuses though the server does not.
    pub gaps: Vec<String>,
    /// Wrong answers.
    pub wrong: Vec<Wrong>,
    /// How often it ran to its end, and how often not, with the last reason.
    pub ran: usize,
    /// How often a value made it impossible.
    pub failed: usize,
    /// The last reason for that.
    pub failure: Option<String>,
    /// Whether rows came out of it.
    pub gave_rows: bool,
}

/// What queries are judged with.
pub struct Judge<'a> {
    /// The analyzer's schema.
    pub schema: &'a Schema,
    /// The dialect's tables.
    pub lang: &'a Lang,
    /// What the schema has.
    pub model: &'a Model,
}

/// A query that the server takes, with what is said of it.
#[derive(Clone, Debug)]
pub struct Question {
    /// As it is sent to the server.
    sql: String,
    /// For each value to bind: which parameter's.
    order: Vec<usize>,
    said: Analysis,
    told: Described,
}

impl Judge<'_> {
    /// Compares what the analyzer says of a query with what the server does; where it is to be run, the question.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    pub fn ask(&self, server: &mut dyn Server, sql: &str) -> Result<(Verdict, Option<Question>)> {
        let mut verdict = Verdict::default();
        let template = match Template::parse(sql, self.lang.dialect) {
            Ok(template) => template,
            Err(error) => {
                verdict.gaps.push(format!("placeholders: {error}"));
                return Ok((verdict, None));
            }
        };
        let rendered = template.render();
        let told = server.describe(&rendered.sql).with_context(|| sql.to_owned())?;
        let Ok(said) = catch_unwind(AssertUnwindSafe(|| self.schema.analyze(&template))) else {
            verdict.wrong(Class::Panic, "the analyzer panicked");
            return Ok((verdict, None));
        };
        let errors: Vec<_> = said.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        let told = match told {
            Ok(told) => told,
            Err(error) => {
                if errors.is_empty() {
                    verdict.wrong(Class::Refused, format!("the server refuses it: {error}"));
                }
                verdict.refused = Some(error);
                return Ok((verdict, None));
            }
        };
        for error in &errors {
            verdict.gaps.push(format!("{}: {}", error.code, error.message));
        }
        if !errors.is_empty() {
            // What it infers despite a mistake isn't compared.
            return Ok((verdict, None));
        }
        verdict.describe(server, &said, &told);
        let question = Question { sql: rendered.sql.into_owned(), order: rendered.order, said, told };
        Ok((verdict, Some(question)))
    }

    /// Runs a query on the rows that are there, and adds what is wrong to its verdict; `rng` is for its arguments, and
    /// `types` says whether values are of the kinds that columns are declared with.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    pub fn run(
        &self,
        server: &mut dyn Server,
        question: &Question,
        rng: &mut Rng,
        types: bool,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let Question { sql, order, said, told } = question;
        let runs = if said.params.is_empty() { 1 } else { 4 };
        for run in 0..runs {
            let nulls: Vec<bool> = (0..said.params.len()).map(|_| run > 0 && rng.chance(50)).collect();
            let values = self.arguments(rng, said, told.params.as_deref(), &nulls);
            let arguments: Vec<Argument> = if self.lang.dialect == Dialect::Mysql {
                order.iter().map(|at| values[*at].clone()).collect()
            } else {
                values
            };
            let ran =
                server.run(sql, &arguments, said.access == Access::Read).with_context(|| sql.clone())?;
            verdict.ran(server, said, &nulls, ran, types);
        }
        Ok(())
    }

    fn arguments(
        &self,
        rng: &mut Rng,
        said: &Analysis,
        told: Option<&[String]>,
        nulls: &[bool],
    ) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for (at, param) in said.params.iter().enumerate() {
            let said = param.ty.as_ref().map(|ty| ty.underlying().to_string());
            let name =
                told.and_then(|told| told.get(at).cloned()).or(said).unwrap_or_else(|| "any".to_owned());
            let name = class(&name, self.lang.dialect);
            let quoted = format!("\"{name}\"");
            let labels = |ty: &str| self.model.labels(ty).or_else(|| self.model.labels(&quoted));
            let text = literal::raw(rng, self.lang, crate::lang::intern(name.clone()), &labels);
            arguments.push(Argument { ty: param.ty.clone(), value: (!nulls[at]).then_some(text) });
        }
        arguments
    }
}

/// The type of literals that a type's values are made of.
fn class(name: &str, dialect: Dialect) -> String {
    if dialect != Dialect::Mysql {
        return name.to_owned();
    }
    let kind = match name {
        "year" | "date" | "time" | "json" | "double" | "decimal" | "uuid" | "inet6" => name,
        "datetime" | "timestamp" => "datetime",
        "float" => "double",
        name if name.contains("int") || name == "boolean" => "bigint",
        name if name.contains("blob") || name.contains("binary") => "blob",
        _ => "varchar",
    };
    kind.to_owned()
}

impl Verdict {
    fn wrong(&mut self, class: Class, what: impl Into<String>) {
        self.wrong.push(Wrong { class, what: what.into() });
    }

    fn describe(&mut self, server: &dyn Server, said: &Analysis, told: &Described) {
        if let Some(columns) = &told.columns {
            self.columns(server, said, columns, true);
        }
        for (at, column) in said.columns.iter().enumerate() {
            if column.ty.is_none() {
                self.gaps.push(format!("the type of column {} is unknown", at + 1));
            }
        }
        if let Some(params) = &told.params {
            if params.len() != said.params.len() {
                self.wrong(
                    Class::Param,
                    format!("{} parameters, the server has {params:?}", said.params.len()),
                );
            }
            for (at, (said, told)) in said.params.iter().zip(params).enumerate() {
                match &said.ty {
                    None => self.gaps.push("the type of a parameter is unknown".to_owned()),
                    Some(said) if !server.same(said, told) => {
                        let what = format!("parameter {} is {said}, the server says {told}", at + 1);
                        self.wrong(Class::Param, what);
                    }
                    Some(_) => {}
                }
            }
        }
        if told.reads == Some(false) && said.access == Access::Read {
            self.wrong(Class::Access, "it is said to read, the server says that it writes");
        }
    }

    fn columns(
        &mut self,
        server: &dyn Server,
        said: &Analysis,
        seen: &[(String, Option<String>)],
        types: bool,
    ) {
        if said.columns.len() != seen.len() {
            let names: Vec<_> = seen.iter().map(|(name, _)| name).collect();
            self.wrong(Class::Name, format!("{} columns, the server has {names:?}", said.columns.len()));
            return;
        }
        for (at, (said, (name, ty))) in said.columns.iter().zip(seen).enumerate() {
            if said.name != *name {
                self.wrong(
                    Class::Name,
                    format!("column {} is `{}`, the server calls it `{name}`", at + 1, said.name),
                );
            }
            if let (Some(said), Some(seen)) = (&said.ty, ty)
                && types
                && !server.same(said, seen)
            {
                self.wrong(Class::Type, format!("column {} is {said}, the server says {seen}", at + 1));
            }
        }
    }

    fn ran(&mut self, server: &dyn Server, said: &Analysis, null: &[bool], ran: Ran, types: bool) {
        let (count, nulls, columns) = match ran {
            Ran::Rows { count, nulls, columns } => (count, nulls, columns),
            Ran::Failed(error) => {
                self.failed += 1;
                self.failure = Some(error);
                return;
            }
            Ran::Wrote(error) => {
                self.wrong(Class::Access, format!("it is said to read: {error}"));
                return;
            }
        };
        self.ran += 1;
        self.gave_rows |= count > 0;
        let fits = match said.rows {
            Rows::None => count == 0,
            Rows::One => count == 1,
            Rows::AtMostOne => count <= 1,
            Rows::Many => true,
        };
        if !fits {
            self.wrong(Class::Rows, format!("{count} rows came, not {:?}", said.rows));
        }
        if !columns.is_empty() {
            // MariaDB tells a parameter's type by the argument, which a null has none of.
            self.columns(server, said, &columns, types && !null.contains(&true));
        }
        for (at, (said, is_null)) in said.columns.iter().zip(nulls).enumerate() {
            let excused = said.not_null_if.iter().any(|param| null.get(*param) == Some(&true));
            if is_null && said.nullable == Nullability::NotNull && !excused {
                let which: Vec<String> = (1..)
                    .zip(null)
                    .filter(|(_, null)| **null)
                    .map(|(at, _): (usize, _)| format!("${at}"))
                    .collect();
                let with = if which.is_empty() {
                    String::new()
                } else {
                    format!(" with null for {}", which.join(", "))
                };
                self.wrong(
                    Class::Null,
                    format!("a null came out of column {}, which is called not null{with}", at + 1),
                );
            }
        }
    }
}
