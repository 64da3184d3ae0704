//! Batches: rewrites a statement that is run for many rows so that it runs once for all of them.
//!
//! This is only done if it is known to be equivalent. The statement must be an `insert` of one row, whose values are
//! parameters, constants and built-in functions of them. Inserting into the table must have no other effects. If the
//! batch fails, the caller rolls back and runs the statement row by row, so the batch only needs to be equivalent if it
//! succeeds.

use aio_databases_sql::{Dialect, Lexer, Span, Template, Token, TokenKind};

use crate::dialect::{BatchForm, Changes, Described};
use crate::{Analysis, Catalog, Relation, RelationColumn, RelationKind, Statement, Type};

#[cfg(test)]
mod tests;

/// A statement for many rows that is equivalent to running another one for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// PostgreSQL: parameter `n` is an array with the values of parameter `n` in each row.
    Arrays {
        /// The statement.
        sql: String,
    },
    /// SQLite and MySQL: several rows of values, with a `?` for each argument.
    Rows {
        /// The text before the first row.
        before: String,
        /// A row; rows are separated by commas.
        row: String,
        /// The text after the last row.
        after: String,
        /// The parameter of each placeholder of a row.
        order: Vec<usize>,
        /// Parameters for columns that can't be null. In an `insert` of several rows, MySQL may replace a null by
        /// another value, but it rejects the null in a single row.
        never_null: Vec<usize>,
    },
}

/// Functions whose result depends only on their arguments, or is different each time.
const FUNCTIONS: &[&str] = &[
    "abs",
    "btrim",
    "cast",
    "ceil",
    "char_length",
    "coalesce",
    "concat",
    "current_timestamp",
    "floor",
    "gen_random_uuid",
    "greatest",
    "least",
    "left",
    "length",
    "lower",
    "ltrim",
    "md5",
    "now",
    "replace",
    "right",
    "round",
    "rtrim",
    "substr",
    "substring",
    "to_timestamp",
    "trim",
    "upper",
    "utc_timestamp",
    "uuid",
    "values",
];

/// Types with parameters: `numeric(10, 2)`.
const TYPES: &[&str] =
    &["bpchar", "char", "character", "decimal", "numeric", "time", "timestamp", "timestamptz", "varchar"];

/// Keywords of clauses that batches do not support.
const OTHER: &[&str] = &["default", "from", "returning", "select", "table", "with"];

/// Types whose arrays hold all of their values, by the name for a cast.
const ELEMENTS: &[&str] = &[
    "bool",
    "bpchar",
    "bytea",
    "citext",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varchar",
];

pub(crate) fn batch(catalog: &Catalog, template: &Template, analysis: &Analysis) -> Option<Batch> {
    let insert = analysis.is_ok() && analysis.statement == Statement::Insert;
    if !insert || template.has_several() {
        return None;
    }
    let rendered = template.render();
    let insert = Insert::read(&rendered.sql, catalog)?;
    let changes = &catalog.dialect.facts().changes;
    match changes.batch {
        BatchForm::Arrays => insert.arrays(catalog, analysis),
        BatchForm::Rows => insert.rows(changes, &rendered.order),
    }
}

/// The parts of an `insert` of one row.
struct Insert<'a> {
    sql: &'a str,
    /// The columns, as written in the query and as named in the table.
    columns: Vec<(Option<&'a str>, &'a RelationColumn)>,
    /// The row with its parentheses, and its place.
    row: Vec<Token>,
    span: Span,
    /// The keyword `values`.
    values: Span,
    /// The text after the row.
    rest: Vec<Token>,
    /// Whether a row can have another effect than being added.
    replaces: bool,
}

