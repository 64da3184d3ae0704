//! The place of a token in the user's file.

use proc_macro2::Span;

/// A place that an editor can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, as the compiler names it.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1, in characters.
    pub(crate) column: usize,
}

impl Place {
    /// The place after `text`.
    pub(crate) fn after(&self, text: &str) -> Place {
        let end = aio_databases_sql::Position::of(text, text.len());
        Place {
            file: self.file.clone(),
            line: self.line + end.line - 1,
            column: if end.line == 1 { self.column + end.column - 1 } else { end.column },
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The start of a token. `None` outside of a compiler, or if the server that expands the macro doesn't provide it.
pub(crate) fn start(span: Span) -> Option<Place> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = span.unwrap();
    let place = Place { file: span.file(), line: span.line(), column: span.column() };
    (!place.file.is_empty() && place.line > 0 && place.column > 0).then_some(place)
}

/// For a token of several lines, the empty place at its start: the compiler then shows one line instead of all of them.
pub(crate) fn narrowed(span: Span) -> Span {
    if !proc_macro::is_available() {
        return span;
    }
    let own = span.unwrap();
    if own.start().line() == own.end().line() { span } else { own.start().into() }
}

/// The folder of the file that contains a token.
pub(crate) fn folder(span: Span) -> Option<std::path::PathBuf> {
    if !proc_macro::is_available() {
        return None;
    }
    Some(span.unwrap().local_file()?.parent()?.to_owned())
}
