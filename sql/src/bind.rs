//! Matches a query's arguments with its placeholders.

use std::collections::HashMap;

use crate::{Error, ErrorKind, Span, Style, Template, TemplateParam, similar};

impl Template {
    /// Checks positional arguments: there must be as many as the query has parameters.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongCount`], whose help points out a placeholder inside quotes, if there is one.
    /// [`ErrorKind::WrongArguments`] if the placeholders have names, or [`ErrorKind::MissingName`] if there are no
    /// arguments at all.
    ///
    /// ```
    /// use aio_databases_sql::{Dialect, Template};
    ///
    /// let template = Template::parse("select * from users where name like '%$1%'", Dialect::Sqlite)?;
    /// let error = template.bind_positional(1).unwrap_err();
    /// assert_eq!(error.message, "this query takes no arguments, but 1 was given");
    /// assert_eq!(error.help.as_deref(), Some("`$1` is inside quotes, so it is text and not a placeholder: write `'%' || $1 || '%'`"));
    /// # Ok::<(), aio_databases_sql::Error>(())
    /// ```
    pub fn bind_positional(&self, count: usize) -> Result<(), Error> {
        if let Some(style) = self.style.filter(|style| style.is_named()) {
            return Err(self.unnamed(style, count));
        }
        if count == self.params.len() {
            return Ok(());
        }
        Err(self.wrong_count(count))
    }

    /// Finds the argument of each parameter by name. Returns, for each of [`params`](Template::params), the index in
    /// `names`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingName`], [`ErrorKind::UnusedName`] and [`ErrorKind::RepeatedName`], with the name that was
    /// most likely meant. [`ErrorKind::WrongArguments`] if the placeholders have no names.
    ///
    /// ```
    /// use aio_databases_sql::{Dialect, Template};
    ///
    /// let template = Template::parse("select :first || :last || :first", Dialect::Sqlite)?;
    /// assert_eq!(template.bind_names(&["last", "first"])?, [1, 0]);
    ///
    /// let error = template.bind_names(&["lats", "first"]).unwrap_err();
    /// assert_eq!(error.message, "no argument for `last`");
    /// assert_eq!(error.help.as_deref(), Some("did you mean `last` instead of `lats`?"));
    /// # Ok::<(), aio_databases_sql::Error>(())
    /// ```
    pub fn bind_names(&self, names: &[&str]) -> Result<Vec<usize>, Error> {
        let found = self.bind_captured(names)?;
        self.params
            .iter()
            .zip(found)
            .map(|(param, found)| found.ok_or_else(|| self.missing(param, names)))
            .collect()
    }

    /// Like [`bind_names`](Template::bind_names), but captures variables for missing names, as `format!` does. Returns
    /// `None` for each captured parameter. Only placeholders written `{name}` are captured; the others need an
    /// argument.
    ///
    /// # Errors
    ///
    /// The errors of [`bind_names`](Template::bind_names), except for missing names in the style `{name}`.
    pub fn bind_captured(&self, names: &[&str]) -> Result<Vec<Option<usize>>, Error> {
        if self.style.is_some_and(|style| !style.is_named()) && !names.is_empty() {
            let place = self.params[0].spans[0];
            let message = "the arguments have names, but the placeholders don't";
            return Err(self.error(ErrorKind::WrongArguments, place, message).help(format!(
                "write `:{}` instead of `{}`",
                names[0],
                place.of(&self.sql)
            )));
        }
        let mut indexes = HashMap::with_capacity(names.len());
        for (index, &name) in names.iter().enumerate() {
            if indexes.insert(name, index).is_some() {
                return Err(self
                    .error(
                        ErrorKind::RepeatedName,
                        self.statement(),
                        format!("two arguments are named `{name}`"),
                    )
                    .help("remove one of them"));
            }
        }
        let mut used = vec![false; names.len()];
        let mut found = Vec::with_capacity(self.params.len());
        for param in &self.params {
            let index = indexes.get(param.name.as_deref().unwrap_or_default()).copied();
            if let Some(index) = index {
                used[index] = true;
            } else if self.style != Some(Style::Brace) {
                return Err(self.missing(param, names));
            }
            found.push(index);
        }
        match used.iter().position(|used| !used) {
            Some(unused) => Err(self.unused(names[unused], names)),
            None => Ok(found),
        }
    }

    fn error(&self, kind: ErrorKind, span: Span, message: impl Into<String>) -> Error {
        Error::new(kind, &self.sql, span, message)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.params.iter().filter_map(|param| param.name.as_deref())
    }

    /// The error for positional arguments of named placeholders.
    fn unnamed(&self, style: Style, count: usize) -> Error {
        let param = &self.params[0];
        if count == 0 {
            return self.missing(param, &[]);
        }
        let name = param.name.as_deref().unwrap_or_default();
        let message = "the placeholders have names, but the arguments don't";
        self.error(ErrorKind::WrongArguments, param.spans[0], message)
            .help(format!("write `{name} = …` for `{}`", style.placeholder(1, name)))
    }

    fn missing(&self, param: &TemplateParam, names: &[&str]) -> Error {
        let name = param.name.as_deref().unwrap_or_default();
        let unused = names.iter().copied().filter(|given| !self.names().any(|name| name == *given));
        let help = match similar(name, unused) {
            Some(similar) => format!("did you mean `{name}` instead of `{similar}`?"),
            None => format!("add `{name} = …`"),
        };
        self.error(ErrorKind::MissingName, param.spans[0], format!("no argument for `{name}`")).help(help)
    }

    fn unused(&self, name: &str, names: &[&str]) -> Error {
        let missing = self.names().filter(|known| !names.contains(known));
        let quoted = self.hints().into_iter().find(|hint| hint.name.as_deref() == Some(name));
        let (span, help) = match (quoted, similar(name, missing)) {
            (Some(hint), _) => (hint.span, hint.sentence()),
            (None, Some(similar)) => (self.statement(), format!("did you mean `{similar}`?")),
            (None, None) => (self.statement(), "remove it".to_owned()),
        };
        self.error(ErrorKind::UnusedName, span, format!("no placeholder is named `{name}`")).help(help)
    }

    fn wrong_count(&self, count: usize) -> Error {
        let takes = self.params.len();
        let takes_text = match takes {
            0 => "no arguments".to_owned(),
            1 => "1 argument".to_owned(),
            _ => format!("{takes} arguments"),
        };
        let given = match count {
            0 => "none was given".to_owned(),
            1 => "1 was given".to_owned(),
            _ => format!("{count} were given"),
        };
        let message = format!("this query takes {takes_text}, but {given}");
        let hint = (count > takes).then(|| self.hints().into_iter().next()).flatten();
        let (span, help) = match hint {
            Some(hint) => (hint.span, hint.sentence()),
            None if count > takes => {
                (self.statement(), "remove the extra arguments, or add placeholders".to_owned())
            }
            None => {
                let first = self.params[count].spans[0];
                let help = match (takes - count, self.style) {
                    (1, Some(style)) if style.is_numbered() => {
                        format!("add an argument for `{}`", first.of(&self.sql))
                    }
                    (1, _) => "add an argument for the last placeholder".to_owned(),
                    (more, _) => format!("add {more} arguments for the last placeholders"),
                };
                (first, help)
            }
        };
        self.error(ErrorKind::WrongCount, span, message).help(help)
    }
}
