//! The query's text: a literal, several joined with `+` or `concat!`, a file, or one text for each backend.

use std::{fs, path::PathBuf, rc::Rc};

use aio_databases_sql::{Dialect, Position, did_you_mean};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use syn::{
    Error, Lit, LitStr, Result, Token,
    buffer::Cursor,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    token,
};

use super::literal::{self, Unescaped};
use crate::location::{self, Place};

/// A query's text.
#[derive(Debug)]
pub(crate) enum Sql {
    /// One text for all backends.
    One(Rc<Text>),
    /// A text for each backend. `None` is `_`, for all other backends.
    ByDialect(Vec<(Option<Dialect>, Rc<Text>)>, Span),
}

impl Sql {
    /// The text for a backend.
    pub(crate) fn text(&self, dialect: Dialect) -> Option<&Rc<Text>> {
        match self {
            Sql::One(text) => Some(text),
            Sql::ByDialect(texts, _) => {
                let find = |wanted| texts.iter().find(|(of, _)| *of == wanted).map(|(_, text)| text);
                find(Some(dialect)).or_else(|| find(None))
            }
        }
    }

    /// All texts, as written.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Rc<Text>> {
        let (one, several) = match self {
            Sql::One(text) => (Some(text), [].as_slice()),
            Sql::ByDialect(texts, _) => (None, texts.as_slice()),
        };
        one.into_iter().chain(several.iter().map(|(_, text)| text))
    }

    /// Another text for each.
    pub(crate) fn map(&self, mut map: impl FnMut(Option<Dialect>, &Text) -> Result<Text>) -> Result<Sql> {
        Ok(match self {
            Sql::One(text) => Sql::One(Rc::new(map(None, text)?)),
            Sql::ByDialect(texts, span) => {
                let mapped = texts.iter().map(|(of, text)| Ok((*of, Rc::new(map(*of, text)?))));
                Sql::ByDialect(mapped.collect::<Result<_>>()?, *span)
            }
        })
    }

    /// The place for messages about the whole query.
    pub(crate) fn span(&self) -> Span {
        match self {
            Sql::One(text) => text.span,
            Sql::ByDialect(_, span) => *span,
        }
    }
}

/// A text, and the places where its parts were written.
#[derive(Debug)]
pub(crate) struct Text {
    /// The SQL.
    pub(crate) value: String,
    /// The first token of the text.
    pub(crate) span: Span,
    pieces: Vec<Piece>,
}

/// A part of a text with one origin.
#[derive(Clone, Debug)]
struct Piece {
    /// The start in the value.
    start: usize,
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    Literal { literal: Literal, source: String, unescaped: Unescaped },
    File { path: PathBuf, shown: String, text: String },
    Other(Span),
}

impl Text {
    /// The first bytes of the text, with more around them that was written nowhere.
    pub(crate) fn within(&self, before: &str, length: usize, after: &str) -> Text {
        let place = |start| Piece { start, origin: Origin::Other(self.span) };
        let moved =
            self.pieces.iter().map(|piece| Piece { start: piece.start + before.len(), ..piece.clone() });
        let kept = moved.filter(|piece| piece.start <= before.len() + length);
        let mut pieces: Vec<Piece> =
            Some(place(0)).filter(|_| !before.is_empty()).into_iter().chain(kept).collect();
        pieces.push(place(before.len() + length));
        Text { value: format!("{before}{}{after}", &self.value[..length]), span: self.span, pieces }
    }

    fn piece(&self, offset: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        self.pieces.get(after.checked_sub(1)?)
    }

    /// The place in the user's file where the byte `offset` of the SQL was written.
    pub(crate) fn place(&self, offset: usize) -> Option<Place> {
        let piece = self.piece(offset)?;
        let within = offset - piece.start;
        match &piece.origin {
            Origin::Literal { literal, source, unescaped } => {
                let start = location::start(literal.span())?;
                Some(start.after(&source[..unescaped.to_source(within)]))
            }
            Origin::File { shown, text, .. } => {
                let Position { line, column } = Position::of(text, within);
                Some(Place { file: shown.clone(), line, column })
            }
            Origin::Other(span) => location::start(*span),
        }
    }

    /// The token that contains the bytes `from..to` of the SQL. On a nightly compiler, it is only that part of the
    /// token.
    pub(crate) fn token(&self, from: usize, to: usize) -> Span {
        match self.piece(from).map(|piece| (piece, &piece.origin)) {
            Some((piece, Origin::Literal { literal, unescaped, .. })) => {
                let part = unescaped.to_source(from - piece.start)..unescaped.to_source(to - piece.start);
                literal.subspan(part).unwrap_or_else(|| location::narrowed(literal.span()))
            }
            Some((_, Origin::Other(span))) => *span,
            _ => self.span,
        }
    }

    /// The files that the text was read from.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.pieces.iter().filter_map(|piece| match &piece.origin {
            Origin::File { path, .. } => Some(path),
            _ => None,
        })
    }
}

