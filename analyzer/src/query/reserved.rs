//! Reserved keywords, which are names only in quotes.

use aio_databases_sql::Span;
use sqlparser::ast::Ident;

use super::Infer;
use crate::{diagnostics, dialect::ReservedFound, syntax};

impl Infer<'_> {
    /// Reports a word that can't be an unquoted name. Returns whether it did.
    pub(crate) fn reserved(&mut self, ident: &Ident) -> bool {
        let reserved = self.facts.names.reserved_found != ReservedFound::Tokens
            && ident.quote_style.is_none()
            && self.facts.names.is_reserved(&ident.value)
            && !self.is_word_of_later(&ident.value);
        if reserved {
            let place = syntax::span(ident.span).unwrap_or_default();
            self.report(diagnostics::reserved_word(&ident.value.to_lowercase(), place, self.dialect));
        }
        reserved
    }

    /// Reports a word that can't be an unquoted column name or a value. Returns whether it did.
    pub(crate) fn reserved_column(&mut self, ident: &Ident) -> bool {
        !self.facts.names.reserved_values.has(&ident.value) && self.reserved(ident)
    }

    /// Whether a word is reserved only in a later release than the one that the queries run on.
    pub(crate) fn is_word_of_later(&self, word: &str) -> bool {
        self.catalog.release.is_some_and(|release| release < 16) && word.eq_ignore_ascii_case("system_user")
    }

    /// Reports an output column's name that requires `as` or quotes.
    pub(crate) fn check_label(&mut self, ident: &Ident, place: Span) {
        if self.facts.names.labels_reserved {
            self.reserved(ident);
            return;
        }
        if ident.quote_style.is_none()
            && self.facts.names.need_as.has(&ident.value)
            && !self.text.is_after_as(place)
        {
            self.report(diagnostics::bare_label(&ident.value.to_lowercase(), place));
        }
    }
}
