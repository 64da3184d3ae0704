//! Lints: warnings about queries that a server accepts but that are probably not intended, and their levels.

use std::{fmt, str::FromStr};

use aio_databases_sql::{Dialect, Lexer, Span, TokenKind};

use crate::{Analysis, Diagnostic, Severity, diagnostics};

/// A lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// The name in kebab case, which is the [`code`](crate::Diagnostic::code) of its warnings.
    pub name: &'static str,
    /// A short description.
    pub about: &'static str,
}

/// The level of a lint's warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// They are not shown.
    Allow,
    /// They are shown, and the query is accepted.
    #[default]
    Warn,
    /// They are errors.
    Deny,
}

impl Level {
    /// All levels.
    pub const ALL: [Level; 3] = [Level::Allow, Level::Warn, Level::Deny];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = LintError;

    fn from_str(name: &str) -> Result<Self, LintError> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
            LintError(format!("the level of a lint must be `allow`, `warn` or `deny`, not `{name}`"))
        })
    }
}

macro_rules! lints {
    ($($constant:ident = $name:literal, $about:literal;)*) => {
        $(pub(crate) const $constant: Lint = Lint { name: $name, about: $about };)*

        /// All lints, by name.
        pub const LINTS: &[Lint] = &[$($constant),*];
    };
}

lints! {
    CROSS_JOIN = "cross-join", "tables joined by a comma, or without `on`, without a condition that relates them";
    DELETE_WITHOUT_WHERE = "delete-without-where", "`delete` of all rows";
    DUPLICATE_NAME = "duplicate-name", "two result columns with the same name";
    EQUALS_NULL = "equals-null", "`= null` and similar comparisons, which are never true";
    LEFT_OUT = "left-out", "an insert that leaves out a not-null column without a default, which a trigger might set";
    NOT_GROUPED = "not-grouped", "a column that is neither grouped nor aggregated, which MySQL rejects by default";
    NOT_IN_NULL = "not-in-null", "`not in` with a list or subquery that can contain null, so that it is never true";
    QUOTED_TEXT = "quoted-text", "a double-quoted name that no column has, which SQLite reads as a string";
    SEVERAL_ROWS = "several-rows", "reading one row of a query that can return several";
    UNKNOWN_LINT = "unknown-lint", "a comment `allow(…)` with an unknown lint";
    UPDATE_WITHOUT_WHERE = "update-without-where", "`update` of all rows";
    VALUE_AS_TABLE = "value-as-table", "`from user` without quotes, which is a built-in value in PostgreSQL";
}

/// The name for all lints.
const ALL: &str = "all";

/// The level of each lint; `warn` by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lints {
    all: Level,
    set: Vec<(&'static str, Level)>,
}

impl Lints {
    /// Sets the level of a lint. The name `all` sets the level of every lint without a level of its own.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), LintError> {
        if name == ALL {
            self.all = level;
            return Ok(());
        }
        let name = known(name)?;
        self.set.retain(|(other, _)| *other != name);
        self.set.push((name, level));
        Ok(())
    }

    /// The level of the lint of a diagnostic's code.
    pub fn level(&self, code: &str) -> Level {
        self.set.iter().find(|(name, _)| *name == code).map_or(self.all, |(_, level)| *level)
    }
}

impl Lints {
    /// How to allow a warning, or an error from a denied lint; `None` for other diagnostics.
    pub fn advice(&self, found: &Diagnostic) -> Option<String> {
        let code = found.code;
        match (found.severity, self.level(code)) {
            (Severity::Warning, Level::Deny) => Some(format!(
                "`{code}` is denied in Cargo.toml; add `/* allow({code}) */` to the SQL to allow it here"
            )),
            (Severity::Warning, _) if code != UNKNOWN_LINT.name => {
                Some(format!("if it is intended, add `/* allow({code}) */` to the SQL"))
            }
            _ => None,
        }
    }
}

/// The name of the lint.
fn known(name: &str) -> Result<&'static str, LintError> {
    let found = LINTS.iter().find(|lint| lint.name == name);
    found.map(|lint| lint.name).ok_or_else(|| LintError(format!("no lint `{name}`{}", hint(name))))
}

fn hint(name: &str) -> String {
    let names = || LINTS.iter().map(|lint| lint.name);
    match aio_databases_sql::similar(name, names().chain([ALL])) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; the lints are `{}` and `{ALL}`", names().collect::<Vec<_>>().join("`, `")),
    }
}

