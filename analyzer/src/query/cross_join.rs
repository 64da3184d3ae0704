//! Tables that are listed without a join, and the conditions that relate them.

use sqlparser::ast::{BinaryOperator, Expr};

use super::{Infer, cardinality, scope::Scope};
use crate::diagnostics;

impl Infer<'_> {
    /// Records the tables that a part of a condition depends on, by their places in `LevelFacts::named`.
    pub(crate) fn relate(&mut self, scope: &Scope<'_>, places: std::ops::Range<usize>) {
        if scope.apart.len() > 1
            && let Some(tables) = self.level.named.get(places)
        {
            self.related.push(tables.to_vec());
        }
    }

    /// Reports tables that no condition relates to the tables before them, unless they have at most one row.
    pub(crate) fn cross_joins(&mut self, scope: &Scope<'_>, selects: bool) {
        if scope.apart.len() < 2 {
            return;
        }
        // The group of each table. Related groups get the number of the first one.
        let part = |place: usize| scope.apart.partition_point(|start| *start <= place).saturating_sub(1);
        let mut parts: Vec<usize> = (0..scope.apart.len()).collect();
        for tables in &self.related {
            let places = scope.tables.iter().enumerate().filter(|(_, table)| tables.contains(&table.id));
            let met: Vec<usize> = places.map(|(place, _)| parts[part(place)]).collect();
            let Some(first) = met.iter().min() else { continue };
            parts.iter_mut().filter(|part| met.contains(part)).for_each(|part| *part = *first);
        }
        let fixed = cardinality::fixed(scope);
        let counted = |table: &&super::scope::Table| !fixed.contains(&table.id);
        let mut before: Option<(usize, &super::scope::Table)> = None;
        let mut told = Vec::new();
        for (index, start) in scope.apart.iter().enumerate() {
            let end = scope.apart.get(index + 1).copied().unwrap_or(scope.tables.len());
            let Some(table) = scope.tables[*start..end].iter().find(counted) else { continue };
            match before {
                None => before = Some((parts[index], table)),
                Some((part, _)) if part == parts[index] || parts[..index].contains(&parts[index]) => {}
                Some((_, other)) => told.push((table, other)),
            }
        }
        // Unknown columns might relate them.
        if self.failed() || scope.tables.iter().any(|table| !table.complete) {
            return;
        }
        for (table, other) in told {
            self.report(diagnostics::cross_join(&table.name, &other.name, selects, table.span));
        }
    }
}

/// Whether a condition is `a and b`, with any number of parentheses.
pub(crate) fn is_and(condition: &Expr) -> bool {
    match condition {
        Expr::BinaryOp { op, .. } => *op == BinaryOperator::And,
        Expr::Nested(inner) => is_and(inner),
        _ => false,
    }
}
