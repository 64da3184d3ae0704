//! Messages for the author of a query: the mistake, the line of the SQL with a caret, the place, and a suggestion.

use std::{collections::HashMap, rc::Rc};

use aio_databases_sql::{Span, named, snippet};
use proc_macro2::{Span as Token, TokenStream};
use quote::quote_spanned;

use crate::{input::sql::Text, location::Place};

/// A mistake.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    /// The message: one sentence without a full stop. Further lines are details.
    pub(crate) message: String,
    pub(crate) at: At,
    /// The lint, if it is a warning.
    pub(crate) lint: Option<&'static str>,
    /// Suggestions.
    pub(crate) help: Vec<String>,
}

/// The place of a mistake.
#[derive(Clone, Debug)]
pub(crate) enum At {
    /// In the SQL.
    Sql(Rc<Text>, Span),
    /// At a token of the macro call.
    Token(Token),
}

impl Mistake {
    pub(crate) fn sql(text: &Rc<Text>, span: Span, message: impl Into<String>) -> Self {
        Mistake { message: message.into(), at: At::Sql(text.clone(), span), lint: None, help: Vec::new() }
    }

    pub(crate) fn token(token: Token, message: impl Into<String>) -> Self {
        Mistake { message: message.into(), at: At::Token(token), lint: None, help: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The token that the compiler points at.
    pub(crate) fn token_span(&self) -> Token {
        match &self.at {
            At::Sql(text, span) => text.token(span.start, span.end),
            At::Token(token) => *token,
        }
    }

    /// The whole message.
    pub(crate) fn render(&self) -> String {
        let mut lines = vec![self.message.clone()];
        let mut place = None;
        if let At::Sql(text, span) = &self.at {
            lines.push(String::new());
            lines.extend(snippet(&text.value, *span));
            lines.push(String::new());
            place = text.place(span.start);
        }
        lines.extend(self.help.iter().map(|help| format!("help: {help}")));
        lines.extend(place.as_ref().map(|place: &Place| format!("at {place}")));
        if lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n")
    }
}

/// A syntax error of the macro call. The lines after the first are help.
impl From<syn::Error> for Mistake {
    fn from(error: syn::Error) -> Self {
        Mistake::token(error.span(), error.to_string())
    }
}

/// Expands to one compile error for all mistakes. The expansion is an expression of any type, so it causes no further
/// errors. It includes the user's expressions, so that their variables count as used.
pub(crate) fn compile_error<'e>(
    mistakes: &[Mistake],
    expressions: impl Iterator<Item = &'e TokenStream>,
) -> TokenStream {
    let message = mistakes.iter().map(Mistake::render).collect::<Vec<_>>().join("\n\n");
    let span = mistakes.first().map_or_else(Token::call_site, Mistake::token_span);
    let error = quote_spanned!(span=> ::core::compile_error!(#message));
    let expressions: Vec<_> = expressions.collect();
    if expressions.is_empty() { error } else { quote_spanned!(span=> { _ = (#(&(#expressions),)*); #error }) }
}

/// The mistakes. If there is a warning at the place of a mistake, the warning replaces it, because it describes the
/// cause.
pub(crate) fn explained(mut mistakes: Vec<Mistake>, warnings: &[Mistake]) -> Vec<Mistake> {
    for mistake in &mut mistakes {
        let At::Sql(text, span) = &mistake.at else { continue };
        let same = |warning: &&Mistake| matches!(&warning.at, At::Sql(other, at) if Rc::ptr_eq(other, text) && at == span);
        if let Some(warning) = warnings.iter().find(same) {
            *mistake = warning.clone();
        }
    }
    mistakes
}

/// The help for a text that only some of the backends accept.
const BY_BACKEND: &str = "if the backends differ, write a text for each: `{ postgres: \"…\", _: \"…\" }`; if the crate runs on some of them only, \
     name these in [package.metadata.aio-databases]: `backends = [\"postgres\"]`";

/// Merges equal mistakes of several backends. If not all backends report a mistake, their names are added. `shared`
/// says whether all backends share one text.
pub(crate) fn merge(told: Vec<(&'static str, Mistake)>, backends: usize, shared: bool) -> Vec<Mistake> {
    let mut merged: Vec<(Mistake, Vec<&'static str>, Vec<Help>)> = Vec::new();
    let mut known: HashMap<(String, usize, usize), usize> = HashMap::new();
    for (backend, mut mistake) in told {
        let key = match &mistake.at {
            At::Sql(text, span) => (mistake.message.clone(), Rc::as_ptr(text) as usize, span.start),
            At::Token(_) => (mistake.message.clone(), 0, 0),
        };
        let help = std::mem::take(&mut mistake.help);
        let at = *known.entry(key).or_insert_with(|| {
            merged.push((mistake, Vec::new(), Vec::new()));
            merged.len() - 1
        });
        let (_, told, helps) = &mut merged[at];
        told.push(backend);
        for line in help {
            match helps.iter_mut().find(|known| known.line == line) {
                Some(known) => known.told.push(backend),
                None => helps.push(Help { line, told: vec![backend] }),
            }
        }
    }
    merged
        .into_iter()
        .map(|(mut mistake, told, helps)| {
            mistake.help.extend(helps.into_iter().map(|help| help.of(&told)));
            if told.len() < backends {
                if shared && mistake.lint.is_none() {
                    mistake.help.push(BY_BACKEND.to_owned());
                }
                mistake.message = named(&told, &mistake.message);
            }
            mistake
        })
        .collect()
}

/// A line of help, and the backends that suggest it.
struct Help {
    line: String,
    told: Vec<&'static str>,
}

impl Help {
    /// The backends are named if others report the same mistake without this help.
    fn of(self, all: &[&'static str]) -> String {
        match self.told == all {
            true => self.line,
            false => named(&self.told, &self.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_are_named_where_not_all_agree() {
        let mistake = |message: &str| Mistake::token(Token::call_site(), message);
        let told = vec![("SQLite", mistake("a")), ("SQLite", mistake("b")), ("PostgreSQL", mistake("a"))];
        let merged: Vec<_> = merge(told, 2, true).into_iter().map(|mistake| mistake.message).collect();
        assert_eq!(merged, ["a", "SQLite: b"]);
    }

    #[test]
    fn a_backend_is_named_once() {
        let mistake = |message: &str| Mistake::token(Token::call_site(), message);
        let told = vec![
            ("SQLite", mistake("SQLite has none").help("SQLite takes b")),
            ("MySQL", mistake("a").help("MySQL takes b")),
            ("PostgreSQL", mistake("a").help("c")),
        ];
        let said = |mistake: Mistake| [vec![mistake.message], mistake.help].concat();
        let merged: Vec<_> = merge(told, 3, false).into_iter().map(said).collect();
        assert_eq!(merged[0], ["SQLite has none", "SQLite takes b"]);
        assert_eq!(merged[1], ["MySQL and PostgreSQL: a", "MySQL takes b", "PostgreSQL: c"]);
    }

    #[test]
    fn backends_are_named_where_their_help_differs() {
        let mistake = |help: &str| Mistake::token(Token::call_site(), "a").help("for all").help(help);
        let told = vec![("SQLite", mistake("b")), ("PostgreSQL", mistake("c")), ("MySQL", mistake("c"))];
        let merged = merge(told, 3, true);
        assert_eq!(merged[0].help, ["for all", "SQLite: b", "PostgreSQL and MySQL: c"]);
    }
}
