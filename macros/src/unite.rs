//! One answer of all backends' answers, in Rust's terms.

use std::collections::HashMap;

use aio_databases_analyzer::{Access, Column, Nullability, Rows, Type};
use aio_databases_sql::{Dialect, Span};

use crate::{
    check::{self, Answer},
    input::Macro,
    join,
    message::Mistake,
    override_::{self, Override},
    types::{self, Features, Marker},
};

/// What a query takes and gives, on every backend.
pub(crate) struct Checked {
    pub(crate) access: Access,
    pub(crate) rows: Rows,
    /// The parameters, by name where they have one.
    pub(crate) params: Vec<Param>,
    /// The columns that are wanted.
    pub(crate) columns: Vec<ColumnOut>,
    /// For each answer and each of its parameters: the index in `params`.
    pub(crate) order: Vec<Vec<usize>>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub(crate) name: Option<String>,
    pub(crate) marker: Marker,
    pub(crate) not_null: bool,
    /// Where it stands, in the first answer that has it.
    pub(crate) answer: usize,
    pub(crate) span: Span,
}

/// A column of the result.
pub(crate) struct ColumnOut {
    pub(crate) name: String,
    pub(crate) marker: Marker,
    pub(crate) nullable: bool,
    /// The Rust type of a value that is not null, `$p` for `__private`; of the override's where there is one.
    pub(crate) ty: String,
    pub(crate) overridden: bool,
    /// What its documentation says.
    pub(crate) doc: String,
    pub(crate) span: Span,
}

/// The columns that a macro reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    None,
    First,
    All,
}

impl Wanted {
    pub(crate) fn of(makro: Macro) -> Self {
        match makro {
            Macro::Execute | Macro::Executemany => Wanted::None,
            Macro::Fetchval | Macro::QueryVal => Wanted::First,
            _ => Wanted::All,
        }
    }
}

/// How a record is made of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Each column becomes a field.
    Fields,
    /// Names are of no interest.
    ByPlace,
}

/// Unites the answers.
pub(crate) fn unite(
    answers: &[Answer],
    wanted: Wanted,
    naming: Naming,
    typed: bool,
    features: Features,
) -> Result<Checked, Vec<Mistake>> {
    let mut united = Uniter { answers, naming, typed, features, mistakes: Vec::new() };
    let columns = united.columns(wanted);
    let (params, order) = united.params(&columns);
    if !united.mistakes.is_empty() {
        return Err(united.mistakes);
    }
    let writes = answers.iter().any(|answer| answer.analysis.access == Access::Write);
    Ok(Checked {
        access: if writes { Access::Write } else { Access::Read },
        rows: rows(answers),
        params,
        columns: columns.into_iter().map(|(column, _)| column).collect(),
        order,
    })
}

fn rows(answers: &[Answer]) -> Rows {
    let rank = |rows: Rows| match rows {
        Rows::One => 0,
        Rows::None => 1,
        Rows::AtMostOne => 2,
        Rows::Many => 3,
    };
    let rows = answers.iter().map(|answer| answer.analysis.rows);
    let (least, most) = (rows.clone().min_by_key(|rows| rank(*rows)), rows.max_by_key(|rows| rank(*rows)));
    match (least, most) {
        // None here, one there: at most one.
        (Some(Rows::One), Some(Rows::None)) => Rows::AtMostOne,
        (_, Some(most)) => most,
        (_, None) => Rows::None,
    }
}

struct Uniter<'a> {
    answers: &'a [Answer],
    naming: Naming,
    /// Whether the user's own type says which Rust types the columns have.
    typed: bool,
    features: Features,
    mistakes: Vec<Mistake>,
}

