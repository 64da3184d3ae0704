//! Converts the inferred facts to the analysis.

use std::collections::HashMap;

use aio_databases_sql::{Position, Span};

use super::{
    Infer,
    output::Output,
    term::{Form, NullIf, Reason},
};
use crate::{
    Allowed, Analysis, Column, Nullability, Param, RelationColumn, Statement, diagnostics, resolve::Operand,
};

impl Infer<'_> {
    pub(super) fn into_analysis(mut self, statement: Statement, output: Output) -> Analysis {
        self.untyped_params();
        let asked: Vec<bool> = self.params.iter().map(|param| param.asked && !param.not_null).collect();
        let mut columns: Vec<Column> = Vec::new();
        for (index, column) in output.columns.iter().enumerate() {
            let ty = self.final_type(&column.term);
            if ty.is_none() && !self.failed() {
                self.report(diagnostics::untyped_column(&column.name, index, self.dialect, column.term.span));
            }
            let (nullable, not_null_if) = match column.term.null.verdict(&asked) {
                Ok(params) => (Nullability::NotNull, params),
                Err(reason) => (Nullability::Nullable(self.reason(&reason)), Vec::new()),
            };
            columns.push(Column {
                name: column.name.clone(),
                aliased: column.aliased,
                ty,
                nullable,
                not_null_if,
                origin: column.origin.clone(),
                span: self.text.span_to_source(column.term.span),
            });
        }
        if !output.complete && !self.failed() {
            self.report(diagnostics::unknown_columns());
        }
        self.duplicate_names(&output);
        let params = (0..self.params.len()).map(|index| self.finished_param(index, &columns)).collect();
        let mut analysis = Analysis {
            statement,
            access: self.access,
            rows: output.rows,
            params,
            columns,
            diagnostics: self.finished_diagnostics(),
            allowed: Vec::new(),
        };
        analysis.allow(Allowed::in_comments(self.text.source(), self.dialect));
        analysis
    }

    /// Reports the first repetition of each column name.
    fn duplicate_names(&mut self, output: &Output) {
        let mut known: HashMap<&str, (usize, bool)> = HashMap::new();
        for (index, column) in output.columns.iter().enumerate() {
            let (first, told) = known.entry(&column.name).or_insert((index, false));
            if *first == index || std::mem::replace(told, true) {
                continue;
            }
            let numbers = (*first + 1, index + 1);
            let origin = column.origin.as_deref();
            self.report(diagnostics::duplicate_name(&column.name, numbers, origin, column.term.span));
        }
    }

    fn finished_param(&self, index: usize, columns: &[Column]) -> Param {
        let state = &self.params[index];
        let needed = columns.iter().any(|column| column.not_null_if.contains(&index));
        let mut spans = self.text.param_spans(index);
        if let Some(decided) = state.decided {
            let decided = self.text.span_to_source(decided);
            if let Some(at) = spans.iter().position(|span| span.start == decided.start) {
                let first = spans.remove(at);
                spans.insert(0, first);
            }
        }
        // SQLite accepts a value of any type for every parameter.
        let any =
            || (self.facts.values.params_of_any_type && !self.failed()).then_some(crate::Type::base("any"));
        Param { ty: state.ty.clone().or_else(any), nullable: !(state.not_null || needed), spans }
    }

    /// Reports parameters without a type. Only SQLite accepts them.
    fn untyped_params(&mut self) {
        if self.facts.values.params_of_any_type {
            return;
        }
        let failed = self.failed();
        for index in 0..self.params.len() {
            let state = &self.params[index];
            let span = match (&state.ty, state.early) {
                (_, Some(early)) if !failed => early,
                (None, _) if !failed => match self.text.param_spans(index).first() {
                    Some(span) => {
                        let span = *span;
                        self.diagnostics.push(diagnostics::untyped_param(
                            span,
                            self.text.placeholder(index),
                            self.dialect,
                        ));
                        // Its place is already in the author's text.
                        self.placed.push(self.diagnostics.len() - 1);
                        continue;
                    }
                    None => continue,
                },
                _ => continue,
            };
            self.report(diagnostics::untyped_param(span, self.text.placeholder(index), self.dialect));
        }
    }

    /// The diagnostics, sorted by their places in the author's text.
    fn finished_diagnostics(&mut self) -> Vec<crate::Diagnostic> {
        let mut all = std::mem::take(&mut self.diagnostics);
        for (index, diagnostic) in all.iter_mut().enumerate() {
            // A name that desugaring created means nothing to the author.
            if self.text.is_sugar(diagnostic.span) {
                "this means nothing here".clone_into(&mut diagnostic.message);
                diagnostic.help = None;
            }
            if !self.placed.contains(&index) {
                // A diagnostic without a place is about the whole query.
                let span =
                    if diagnostic.span == Span::default() { self.text.whole() } else { diagnostic.span };
                diagnostic.span = self.text.span_to_source(span);
            }
        }
        all
    }

    /// A reason for people.
    pub(crate) fn reason(&self, reason: &Reason) -> Option<String> {
        match reason {
            Reason::Unknown => None,
            Reason::Column(relation, index) => {
                let column = relation.columns.get(*index)?;
                Some(format!("column `{}` of `{}` may be null", column.name, relation.name))
            }
            Reason::Join { table, join, at } => {
                let place = Position::of(self.text.source(), self.text.to_source(*at));
                Some(format!("null where `{table}` has no match: {join} at {}:{}", place.line, place.column))
            }
            Reason::Param(index) => {
                Some(format!("parameter `{}` may be null", self.text.placeholder(*index)))
            }
            Reason::Text(text) => Some(text.to_string()),
        }
    }

    /// The columns of a view.
    pub(super) fn view(self, output: Output) -> Vec<RelationColumn> {
        output
            .columns
            .into_iter()
            .map(|column| RelationColumn {
                digits: column.term.digits,
                counts: false,
                ty: match &column.term.ty {
                    _ if column.term.form == Form::Bytes || column.term.huge => None,
                    // In MariaDB it is a UUID, and in MySQL it is sent like one.
                    _ if column.term.form == Form::Uuid => Some(crate::Type::base("uuid")),
                    Operand::Known(ty) => Some(ty.clone()),
                    Operand::Untyped if self.facts.values.untyped_is_text => Some(crate::Type::base("text")),
                    _ => None,
                },
                not_null: matches!(column.term.null, NullIf::Never),
                name: column.name,
                has_default: false,
                generated: false,
                hidden: false,
            })
            .collect()
    }
}
