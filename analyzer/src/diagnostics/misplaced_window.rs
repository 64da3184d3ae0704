//! A window function in a clause that does not allow it, or without `over`.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn misplaced_window(name: &str, clause: &str, span: Span) -> Diagnostic {
    error("misplaced-window", format!("the window function `{name}` can't be used in {clause}"), span)
        .with_help("compute it in a subquery in `from`")
}

pub(crate) fn window_without_over(name: &str, span: Span) -> Diagnostic {
    error("misplaced-window", format!("the window function `{name}` requires `over (…)`"), span)
        .with_help(format!("write `{name}(…) over (order by …)`"))
}

/// `over` after a function that is neither an aggregate nor a window function.
pub(crate) fn no_window_function(name: &str, span: Span) -> Diagnostic {
    error(
        "misplaced-window",
        format!("`over` requires a window function or an aggregate; `{name}` is neither"),
        span,
    )
}

/// `over w` without `window w as (…)`.
pub(crate) fn unknown_window(name: &str, names: &[&str], span: Span) -> Diagnostic {
    error("misplaced-window", format!("no window is named `{name}`"), span)
        .maybe_help(similar(name, names.iter().copied()).or_else(|| listed(names.iter().copied())))
}
