//! A good query, broken in one place, as people break them.

use aio_databases_sql::{Dialect, Span, Token, TokenKind, lex};

use fastrand::Rng;

/// A kind of slip; `None` where the query has no place for it.
type Slip = fn(&Query<'_>, &mut Rng) -> Option<String>;

/// The slips, by name. What people do often stands here often.
const SLIPS: [(&str, Slip); 34] = [
    ("a typo in a name", name_typo),
    ("a typo in a name", name_typo),
    ("a typo in a name", name_typo),
    ("a typo in a keyword", keyword_typo),
    ("a name left out", |query, chance| query.without(query.one(chance, Query::is_name)?)),
    ("a keyword left out", |query, chance| query.without(query.one(chance, Query::is_keyword)?)),
    ("a sign left out", |query, chance| query.without(query.one(chance, Query::is_sign)?)),
    ("a sign left out", |query, chance| query.without(query.one(chance, Query::is_sign)?)),
    ("two names swapped", |query, chance| query.swap(chance, Query::is_name)),
    ("two names swapped", |query, chance| query.swap(chance, Query::is_name)),
    ("two values swapped", |query, chance| query.swap(chance, Query::is_value)),
    ("neighbours swapped", neighbours_swapped),
    ("said twice", said_twice),
    ("a text for a name", |query, chance| query.instead(query.one(chance, Query::is_name)?, "'x'")),
    ("a number for a name", |query, chance| query.instead(query.one(chance, Query::is_name)?, "7")),
    ("null for a name", |query, chance| query.instead(query.one(chance, Query::is_name)?, "null")),
    ("a number for a text", |query, chance| query.instead(query.one(chance, Query::is_text)?, "12.5")),
    ("a text for a number", |query, chance| query.instead(query.one(chance, Query::is_number)?, "'x'")),
    ("another text", another_text),
    ("a wrong cast", wrong_cast),
    ("a wrong cast", wrong_cast),
    ("another sign", another_sign),
    ("a clause left out", |query, chance| query.without_span(query.clause(chance)?)),
    ("a clause twice", |query, chance| query.twice(query.clause(chance)?)),
    ("clauses swapped", clauses_swapped),
    ("an item left out", |query, chance| query.without_item(chance)),
    ("an item too many", an_item_too_many),
    ("an item left out", |query, chance| query.without_item(chance)),
    ("a qualifier left out", qualifier_left_out),
    ("another qualifier", another_qualifier),
    ("a column without its table", column_qualified),
    ("an aggregate around a name", |query, chance| {
        query.around(chance, &["count", "sum", "max", "bool_and", "array_agg"])
    }),
    ("a function around a name", |query, chance| {
        query.around(chance, &["lower", "abs", "length", "coalesce", "nullif", "unnest", "json_array_length"])
    }),
    ("a name from elsewhere", name_from_elsewhere),
];

/// A broken copy of a query, and what was done to it. `names` are those that the schema has.
pub(crate) fn mutate(
    sql: &str,
    dialect: Dialect,
    names: &[String],
    chance: &mut Rng,
) -> Option<(&'static str, String)> {
    let query = Query::new(sql, dialect, names);
    let (how, slip) = chance.choice(&SLIPS)?;
    let broken = slip(&query, chance)?;
    (broken != sql).then_some((how, broken))
}

struct Query<'a> {
    sql: &'a str,
    dialect: Dialect,
    names: &'a [String],
    tokens: Vec<Token>,
}

const KEYWORDS: &str = " select from where and or not in is null as on join left right inner outer full cross insert into \
    values update set delete returning order by group having limit offset union all distinct case when then else end exists \
    between like ilike with recursive lateral using asc desc true false conflict do nothing for skip locked any some array \
    interval filter over partition cast except intersect window rows preceding following current row unbounded merge matched \
    default natural within ";

/// Words with which a clause begins.
const CLAUSES: &str =
    " from where group having order limit offset returning union set values on join left for window ";

impl<'a> Query<'a> {
    fn new(sql: &'a str, dialect: Dialect, names: &'a [String]) -> Self {
        let tokens = lex(sql, dialect).into_iter().filter(|token| token.is_significant()).collect();
        Query { sql, dialect, names, tokens }
    }

