//! What was measured, for people.

use std::fmt::Write as _;

use crate::case::Outcome;

/// Prints a table for each set of contenders that the cases share.
pub(crate) fn print(title: &str, rounds: usize, outcomes: &[Outcome]) {
    for same in outcomes.chunk_by(|a, b| names(a).eq(names(b))) {
        println!("{title}: medians of up to {rounds} rounds, ratios to the first\n");
        println!("{}", render(same));
    }
}

fn names(outcome: &Outcome) -> impl Iterator<Item = &str> {
    outcome.contenders.iter().map(|contender| contender.name)
}

fn render(outcomes: &[Outcome]) -> String {
    let head = std::iter::once(String::new()).chain(names(&outcomes[0]).map(str::to_owned));
    let mut rows = vec![head.collect::<Vec<_>>()];
    rows.extend(outcomes.iter().map(|outcome| {
        let cells = outcome.contenders.iter().enumerate().map(|(index, contender)| match index {
            0 => time(contender.time),
            _ => format!("{:.2} ±{:.2}", contender.ratio, contender.spread),
        });
        std::iter::once(outcome.name.clone()).chain(cells).collect()
    }));
    columns(&rows)
}

/// Rows of cells, each column as wide as it must be: the first is aligned left, the others right.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            let _ = match column {
                0 => write!(text, "  {cell:<width$}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        text.push('\n');
    }
    text
}

fn time(seconds: f64) -> String {
    let micros = seconds * 1e6;
    match micros {
        ..10.0 => format!("{micros:.2} µs"),
        ..1_000.0 => format!("{micros:.1} µs"),
        _ => format!("{:.2} ms", micros / 1e3),
    }
}
