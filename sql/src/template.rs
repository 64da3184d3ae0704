//! Finds the placeholders in a query's text.

use std::collections::HashMap;

use crate::{
    Dialect, Error, ErrorKind, Lexer, Span, Style, Token, TokenKind, Unterminated,
    blocks::Blocks,
    lex::chars::{in_name, in_plain_name},
};

/// A query's text and its placeholders.
///
/// ```
/// use aio_databases_sql::{Dialect, Style, Template};
///
/// let template = Template::parse("select * from users where id = :id or boss = :id", Dialect::Postgres)?;
/// assert_eq!(template.style(), Some(Style::Colon));
/// assert_eq!(template.params().len(), 1);
/// assert_eq!(template.render().sql, "select * from users where id = $1 or boss = $1");
/// # Ok::<(), aio_databases_sql::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub(crate) sql: String,
    pub(crate) dialect: Dialect,
    pub(crate) style: Option<Style>,
    pub(crate) params: Vec<TemplateParam>,
    /// The placeholders, in the order of the text.
    pub(crate) slots: Vec<Slot>,
    /// Each `%%` that means `%`, in the order of the text.
    pub(crate) percents: Vec<Span>,
    /// The statements; there is at least one.
    statements: Vec<Span>,
}

/// One argument of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateParam {
    /// Its name, in a named style.
    pub name: Option<String>,
    /// Its placeholders, in the order of the text.
    pub spans: Vec<Span>,
}

/// One placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) span: Span,
    /// The index of its [`TemplateParam`].
    pub(crate) param: usize,
}

impl Template {
    /// Finds the placeholders of one statement. In SQLite there can be several statements, which run one after the
    /// other with the same arguments; `?` continues to count through all of them.
    ///
    /// # Errors
    ///
    /// The first mistake in the text, of any [`ErrorKind`] that doesn't depend on the arguments. Other mistakes in the
    /// SQL are not reported.
    pub fn parse(sql: &str, dialect: Dialect) -> Result<Template, Error> {
        let mut parser = Parser {
            sql,
            dialect,
            style: None,
            slots: Vec::new(),
            percents: Vec::new(),
            names: HashMap::new(),
            code: None,
        };
        let statements = parser.statements()?;
        let params = parser.params()?;
        let percent = matches!(parser.style, Some(Style::Percent | Style::PercentName));
        Ok(Template {
            sql: sql.to_owned(),
            dialect,
            style: parser.style,
            params,
            slots: parser.slots,
            percents: if percent { parser.percents } else { Vec::new() },
            statements,
        })
    }

    /// The original text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The dialect that the text is in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The style of the placeholders; `None` if there are no placeholders.
    pub fn style(&self) -> Option<Style> {
        self.style
    }

    /// Its parameters: by number, by position, or in the order in which their names first appear in the text.
    pub fn params(&self) -> &[TemplateParam] {
        &self.params
    }

    /// The place of the statement, or of all statements: the text without the `;`, space and comments around it.
    pub fn statement(&self) -> Span {
        match (self.statements.first(), self.statements.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::default(),
        }
    }

    /// Whether there are several statements.
    pub fn has_several(&self) -> bool {
        self.statements.len() > 1
    }
}

struct Parser<'a> {
    sql: &'a str,
    dialect: Dialect,
    style: Option<Style>,
    slots: Vec<Slot>,
    percents: Vec<Span>,
    names: HashMap<&'a str, usize>,
    /// In MySQL: the start of the `/*!50100 … */` that is being read.
    code: Option<Span>,
}

impl<'a> Parser<'a> {
    fn error(&self, kind: ErrorKind, span: Span, message: impl Into<String>) -> Error {
        Error::new(kind, self.sql, span, message)
    }

    /// Reads the statements and returns their places.
    fn statements(&mut self) -> Result<Vec<Span>, Error> {
        let mut blocks = Blocks::new(self.dialect);
        let mut statements: Vec<Span> = Vec::new();
        let mut ended = true;
        for token in Lexer::new(self.sql, self.dialect) {
            if token.is_significant() {
                let ends = blocks.ends_at(token, self.sql);
                match statements.last_mut() {
                    _ if ends => {}
                    Some(_) if ended && !self.dialect.facts().several_statements => {
                        return Err(self.several(token));
                    }
                    Some(span) if !ended => span.end = token.span.end,
                    _ => statements.push(token.span),
                }
                ended = ends;
            }
            self.token(token)?;
        }
        if let Some(code) = self.code {
            return Err(self.unterminated(Unterminated::Comment, code));
        }
        if statements.is_empty() {
            return Err(self
                .error(ErrorKind::Empty, Span::new(0, self.sql.len()), "the SQL has no statement")
                .help("write a statement, such as `select 1`"));
        }
        Ok(statements)
    }

