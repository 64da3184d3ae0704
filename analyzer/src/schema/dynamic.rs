//! Statements that a block builds and runs with `execute`. They are applied if all relevant parts are constant.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Builder,
    cursor::{Cursor, Kind},
    split::Script,
};

/// First keywords of statements that never change the catalog.
const HARMLESS: [&str; 15] = [
    "create trigger",
    "create index",
    "create policy",
    "create role",
    "create user",
    "drop trigger",
    "drop policy",
    "grant",
    "revoke",
    "comment",
    "insert",
    "update",
    "delete",
    "refresh",
    "notify",
];

/// The placeholder for an unknown value, where only a value is allowed.
const ANY_LITERAL: &str = "'x'";

/// The variables of a block with known constant texts.
#[derive(Clone, Default)]
pub(super) struct Values {
    known: BTreeMap<String, String>,
    /// The variables that are set more than once.
    unclear: BTreeSet<String>,
}

impl Values {
    /// Records a declaration or an assignment: `name text := 'x'`, `name := 'x'`.
    pub(super) fn note(&mut self, statement: Cursor<'_>, declared: bool) {
        let mut c = statement;
        c.eat("declare");
        let Some(name) = c.ident() else { return };
        if declared {
            c.skip_to(&[":=", "default"]);
        }
        if !(c.eat(":=") || declared && c.eat("default")) {
            return self.note_into(statement);
        }
        match self.text(c).filter(|_| !self.known.contains_key(&name) && !self.unclear.contains(&name)) {
            Some(value) => self.set(&name, value),
            None => self.forget(&name),
        }
    }

    /// `select … into name`, after which the value is unknown.
    fn note_into(&mut self, mut c: Cursor<'_>) {
        if c.skip_to(&["into"]) && c.eat("into") {
            c.eat("strict");
            if let Some(name) = c.ident() {
                self.forget(&name);
            }
        }
    }

    pub(super) fn set(&mut self, name: &str, value: String) {
        self.known.insert(name.to_owned(), value);
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.known.remove(name);
        self.unclear.insert(name.to_owned());
    }

    /// The relevant text of an expression; `None` if it is unknown.
    fn text(&self, c: Cursor<'_>) -> Option<String> {
        let mut rest = c;
        let mut text = String::new();
        loop {
            let start = rest;
            rest.skip_to(&["||"]);
            text.push_str(&self.part(start.until(&rest))?);
            if !rest.eat("||") {
                return Some(text);
            }
        }
    }

    fn part(&self, mut c: Cursor<'_>) -> Option<String> {
        let part = if let Some(literal) = c.literal() {
            literal
        } else if c.eat("format") {
            self.formatted(c.group()?)?
        } else if c.eat("quote_ident") {
            quoted(&self.text(c.group()?)?)
        } else if c.eat("quote_literal") || c.eat("quote_nullable") {
            let value = self.text(c.group()?);
            value.map_or_else(|| ANY_LITERAL.to_owned(), |value| literal(&value))
        } else {
            self.known.get(&c.ident()?)?.clone()
        };
        if c.eat("::") {
            c.skip();
        }
        c.done().then_some(part)
    }

    /// `format('… %I … %L', a, b)`
    fn formatted(&self, arguments: Cursor<'_>) -> Option<String> {
        let mut items = arguments.items().into_iter();
        let pattern = self.text(items.next()?)?;
        let items: Vec<Cursor<'_>> = items.collect();
        let mut text = String::new();
        let mut parts = pattern.chars().peekable();
        let mut next = 0;
        while let Some(c) = parts.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            let mut digits = String::new();
            while let Some(digit) = parts.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if parts.next_if_eq(&'$').is_some() {
                next = digits.parse::<usize>().ok()?.checked_sub(1)?;
            }
            let kind = parts.next()?;
            if kind == '%' {
                text.push('%');
                continue;
            }
            let value = self.text(*items.get(next)?);
            next += 1;
            match (kind, value) {
                ('s', Some(value)) => text.push_str(&value),
                ('I', Some(value)) => text.push_str(&quoted(&value)),
                ('L', Some(value)) => text.push_str(&literal(&value)),
                ('L', None) => text.push_str(ANY_LITERAL),
                _ => return None,
            }
        }
        Some(text)
    }
}

impl Builder {
    /// The expression after `execute`.
    pub(super) fn put_together(&mut self, mut c: Cursor<'_>, values: &Values) {
        let start = c;
        c.skip_to(&["into", "using"]);
        let expression = start.until(&c);
        if first_literal(expression).is_some_and(|text| is_harmless(&text)) {
            return;
        }
        let position = aio_databases_sql::Position::of(start.script(), start.offset());
        let Some(text) = values.text(expression) else {
            return self.problem(
                start.script(),
                start.offset(),
                "changes to the schema by a dynamic statement are not supported",
            );
        };
        if is_harmless(&text) {
            return;
        }
        let before = self.problems.len();
        let script = Script::new(&text, start.dialect());
        script.statements().for_each(|statement| self.statement(statement));
        for problem in &mut self.problems[before..] {
            problem.position = position;
        }
    }
}

/// The first literal of an expression, possibly in `format`.
fn first_literal(mut c: Cursor<'_>) -> Option<String> {
    while !c.done() {
        if c.nth(0).is_some_and(|tok| matches!(tok.kind, Kind::Str | Kind::Dollar)) {
            return c.literal();
        }
        c.advance();
    }
    None
}

fn is_harmless(text: &str) -> bool {
    let words = text.split_whitespace().take(3).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    HARMLESS.iter().any(|head| words.starts_with(head))
}

/// A name, quoted if necessary.
fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