/// The error for an unknown lint or level, with a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintError(String);

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LintError {}

/// The lints that comments allow.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// The lints.
    pub lints: Vec<&'static str>,
    /// The names that are not lints.
    pub unknown: Vec<Diagnostic>,
}

impl Allowed {
    /// Reads the comments of a text that consist of `allow(name, name)`.
    ///
    /// ```
    /// use aio_databases_analyzer::Allowed;
    /// use aio_databases_sql::Dialect;
    ///
    /// let allowed = Allowed::in_comments("delete from queue -- allow(delete-without-where)", Dialect::Sqlite);
    /// assert_eq!(allowed.lints, ["delete-without-where"]);
    /// ```
    pub fn in_comments(sql: &str, dialect: Dialect) -> Self {
        let mut allowed = Allowed::default();
        if !sql.contains(OPEN) {
            return allowed;
        }
        for token in Lexer::new(sql, dialect) {
            let comment = token.span.of(sql);
            let comment = match token.kind {
                TokenKind::LineComment => comment.trim_start_matches(['-', '#']),
                TokenKind::BlockComment => comment.trim_start_matches("/*").trim_end_matches("*/"),
                _ => continue,
            };
            let names = comment.trim().strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(')'));
            for name in names.into_iter().flat_map(|names| names.split(',')) {
                allowed.add(name.trim(), token.span);
            }
        }
        allowed
    }

    fn add(&mut self, name: &str, span: Span) {
        match known(name) {
            _ if name == ALL => self.lints.extend(LINTS.iter().map(|lint| lint.name)),
            Ok(lint) => self.lints.push(lint),
            Err(error) => self.unknown.push(diagnostics::unknown_lint(&error, span)),
        }
    }
}

const OPEN: &str = "allow(";

impl Analysis {
    /// Removes the warnings of allowed lints, and reports unknown lints.
    pub fn allow(&mut self, allowed: Allowed) {
        self.diagnostics.extend(allowed.unknown);
        self.allowed.extend(allowed.lints);
        let allowed = &self.allowed;
        self.diagnostics.retain(|found| found.severity == Severity::Error || !allowed.contains(&found.code));
        self.diagnostics.sort_by_key(|found| (found.span.start, found.severity == Severity::Warning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_wins_over_all() {
        let mut lints = Lints::default();
        assert_eq!(lints.level("cross-join"), Level::Warn);
        lints.set("cross-join", Level::Allow).unwrap();
        lints.set("all", Level::Deny).unwrap();
        assert_eq!(lints.level("cross-join"), Level::Allow);
        assert_eq!(lints.level("equals-null"), Level::Deny);
        lints.set("cross-join", Level::Warn).unwrap();
        assert_eq!(lints.level("cross-join"), Level::Warn);
    }

    #[test]
    fn unknown_names() {
        let mut lints = Lints::default();
        let error = lints.set("delete-without-were", Level::Warn).unwrap_err();
        assert_eq!(error.to_string(), "no lint `delete-without-were`; did you mean `delete-without-where`?");
        let error = lints.set("x", Level::Warn).unwrap_err().to_string();
        assert!(error.starts_with("no lint `x`; the lints are `cross-join`, "), "{error}");
        assert!("forbid".parse::<Level>().unwrap_err().to_string().ends_with("not `forbid`"));
    }

    #[test]
    fn names_are_in_order() {
        assert!(LINTS.is_sorted_by_key(|lint| lint.name));
    }

    #[test]
    fn comments() {
        let allowed = |sql| Allowed::in_comments(sql, Dialect::Mysql);
        for sql in [
            "/* allow(cross-join, equals-null) */",
            "-- allow( cross-join,equals-null )\nselect 1",
            "select 1 # allow(cross-join, equals-null)",
        ] {
            assert_eq!(allowed(sql).lints, ["cross-join", "equals-null"], "{sql}");
        }
        assert_eq!(allowed("/* allow(all) */").lints.len(), LINTS.len());
        assert_eq!(allowed("/* allow(x) */").unknown[0].code, "unknown-lint");
        for other in
            ["", "allow(x)", "'/* allow(x) */'", "/* allow: x */", "/* we allow(x) */", "-- allow(x) for now"]
        {
            let allowed = allowed(other);
            assert!(allowed.lints.is_empty() && allowed.unknown.is_empty(), "{other}");
        }
    }
}
