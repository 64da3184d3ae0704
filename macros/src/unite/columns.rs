//! Merges the columns of all backends' answers: names, types and nullability.

use std::collections::HashMap;

use aio_databases_analyzer::Column;
use aio_databases_sql::Span;

use super::{
    ColumnOut, Naming, Uniter, Wanted,
    document::{document, nullability},
    shown,
};
use crate::{
    check::{self, Answer},
    column_alias::{self, Override},
    dialect::Described,
    ident,
    types::{self, Marker},
    unify,
};

impl Uniter<'_> {
    /// The columns, with the annotations of their aliases.
    pub(super) fn columns(&mut self, wanted: Wanted) -> Vec<(ColumnOut, Override)> {
        let counts: Vec<_> = self.answers.iter().map(|answer| answer.analysis.columns.len()).collect();
        let first = counts.first().copied().unwrap_or_default();
        let count = match wanted {
            Wanted::None => return Vec::new(),
            Wanted::First => first.min(1),
            Wanted::All => first,
        };
        if counts.iter().any(|count| *count != first) {
            let each = self.each(|answer| match answer.analysis.columns.len() {
                0 => "no columns".to_owned(),
                1 => "1 column".to_owned(),
                n => format!("{n} columns"),
            });
            let message = format!("the backends return different numbers of columns\n{each}");
            self.mistake(0, Span::default(), message, "name the columns instead of `*`");
            return Vec::new();
        }
        let mut columns: Vec<(ColumnOut, Override)> = Vec::new();
        let mut known = HashMap::new();
        for index in 0..count {
            let Some((column, over)) = self.column(index) else { continue };
            if self.naming == Naming::Fields
                && let Some(first) = known.insert(column.name.clone(), index)
            {
                self.same_name(&column, first, index);
            }
            columns.push((column, over));
        }
        columns
    }

    /// Two fields can't have the same name.
    fn same_name(&mut self, column: &ColumnOut, first: usize, second: usize) {
        let all = &self.answers[0].analysis.columns;
        let name = &column.name;
        let (which, help) = match (&all[first].origin, &all[second].origin) {
            (Some(one), Some(other)) if one != other => {
                (format!(": `{one}` and `{other}`"), format!("`{other} as {}`", other.replace('.', "_")))
            }
            _ => (String::new(), format!("`… as other_{name}`")),
        };
        let message = format!("columns {} and {} are both named `{name}`{which}", first + 1, second + 1);
        let text = &self.answers[0].text.value;
        let help = match column.span.of(text).ends_with('*') {
            true => format!("name the columns instead of `*`, and give one an alias: {help}"),
            false => format!("give one an alias: {help}"),
        };
        self.mistake(0, column.span, message, help);
    }

    fn column(&mut self, index: usize) -> Option<(ColumnOut, Override)> {
        let answers = self.answers;
        let of = |answer: &Answer| -> Column { answer.analysis.columns[index].clone() };
        let all: Vec<Column> = answers.iter().map(of).collect();
        let span = all[0].span;
        let mut parsed = Vec::new();
        for column in &all {
            let read = match column.aliased {
                true => column_alias::parse(&column.name),
                // The text of an expression can look like a name with annotations: `'a: b'`.
                false => Ok((column.name.as_str(), Override::default())),
            };
            match read {
                Ok((name, over)) => parsed.push((name.to_owned(), over)),
                Err(problem) => {
                    let help =
                        "an alias can be `\"name!\"`, `\"name?\"`, `\"name: Type\"` or `\"name!: Type\"`";
                    self.mistake(0, span, format!("the alias `{}`: {problem}", column.name), help);
                    return None;
                }
            }
        }
        let name = self.name(index, &parsed, span)?;
        let over = parsed[0].1.clone();
        let (marker, ty) = self.column_type(&name, &all, &over, span)?;
        let (nullable, why) = nullability(answers, &all, &over);
        let doc = document(answers, &all, nullable, why, &over);
        let overridden = over.ty.is_some();
        Some((ColumnOut { name, marker, nullable, ty, overridden, doc, span }, over))
    }

    fn name(&mut self, index: usize, parsed: &[(String, Override)], span: Span) -> Option<String> {
        let (name, _) = &parsed[0];
        if self.naming == Naming::ByPlace {
            return Some(name.clone());
        }
        if parsed.iter().any(|(other, _)| !other.eq_ignore_ascii_case(name)) {
            let each: Vec<_> = (self.answers.iter().zip(parsed))
                .map(|(answer, (name, _))| format!("  {}: `{name}`", answer.dialect.title()))
                .collect();
            let message = format!("column {} has different names\n{}", index + 1, each.join("\n"));
            self.mistake(0, span, message, "give it an alias: `… as name`");
            return None;
        }
        let lowercase = self.answers.iter().position(|answer| answer.dialect.facts().lowercase_names);
        let name = lowercase.map_or(name, |at| &parsed[at].0);
        if !ident::is_raw_name(name) {
            let message = format!("a field can't be named `{name}`");
            self.mistake(0, span, message, "give the column an alias: `… as name`");
            return None;
        }
        Some(name.clone())
    }

    fn column_type(
        &mut self,
        name: &str,
        all: &[Column],
        over: &Override,
        span: Span,
    ) -> Option<(Marker, String)> {
        let answers = self.answers;
        let own = over.ty.clone();
        let mut said = Vec::new();
        for (answer, column) in answers.iter().zip(all) {
            let marker = column.ty.as_ref().and_then(|ty| types::marker(ty, answer.dialect));
            match marker {
                Some(marker) => said.push((answer.dialect, marker)),
                None if own.is_some() => {}
                None => {
                    let alias = if ident::is_raw_name(name) { name } else { "name" };
                    let (what, help) = match &column.ty {
                        Some(ty) => (
                            format!("column `{name}` is `{ty}`, which has no Rust type"),
                            format!(
                                "cast it, for example to text, or name a Rust type for it: `as \"{alias}: Type\"`"
                            ),
                        ),
                        None => (
                            format!("the type of column `{name}` is unknown{}", self.on(answer.dialect)),
                            format!(
                                "{}, or name its Rust type: `as \"{alias}: i64\"`",
                                check::cast_help(answer, column.span).unwrap_or_else(|| "cast it".to_owned())
                            ),
                        ),
                    };
                    self.mistake(0, span, what, help);
                    return None;
                }
            }
        }
        let marker = if said.len() == answers.len() { unify::result(&said) } else { None };
        if let Some(own) = own {
            return Some((marker.unwrap_or(Marker::Any), own));
        }
        let Some(marker) = marker else {
            let each = (answers.iter().zip(all)).map(|(answer, column)| {
                format!("  {}: {}", answer.dialect.title(), shown(column.ty.as_ref()))
            });
            let each = each.collect::<Vec<_>>().join("\n");
            let message = format!("the backends have different types for column `{name}`\n{each}");
            let help = format!("cast it to one type, or name the Rust type: `as \"{name}: Type\"`");
            self.mistake(0, span, message, help);
            return None;
        };
        match types::rust_type(&marker, self.features) {
            Ok(ty) => Some((marker, ty)),
            // The user's type exists whether or not the feature is enabled.
            Err(_) if self.typed => Some((marker, "_".to_owned())),
            Err(feature) => {
                let needs = |(_, (_, own)): &(_, &(_, Marker))| types::rust_type(own, self.features).is_err();
                let (column, on) = match all.iter().zip(&said).find(needs) {
                    Some((column, (dialect, _))) => (column, self.on(*dialect)),
                    None => (&all[0], String::new()),
                };
                let ty = shown(column.ty.as_ref());
                let message = format!(
                    "column `{name}` is {ty}{on}, which requires a feature of `aio-databases`: {feature}"
                );
                let help = format!("enable it in Cargo.toml, or cast the column: `cast({name} as text)`");
                self.mistake(0, span, message, help.replace("cast(… as text)", "cast"));
                None
            }
        }
    }
}
