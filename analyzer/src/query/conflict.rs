//! `on conflict`: its target, and what is done in place of the insert.
//!
//! The parser takes columns for a target. One that is more (`(lower(name)) where active`) becomes a column, the name of
//! which says where the target stands, and is read on its own.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::{Dialect, Span};
use sqlparser::{
    ast::{AssignmentTarget, ConflictTarget, Expr, Ident, ObjectName, OnConflict, OnConflictAction},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Infer,
    help::{is_word, marker, significant},
    parse,
    scope::{Clause, Scope, fold, same},
};
use crate::{Relation, RelationKind, diagnostics, dialect::Described};

/// What the name of the column starts with.
const TARGET: &str = "\u{1}target ";

/// What follows `on conflict`, rewritten; how many tokens that were.
pub(super) fn rewrite(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> usize {
    let length = length(tokens);
    let mut inside = significant(&tokens[..length]).filter_map(|(at, _)| parse::span(tokens[at].span));
    let Some(first) = inside.next() else { return 0 };
    let last = inside.last().unwrap_or(first);
    let name = marker(&format!("{TARGET}{} {}", first.start, last.end));
    let span = tokens[0].span;
    out.extend([Token::LParen, Token::Word(name), Token::RParen].map(|token| TokenWithSpan { token, span }));
    length
}

/// The place that a rewritten target's name says.
fn place(name: &Ident) -> Option<Span> {
    let (start, end) = name.value.strip_prefix(TARGET)?.split_once(' ')?;
    Some(Span::new(start.parse().ok()?, end.parse().ok()?))
}

/// How many tokens a target has that is more than columns.
fn length(tokens: &[TokenWithSpan]) -> usize {
    let (mut depth, mut plain) = (0, true);
    let mut before: Option<&Token> = None;
    for (index, token) in significant(tokens) {
        match token {
            Token::LParen => {
                plain &= depth == 0;
                depth += 1;
            }
            Token::RParen => depth -= 1,
            Token::Comma => {}
            token if depth == 0 && is_word(token, "do") => return if plain { 0 } else { index },
            // A collation or an operator class follows a column.
            Token::Word(word) if depth > 0 => {
                plain &= !matches!(before, Some(Token::Word(_))) && !word.value.eq_ignore_ascii_case("null")
            }
            Token::Word(_) if is_word(token, "where") => plain = false,
            Token::Word(_) if is_word(token, "on") => return 0,
            _ if depth == 0 && plain => return 0,
            _ => plain = false,
        }
        before = Some(token);
    }
    0
}

/// A target that was read on its own.
struct Target {
    items: Vec<Expr>,
    /// Whether an operator class follows one of them.
    classes: bool,
    condition: Option<Expr>,
}

impl Target {
    fn read(sql: &str, at: Span, dialect: Dialect) -> Result<Self, (String, usize)> {
        let wrong = |error: ParserError| {
            let message = match error {
                ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
                ParserError::RecursionLimitExceeded => "nested too deeply".to_owned(),
            };
            match message.rsplit_once(" at Line: 1, Column: ") {
                Some((message, column)) => {
                    (message.to_owned(), column.parse().map_or(at.end, |c: usize| c - 1))
                }
                None => (message, at.end),
            }
        };
        let tokens = parse::tokenize_part(sql, at, dialect).map_err(|refusal| (refusal.message, at.start))?;
        let mut parser = parse::parser(dialect).with_tokens_with_locations(tokens);
        Self::parse(&mut parser, dialect).map_err(wrong)
    }

    fn parse(parser: &mut Parser<'_>, dialect: Dialect) -> Result<Self, ParserError> {
        parser.expect_token(&Token::LParen)?;
        let (mut items, mut classes) = (Vec::new(), false);
        loop {
            let start = parser.peek_token();
            let item = parser.parse_expr()?;
            if dialect.facts().changes.conflict_parentheses && !may_be_indexed(&item, dialect) {
                return parser.expected("a column, a call, or an expression in parentheses", start);
            }
            items.push(item);
            // An operator class.
            while let Token::Word(_) | Token::Period = parser.peek_token().token {
                parser.next_token();
                classes = true;
            }
            if !parser.consume_token(&Token::Comma) {
                break;
            }
        }
        parser.expect_token(&Token::RParen)?;
        let condition = if parser.parse_keyword(Keyword::WHERE) { Some(parser.parse_expr()?) } else { None };
        let end = parser.peek_token();
        if end.token == Token::EOF {
            Ok(Target { items, classes, condition })
        } else {
            parser.expected("do", end)
        }
    }

    /// The columns, where it is made of nothing else.
    fn columns(&self) -> Option<Vec<Ident>> {
        let column = |item: &Expr| match item {
            Expr::Identifier(name) => Some(name.clone()),
            _ => None,
        };
        self.items.iter().map(column).collect::<Option<_>>().filter(|_| !self.classes)
    }
}

/// Whether all keys of a relation are known.
fn is_known(relation: &Relation) -> bool {
    relation.complete && relation.kind == RelationKind::Table
}

/// Whether PostgreSQL's grammar takes an expression without parentheses for an index's.
fn may_be_indexed(expr: &Expr, dialect: Dialect) -> bool {
    match expr {
        Expr::Collate { expr, .. } => may_be_indexed(expr, dialect),
        Expr::Identifier(name) => {
            name.quote_style.is_some() || !super::reserved::is_reserved(&name.value, dialect)
        }
        Expr::Nested(_) | Expr::Tuple(_) | Expr::Function(_) | Expr::Substring { .. } | Expr::Trim { .. } => {
            true
        }
        Expr::Extract { .. } | Expr::Position { .. } | Expr::Overlay { .. } | Expr::Cast { .. } => {
            !expr.to_string().contains("::")
        }
        _ => false,
    }
}

impl Infer<'_> {
    /// Whether a row comes out for each that goes in.
    pub(super) fn on_conflict(
        &mut self,
        scope: &Scope<'_>,
        conflict: &OnConflict,
        relation: Option<&Arc<Relation>>,
    ) -> bool {
        match (&conflict.conflict_target, relation) {
            (Some(ConflictTarget::Columns(names)), Some(relation)) => match names.first().and_then(place) {
                Some(at) => self.conflict_expressions(scope, relation, at),
                None => self.conflict_columns(relation, names),
            },
            (Some(ConflictTarget::OnConstraint(name)), Some(relation)) => {
                self.conflict_constraint(relation, name);
            }
            _ => {}
        }
        let OnConflictAction::DoUpdate(update) = &conflict.action else { return false };
        if let (true, None, Some(first)) =
            (self.facts.changes.conflict_needs_target, &conflict.conflict_target, update.assignments.first())
        {
            let span = match &first.target {
                AssignmentTarget::ColumnName(name) => self.span(name),
                AssignmentTarget::Tuple(names) => {
                    names.first().map_or(Span::default(), |name| self.span(name))
                }
            };
            self.report(diagnostics::no_conflict_target(span));
        }
        let mut inner = Scope::new(scope.outer);
        for table in &scope.tables {
            inner.add(table.clone());
        }
        let visible = inner.visible.len();
        if let Some(relation) = relation {
            let mut table = self.relation_table(relation.clone(), Span::default());
            table.name = Rc::from("excluded");
            table.schema = None;
            inner.add(table);
        }
        // PostgreSQL sees both without their names, so that each name is ambiguous.
        if !self.facts.changes.conflict_sees_both {
            inner.visible.truncate(visible);
        }
        self.assignments(&inner, relation.map(|relation| &**relation), &update.assignments);
        if let Some(selection) = &update.selection {
            self.condition(&inner, selection, Clause::Where);
        }
        update.selection.is_none()
    }

    /// A target that is more than columns.
    fn conflict_expressions(&mut self, scope: &Scope<'_>, relation: &Relation, at: Span) {
        let target = match Target::read(self.text.sql(), at, self.dialect) {
            Ok(target) => target,
            Err((message, place)) => {
                let span = self.text.token_at(place);
                return self.report(diagnostics::syntax_error(&message, span, self.dialect));
            }
        };
        let outer = scope.clause.replace(Clause::Target);
        for item in &target.items {
            let mut term = self.expr(scope, item);
            self.as_text(&mut term);
        }
        if let Some(condition) = &target.condition {
            self.condition(scope, condition, Clause::Target);
        }
        scope.clause.set(outer);
        match target.columns() {
            Some(columns) => self.conflict_columns(relation, &columns),
            None if is_known(relation) && relation.partial_keys.is_empty() && !self.failed() => {
                let wanted = ["an expression".to_owned()];
                self.report(diagnostics::unknown_conflict_target(&relation.name, &wanted, &[], at));
            }
            None => {}
        }
    }

    /// `on conflict on constraint name`
    fn conflict_constraint(&mut self, relation: &Relation, name: &ObjectName) {
        let Some(ident) = name.0.last().and_then(|part| part.as_ident()) else { return };
        let own = fold(self.dialect, ident);
        let keys = relation.keys.iter().chain(&relation.partial_keys);
        let names: Vec<&str> = keys.filter_map(|key| key.name.as_deref()).collect();
        if is_known(relation) && !names.contains(&own.as_str()) {
            self.report(diagnostics::unknown_constraint(
                &relation.name,
                &own,
                &names,
                self.ident_span(ident),
            ));
        }
    }

    /// The columns of a conflict target must be those of a unique key.
    fn conflict_columns(&mut self, relation: &Relation, names: &[Ident]) {
        let mut wanted: Vec<String> = Vec::new();
        for name in names {
            let object = ObjectName::from(vec![name.clone()]);
            let Some(column) = self.target_column(relation, &object) else { return };
            if !wanted.contains(&column.name) {
                wanted.push(column.name);
            }
        }
        let fits = |key: &crate::Key| {
            key.columns.len() == wanted.len()
                && key.columns.iter().all(|own| wanted.iter().any(|name| same(self.dialect, own, name)))
        };
        let partial = relation
            .partial_keys
            .iter()
            .any(|key| !key.columns.is_empty() && key.columns.iter().all(|own| wanted.contains(own)));
        if is_known(relation) && !partial && !relation.keys.iter().any(fits) {
            let keys: Vec<String> = relation.keys.iter().map(|key| key.columns.join(", ")).collect();
            let span = match (names.first(), names.last()) {
                (Some(first), Some(last)) => {
                    Span::new(self.ident_span(first).start, self.ident_span(last).end)
                }
                _ => Span::default(),
            };
            self.report(diagnostics::unknown_conflict_target(&relation.name, &wanted, &keys, span));
        }
    }
}
