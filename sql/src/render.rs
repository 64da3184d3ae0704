//! Rewrites a query's placeholders for its backend.

use std::{borrow::Cow, fmt::Write as _};

use crate::{Span, Style, Template, lex::chars::in_name, split};

/// A query's text as its backend reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered<'t> {
    /// The text. It is borrowed if nothing was replaced.
    pub sql: Cow<'t, str>,
    /// For each value to bind, the index of its [`TemplateParam`](crate::TemplateParam). For SQLite and PostgreSQL
    /// these are `0, 1, 2 …`; In MySQL, an argument is repeated for each of its `?`.
    pub order: Vec<usize>,
    /// The places of the statements, if there are several; empty otherwise.
    pub statements: Vec<Span>,
    edits: Vec<Edit>,
}

/// A part of the text that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    source: Span,
    rendered: Span,
}

impl Template {
    /// The text in its dialect's own style: `?1` for SQLite, `$1` for PostgreSQL, `?` for MySQL. Text that has these
    /// already (or SQLite's `?`) is unchanged.
    pub fn render(&self) -> Rendered<'_> {
        let facts = self.dialect.facts();
        let order = match facts.unnumbered {
            true => self.slots.iter().map(|slot| slot.param).collect(),
            false => (0..self.params.len()).collect(),
        };
        let target = Style::of(self.dialect);
        let as_written = match self.style {
            None => true,
            // SQLite would start counting again in each statement.
            Some(Style::Question) => facts.reads_question && !self.has_several(),
            Some(style) => style == target,
        };
        if as_written && self.percents.is_empty() {
            let (sql, statements) = (Cow::Borrowed(&*self.sql), self.several(&self.sql));
            return Rendered { sql, order, statements, edits: Vec::new() };
        }
        let mut writer = Writer {
            source: &self.sql,
            done: 0,
            sql: String::with_capacity(self.sql.len() + 2 * self.slots.len()),
            edits: Vec::with_capacity(self.slots.len() + self.percents.len()),
        };
        let mut percents = self.percents.iter().copied().peekable();
        for slot in &self.slots {
            while let Some(percent) = percents.next_if(|percent| percent.start < slot.span.start) {
                writer.replace(percent, |sql| sql.push('%'));
            }
            writer.placeholder(slot.span, target, slot.param + 1);
        }
        for percent in percents {
            writer.replace(percent, |sql| sql.push('%'));
        }
        let Writer { mut sql, edits, done, .. } = writer;
        sql.push_str(&self.sql[done..]);
        let statements = self.several(&sql);
        Rendered { sql: Cow::Owned(sql), order, statements, edits }
    }

    /// The places of the statements in the rendered text, if there are several.
    fn several(&self, rendered: &str) -> Vec<Span> {
        if self.has_several() { split(rendered, self.dialect).collect() } else { Vec::new() }
    }
}

struct Writer<'t> {
    source: &'t str,
    /// The end of the source that has been written.
    done: usize,
    sql: String,
    edits: Vec<Edit>,
}

impl Writer<'_> {
    fn replace(&mut self, source: Span, write: impl FnOnce(&mut String)) {
        self.sql.push_str(&self.source[self.done..source.start]);
        let start = self.sql.len();
        write(&mut self.sql);
        self.done = source.end;
        self.edits.push(Edit { source, rendered: Span::new(start, self.sql.len()) });
    }

    /// Writes a placeholder, with spaces if it would otherwise merge with the text beside it.
    fn placeholder(&mut self, span: Span, style: Style, number: usize) {
        let bytes = self.source.as_bytes();
        let after = bytes.get(span.end).is_some_and(|&byte| in_name(byte));
        self.replace(span, |sql| {
            if sql.ends_with(in_name_char) {
                sql.push(' ');
            }
            let _ = match style {
                Style::Dollar => write!(sql, "${number}"),
                Style::QuestionNumber => write!(sql, "?{number}"),
                _ => write!(sql, "?"),
            };
            if after {
                sql.push(' ');
            }
        });
    }
}

fn in_name_char(letter: char) -> bool {
    u8::try_from(letter).map_or(true, in_name)
}

impl Rendered<'_> {
    /// Maps the byte `offset` of the rendered text to the original text. An offset inside a placeholder maps to its
    /// start, and one past the end maps to the end.
    pub fn to_source(&self, offset: usize) -> usize {
        let offset = offset.min(self.sql.len());
        let after = self.edits.partition_point(|edit| edit.rendered.start <= offset);
        match after.checked_sub(1).map(|last| self.edits[last]) {
            None => offset,
            Some(edit) if offset < edit.rendered.end => edit.source.start,
            Some(edit) => edit.source.end + (offset - edit.rendered.end),
        }
    }

    /// Maps a part of the rendered text to the original text. A part of a placeholder maps to the whole placeholder.
    pub fn to_source_span(&self, span: Span) -> Span {
        let start = self.to_source(span.start);
        // The last byte can be inside of a placeholder.
        let before = self.edits.partition_point(|edit| edit.rendered.start < span.end);
        let last = before.checked_sub(1).map(|last| self.edits[last]);
        let end = match last.filter(|edit| span.end <= edit.rendered.end && span.end > span.start) {
            Some(edit) => edit.source.end,
            None => self.to_source(span.end),
        };
        Span::new(start, end.max(start))
    }

    /// Returns the text. It is only copied if it is borrowed.
    pub fn into_sql(self) -> String {
        self.sql.into_owned()
    }
}