    fn text(&self, token: Token) -> &'a str {
        token.span.of(self.sql)
    }

    fn is(&self, token: Token, words: &str) -> bool {
        token.kind == TokenKind::Word && words.contains(&format!(" {} ", self.text(token).to_lowercase()))
    }

    fn is_keyword(&self, token: Token) -> bool {
        self.is(token, KEYWORDS)
    }

    fn is_name(&self, token: Token) -> bool {
        (token.kind == TokenKind::Word && !self.is_keyword(token))
            || token.kind == TokenKind::QuotedIdentifier
    }

    fn is_text(&self, token: Token) -> bool {
        token.kind == TokenKind::String
    }

    fn is_number(&self, token: Token) -> bool {
        token.kind == TokenKind::Number
    }

    fn is_value(&self, token: Token) -> bool {
        self.is_name(token)
            || self.is_text(token)
            || self.is_number(token)
            || matches!(token.kind, TokenKind::Placeholder(_))
    }

    fn is_sign(&self, token: Token) -> bool {
        matches!(token.kind, TokenKind::Operator | TokenKind::Punctuation)
    }

    fn all(&self, kind: fn(&Self, Token) -> bool) -> Vec<usize> {
        (0..self.tokens.len()).filter(|at| kind(self, self.tokens[*at])).collect()
    }

    fn one(&self, chance: &mut Rng, kind: fn(&Self, Token) -> bool) -> Option<usize> {
        chance.choice(&self.all(kind)).copied()
    }

    /// The text with another in the place of a part.
    fn replace(&self, span: Span, text: &str) -> Option<String> {
        Some(format!("{}{text}{}", self.sql.get(..span.start)?, self.sql.get(span.end..)?))
    }

    fn instead(&self, at: usize, text: &str) -> Option<String> {
        self.replace(self.tokens[at].span, text)
    }

    fn without(&self, at: usize) -> Option<String> {
        self.instead(at, "")
    }

    fn without_span(&self, span: Span) -> Option<String> {
        self.replace(span, "")
    }

    fn twice(&self, span: Span) -> Option<String> {
        let text = span.of(self.sql);
        self.replace(span, &format!("{text} {text}"))
    }

    /// Two parts, the first of which stands first, in each other's place.
    fn swapped(&self, first: Span, second: Span) -> Option<String> {
        let (start, end) = (self.sql.get(..first.start)?, self.sql.get(second.end..)?);
        let between = self.sql.get(first.end..second.start)?;
        Some(format!("{start}{}{between}{}{end}", second.of(self.sql), first.of(self.sql)))
    }

    fn swap(&self, chance: &mut Rng, kind: fn(&Self, Token) -> bool) -> Option<String> {
        let (a, b) = (self.one(chance, kind)?, self.one(chance, kind)?);
        (a != b).then(|| self.swapped(self.tokens[a.min(b)].span, self.tokens[a.max(b)].span))?
    }

    /// A clause: from its word up to the next one that is as deep, or to what closes the parentheses around it.
    fn clauses(&self) -> Vec<Span> {
        let mut clauses = Vec::new();
        for at in 0..self.tokens.len() {
            if self.is(self.tokens[at], CLAUSES) {
                let mut depth = 0;
                let mut end = at;
                for next in at + 1..self.tokens.len() {
                    match self.text(self.tokens[next]) {
                        "(" => depth += 1,
                        ")" if depth == 0 => break,
                        ")" => depth -= 1,
                        _ if depth == 0 && self.is(self.tokens[next], CLAUSES) => break,
                        _ => {}
                    }
                    end = next;
                }
                clauses.push(Span::new(self.tokens[at].span.start, self.tokens[end].span.end));
            }
        }
        clauses
    }

    fn clause(&self, chance: &mut Rng) -> Option<Span> {
        chance.choice(&self.clauses()).copied()
    }

    /// Where an item of a list stands, with the comma before it.
    fn item(&self, chance: &mut Rng) -> Option<(Span, Span)> {
        let commas: Vec<usize> = self.all(|query, token| query.text(token) == ",");
        let comma = *chance.choice(&commas)?;
        let (mut depth, mut end) = (0, comma);
        for next in comma + 1..self.tokens.len() {
            match self.text(self.tokens[next]) {
                "(" | "[" => depth += 1,
                ")" | "]" | "," if depth == 0 => break,
                ")" | "]" => depth -= 1,
                _ if depth == 0 && self.is(self.tokens[next], CLAUSES) => break,
                _ => {}
            }
            end = next;
        }
        (end > comma).then(|| {
            let item = Span::new(self.tokens[comma + 1].span.start, self.tokens[end].span.end);
            (Span::new(self.tokens[comma].span.start, item.end), item)
        })
    }

    fn without_item(&self, chance: &mut Rng) -> Option<String> {
        self.without_span(self.item(chance)?.0)
    }

    fn around(&self, chance: &mut Rng, functions: &[&str]) -> Option<String> {
        let at = self.one(chance, Query::is_name)?;
        // A qualified name is one name.
        let dot = |at: usize| self.tokens.get(at).is_some_and(|token| self.text(*token) == ".");
        let mut span = self.tokens[at].span;
        if at > 1 && dot(at - 1) {
            span.start = self.tokens[at - 2].span.start;
        } else if dot(at + 1) {
            span.end = self.tokens.get(at + 2)?.span.end;
        }
        let function = chance.choice(functions)?;
        self.replace(span, &format!("{function}({})", span.of(self.sql)))
    }

    /// The names that stand before a dot.
    fn qualifiers(&self) -> Vec<usize> {
        let all = self.all(Query::is_name).into_iter();
        all.filter(|at| self.tokens.get(at + 1).is_some_and(|next| self.text(*next) == ".")).collect()
    }
}