impl Uniter<'_> {
    fn mistake(&mut self, answer: usize, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let answer = &self.answers[answer];
        let mistake = Mistake::sql(&answer.text, check::place(answer, span), message).help(help);
        self.mistakes.push(mistake);
    }

    /// The columns, and what their aliases say.
    fn columns(&mut self, wanted: Wanted) -> Vec<(ColumnOut, Override)> {
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
            let message = format!("the backends do not agree on the number of columns\n{each}");
            self.mistake(0, Span::default(), message, "name the columns instead of `*`");
            return Vec::new();
        }
        let mut columns: Vec<(ColumnOut, Override)> = Vec::new();
        let mut known = HashMap::new();
        for index in 0..count {
            let Some((column, over)) = self.column(index) else { continue };
            if self.naming == Naming::Fields && known.insert(column.name.clone(), index).is_some() {
                let message = format!("two columns are called `{}`", column.name);
                self.mistake(
                    0,
                    column.span,
                    message,
                    format!("give one an alias: `… as other_{}`", column.name),
                );
            }
            columns.push((column, over));
        }
        columns
    }

    /// One line for each backend.
    fn each(&self, say: impl Fn(&Answer) -> String) -> String {
        let lines =
            self.answers.iter().map(|answer| format!("  {}: {}", answer.dialect.title(), say(answer)));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn column(&mut self, index: usize) -> Option<(ColumnOut, Override)> {
        let answers = self.answers;
        let of = |answer: &Answer| -> Column { answer.analysis.columns[index].clone() };
        let all: Vec<Column> = answers.iter().map(of).collect();
        let span = all[0].span;
        let mut parsed = Vec::new();
        for column in &all {
            match override_::parse(&column.name) {
                Ok((name, over)) => parsed.push((name.to_owned(), over)),
                Err(problem) => {
                    let help =
                        "an alias may be `\"name!\"`, `\"name?\"`, `\"name: Type\"` or `\"name!: Type\"`";
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
            let message =
                format!("column {} is not called the same everywhere\n{}", index + 1, each.join("\n"));
            self.mistake(0, span, message, "give it an alias: `… as name`");
            return None;
        }
        // PostgreSQL has names in lower case where the others keep them as they are written.
        let postgres = self.answers.iter().position(|answer| answer.dialect == Dialect::Postgres);
        let name = postgres.map_or(name, |at| &parsed[at].0);
        if !is_identifier(name) {
            let message = format!("a field can't be called `{name}`");
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
                    let (what, help) = match &column.ty {
                        Some(ty) => (
                            format!("column `{name}` is `{ty}`, which no Rust type stands for"),
                            format!(
                                "cast it, for example to text, or name a type that reads it: `as \"{name}: Type\"`"
                            ),
                        ),
                        None => (
                            format!("the type of column `{name}` is not known{}", self.on(answer.dialect)),
                            format!(
                                "{}, or name its Rust type: `as \"{name}: i64\"`",
                                check::cast_help(answer, column.span).unwrap_or_else(|| "cast it".to_owned())
                            ),
                        ),
                    };
                    self.mistake(0, span, what, help);
                    return None;
                }
            }
        }
        let marker = if said.len() == answers.len() { join::result(&said) } else { None };
        if let Some(own) = own {
            return Some((marker.unwrap_or(Marker::Any), own));
        }
        let Some(marker) = marker else {
            let each = (answers.iter().zip(all)).map(|(answer, column)| {
                format!("  {}: {}", answer.dialect.title(), shown(column.ty.as_ref()))
            });
            let each = each.collect::<Vec<_>>().join("\n");
            let message = format!("the backends do not agree on the type of column `{name}`\n{each}");
            let help = format!("cast it to one type, or name the Rust type: `as \"{name}: Type\"`");
            self.mistake(0, span, message, help);
            return None;
        };
        match types::rust_type(&marker, self.features) {
            Ok(ty) => Some((marker, ty)),
            // The field's own type is one that the crate has, with or without the feature.
            Err(_) if self.typed => Some((marker, "_".to_owned())),
            Err(feature) => {
                let ty = shown(all[0].ty.as_ref());
                let message =
                    format!("column `{name}` is {ty}, which needs a feature of `aio-databases`: {feature}");
                let help = format!("turn it on in Cargo.toml, or cast the column: `cast({name} as text)`");
                self.mistake(0, span, message, help.replace("cast(… as text)", "cast"));
                None
            }
        }
    }

    /// " on PostgreSQL" where there are several backends.
    fn on(&self, dialect: Dialect) -> String {
        if self.answers.len() > 1 { format!(" on {}", dialect.title()) } else { String::new() }
    }

    fn params(&mut self, columns: &[(ColumnOut, Override)]) -> (Vec<Param>, Vec<Vec<usize>>) {
        let Some(order) = self.order() else { return Default::default() };
        let count = order.iter().flatten().max().map_or(0, |last| last + 1);
        let mut params = Vec::new();
        for index in 0..count {
            params.extend(self.param(index, &order, columns));
        }
        (params, order)
    }

    /// For each answer's parameters, which of the united ones each is: by name, or by place.
    fn order(&mut self) -> Option<Vec<Vec<usize>>> {
        let answers = self.answers;
        let mut names: Vec<&str> = Vec::new();
        let mut order = Vec::new();
        for answer in answers {
            let params = answer.template.params().iter().enumerate();
            order.push(
                params
                    .map(|(place, param)| match param.name.as_deref() {
                        None => place,
                        Some(name) => names.iter().position(|known| *known == name).unwrap_or_else(|| {
                            names.push(name);
                            names.len() - 1
                        }),
                    })
                    .collect::<Vec<_>>(),
            );
        }
        let named = |answer: &Answer| answer.template.style().is_some_and(|style| style.is_named());
        let agree = answers.iter().all(|answer| named(answer) == named(&answers[0]))
            && (names.is_empty().then(|| order.iter().all(|other| other.len() == order[0].len()))
                != Some(false));
        if agree {
            return Some(order);
        }
        let each = self.each(|answer| match answer.template.params().len() {
            0 => "none".to_owned(),
            count => {
                let style = answer.template.style().map_or("", |style| style.example());
                format!("{count}, written as `{style}`")
            }
        });
        let message = format!("the texts do not agree on their parameters\n{each}");
        self.mistake(0, Span::default(), message, "write the placeholders of all texts in one style");
        None
    }

    fn param(
        &mut self,
        index: usize,
        order: &[Vec<usize>],
        columns: &[(ColumnOut, Override)],
    ) -> Option<Param> {
        let answers = self.answers;
        let mut said = Vec::new();
        let mut types = Vec::new();
        let mut not_null = false;
        let mut found = None;
        for (at, answer) in answers.iter().enumerate() {
            let Some(own) = order[at].iter().position(|place| *place == index) else { continue };
            let (template, param) = (&answer.template.params()[own], answer.analysis.params.get(own));
            let span = template.spans.first().copied().unwrap_or_default();
            let (_, span, name) = found.get_or_insert((at, span, template.name.clone()));
            let Some(param) = param else { continue };
            // A column that the user calls nullable wants no more of the parameter.
            let mut because = (answer.analysis.columns.iter().zip(columns))
                .filter(|(column, _)| column.not_null_if.contains(&own))
                .map(|(_, (_, over))| over.nullable)
                .peekable();
            let released = because.peek().is_some() && because.all(|nullable| nullable == Some(true));
            not_null |= !param.nullable && !released;
            let Some(ty) = &param.ty else { continue };
            types.push((answer.dialect, ty.clone()));
            match types::marker(ty, answer.dialect) {
                Some(marker) => said.push((answer.dialect, marker)),
                None => {
                    let shown = name.clone().unwrap_or_else(|| (index + 1).to_string());
                    let message = format!("parameter {shown} is `{ty}`, which no Rust type stands for");
                    let span = *span;
                    let help = format!("pass text and cast it in two steps: `cast(cast(… as text) as {ty})`");
                    self.mistake(at, span, message, help);
                    return None;
                }
            }
        }
        let (answer, span, name) = found?;
        let marker = if said.is_empty() { Some(Marker::Any) } else { join::parameter(&said) };
        let Some(marker) = marker else {
            let each =
                types.iter().map(|(dialect, ty)| format!("  {}: {}", dialect.title(), shown(Some(ty))));
            let each = each.collect::<Vec<_>>().join("\n");
            let what = name.clone().unwrap_or_else(|| (index + 1).to_string());
            let message = format!("the backends do not agree on the type of parameter {what}\n{each}");
            self.mistake(answer, span, message, "cast it to one type: `cast(… as text)`");
            return None;
        };
        Some(Param { name, marker, not_null, answer, span })
    }
}

