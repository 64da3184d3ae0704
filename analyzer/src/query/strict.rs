//! What the parser takes and the dialect does not: told before parsing, from the tokens alone.

use aio_databases_sql::Dialect;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    help::is_word,
    parse::{self, Refusal, is_space},
    reserved::is_reserved,
};

/// How many operators may follow each other without a comma between: each is a level of the syntax tree, which is
/// walked and dropped level by level.
const CHAIN: usize = 2000;
/// The same for casts and subscripts.
const POSTFIX_CHAIN: usize = 100;
/// How many joins may wait for their condition: the parser nests each in the one before it.
const OPEN_JOINS: usize = 60;

/// A chain of operators that is too long to be walked.
pub(crate) fn too_long(tokens: &[TokenWithSpan]) -> Option<Refusal> {
    let (mut chain, mut postfix, mut joins) = (0, 0, 0_usize);
    let mut before = Keyword::NoKeyword;
    for token in tokens {
        if let Token::Word(word) = &token.token {
            match word.keyword {
                Keyword::JOIN if !matches!(before, Keyword::CROSS | Keyword::NATURAL) => joins += 1,
                Keyword::ON | Keyword::USING => joins = joins.saturating_sub(1),
                Keyword::UNION => joins = 0,
                _ => {}
            }
            before = word.keyword;
        }
        match &token.token {
            Token::Comma | Token::SemiColon => (chain, postfix, joins) = (0, 0, 0),
            Token::DoubleColon | Token::LBracket | Token::Period => postfix += 1,
            token if is_link(token) => {
                chain += 1;
                postfix = 0;
            }
            _ => {}
        }
        if chain > CHAIN || postfix > POSTFIX_CHAIN || joins > OPEN_JOINS {
            let span = parse::span(token.span).unwrap_or_default();
            return Some(Refusal { message: "this nests too deeply".to_owned(), span });
        }
    }
    None
}

/// Whether a token is an operator between two values.
fn is_link(token: &Token) -> bool {
    use Keyword::{
        AND, AT, BETWEEN, COLLATE, EXCEPT, ILIKE, IN, INTERSECT, IS, JOIN, LIKE, NOT, OR, UNION, XOR,
    };
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            AND | AT
                | NOT
                | OR
                | XOR
                | UNION
                | EXCEPT
                | INTERSECT
                | IS
                | IN
                | LIKE
                | ILIKE
                | BETWEEN
                | JOIN
                | COLLATE
        ),
        Token::Number(..) | Token::Placeholder(_) | Token::LParen | Token::RParen | Token::RBracket => false,
        token => !is_space(token) && !is_text(token),
    }
}

/// The first such place in a query, in its tokens without space.
pub(crate) fn check(tokens: &[TokenWithSpan], dialect: Dialect) -> Option<Refusal> {
    let statement = &tokens.first()?.token;
    if !is_query(statement) {
        return None;
    }
    (0..tokens.len()).find_map(|at| {
        let token = &tokens[at].token;
        let before = at.checked_sub(1).map(|before| &tokens[before].token);
        let first = at.checked_sub(2).map(|first| &tokens[first].token);
        let after = tokens.get(at + 1).map(|token| &token.token);
        let message = junk(&tokens[at], tokens.get(at + 1), dialect)
            .or_else(|| reserved(token, before, after, dialect))
            .or_else(|| problem(token, first, before, after, dialect))
            .or_else(|| foreign(statement, token, before, after, dialect).map(str::to_owned))
            .or_else(|| quantified(&tokens[at..], before, dialect).map(str::to_owned))?;
        Some(Refusal { message, span: parse::span(tokens[at].span).unwrap_or_default() })
    })
}

fn is_query(token: &Token) -> bool {
    matches!(token, Token::LParen)
        || ["select", "with", "insert", "update", "delete", "values", "merge", "replace"]
            .iter()
            .any(|word| is_word(token, word))
}