/// Tokens with their texts, read one after the other.
struct Reader<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn token(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn text(&self) -> &'a str {
        self.token().map_or("", |token| token.span.of(self.sql))
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.text().eq_ignore_ascii_case(word);
        self.at += usize::from(found);
        found
    }

    fn eat_all(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        let found = words.iter().all(|word| self.eat(word));
        if !found {
            self.at = start;
        }
        found
    }

    /// The tokens in parentheses, without them.
    fn group(&mut self) -> Option<&[Token]> {
        if !self.eat("(") {
            return None;
        }
        let start = self.at;
        let mut depth = 1;
        while depth > 0 {
            match self.text() {
                "" => return None,
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        Some(&self.tokens[start..self.at - 1])
    }

    /// A name as the server stores it, and as it is written.
    fn name(&mut self, dialect: Dialect) -> Option<(String, &'a str)> {
        let (token, text) = (self.token()?, self.text());
        self.at += 1;
        stored(token, text, dialect).map(|name| (name, text))
    }
}

fn stored(token: Token, text: &str, dialect: Dialect) -> Option<String> {
    match token.kind {
        TokenKind::Word if dialect.facts().names.folded => Some(text.to_lowercase()),
        TokenKind::Word => Some(text.to_owned()),
        // Names that contain a quote are not supported.
        TokenKind::QuotedIdentifier => {
            let inside = text.get(1..text.len() - 1)?;
            (text.starts_with(['"', '`']) && !inside.contains(['"', '`'])).then(|| inside.to_owned())
        }
        _ => None,
    }
}

impl<'a> Insert<'a> {
    fn read(sql: &'a str, catalog: &'a Catalog) -> Option<Self> {
        let dialect = catalog.dialect;
        let tokens: Vec<Token> = Lexer::new(sql, dialect).filter(|token| token.is_significant()).collect();
        let mut c = Reader { sql, tokens, at: 0 };
        let changes = &dialect.facts().changes;
        let mut replaces = changes.replace && c.eat("replace");
        if !replaces && !c.eat("insert") {
            return None;
        }
        replaces |= changes.replacing.iter().any(|words| c.eat_all(words));
        if !c.eat("into") {
            return None;
        }
        let relation = table(&mut c, catalog)?;
        if c.eat("as") {
            c.name(dialect)?;
        }
        let columns = columns(&mut c, relation, dialect)?;
        if c.eat("overriding") {
            c.at += 2;
        }
        let values = c.token()?.span;
        if !c.eat("values") {
            return None;
        }
        let from = c.token()?.span.start;
        let row = c.group()?.to_vec();
        let to = c.tokens.get(c.at - 1)?.span.end;
        let mut rest = c.tokens.split_off(c.at);
        rest.pop_if(|last| last.span.of(sql) == ";");
        replaces |= !rest.is_empty();
        Some(Insert { sql, columns, row, span: Span::new(from, to), values, rest, replaces })
    }

    /// The values of the row, one for each column.
    fn items(&self) -> Option<Vec<&[Token]>> {
        let mut depth = 0_usize;
        let items: Vec<_> = self
            .row
            .split(|token| {
                match token.span.of(self.sql) {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0 && token.span.of(self.sql) == ","
            })
            .collect();
        let plain = items.iter().all(|item| !item.is_empty());
        (plain && items.len() <= self.columns.len()).then_some(items)
    }

    /// Whether these tokens only compute a value, with known functions.
    fn is_simple(&self, tokens: &[Token], catalog: Option<&Catalog>, allowed: &[&str]) -> bool {
        tokens.iter().enumerate().all(|(at, token)| {
            let text = token.span.of(self.sql).to_ascii_lowercase();
            let called = tokens.get(at + 1).is_some_and(|next| next.span.of(self.sql) == "(");
            match token.kind {
                TokenKind::Word if called => {
                    let own = catalog.is_some_and(|catalog| catalog.functions.contains_key(&text));
                    !own && (FUNCTIONS.contains(&&*text)
                        || TYPES.contains(&&*text)
                        || allowed.contains(&&*text))
                }
                TokenKind::Word => allowed.contains(&&*text) || !OTHER.contains(&&*text),
                TokenKind::QuotedIdentifier => !called,
                TokenKind::String
                | TokenKind::EscapeString
                | TokenKind::DollarString
                | TokenKind::BitString
                | TokenKind::Number
                | TokenKind::Placeholder(_) => true,
                TokenKind::Operator => text != ":=",
                TokenKind::Punctuation => matches!(&*text, "(" | ")" | "," | "." | "[" | "]"),
                _ => false,
            }
        })
    }

    fn arrays(&self, catalog: &Catalog, analysis: &Analysis) -> Option<Batch> {
        let items = self.items()?;
        let simple = |tokens: &[Token], allowed: &[&str]| self.is_simple(tokens, Some(catalog), allowed);
        if !simple(&self.row, &[]) || !simple(&self.rest, catalog.dialect.facts().changes.batch_tail) {
            return None;
        }
        let mut used = vec![false; analysis.params.len()];
        let row = self.replaced(self.span, &self.row, |token| {
            let index = self.index(token)?;
            *used.get_mut(index)? = true;
            Some(format!("_{}", index + 1))
        })?;
        let select = row.strip_prefix('(')?.strip_suffix(')')?.to_owned();
        if used.is_empty() || used.contains(&false) {
            return None;
        }
        let rest_span =
            Span::new(self.span.end, self.rest.last().map_or(self.span.end, |last| last.span.end));
        let rest = self.replaced(rest_span, &self.rest, |token| self.excluded(&items, token))?;
        let arrays: Option<Vec<String>> = analysis
            .params
            .iter()
            .enumerate()
            .map(|(index, param)| {
                Some(format!("${}::{}[]", index + 1, element(catalog, param.ty.as_ref()?)?))
            })
            .collect();
        let names: Vec<String> = (1..=used.len()).map(|number| format!("_{number}")).collect();
        let before = &self.sql[..self.values.start];
        let (arrays, names) = (arrays?.join(", "), names.join(", "));
        // The condition before `on conflict` keeps the parser from reading its `on` as part of a join.
        let sql = format!("{before}select {select} from unnest({arrays}) as _ ({names}) where true{rest}");
        Some(Batch::Arrays { sql })
    }

    /// A part of the text, with each of its placeholders replaced.
    fn replaced(
        &self,
        span: Span,
        tokens: &[Token],
        mut by: impl FnMut(Token) -> Option<String>,
    ) -> Option<String> {
        let (mut text, mut done) = (String::new(), span.start);
        for token in tokens.iter().filter(|token| is_param(token)) {
            text.push_str(&self.sql[done..token.span.start]);
            text.push_str(&by(*token)?);
            done = token.span.end;
        }
        text.push_str(&self.sql[done..span.end]);
        Some(text)
    }

    /// The replacement for a parameter after the row. In `set a = $1`, it is the new value of `a`, if `$1` is that
    /// value in the row.
    fn excluded(&self, items: &[&[Token]], param: Token) -> Option<String> {
        let at = self.rest.iter().position(|token| *token == param)?;
        let before = |back: usize| Some(self.rest.get(at.checked_sub(back)?)?.span.of(self.sql));
        let next = self.rest.get(at + 1).map_or("", |token| token.span.of(self.sql));
        let alone = before(1)? == "="
            && (before(3)? == "," || before(3)?.eq_ignore_ascii_case("set"))
            && (next.is_empty() || next == "," || next.eq_ignore_ascii_case("where"));
        let same = |(column, item): (&(Option<&str>, &RelationColumn), &&[Token])| {
            let [value] = item else { return None };
            let name = column.0?;
            let fits =
                name.eq_ignore_ascii_case(before(2)?) && value.span.of(self.sql) == param.span.of(self.sql);
            fits.then(|| format!("excluded.{name}"))
        };
        alone.then(|| self.columns.iter().zip(items).find_map(same)).flatten()
    }

    /// `order`: the parameter of each placeholder, if placeholders have no numbers.
    fn rows(&self, changes: &Changes, order: &[usize]) -> Option<Batch> {
        let items = self.items()?;
        let simple = |tokens: &[Token], allowed: &[&str]| self.is_simple(tokens, None, allowed);
        // MySQL only knows the last generated number of a row that was not added if it is a single row.
        let counts = changes.many_rows_differ && self.columns.iter().any(|(_, column)| column.counts);
        if !simple(&self.row, &[])
            || !simple(&self.rest, changes.batch_tail)
            || self.rest.iter().any(is_param)
            || self.replaces && counts
        {
            return None;
        }
        let mut params = Vec::new();
        let row = self.replaced(self.span, &self.row, |token| {
            params.push(self.index(token).or_else(|| order.get(params.len()).copied())?);
            Some("?".to_owned())
        })?;
        if params.is_empty() {
            return None;
        }
        let mut places = params.iter().copied();
        let mut never_null = Vec::new();
        for (item, (_, column)) in items.iter().zip(&self.columns) {
            let params = places.by_ref().take(item.iter().filter(|token| is_param(token)).count());
            never_null
                .extend(params.filter(|_| changes.many_rows_differ && column.not_null && !column.counts));
        }
        never_null.sort_unstable();
        never_null.dedup();
        Some(Batch::Rows {
            before: self.sql[..self.span.start].to_owned(),
            row,
            after: self.rest.last().map_or("", |last| &self.sql[self.span.end..last.span.end]).to_owned(),
            order: params,
            never_null,
        })
    }

    /// The index of a placeholder that has a number.
    fn index(&self, token: Token) -> Option<usize> {
        token.span.of(self.sql).get(1..)?.parse::<usize>().ok()?.checked_sub(1)
    }
}

fn is_param(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Placeholder(_))
}

/// The table that is written to, if writing a row has no other effect.
fn table<'c>(c: &mut Reader<'_>, catalog: &'c Catalog) -> Option<&'c Relation> {
    let dialect = catalog.dialect;
    let (mut name, _) = c.name(dialect)?;
    let mut schema = None;
    if c.eat(".") {
        schema = Some(std::mem::replace(&mut name, c.name(dialect)?.0));
    }
    let find = |schema: &String| catalog.relations.get(&(schema.clone(), name.clone()));
    let relation = match &schema {
        Some(schema) => find(schema)?,
        None => catalog.search_path.iter().find_map(find)?,
    };
    let plain = relation.kind == RelationKind::Table
        && relation.complete
        && !relation.reacts
        && relation.triggers.is_empty();
    plain.then_some(relation)
}

/// The columns that are written to: the named ones, or all.
fn columns<'a>(
    c: &mut Reader<'a>,
    relation: &'a Relation,
    dialect: Dialect,
) -> Option<Vec<(Option<&'a str>, &'a RelationColumn)>> {
    if c.text() != "(" {
        return Some(
            relation.columns.iter().filter(|column| !column.hidden).map(|column| (None, column)).collect(),
        );
    }
    let (sql, tokens) = (c.sql, c.group()?.to_vec());
    tokens
        .split(|token| token.span.of(sql) == ",")
        .map(|name| {
            let [token] = name else { return None };
            let text = token.span.of(sql);
            let name = stored(*token, text, dialect)?;
            let names = &dialect.facts().names;
            let same = |column: &&RelationColumn| names.same_ascii(&column.name, &name);
            Some((Some(text), relation.columns.iter().find(same)?))
        })
        .collect()
}

/// A type's name, if an array can hold its values.
fn element(catalog: &Catalog, ty: &Type) -> Option<String> {
    match ty {
        Type::Base(name) => ELEMENTS.contains(&&**name).then(|| name.to_string()),
        Type::Enum { schema, name, .. } => {
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            Some(
                match schema
                    .as_deref()
                    .filter(|schema| !catalog.search_path.iter().any(|path| path == schema))
                {
                    Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
                    None => quoted(name),
                },
            )
        }
        _ => None,
    }
}