fn shown(ty: Option<&Type>) -> String {
    ty.map_or("not known".to_owned(), |ty| format!("`{ty}`"))
}

/// Whether a column may be null, and why.
fn nullability(answers: &[Answer], all: &[Column], over: &Override) -> (bool, Option<String>) {
    if let Some(nullable) = over.nullable {
        return (nullable, Some("as its alias says".to_owned()));
    }
    let mut nullable = false;
    for (answer, column) in answers.iter().zip(all) {
        if let Nullability::Nullable(reason) = &column.nullable {
            nullable = true;
            if let Some(reason) = reason {
                let on =
                    if answers.len() > 1 { format!(" ({})", answer.dialect.title()) } else { String::new() };
                return (true, Some(format!("{reason}{on}")));
            }
        }
    }
    (nullable, None)
}

/// What the field's documentation says: "`int8`, never null".
fn document(
    answers: &[Answer],
    all: &[Column],
    nullable: bool,
    why: Option<String>,
    over: &Override,
) -> String {
    let mut types: Vec<(String, Vec<&str>)> = Vec::new();
    for (answer, column) in answers.iter().zip(all) {
        let ty =
            column.ty.as_ref().map_or_else(|| "a type that is not known".to_owned(), |ty| format!("`{ty}`"));
        match types.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, on)) => on.push(answer.dialect.title()),
            None => types.push((ty, vec![answer.dialect.title()])),
        }
    }
    let several = types.len() > 1;
    let types: Vec<_> = types
        .into_iter()
        .map(|(ty, on)| if several { format!("{ty} on {}", on.join(" and ")) } else { ty })
        .collect();
    let null = if nullable { "null where there is none" } else { "never null" };
    let null = match why {
        Some(why) if nullable && over.nullable.is_none() => why,
        Some(why) => format!("{} {why}", if nullable { "may be null" } else { "never null" }),
        None if nullable => "may be null".to_owned(),
        None => null.to_owned(),
    };
    format!("{}, {null}", types.join(", "))
}

/// Whether a field can have the name, as it is or as `r#name`.
fn is_identifier(name: &str) -> bool {
    !matches!(name, "self" | "Self" | "super" | "crate" | "_")
        && syn::parse_str::<proc_macro2::Ident>(&format!("r#{name}")).is_ok()
}
