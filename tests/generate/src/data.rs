//! Rows for the tables of a schema.

use crate::{
    lang::Lang,
    literal,
    model::{Column, Model, Relation},
    rng::Rng,
};

/// How full the tables are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Nothing in them.
    Empty,
    /// Some rows, with a null in every second place that takes one.
    Some,
    /// A row or two with nulls wherever they go.
    Nulls,
    /// Values of other kinds than the columns are declared with, where the server takes them.
    Odd,
}

/// The statements that fill the tables; the server need not take each of them.
pub fn rows(rng: &mut Rng, lang: &Lang, model: &Model, fill: Fill) -> Vec<String> {
    let mut statements = Vec::new();
    for relation in model.relations.iter().filter(|relation| !relation.view) {
        let count = match fill {
            Fill::Empty => 0,
            Fill::Some | Fill::Odd => rng.between(3, 7),
            Fill::Nulls => rng.between(1, 2),
        };
        for number in 1..=count {
            statements.extend(row(rng, lang, model, relation, fill, number));
        }
    }
    statements
}

fn row(
    rng: &mut Rng,
    lang: &Lang,
    model: &Model,
    relation: &Relation,
    fill: Fill,
    number: usize,
) -> Option<String> {
    let columns: Vec<&Column> = relation.columns.iter().filter(|column| !column.generated).collect();
    let percent = if fill == Fill::Nulls { 95 } else { 45 };
    let values: Vec<String> = (columns.iter())
        .map(|column| match column.name.as_str() {
            // So that keys differ and joins match.
            "id" if fill != Fill::Nulls || column.not_null => number.to_string(),
            _ if !column.not_null && rng.chance(percent) => "null".to_owned(),
            _ if fill == Fill::Odd && rng.chance(50) => {
                (*rng.pick(&["'x'", "1.5", "7", "x'00'", "'2'", "''"])).to_owned()
            }
            _ => literal::value(rng, lang, column.holds, &|ty| model.labels(ty)),
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Some(format!("insert into {} ({}) values ({})", relation.name, names.join(", "), values.join(", ")))
}