/// A number or a placeholder that goes on as a word: `1a`, `$1and`. In MySQL a name may begin with a digit.
fn junk(token: &TokenWithSpan, after: Option<&TokenWithSpan>, dialect: Dialect) -> Option<String> {
    if let (Token::Placeholder(text), Dialect::Postgres) = (&token.token, dialect) {
        let word = text.trim_start_matches('$').trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &text[..text.len() - word.len()];
        return (!word.is_empty()).then(|| format!("a space is missing between `{number}` and `{word}`"));
    }
    let number = matches!(token.token, Token::Number(..) | Token::Placeholder(_));
    let Token::Word(word) = &after?.token else { return None };
    let joined =
        parse::span(after?.span).map(|after| after.start) == parse::span(token.span).map(|own| own.end);
    (number && joined && word.quote_style.is_none() && dialect != Dialect::Mysql)
        .then(|| format!("a space is missing between `{}` and `{}`", token.token, word.value))
}

/// `null.id`: a word of the grammar's in the place of a table's name.
fn reserved(
    token: &Token,
    before: Option<&Token>,
    after: Option<&Token>,
    dialect: Dialect,
) -> Option<String> {
    let Token::Word(word) = token else { return None };
    // MySQL's are found where a name is asked for: types are among them, and any word is a name before a dot.
    let named = dialect == Dialect::Mysql || word.quote_style.is_some() || before == Some(&Token::Period);
    if named || !is_reserved(&word.value, dialect) {
        return None;
    }
    let quoted = format!("it is a name in quotes: \"{}\"", word.value);
    if after == Some(&Token::Period) {
        return Some(format!("`{}` is a word of the grammar's, no table; {quoted}", word.value));
    }
    // Anything may stand after `as` in PostgreSQL.
    (dialect != Dialect::Postgres
        && before.is_some_and(|before| is_word(before, "as"))
        && !["select", "values", "with", "not"].iter().any(|start| is_word(token, start)))
    .then(|| format!("`{}` is a word of the grammar's, no alias; {quoted}", word.value))
}

/// `first` is what stands before the token before.
fn problem(
    token: &Token,
    first: Option<&Token>,
    before: Option<&Token>,
    after: Option<&Token>,
    dialect: Dialect,
) -> Option<String> {
    let before_is = |word| before.is_some_and(|token| is_word(token, word));
    let after_is = |word| after.is_some_and(|token| is_word(token, word));
    let postgres = dialect == Dialect::Postgres;
    let alone = *token == Token::Mul && before == Some(&Token::LParen) && after == Some(&Token::RParen);
    if alone && first.is_some_and(|first| is_word(first, "select") || is_word(first, "distinct")) {
        return Some("`*` stands alone, without parentheses".to_owned());
    }
    if dialect == Dialect::Mysql
        && *token == Token::Mul
        && before == Some(&Token::Comma)
        && (after.is_none() || after == Some(&Token::Comma) || after_is("from"))
    {
        return Some("`*` stands first in the list: write `*, …`, or name each table's: `t.*`".to_owned());
    }
    if *token == Token::Comma && ["from", "where", "order", "group"].iter().any(|word| after_is(word)) {
        return Some("a comma too many: leave it out".to_owned());
    }
    if is_text(token) {
        if after == Some(&Token::Period) || before == Some(&Token::Period) {
            return Some("a text stands where a name must: names have no quotes, or double ones".to_owned());
        }
        if postgres && before_is("as") {
            return Some("an alias has no quotes, or double ones".to_owned());
        }
    }
    if is_word(token, "ignore") && before_is("insert") && after_is("into") && dialect != Dialect::Mysql {
        return Some("`insert ignore` is MySQL's: write `… on conflict do nothing`".to_owned());
    }
    if is_word(token, "insert")
        && !after_is("ignore")
        && dialect != Dialect::Mysql
        && !after_is("into")
        && !after_is("or")
        && matches!(after, Some(Token::Word(_)))
        && !before_is("then")
        && !before_is("before")
    {
        return Some(
            "Expected: INTO, found: ".to_owned() + &after.map_or_else(String::new, Token::to_string),
        );
    }
    if dialect != Dialect::Sqlite
        && is_word(token, "not")
        && after_is("null")
        && !before_is("is")
        && !before_is("set")
    {
        return Some("`not null` needs `is` before it".to_owned());
    }
    if postgres
        && is_word(token, "interval")
        && matches!(after, Some(Token::Number(..) | Token::Placeholder(_)))
    {
        return Some(
            "`interval` takes a quoted literal: write `interval '1 day' * …`, or `make_interval(…)`"
                .to_owned(),
        );
    }
    None
}

