//! What can't work behind a pooler in transaction mode, where each transaction can have another session of the server, which other
//! programs use before and after it.

use aio_databases_sql::{Dialect, Lexer, TokenKind, split};

use super::{
    command::{Args, Command},
    kind::{StatementKind, is_temporary, words},
};

const SETTING: &str = "a setting of the session: behind a pooler in transaction mode, other programs get that session. Write `set local …` \
    (or `set_config(…, true)`) in a transaction, or set it for all with `alter role … set …`";
const RESET: &str =
    "a reset of the session: behind a pooler in transaction mode, each transaction can have another session";
pub(crate) const LISTEN: &str = "listening behind a pooler in transaction mode: notifications come to one session. Open another `Database` with \
    the URL of the server itself, and listen there";
const PREPARE: &str = "statements that are prepared by hand: behind a pooler in transaction mode, the next transaction can have another \
    session. Run the statement itself, with arguments";
const CURSOR: &str = "a cursor `with hold` behind a pooler in transaction mode: the next transaction can have another session. Read it in \
    one transaction, or as a stream";
const TEMPORARY: &str = "a temporary table behind a pooler in transaction mode, where it would stay in a session that other programs get. \
    Create it in a transaction, with `on commit drop`";
const LOCK: &str = "an advisory lock of the session: behind a pooler in transaction mode, other programs get that session. Use \
    `pg_advisory_xact_lock` or `pg_try_advisory_xact_lock` in a transaction";

/// What of a command needs a session of its own, and what to do instead.
pub(crate) fn needs_session(command: &Command) -> Option<&'static str> {
    let text = command.text.as_str();
    match command.args {
        Args::Script => split(text, Dialect::Postgres).find_map(|span| of_statement(span.of(text))),
        _ => match command.kind {
            // Only functions can matter, and the command knows whether it calls any.
            StatementKind::Query | StatementKind::Insert | StatementKind::Change
                if !command.changes_session =>
            {
                None
            }
            _ => of_statement(text),
        },
    }
}

fn of_statement(sql: &str) -> Option<&'static str> {
    let all: Vec<String> =
        words(sql, Dialect::Postgres).filter(|(_, depth)| *depth == 0).map(|(word, _)| word).collect();
    let word = |index: usize| all.get(index).map_or("", String::as_str);
    let has = |first: &str, second: &str| all.windows(2).any(|pair| pair[0] == first && pair[1] == second);
    let of_verb = match word(0) {
        "set" => match (word(1), word(2)) {
            ("session", "characteristics") => Some(SETTING),
            ("local" | "transaction" | "constraints", _) => None,
            _ => Some(SETTING),
        },
        "load" => Some(SETTING),
        "reset" | "discard" => Some(RESET),
        "listen" | "unlisten" => Some(LISTEN),
        "prepare" if word(1) != "transaction" => Some(PREPARE),
        "execute" | "deallocate" => Some(PREPARE),
        "declare" if has("with", "hold") => Some(CURSOR),
        "create" if is_temporary(all[1..].iter().map(String::as_str)) && !has("commit", "drop") => {
            Some(TEMPORARY)
        }
        "select" | "with" if has("into", "temp") || has("into", "temporary") => Some(TEMPORARY),
        _ => None,
    };
    of_verb.or_else(|| of_functions(sql))
}

/// Calls of functions that change the session, or lock something for it.
fn of_functions(sql: &str) -> Option<&'static str> {
    let tokens: Vec<(TokenKind, &str)> = Lexer::new(sql, Dialect::Postgres)
        .map(|token| (token.kind, token.span.of(sql)))
        .filter(|(kind, _)| {
            !matches!(kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
        })
        .collect();
    tokens.windows(2).enumerate().find_map(|(at, pair)| {
        let (name, open) = (pair[0].1.trim_matches('"'), pair[1].1);
        if open != "(" {
            return None;
        }
        match name.to_ascii_lowercase().as_str() {
            "pg_advisory_lock"
            | "pg_advisory_lock_shared"
            | "pg_try_advisory_lock"
            | "pg_try_advisory_lock_shared" => Some(LOCK),
            "set_config" if !is_local(&tokens[at + 2..]) => Some(SETTING),
            _ => None,
        }
    })
}

/// Whether the last argument of a call is `true`, from the first token after its parenthesis.
fn is_local(tokens: &[(TokenKind, &str)]) -> bool {
    let mut depth = 0_usize;
    let end = tokens.iter().position(|(_, text)| {
        match *text {
            "(" => depth += 1,
            ")" if depth == 0 => return true,
            ")" => depth -= 1,
            _ => {}
        }
        false
    });
    let inside = &tokens[..end.unwrap_or(tokens.len())];
    // `true::bool`, and names of arguments (`is_local => true`), are read, too.
    let last = inside.iter().rposition(|(_, text)| *text == ",").map_or(inside, |comma| &inside[comma + 1..]);
    let value = last.iter().map(|(_, text)| text.trim_matches('\'').to_ascii_lowercase());
    value.into_iter().any(|text| matches!(text.as_str(), "true" | "t" | "on" | "yes" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_session() {
        for (sql, expected) in [
            ("select 1", None),
            ("set statement_timeout = 5", Some(SETTING)),
            ("SET search_path TO a", Some(SETTING)),
            ("set session authorization a", Some(SETTING)),
            ("set session characteristics as transaction read only", Some(SETTING)),
            ("set time zone 'UTC'", Some(SETTING)),
            ("set local statement_timeout = 5", None),
            ("set transaction isolation level serializable", None),
            ("set constraints all deferred", None),
            ("reset all", Some(RESET)),
            ("discard temp", Some(RESET)),
            ("listen a", Some(LISTEN)),
            ("notify a", None),
            ("prepare a as select 1", Some(PREPARE)),
            ("prepare transaction 'a'", None),
            ("execute a", Some(PREPARE)),
            ("declare a cursor for select 1", None),
            ("declare a cursor with hold for select 1", Some(CURSOR)),
            ("create temp table a (b int)", Some(TEMPORARY)),
            ("create temporary table a on commit drop as select 1", None),
            ("create table temp (a int)", None),
            ("select 1 into temp a", Some(TEMPORARY)),
            ("select pg_advisory_lock(1)", Some(LOCK)),
            ("select pg_catalog.\"pg_try_advisory_lock\" (1, 2)", Some(LOCK)),
            ("select pg_advisory_xact_lock(1)", None),
            ("select 'pg_advisory_lock('", None),
            ("select set_config('a.b', 'c', false)", Some(SETTING)),
            ("select set_config('a.b', f('c', true), $1)", Some(SETTING)),
            ("select set_config('a.b', f(1, false), true)", None),
            ("select set_config('a.b', 'c', true::bool), 'x'", None),
            ("select set_config('a.b', 'c', is_local => 'on')", None),
            ("do $$ begin perform pg_advisory_lock(1); end $$", None),
        ] {
            assert_eq!(of_statement(sql), expected, "{sql}");
        }
    }
}
