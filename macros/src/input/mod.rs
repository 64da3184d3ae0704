//! Parses the input of a macro call.

mod args;
pub(crate) mod copy;
mod expr;
mod literal;
pub(crate) mod sql;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Error, PathArguments, Result, Token, Type, TypePath, parse::ParseStream, spanned::Spanned as _};

pub(crate) use self::args::{Arg, Args};
use self::{copy::Target, sql::Sql};

/// A macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro {
    Query,
    QueryVal,
    QueryAs,
    Execute,
    Executemany,
    CopyIn,
    Fetchall,
    Fetchmany,
    Fetchone,
    Fetchval,
    Iterate,
}

impl Macro {
    /// Whether its only argument is rows of arguments.
    pub(crate) fn takes_rows(self) -> bool {
        matches!(self, Macro::Executemany | Macro::CopyIn)
    }

    /// Its name, without the `!`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Macro::Query => "query",
            Macro::QueryVal => "query_val",
            Macro::QueryAs => "query_as",
            Macro::Execute => "execute",
            Macro::Executemany => "executemany",
            Macro::CopyIn => "copy_in",
            Macro::Fetchall => "fetchall",
            Macro::Fetchmany => "fetchmany",
            Macro::Fetchone => "fetchone",
            Macro::Fetchval => "fetchval",
            Macro::Iterate => "iterate",
        }
    }

    /// Whether the first argument is the executor.
    fn has_executor(self) -> bool {
        !matches!(self, Macro::Query | Macro::QueryVal | Macro::QueryAs)
    }

    /// Whether a type can come before the SQL.
    fn takes_type(self) -> bool {
        !matches!(
            self,
            Macro::Query | Macro::QueryVal | Macro::Execute | Macro::Executemany | Macro::Fetchval
        )
    }

    /// An example of a call, for messages.
    fn usage(self) -> &'static str {
        match self {
            Macro::Query => "query!(\"select …\", arguments…)",
            Macro::QueryVal => "query_val!(\"select …\", arguments…)",
            Macro::QueryAs => "query_as!(Type, \"select …\", arguments…)",
            Macro::Execute => "execute!(db, \"insert …\", arguments…)",
            Macro::Executemany => "executemany!(db, \"insert …\", rows)",
            Macro::CopyIn => "copy_in!(db, \"users (name, email)\", rows)",
            Macro::Fetchall => "fetchall!(db, \"select …\", arguments…)",
            Macro::Fetchmany => "fetchmany!(db, 10, \"select …\", arguments…)",
            Macro::Fetchone => "fetchone!(db, \"select …\", arguments…)",
            Macro::Fetchval => "fetchval!(db, \"select …\", arguments…)",
            Macro::Iterate => "iterate!(db, \"select …\", arguments…)",
        }
    }
}

/// The user's type for records.
#[derive(Debug)]
pub(crate) enum RecordType {
    /// A struct with a field for each column, as a path that can begin an expression.
    Struct(TokenStream),
    /// A tuple with an element for each column.
    Tuple(Vec<TokenStream>),
}

/// A macro call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) makro: Macro,
    /// The executor, which runs the query.
    pub(crate) executor: Option<TokenStream>,
    /// `fetchmany!`'s number of records.
    pub(crate) n: Option<TokenStream>,
    /// The user's type for records.
    pub(crate) ty: Option<RecordType>,
    /// The SQL; for `copy_in!` the insert that its rows are checked as.
    pub(crate) sql: Sql,
    /// The table and columns of `copy_in!`.
    pub(crate) target: Option<Target>,
    /// The arguments. `executemany!` and `copy_in!` have one: the rows.
    pub(crate) args: Args,
}

impl Call {
    /// All of the user's expressions, in order.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &TokenStream> {
        let args = self.args.list.iter().map(|arg| &arg.expr);
        self.executor.iter().chain(&self.n).chain(args)
    }
}