    fn several(&self, second: Token) -> Error {
        let span = Span::new(second.span.start, self.sql.trim_end().len());
        let message = format!(
            "a second statement starts here, but a query can only have one in {}",
            self.dialect.title()
        );
        self.error(ErrorKind::SeveralStatements, span, message)
            .help("run them one by one in a transaction, or without arguments with `executescript`")
    }

    fn token(&mut self, token: Token) -> Result<(), Error> {
        let text = token.span.of(self.sql);
        match token.kind {
            TokenKind::Placeholder(style) => self.placeholder(style, token.span)?,
            TokenKind::AlmostPlaceholder => return Err(self.almost(token.span)),
            TokenKind::Unterminated(what) => return Err(self.unterminated(what, token.span)),
            TokenKind::CodeOpen => self.code = Some(token.span),
            TokenKind::CodeClose => self.code = None,
            TokenKind::Operator => {
                let pairs = text.match_indices("%%").map(|(n, _)| token.span.start + n);
                self.percents.extend(pairs.map(|at| Span::new(at, at + 2)));
            }
            _ => {}
        }
        Ok(())
    }

    fn placeholder(&mut self, style: Style, span: Span) -> Result<(), Error> {
        let text = span.of(self.sql);
        if self.code.is_some_and(|code| code.of(self.sql).ends_with(|last: char| last.is_ascii_digit())) {
            let message = format!("`{text}` is in a comment that only some server versions execute");
            return Err(self
                .error(ErrorKind::InVersionComment, span, message)
                .help("move it out of `/*! … */`"));
        }
        if style == Style::Brace {
            self.check_whole(span)?;
        }
        match self.style {
            Some(first) if first != style => return Err(self.mixed(first, style, span)),
            _ => self.style = Some(style),
        }
        let param = if style.is_named() {
            let next = self.names.len();
            *self.names.entry(style.inside(text)).or_insert(next)
        } else if style.is_numbered() {
            self.number(style, span)?
        } else {
            self.slots.len()
        };
        let facts = self.dialect.facts();
        let count = if facts.unnumbered { param.max(self.slots.len()) } else { param };
        if count >= facts.most_params {
            return Err(self.too_large(span));
        }
        self.slots.push(Slot { span, param });
        Ok(())
    }

    /// The index of the parameter with a number.
    fn number(&self, style: Style, span: Span) -> Result<usize, Error> {
        match style.inside(span.of(self.sql)).parse::<usize>() {
            Ok(0) => {
                let message = format!("`{}` isn't a placeholder; the first is `{style}`", span.of(self.sql));
                Err(self.error(ErrorKind::Zero, span, message).help(format!("write `{style}`")))
            }
            Ok(number) => Ok(number - 1),
            Err(_) => Err(self.too_large(span)),
        }
    }

    /// The arguments, once all placeholders are known.
    fn params(&mut self) -> Result<Vec<TemplateParam>, Error> {
        let count = self.slots.iter().map(|slot| slot.param + 1).max().unwrap_or(0);
        // There are fewer placeholders than numbers, so one of the first numbers is missing.
        let mut params: Vec<TemplateParam> =
            vec![TemplateParam { name: None, spans: Vec::new() }; count.min(self.slots.len())];
        for slot in &self.slots {
            if let Some(param) = params.get_mut(slot.param) {
                param.spans.push(slot.span);
            }
        }
        let missing = params.iter().position(|param| param.spans.is_empty());
        if let Some(missing) = missing.or((params.len() < count).then_some(params.len())) {
            return Err(self.gap(missing));
        }
        for (&name, &param) in &self.names {
            params[param].name = Some(name.to_owned());
        }
        Ok(params)
    }

