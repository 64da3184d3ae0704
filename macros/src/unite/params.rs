//! Merges the parameters of all texts: which ones are the same, their types, and whether they accept null.

use aio_databases_sql::Span;

use super::{ColumnOut, Param, Uniter, shown};
use crate::{
    check::Answer,
    column_alias::Override,
    types::{self, Marker},
    unify,
};

impl Uniter<'_> {
    pub(super) fn params(&mut self, columns: &[(ColumnOut, Override)]) -> (Vec<Param>, Vec<Vec<usize>>) {
        let Some(order) = self.order() else { return Default::default() };
        let count = order.iter().flatten().max().map_or(0, |last| last + 1);
        let mut params = Vec::new();
        for index in 0..count {
            params.extend(self.param(index, &order, columns));
        }
        (params, order)
    }

    /// Maps each answer's parameters to the merged ones, by name or by position.
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
        let message = format!("the texts have different parameters\n{each}");
        let help = "use the same parameters in all texts; with names (`:name`), a text can leave some out";
        self.mistake(0, Span::default(), message, help);
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
            // If the user declares the column nullable, the parameter can be null.
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
                    let message = format!("parameter {shown} is `{ty}`, which has no Rust type");
                    let span = *span;
                    let help = format!("pass text and cast it in two steps: `cast(cast(… as text) as {ty})`");
                    self.mistake(at, span, message, help);
                    return None;
                }
            }
        }
        let (answer, span, name) = found?;
        let marker = if said.is_empty() { Some(Marker::Any) } else { unify::parameter(&said) };
        let Some(marker) = marker else {
            let each =
                types.iter().map(|(dialect, ty)| format!("  {}: {}", dialect.title(), shown(Some(ty))));
            let each = each.collect::<Vec<_>>().join("\n");
            let what = name.clone().unwrap_or_else(|| (index + 1).to_string());
            let message = format!("the backends have different types for parameter {what}\n{each}");
            self.mistake(answer, span, message, "cast it to one type: `cast(… as text)`");
            return None;
        };
        Some(Param { name, marker, not_null, answer, span })
    }
}