/// Reads a macro call.
pub(crate) fn parse(makro: Macro, input: ParseStream<'_>) -> Result<Call> {
    let missing =
        |span: Span, what: &str| Error::new(span, format!("{what}\nhelp: call it as `{}`", makro.usage()));
    let comma = |what: &str| {
        if input.is_empty() { Err(missing(input.span(), what)) } else { input.parse::<Token![,]>().map(drop) }
    };

    let mut executor = None;
    if makro.has_executor() {
        if input.is_empty() || input.peek(syn::LitStr) {
            return Err(missing(input.span(), "the first argument must be a database or a connection"));
        }
        executor = Some(expr::parse(input)?);
        comma("the SQL is missing")?;
    }
    let mut n = None;
    if makro == Macro::Fetchmany {
        if input.peek(syn::LitStr) {
            return Err(missing(input.span(), "`fetchmany!` needs the number of records before the SQL"));
        }
        n = Some(expr::parse(input)?);
        comma("the SQL is missing")?;
    }
    let mut ty = None;
    if makro == Macro::QueryAs || makro.takes_type() && !sql::is_next(input.cursor()) {
        if input.is_empty() {
            return Err(missing(input.span(), "the SQL is missing"));
        }
        if sql::is_next(input.cursor()) {
            return Err(missing(input.span(), "`query_as!` needs the type of the records before the SQL"));
        }
        ty = Some(record_type(input)?);
        comma("the SQL is missing")?;
    }
    if input.is_empty() {
        return Err(missing(input.span(), "the SQL is missing"));
    }
    let mut sql = sql::parse(input)?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    let args = args::parse(input)?;
    if makro.takes_rows() && args.list.len() != 1 {
        let span = args.list.get(1).map_or_else(|| sql.span(), |arg| arg.span);
        let name = makro.name();
        return Err(missing(
            span,
            &format!("`{name}!` needs a single argument after the SQL: the rows, each a tuple of arguments"),
        ));
    }
    let mut target = None;
    if makro == Macro::CopyIn {
        if let Some(RecordType::Tuple(_)) = ty {
            return Err(missing(sql.span(), "the type of rows is a struct's, and tuples need none"));
        }
        let (insert, of) = copy::target(&sql).map_err(|error| missing(error.span(), &error.to_string()))?;
        (sql, target) = (insert, Some(of));
    }
    Ok(Call { makro, executor, n, ty, sql, target, args })
}