    fn gap(&self, missing: usize) -> Error {
        let style = self.style.unwrap_or(Style::Dollar);
        let after = self
            .slots
            .iter()
            .filter(|slot| slot.param > missing)
            .min_by_key(|slot| (slot.param, slot.span.start));
        let span = after.map(|slot| slot.span).unwrap_or_default();
        let (next, missing) = (span.of(self.sql), style.placeholder(missing + 1, ""));
        self.error(ErrorKind::Gap, span, format!("there is `{next}` but no `{missing}`"))
            .help(format!("write `{missing}` instead of `{next}`; the numbers can't have gaps"))
    }

    fn mixed(&self, first: Style, second: Style, span: Span) -> Error {
        let first_text = self.slots[0].span.of(self.sql);
        let text = span.of(self.sql);
        let message = format!(
            "`{text}` has a different style than `{first_text}`, but a query can only use one style of placeholders"
        );
        let number = self.slots.iter().map(|slot| slot.param + 1).max().unwrap_or(0) + 1;
        let help = if first.is_named() && !second.is_named() {
            format!("write it in the style of `{first_text}`, as `{first}`")
        } else {
            format!("write `{}`", first.placeholder(number, second.inside(text)))
        };
        self.error(ErrorKind::MixedStyles, span, message).help(help)
    }

    fn too_large(&self, span: Span) -> Error {
        let most = self.dialect.facts().most_params;
        let what = match span.of(self.sql) {
            text if text.ends_with(|last: char| last.is_ascii_digit()) => format!("placeholder `{text}`"),
            _ => format!("{} placeholders", most + 1),
        };
        self.error(ErrorKind::TooLarge, span, format!("{} doesn't support {what}", self.dialect.title()))
            .help(format!("a query can have at most {most} placeholders"))
    }

    /// A `{name}` right beside a name was meant to become part of that name.
    fn check_whole(&self, span: Span) -> Result<(), Error> {
        let bytes = self.sql.as_bytes();
        let before = span.start > 0 && in_name(bytes[span.start - 1]);
        let after = bytes.get(span.end).is_some_and(|&byte| in_name(byte));
        if !before && !after {
            return Ok(());
        }
        let message =
            format!("`{}` is part of a name, but a placeholder can only be a whole value", span.of(self.sql));
        Err(self
            .error(ErrorKind::PartOfName, span, message)
            .help("write the name in the SQL; table and column names can't be arguments"))
    }

    fn almost(&self, span: Span) -> Error {
        let text = span.of(self.sql);
        let inside = text.trim_matches(|letter: char| !in_plain_name_char(letter));
        let digits = !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit());
        let help = if text.starts_with('%') {
            "write `%s` or `%(name)s`; for modulo, put a space after `%`".to_owned()
        } else if digits {
            match inside.parse::<usize>() {
                Ok(number) if text.starts_with('{') => {
                    format!("write `${}`, counted from 1", number.saturating_add(1))
                }
                _ => format!("write `${inside}`"),
            }
        } else if !inside.is_empty() && inside.chars().all(in_plain_name_char) {
            format!("write `{{{inside}}}`")
        } else {
            "write `{name}`, with the name of an argument or a variable".to_owned()
        };
        self.error(ErrorKind::NotAPlaceholder, span, format!("`{text}` isn't a placeholder")).help(help)
    }

    fn unterminated(&self, what: Unterminated, span: Span) -> Error {
        let text = span.of(self.sql);
        let first_of = |quotes: &[char]| text.find(quotes).map_or("'", |at| &text[at..at + 1]);
        let (what, close) = match what {
            Unterminated::String => ("this string", first_of(&['\'', '"'])),
            Unterminated::Identifier => {
                let open = first_of(&['"', '`', '[']);
                ("this quoted name", if open == "[" { "]" } else { open })
            }
            Unterminated::Dollar => {
                let tag = text[1..].find('$').map_or(text, |end| &text[..end + 2]);
                ("this dollar-quoted string", tag)
            }
            Unterminated::Comment => ("this comment", "*/"),
        };
        let first_line = Span::new(span.start, span.start + text.lines().next().map_or(0, str::len));
        self.error(ErrorKind::Unterminated, first_line, format!("{what} is not closed"))
            .help(format!("close it with `{close}`"))
    }
}

fn in_plain_name_char(letter: char) -> bool {
    u8::try_from(letter).map_or(true, in_plain_name)
}