/// What only another dialect has, and what to write here.
fn foreign(
    statement: &Token,
    token: &Token,
    before: Option<&Token>,
    after: Option<&Token>,
    dialect: Dialect,
) -> Option<&'static str> {
    let is_before = |word| before.is_some_and(|token| is_word(token, word));
    let is_after = |word| after.is_some_and(|token| is_word(token, word));
    // The words may be names, too.
    let named = before == Some(&Token::Period) || after == Some(&Token::Period) || is_before("as");
    let listed = matches!(before, Some(Token::Comma)) || matches!(after, Some(Token::Comma));
    match dialect {
        Dialect::Postgres | Dialect::Mysql if *token == Token::DoubleEq => {
            Some("`==` is SQLite's: write `=`")
        }
        Dialect::Sqlite | Dialect::Mysql if is_before("limit") && is_word(token, "all") => {
            Some("`limit all` is PostgreSQL's: leave it out")
        }
        Dialect::Mysql if is_before("limit") && is_word(token, "null") => {
            Some("`limit null` is PostgreSQL's: leave it out")
        }
        Dialect::Sqlite | Dialect::Mysql if *token == Token::DoubleColon => {
            Some("`::` is PostgreSQL's cast: write `cast(… as …)`")
        }
        Dialect::Sqlite | Dialect::Mysql if is_word(token, "ilike") && !named && !listed => {
            Some("`ilike` is PostgreSQL's: write `lower(…) like lower(…)`")
        }
        Dialect::Mysql
            if is_word(token, "filter")
                && before == Some(&Token::RParen)
                && after == Some(&Token::LParen) =>
        {
            Some("there is no `filter` here: write `sum(case when … then … end)`")
        }
        Dialect::Mysql if is_word(token, "on") && is_after("conflict") => Some(
            "`on conflict` is PostgreSQL's and SQLite's: write `on duplicate key update …`, or `insert ignore`",
        ),
        Dialect::Mysql if is_word(statement, "update") && is_word(token, "returning") && !named => {
            Some("`update` gives no rows here: write a `select` after it, in the same transaction")
        }
        Dialect::Sqlite | Dialect::Mysql
            if is_word(token, "distinct") && is_before("select") && is_after("on") =>
        {
            Some(
                "`distinct on` is PostgreSQL's: number the rows by `row_number() over (…)`, and take the first ones",
            )
        }
        _ if is_word(token, "top") && is_before("select") && matches!(after, Some(Token::Number(..))) => {
            Some("there is no `top` here: write `limit …` at the end")
        }
        Dialect::Sqlite
            if is_word(token, "for") && !named && !listed && (is_after("update") || is_after("share")) =>
        {
            Some("SQLite locks no rows: leave `for …` out, and write inside of a transaction")
        }
        Dialect::Sqlite | Dialect::Postgres if is_word(token, "duplicate") && is_before("on") => {
            Some("`on duplicate key` is MySQL's: write `on conflict (…) do update set …`")
        }
        _ => None,
    }
}

/// `= any (…)` and `= all (…)`: of arrays in PostgreSQL alone, of subqueries in MySQL, too. The parser takes both for each.
fn quantified(tokens: &[TokenWithSpan], before: Option<&Token>, dialect: Dialect) -> Option<&'static str> {
    use Token::{DoubleEq, Eq, Gt, GtEq, Lt, LtEq, Neq};
    let is = |word| is_word(&tokens[0].token, word);
    let any = is("any") || is("some");
    let called = tokens.get(1).is_some_and(|token| token.token == Token::LParen);
    if !matches!(before, Some(Eq | DoubleEq | Neq | Lt | LtEq | Gt | GtEq)) || !called || !any && !is("all") {
        return None;
    }
    let of_query = tokens.get(2).is_some_and(|token| token.token == Token::LParen || is_query(&token.token));
    match dialect {
        Dialect::Sqlite if any => Some(
            "there is no `any` here: write `in (…)`, and of a list that is one parameter `in (select value from json_each(…))`",
        ),
        Dialect::Sqlite => {
            Some("there is no `all` here: write `not in (…)`, or compare with a `min` or `max`")
        }
        Dialect::Mysql if !of_query => Some("`any`, `some` and `all` are of a subquery here: write `in (…)`"),
        _ => None,
    }
}

fn is_text(token: &Token) -> bool {
    matches!(token, Token::SingleQuotedString(_) | Token::EscapedStringLiteral(_))
}