/// Parses the type of the records. Anything else in this place is an error.
fn record_type(input: ParseStream<'_>) -> Result<RecordType> {
    let (start, fork) = (input.span(), input.fork());
    let parsed = fork.parse::<Type>();
    let followed = fork.parse::<Token![,]>().is_ok() && sql::is_next(fork.cursor());
    // `db, sql, 1`: a variable looks like a type.
    if parsed.is_err() || !followed || fork.peek(syn::Lit) && !fork.peek(syn::LitStr) {
        return Err(Error::new(start, sql::WANTED));
    }
    match input.parse::<Type>()? {
        Type::Path(TypePath { qself: None, mut path, .. }) => {
            // Expressions need the turbofish: `User::<T> { … }`.
            for segment in &mut path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    arguments.colon2_token = Some(Default::default());
                }
            }
            Ok(RecordType::Struct(path.into_token_stream()))
        }
        Type::Tuple(tuple) => {
            Ok(RecordType::Tuple(tuple.elems.iter().map(ToTokens::to_token_stream).collect()))
        }
        other => Err(Error::new(other.span(), sql::WANTED)),
    }
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser as _;

    use super::*;

    fn call(makro: Macro, tokens: &str) -> Result<Call> {
        (|input: ParseStream<'_>| parse(makro, input)).parse_str(tokens)
    }

    /// Executor, number, type, SQL and arguments, as text.
    #[track_caller]
    fn check(makro: Macro, tokens: &str, expected: &str) {
        let call = call(makro, tokens).unwrap_or_else(|error| panic!("{tokens}: {error}"));
        let text = |tokens: &Option<TokenStream>| tokens.as_ref().map_or("-".to_owned(), ToString::to_string);
        let ty = match &call.ty {
            None => "-".to_owned(),
            Some(RecordType::Struct(path)) => path.to_string(),
            Some(RecordType::Tuple(items)) => items.iter().map(|item| format!("{item},")).collect(),
        };
        let sql = call.sql.texts().map(|text| text.value.as_str()).collect::<Vec<_>>().join("|");
        let args = call.args.list.iter().map(|arg| match &arg.name {
            Some(name) => format!("{name}={}", arg.expr),
            None => arg.expr.to_string(),
        });
        let args = args.collect::<Vec<_>>().join("; ");
        let found = [text(&call.executor), text(&call.n), ty, sql, args].join(" # ").replace(' ', "");
        assert_eq!(found, expected.replace(' ', ""), "{tokens}");
    }

    #[test]
    fn calls() {
        use Macro::*;
        check(Fetchone, r#"db, "a""#, "db # - # - # a #");
        check(Fetchone, r#"db, "a", 2"#, "db # - # - # a # 2");
        check(Fetchone, r#"&self.db, "a", x.len(), (1, 2),"#, "&self.db # - # - # a # x.len(); (1,2)");
        check(Fetchall, r#"db, User, "a", 2"#, "db # - # User # a # 2");
        check(Fetchall, r#"db, a::B<C, D>, "a""#, "db # - # a::B::<C,D> # a #");
        check(Fetchall, r#"db, (i64, Vec<String>), "a""#, "db # - # i64,Vec<String>, # a #");
        check(Fetchmany, r#"db, n * 2, User, "a", 2"#, "db # n*2 # User # a # 2");
        check(Fetchmany, r#"db, 10, "a" + "b""#, "db # 10 # - # ab #");
        check(Query, r#""a", 1"#, "- # - # - # a # 1");
        check(QueryAs, r#"User, "a", 1"#, "- # - # User # a # 1");
        check(Fetchval, r#"db, "a", b = 1, r#type = x == y"#, "db # - # - # a # b=1; type=x==y");
        check(
            Execute,
            r#"db, "a", f::<A, B>(1), |a, b| a < b, 2"#,
            "db # - # - # a # f::<A,B>(1); |a,b|a<b; 2",
        );
        check(Iterate, r#"pool::<A, B>(), { sqlite: "a", _: "b" }, 1"#, "pool::<A,B>() # - # - # a|b # 1");
        check(
            Executemany,
            r#"db, "a", rows.iter().map(|(a, b)| (a, b))"#,
            "db # - # - # a # rows.iter().map(|(a,b)|(a,b))",
        );
        check(
            CopyIn,
            r#"db, "users (a, \"b\") ", rows"#,
            "db # - # - # insert into users (a, \"b\") values ($1, $2) # rows",
        );
        check(
            CopyIn,
            r#"db, User, "users (a)", rows"#,
            "db # - # User # insert into users (a) values ($1) # rows",
        );
        check(Fetchone, r#"db, concat!("a", "b")"#, "db # - # - # ab #");
        check(Fetchone, r#"match x { A => a, B => b }, "a""#, "match x{A=>a,B=>b} # - # - # a #");
    }

    #[test]
    fn mistakes() {
        use Macro::*;
        for (makro, tokens, message) in [
            (Fetchone, r#""select 1""#, "the first argument must be a database or a connection"),
            (Fetchone, "", "the first argument must be a database or a connection"),
            (Fetchone, "db", "the SQL is missing"),
            (Fetchone, "db,", "the SQL is missing"),
            (Query, "", "the SQL is missing"),
            (QueryAs, "User", "the SQL must be known"),
            (QueryAs, "\"select 1\"", "`query_as!` needs the type of the records before the SQL"),
            (Fetchone, "db, sql", "the SQL must be known"),
            (Fetchone, "db, sql, 1", "the SQL must be known"),
            (Fetchone, "db, sql, x", "the SQL must be known"),
            (Fetchone, "db, 1, 2", "the SQL must be known"),
            (Fetchone, "db, &sql, 1", "the SQL must be known"),
            (Fetchone, "db, format!(\"select {x}\")", "the SQL must be known"),
            (Execute, "db, sql", "the SQL must be known"),
            (Fetchmany, r#"db, "a""#, "`fetchmany!` needs the number of records before the SQL"),
            (Executemany, r#"db, "a""#, "`executemany!` needs a single argument after the SQL"),
            (Executemany, r#"db, "a", 1, 2"#, "`executemany!` needs a single argument after the SQL"),
            (CopyIn, r#"db, "users (a)""#, "`copy_in!` needs a single argument after the SQL"),
            (CopyIn, r#"db, (i64,), "users (a)", rows"#, "the type of rows is a struct's"),
            (CopyIn, r#"db, "users", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "users ()", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "users (a,)", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "users (a + b)", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "(a)", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "copy users (a) from stdin", rows"#, "expected a table and its columns"),
            (CopyIn, r#"db, "insert into users (a)", rows"#, "expected a table and its columns"),
            (Fetchone, r#"db, "a" 1"#, "expected `,`"),
        ] {
            let error = call(makro, tokens).map(|call| format!("{call:?}")).unwrap_err().to_string();
            assert!(error.starts_with(message), "{tokens}: {error}");
        }
    }
}