/// One letter more, less, other, or in its neighbour's place.
fn typo(word: &str, chance: &mut Rng) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = chance.usize(..letters.len());
    let letter = *chance.choice(&['x', 'q', 'z', 'e', '_', '1', 's']).unwrap_or(&'x');
    match chance.usize(..4) {
        0 => letters.insert(at, letter),
        1 if letters.len() > 1 => {
            letters.remove(at);
        }
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = letter,
    }
    letters.into_iter().collect()
}

fn name_typo(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, Query::is_name)?;
    query.instead(at, &typo(query.text(query.tokens[at]), chance))
}

fn keyword_typo(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, Query::is_keyword)?;
    query.instead(at, &typo(query.text(query.tokens[at]), chance))
}

fn neighbours_swapped(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = chance.usize(..query.tokens.len().checked_sub(1).filter(|last| *last > 0)?);
    query.swapped(query.tokens[at].span, query.tokens[at + 1].span)
}

fn said_twice(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let span = chance.choice(&query.tokens)?.span;
    query.twice(span)
}

/// A text with a typo: an enum's label that is none, a date that is none.
fn another_text(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, Query::is_text)?;
    let text = query.text(query.tokens[at]);
    let inner = text.get(1..text.len().checked_sub(1)?).filter(|inner| !inner.is_empty())?;
    query.instead(at, &format!("'{}'", typo(inner, chance).replace('\'', "''")))
}

fn wrong_cast(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, Query::is_value)?;
    let text = query.text(query.tokens[at]);
    let cast = if query.dialect == Dialect::Postgres {
        let types = [
            "bytea",
            "int4",
            "uuid",
            "jsonb",
            "bool",
            "text[]",
            "timestamptz",
            "nope",
            "numeric",
            "interval",
            "date",
            "float8",
        ];
        format!("{text}::{}", chance.choice(&types)?)
    } else {
        format!(
            "cast({text} as {})",
            chance.choice(&["integer", "signed", "char", "text", "date", "nope", "blob", "decimal(5, 2)"])?
        )
    };
    query.instead(at, &cast)
}

fn another_sign(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, |_, token| token.kind == TokenKind::Operator)?;
    let signs = [
        "=", "<", "<>", "+", "-", "*", "||", "->", "->>", "@>", "&&", "~", "%", "like", "in", "is", "and",
        "or", "!",
    ];
    query.instead(at, &format!(" {} ", chance.choice(&signs)?))
}

fn clauses_swapped(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let clauses = query.clauses();
    let at = chance.usize(..clauses.len().checked_sub(1).filter(|last| *last > 0)?);
    let (first, second) = (clauses[at], clauses[at + 1]);
    (first.end <= second.start).then(|| query.swapped(first, second))?
}

fn an_item_too_many(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let (_, item) = query.item(chance)?;
    query.replace(item, &format!("{0}, {0}", item.of(query.sql)))
}

fn qualifier_left_out(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = *chance.choice(&query.qualifiers())?;
    query.without_span(Span::new(query.tokens[at].span.start, query.tokens[at + 1].span.end))
}

fn another_qualifier(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let qualifiers = query.qualifiers();
    let at = *chance.choice(&qualifiers)?;
    let other = *chance.choice(&qualifiers)?;
    query.instead(at, query.text(query.tokens[other]))
}

fn column_qualified(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let names = query.all(Query::is_name);
    let at = *chance.choice(&names)?;
    let other = *chance.choice(&names)?;
    query.instead(at, &format!("{}.{}", query.text(query.tokens[other]), query.text(query.tokens[at])))
}

fn name_from_elsewhere(query: &Query<'_>, chance: &mut Rng) -> Option<String> {
    let at = query.one(chance, Query::is_name)?;
    query.instead(at, chance.choice(query.names)?)
}