/// Whether a query's text starts here.
pub(crate) fn is_next(cursor: Cursor<'_>) -> bool {
    let macro_call = || {
        let (_, rest) = cursor.ident()?;
        rest.punct().filter(|(punct, _)| punct.as_char() == '!')
    };
    // A `macro_rules!` macro passes on groups without delimiters.
    cursor.literal().is_some()
        || cursor.group(Delimiter::Brace).is_some()
        || macro_call().is_some()
        || cursor.group(Delimiter::None).is_some_and(|(inside, ..)| is_next(inside))
}

/// Reads a query's text.
pub(crate) fn parse(input: ParseStream<'_>) -> Result<Sql> {
    if input.peek(token::Brace) {
        let group: Group = input.parse()?;
        let texts = by_dialect.parse2(group.stream())?;
        return Ok(Sql::ByDialect(texts, group.span_open()));
    }
    Ok(Sql::One(Rc::new(text(input)?)))
}

fn by_dialect(input: ParseStream<'_>) -> Result<Vec<(Option<Dialect>, Rc<Text>)>> {
    let mut texts: Vec<(Option<Dialect>, Rc<Text>)> = Vec::new();
    while !input.is_empty() {
        let (dialect, span) = if input.peek(Token![_]) {
            (None, input.parse::<Token![_]>()?.span)
        } else {
            let name = input.call(Ident::parse_any)?;
            let dialect = name.to_string().parse::<Dialect>().map_err(|_| {
                let hint = did_you_mean(&name.to_string(), Dialect::ALL.map(Dialect::name))
                    .unwrap_or_else(|| "use `sqlite`, `postgres`, `mysql`, or `_` for all others".to_owned());
                Error::new(name.span(), format!("no backend `{name}`\nhelp: {hint}"))
            })?;
            (Some(dialect), name.span())
        };
        if texts.iter().any(|(known, _)| *known == dialect) {
            return Err(Error::new(span, "this backend already has a text"));
        }
        input.parse::<Token![:]>()?;
        texts.push((dialect, Rc::new(text(input)?)));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(texts)
}

fn text(input: ParseStream<'_>) -> Result<Text> {
    if input.cursor().literal().is_some_and(|(literal, _)| !is_text(&literal.to_string())) {
        return Err(Error::new(input.span(), WANTED));
    }
    let mut text = Text { value: String::new(), span: input.span(), pieces: Vec::new() };
    loop {
        piece(input, &mut text)?;
        if !input.peek(Token![+]) {
            return Ok(text);
        }
        input.parse::<Token![+]>()?;
    }
}

pub(super) const WANTED: &str = "the SQL must be known at compile time: a literal `\"…\"`, several joined with `+` or \
                      `concat!`, or `include_str!(\"file.sql\")`\nhelp: for SQL that is built while the program \
                      runs there are methods: `db.fetchall(sql, args)` and its kin";

/// Whether a literal is a string.
fn is_text(literal: &str) -> bool {
    literal.starts_with(['"', 'r'])
}

fn piece(input: ParseStream<'_>, text: &mut Text) -> Result<()> {
    // `syn` is not used here: it parses a literal again at each peek.
    if let Some((literal, _)) = input.cursor().literal() {
        let source = literal.to_string();
        if is_text(&source) {
            input.step(|cursor| cursor.literal().ok_or_else(|| cursor.error(WANTED)))?;
            return push_text(text, literal, source);
        }
    }
    if let Some(group) = none_group(input) {
        return (|inner: ParseStream<'_>| pieces(inner, text, |inner| inner.parse::<Token![+]>().map(drop)))
            .parse2(group);
    }
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return push_literal(text, literal);
    }
    if input.peek(Ident::peek_any) && input.peek2(Token![!]) {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![!]>()?;
        let group: Group = any_group(input)?;
        return match name.to_string().as_str() {
            "concat" => {
                let comma = |inner: ParseStream<'_>| inner.parse::<Token![,]>().map(drop);
                (|inner: ParseStream<'_>| pieces(inner, text, comma)).parse2(group.stream())
            }
            "include_str" => {
                let path: LitStr = syn::parse2(group.stream())?;
                push_file(text, &path)
            }
            _ => Err(Error::new(name.span(), WANTED)),
        };
    }
    Err(Error::new(input.span(), WANTED))
}

/// Parses pieces that are separated, and possibly followed, by a token.
fn pieces(
    input: ParseStream<'_>,
    text: &mut Text,
    separator: impl Fn(ParseStream<'_>) -> Result<()>,
) -> Result<()> {
    while !input.is_empty() {
        piece(input, text)?;
        if !input.is_empty() {
            separator(input)?;
        }
    }
    Ok(())
}

fn none_group(input: ParseStream<'_>) -> Option<TokenStream> {
    // `syn` itself finds a literal in such a group.
    if input.peek(Lit) {
        return None;
    }
    input
        .step(|cursor| match cursor.group(Delimiter::None) {
            Some((inside, _, rest)) => Ok((inside.token_stream(), rest)),
            None => Err(cursor.error("no group")),
        })
        .ok()
}

fn any_group(input: ParseStream<'_>) -> Result<Group> {
    match input.parse::<TokenTree>()? {
        TokenTree::Group(group) => Ok(group),
        other => Err(Error::new(other.span(), "expected `(…)`")),
    }
}

fn push_text(text: &mut Text, literal: Literal, source: String) -> Result<()> {
    let start = text.value.len();
    let unescaped = literal::unescape(&source).ok_or_else(|| Error::new(literal.span(), WANTED))?;
    text.value.push_str(&unescaped.value);
    text.pieces.push(Piece { start, origin: Origin::Literal { literal, source, unescaped } });
    Ok(())
}

/// A literal that isn't a string.
fn push_literal(text: &mut Text, literal: Lit) -> Result<()> {
    let start = text.value.len();
    // `concat!` accepts these too.
    let origin = match literal {
        Lit::Int(number) => {
            text.value.push_str(number.base10_digits());
            Origin::Other(number.span())
        }
        Lit::Float(number) => {
            text.value.push_str(number.base10_digits());
            Origin::Other(number.span())
        }
        Lit::Char(char) => {
            text.value.push(char.value());
            Origin::Other(char.span())
        }
        Lit::Bool(bool) => {
            text.value.push_str(if bool.value { "true" } else { "false" });
            Origin::Other(bool.span)
        }
        other => return Err(Error::new(other.span(), WANTED)),
    };
    text.pieces.push(Piece { start, origin });
    Ok(())
}

fn push_file(text: &mut Text, path: &LitStr) -> Result<()> {
    let shown = path.value();
    let full = location::folder(path.span()).unwrap_or_default().join(&shown);
    let content = fs::read_to_string(&full).map_err(|error| {
        let folder = full.parent().unwrap_or(&full).display();
        Error::new(
            path.span(),
            format!("can't read `{shown}`: {error}\nhelp: the path is relative to {folder}"),
        )
    })?;
    // The path is absolute, because `include_str!` resolves a path relative to the file of its call.
    let full = fs::canonicalize(&full).unwrap_or(full);
    let start = text.value.len();
    text.value.push_str(&content);
    text.pieces.push(Piece {
        start,
        origin: Origin::File { path: full, shown: beside(path.span(), shown), text: content },
    });
    Ok(())
}

/// The path of a file that another file names, in the form that the compiler uses.
fn beside(span: Span, path: String) -> String {
    let Some(place) = location::start(span) else { return path };
    match std::path::Path::new(&place.file).parent() {
        Some(folder) => folder.join(path).display().to_string(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(tokens: &str) -> Text {
        text.parse_str(tokens).unwrap()
    }

    #[test]
    fn joined() {
        for (tokens, value) in [
            (r#""select 1""#, "select 1"),
            (r##"r#"select "a""#"##, "select \"a\""),
            (r#""a" + "b" + "c""#, "abc"),
            (r#"concat!("a", 'b', 1, 2.5, true, concat!("c", "d"),)"#, "ab12.5truecd"),
            (r#""a" + concat!("b") + r"c""#, "abc"),
        ] {
            assert_eq!(one(tokens).value, value, "{tokens}");
        }
    }

    #[test]
    fn groups_of_macro_rules() {
        let inner: TokenStream = syn::parse_str(r#""a" + "b""#).unwrap();
        let group = TokenTree::Group(Group::new(Delimiter::None, inner));
        let stream = TokenStream::from(group);
        assert_eq!(text.parse2(stream).unwrap().value, "ab");
    }

    #[test]
    fn by_dialect() {
        let sql = parse.parse_str(r#"{ postgres: "p", mariadb: "m", _: "x", }"#).unwrap();
        let value = |dialect| sql.text(dialect).map(|text| text.value.as_str());
        assert_eq!(value(Dialect::Postgres), Some("p"));
        assert_eq!(value(Dialect::Mysql), Some("m"));
        assert_eq!(value(Dialect::Sqlite), Some("x"));
        let sql = parse.parse_str(r#"{ postgres: "p" }"#).unwrap();
        assert!(sql.text(Dialect::Sqlite).is_none());
    }

    #[test]
    fn mistakes() {
        for (tokens, message) in [
            (r#"{ postgers: "p" }"#, "no backend `postgers`\nhelp: did you mean `postgres`?"),
            (r#"{ postgres: "p", postgresql: "q" }"#, "this backend already has a text"),
            ("b\"x\"", WANTED),
            ("format!(\"x\")", WANTED),
            ("sql", WANTED),
        ] {
            assert_eq!(parse.parse_str(tokens).unwrap_err().to_string(), message, "{tokens}");
        }
    }

    #[test]
    fn files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("q.sql");
        fs::write(&path, "select\n  é, x").unwrap();
        let sql = one(&format!("include_str!({:?})", path.to_str().unwrap()));
        assert_eq!(sql.value, "select\n  é, x");
        let place = sql.place(sql.value.find('x').unwrap()).unwrap();
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(sql.files().count(), 1);
        let missing = text.parse_str("include_str!(\"/no/such/file.sql\")").unwrap_err().to_string();
        assert!(missing.starts_with("can't read `/no/such/file.sql`: "), "{missing}");
    }
}
