//! Helpers for diagnostics.

use aio_databases_sql::Span;
pub(super) use aio_databases_sql::did_you_mean as similar;

use crate::{Diagnostic, Severity, lints::Lint};

/// A mistake for which the server rejects the query, or that keeps its answer from being known.
pub(super) fn error(code: &'static str, message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic { severity: Severity::Error, code, message: message.into(), span, help: None }
}

/// Something that the server accepts, and that is probably not intended.
pub(super) fn warning(lint: Lint, message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error(lint.name, message, span) }
}

impl Diagnostic {
    pub(super) fn with_help(self, help: impl Into<String>) -> Self {
        self.maybe_help(Some(help.into()))
    }

    pub(super) fn maybe_help(self, help: Option<String>) -> Self {
        Diagnostic { help, ..self }
    }
}

/// A list of names, if there are few enough.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names: Vec<String> = names.into_iter().take(13).map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => None,
        [one] => Some(format!("use {one}")),
        names => (names.len() < 13).then(|| format!("use one of {}", names.join(", "))),
    }
}

/// "1 value", "2 values".
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
