//! Queries, their parameters and how they are rendered; mistakes and what is said about them.

use aio_databases_sql::Dialect::{self, Mysql, Postgres, Sqlite};
use aio_databases_sql::{ErrorKind, HintKind, Span, Style, Template};

fn parse(sql: &str, dialect: Dialect) -> Template {
    Template::parse(sql, dialect).unwrap_or_else(|error| panic!("{dialect}: {sql}: {error}"))
}

/// Each query as SQLite, PostgreSQL and MySQL get it, and MySQL's order.
#[test]
fn rendering() {
    #[rustfmt::skip]
    let cases: &[(&str, [&str; 3], &[usize])] = &[
        ("select 1", ["select 1", "select 1", "select 1"], &[]),
        ("select $1, $2, $1", ["select ?1, ?2, ?1", "select $1, $2, $1", "select ?, ?, ?"], &[0, 1, 0]),
        ("select $2, $1", ["select ?2, ?1", "select $2, $1", "select ?, ?"], &[1, 0]),
        ("select ?, ?", ["select ?, ?", "select $1, $2", "select ?, ?"], &[0, 1]),
        ("select ?2, ?1, ?2", ["select ?2, ?1, ?2", "select $2, $1, $2", "select ?, ?, ?"], &[1, 0, 1]),
        ("select %s, %s", ["select ?1, ?2", "select $1, $2", "select ?, ?"], &[0, 1]),
        ("select %(b)s, %(a)s, %(b)s", ["select ?1, ?2, ?1", "select $1, $2, $1", "select ?, ?, ?"], &[0, 1, 0]),
        ("select :b, :a, :b", ["select ?1, ?2, ?1", "select $1, $2, $1", "select ?, ?, ?"], &[0, 1, 0]),
        ("select $b, $a, $b", ["select ?1, ?2, ?1", "select $1, $2, $1", "select ?, ?, ?"], &[0, 1, 0]),
        ("select {b}, {a}, {b}", ["select ?1, ?2, ?1", "select $1, $2, $1", "select ?, ?, ?"], &[0, 1, 0]),
        // Names are told apart by case.
        ("select :a, :A", ["select ?1, ?2", "select $1, $2", "select ?, ?"], &[0, 1]),
        // `%%` is `%` beside `%s`, and nowhere else.
        ("select 5 %% %s, '%%'", ["select 5 % ?1, '%%'", "select 5 % $1, '%%'", "select 5 % ?, '%%'"], &[0]),
        ("select %s %% 5", ["select ?1 % 5", "select $1 % 5", "select ? % 5"], &[0]),
        ("select $1 %% 5", ["select ?1 %% 5", "select $1 %% 5", "select ? %% 5"], &[0]),
        // Nothing grows together.
        ("select not:a", ["select not ?1", "select not $1", "select not ?"], &[0]),
        ("select ?x, 1?", ["select ?x, 1?", "select $1 x, 1 $2", "select ?x, 1?"], &[0, 1]),
        ("select a=:a;", ["select a=?1;", "select a=$1;", "select a=?;"], &[0]),
        ("/* $1 */ select $1 -- ?", ["/* $1 */ select ?1 -- ?", "/* $1 */ select $1 -- ?", "/* $1 */ select ? -- ?"], &[0]),
    ];
    for (sql, rendered, order) in cases {
        for (dialect, rendered) in Dialect::ALL.into_iter().zip(rendered) {
            let template = parse(sql, dialect);
            assert_eq!(template.render().sql, *rendered, "{dialect}: {sql}");
            match dialect {
                Mysql => assert_eq!(template.render().order, *order, "{sql}"),
                _ => assert_eq!(
                    template.render().order,
                    (0..template.params().len()).collect::<Vec<_>>(),
                    "{sql}"
                ),
            }
        }
    }
}

#[test]
fn placeholders_that_touch() {
    assert_eq!(parse("select :a:b", Sqlite).render().sql, "select ?1 ?2");
    assert_eq!(parse("select $1$2", Postgres).render().sql, "select $1$2");
    assert_eq!(parse("select $1$2", Sqlite).render().sql, "select ?1 ?2");
}

/// SQLite's arguments are numbered on through several statements.
#[test]
fn several_statements() {
    let cases = [
        ("select ?; select ?, ?;", "select ?1; select ?2, ?3;", &["select ?1", "select ?2, ?3"][..]),
        (
            "select :a; -- b\n;select :b, :a",
            "select ?1; -- b\n;select ?2, ?1",
            &["select ?1", "select ?2, ?1"],
        ),
        ("select $2; select $1", "select ?2; select ?1", &["select ?2", "select ?1"]),
        ("; select 1; select ';'", "; select 1; select ';'", &["select 1", "select ';'"]),
        (";; select ? ;;", ";; select ? ;;", &[]),
    ];
    for (sql, rendered, statements) in cases {
        let template = parse(sql, Sqlite);
        let given = template.render();
        assert_eq!(given.sql, rendered, "{sql}");
        let found: Vec<&str> = given.statements.iter().map(|span| span.of(&given.sql)).collect();
        assert_eq!(found, statements, "{sql}");
        assert_eq!(template.has_several(), !statements.is_empty(), "{sql}");
    }
    assert_eq!(parse("; select 1; select 2;", Sqlite).statement(), Span::new(2, 20));
}

#[test]
fn at_names() {
    for (dialect, rendered) in [(Sqlite, "select ?1, ?2, ?1"), (Postgres, "select $1, $2, $1")] {
        assert_eq!(parse("select @a, @b, @a", dialect).render().sql, rendered);
    }
    let mysql = parse("select @a, :b", Mysql);
    assert_eq!(mysql.render().sql, "select @a, ?");
    assert_eq!(mysql.params().len(), 1);
}

#[test]
fn params_have_names_and_places() {
    let template = parse("select :a, :b, :a", Postgres);
    assert_eq!(template.style(), Some(Style::Colon));
    assert_eq!(template.params()[0].name.as_deref(), Some("a"));
    assert_eq!(template.params()[0].spans, [Span::new(7, 9), Span::new(15, 17)]);
    assert_eq!(template.params()[1].name.as_deref(), Some("b"));
    assert_eq!(template.params()[1].spans, [Span::new(11, 13)]);

    let template = parse("select $2, $1", Postgres);
    assert_eq!(template.params()[0].spans, [Span::new(11, 13)]);
    assert_eq!(template.params()[0].name, None);
}

#[test]
fn unchanged_text_is_not_copied() {
    use std::borrow::Cow;
    for (sql, dialect) in
        [("select $1", Postgres), ("select ?", Mysql), ("select ?", Sqlite), ("select ?1", Sqlite)]
    {
        assert!(matches!(parse(sql, dialect).render().sql, Cow::Borrowed(_)), "{dialect}: {sql}");
    }
}

#[test]
fn places_in_the_rendered_text_are_places_in_the_source() {
    let sql = "select :name, 5 %% :a, b";
    let template = parse(&sql.replace(":name", "%(name)s").replace(":a", "%(a)s"), Postgres);
    let rendered = template.render();
    let source = template.sql();
    assert_eq!(rendered.sql, "select $1, 5 % $2, b");
    let place = |text: &str| rendered.to_source(rendered.sql.find(text).unwrap());
    assert_eq!(place("select"), 0);
    assert_eq!(place("$1"), source.find("%(name)s").unwrap());
    assert_eq!(rendered.to_source(rendered.sql.find("$1").unwrap() + 1), source.find("%(name)s").unwrap());
    assert_eq!(place(", 5"), source.find(", 5").unwrap());
    assert_eq!(place("% $2"), source.find("%%").unwrap());
    assert_eq!(place(" $2"), source.find(" %(a)s").unwrap());
    assert_eq!(place("b"), source.len() - 1);
    assert_eq!(rendered.to_source(usize::MAX), source.len());
    let span = |text: &str| {
        let start = rendered.sql.find(text).unwrap();
        rendered.to_source_span(Span::new(start, start + text.len())).of(source)
    };
    assert_eq!(span("$1"), "%(name)s");
    assert_eq!(span("5 % $2"), "5 %% %(a)s");
    assert_eq!(span("select $1"), "select %(name)s");
    assert_eq!(span("b"), "b");
}

#[test]
fn a_statement_without_what_is_around_it() {
    for (sql, statement) in [
        (" select 1 ; -- done", "select 1"),
        ("/* a */ select 1 /* b */", "select 1"),
        ("select 1;;", "select 1"),
        ("; select 1", "select 1"),
    ] {
        assert_eq!(parse(sql, Postgres).statement().of(sql), statement, "{sql}");
    }
}

/// Dialects, query, kind, place, message, help.
type Mistake<'a> = (&'a [Dialect], &'a str, ErrorKind, &'a str, &'a str, &'a str);

#[test]
fn mistakes() {
    use ErrorKind::*;
    const ALL: &[Dialect] = &Dialect::ALL;
    #[rustfmt::skip]
    let cases: &[Mistake<'_>] = &[
        (ALL, "", Empty, "", "the SQL has no statement", "write a statement, such as `select 1`"),
        (ALL, " -- select 1\n;", Empty, " -- select 1\n;", "the SQL has no statement", "write a statement, such as `select 1`"),
        (&[Postgres], "select 1; select 2;", SeveralStatements, "select 2;",
            "a second statement starts here, but a query can only have one in PostgreSQL",
            "run them one by one in a transaction, or without arguments with `executescript`"),
        (&[Mysql], "select 1; ; select 2", SeveralStatements, "select 2",
            "a second statement starts here, but a query can only have one in MySQL",
            "run them one by one in a transaction, or without arguments with `executescript`"),
        (ALL, "select $1, ?", MixedStyles, "?",
            "`?` has a different style than `$1`, but a query can only use one style of placeholders", "write `$2`"),
        (ALL, "select ?, ?, $3", MixedStyles, "$3",
            "`$3` has a different style than `?`, but a query can only use one style of placeholders", "write `?`"),
        (ALL, "select :a, $b", MixedStyles, "$b",
            "`$b` has a different style than `:a`, but a query can only use one style of placeholders", "write `:b`"),
        (ALL, "select $1, :b", MixedStyles, ":b",
            "`:b` has a different style than `$1`, but a query can only use one style of placeholders", "write `$2`"),
        (ALL, "select :a, $1", MixedStyles, "$1",
            "`$1` has a different style than `:a`, but a query can only use one style of placeholders",
            "write it in the style of `:a`, as `:name`"),
        (ALL, "select {a}, %s", MixedStyles, "%s",
            "`%s` has a different style than `{a}`, but a query can only use one style of placeholders",
            "write it in the style of `{a}`, as `{name}`"),
        (ALL, "select $1, $3", Gap, "$3", "there is `$3` but no `$2`", "write `$2` instead of `$3`; the numbers can't have gaps"),
        (ALL, "select $2", Gap, "$2", "there is `$2` but no `$1`", "write `$1` instead of `$2`; the numbers can't have gaps"),
        (ALL, "select ?4, ?5, ?1, ?2", Gap, "?4", "there is `?4` but no `?3`",
            "write `?3` instead of `?4`; the numbers can't have gaps"),
        (ALL, "select $0", Zero, "$0", "`$0` isn't a placeholder; the first is `$1`", "write `$1`"),
        (ALL, "select ?0", Zero, "?0", "`?0` isn't a placeholder; the first is `?1`", "write `?1`"),
        (&[Sqlite], "select $32767", TooLarge, "$32767", "SQLite doesn't support placeholder `$32767`", "a query can have at most 32766 placeholders"),
        (&[Postgres], "select $65536", TooLarge, "$65536", "PostgreSQL doesn't support placeholder `$65536`", "a query can have at most 65535 placeholders"),
        (ALL, "select $99999999999999999999", TooLarge, "$99999999999999999999", "", ""),
        (ALL, "select {}", NotAPlaceholder, "{}", "`{}` isn't a placeholder",
            "write `{name}`, with the name of an argument or a variable"),
        (ALL, "select {0}", NotAPlaceholder, "{0}", "`{0}` isn't a placeholder", "write `$1`, counted from 1"),
        (ALL, "select ${a}", NotAPlaceholder, "${a}", "`${a}` isn't a placeholder", "write `{a}`"),
        (ALL, "select { a }", NotAPlaceholder, "{ a }", "`{ a }` isn't a placeholder", "write `{a}`"),
        (ALL, "select :1", NotAPlaceholder, ":1", "`:1` isn't a placeholder", "write `$1`"),
        (ALL, "select %d", NotAPlaceholder, "%d", "`%d` isn't a placeholder",
            "write `%s` or `%(name)s`; for modulo, put a space after `%`"),
        (ALL, "select * from t_{a}", PartOfName, "{a}",
            "`{a}` is part of a name, but a placeholder can only be a whole value",
            "write the name in the SQL; table and column names can't be arguments"),
        (&[Mysql], "select /*!50100 $1 */ 1", InVersionComment, "$1",
            "`$1` is in a comment that only some server versions execute", "move it out of `/*! … */`"),
        (ALL, "select 'a\nb", Unterminated, "'a", "this string is not closed", "close it with `'`"),
        (&[Postgres, Sqlite], "select \"a", Unterminated, "\"a", "this quoted name is not closed", "close it with `\"`"),
        (&[Mysql], "select \"a", Unterminated, "\"a", "this string is not closed", "close it with `\"`"),
        (&[Mysql, Sqlite], "select `a", Unterminated, "`a", "this quoted name is not closed", "close it with ```"),
        (&[Mysql], "select @`a", Unterminated, "@`a", "this quoted name is not closed", "close it with ```"),
        (&[Sqlite], "select [a", Unterminated, "[a", "this quoted name is not closed", "close it with `]`"),
        (&[Postgres], "select $t$a", Unterminated, "$t$a", "this dollar-quoted string is not closed", "close it with `$t$`"),
        (&[Postgres], "select E'a\\'", Unterminated, "E'a\\'", "this string is not closed", "close it with `'`"),
        (ALL, "select 1 /* a", Unterminated, "/* a", "this comment is not closed", "close it with `*/`"),
        (&[Mysql], "select 1 /*! a", Unterminated, "/*!", "this comment is not closed", "close it with `*/`"),
        (&[Postgres], "/* /* */ select 1", Unterminated, "/* /* */ select 1", "this comment is not closed", "close it with `*/`"),
    ];
    for (dialects, sql, kind, place, message, help) in cases {
        for &dialect in *dialects {
            let error = Template::parse(sql, dialect).expect_err(sql);
            assert_eq!(error.kind, *kind, "{dialect}: {sql}");
            assert_eq!(error.span.of(sql), *place, "{dialect}: {sql}");
            if !message.is_empty() {
                assert_eq!(error.message, *message, "{dialect}: {sql}");
                assert_eq!(error.help.as_deref(), Some(*help), "{dialect}: {sql}");
            }
        }
    }
}

#[test]
fn an_error_names_its_line() {
    let error = Template::parse("select ñ, $1,\n  ñ, ?", Postgres).unwrap_err();
    assert_eq!((error.position.line, error.position.column), (2, 6));
    assert_eq!(
        error.to_string(),
        "`?` has a different style than `$1`, but a query can only use one style of placeholders (line 2, column 6): write `$2`"
    );
}

#[test]
fn one_statement_may_have_several_in_it() {
    for (dialect, sql) in [
        (Sqlite, "create trigger t after insert on a begin select 1; select 2; end;"),
        (Postgres, "create function f() returns int begin atomic select 1; select 2; end"),
        (Postgres, "do $$ begin null; end $$;"),
        (Mysql, "create procedure p() begin select 1; select 2; end"),
    ] {
        assert_eq!(parse(sql, dialect).params().len(), 0);
    }
}

#[test]
fn many_placeholders() {
    let sql = format!("select {}", vec!["?"; 65_535].join(","));
    assert_eq!(parse(&sql, Mysql).params().len(), 65_535);
    let error = Template::parse(&format!("{sql},?"), Postgres).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert_eq!(error.message, "PostgreSQL doesn't support 65536 placeholders");
    // A name is one parameter to PostgreSQL and SQLite, and one a use to MySQL.
    let sql = format!("select {}", vec![":a"; 65_536].join(","));
    assert_eq!(parse(&sql, Postgres).params().len(), 1);
    assert_eq!(Template::parse(&sql, Mysql).unwrap_err().kind, ErrorKind::TooLarge);
}

/// Dialect, query, and each hint's kind, place and help.
type Hints<'a> = (Dialect, &'a str, &'a [(HintKind, &'a str, &'a str)]);

#[test]
fn hints() {
    #[rustfmt::skip]
    let cases: &[Hints<'_>] = &[
        (Postgres, "select $1", &[]),
        (Postgres, "select '%$1%'", &[(HintKind::InString, "$1", "write `'%' || $1 || '%'`")]),
        (Sqlite, "select 'a:b%', ':b%'", &[(HintKind::InString, ":b", "write `:b || '%'`")]),
        (Mysql, "select '%:b%'", &[(HintKind::InString, ":b", "write `concat('%', :b, '%')`")]),
        (Mysql, "select \"%?1\"", &[(HintKind::InString, "?1", "write `concat(\"%\", ?1)`")]),
        (Postgres, "select '$1'", &[(HintKind::InString, "$1", "write `$1`")]),
        (Postgres, "select E'$1\\n'", &[(HintKind::InString, "$1", "write `$1 || E'\\n'`")]),
        (Postgres, "select '{a}-{b}'", &[
            (HintKind::InString, "{a}", "write `{a} || '-' || {b}`"),
            (HintKind::InString, "{b}", "write `{a} || '-' || {b}`"),
        ]),
        (Postgres, "select \"$1\"", &[(HintKind::InIdentifier, "$1", "write the name in the SQL; a placeholder is a value")]),
        (Postgres, "select 'why?', '?'", &[(HintKind::InString, "?", "write `?`")]),
        (Postgres, "select 'why?' where a = ?", &[(HintKind::InString, "?", "write `'why' || ?`")]),
        (Postgres, "select $1, ':a ? %s'", &[]),
        (Postgres, "select $$ $1 $$", &[]),
        (Mysql, "select @a", &[(HintKind::Variable, "@a", "write `:a`")]),
        (Mysql, "select @a, @@b, @'c', ?", &[]),
    ];
    for (dialect, sql, expected) in cases {
        let hints = parse(sql, *dialect).hints();
        let found: Vec<_> =
            hints.iter().map(|hint| (hint.kind, hint.span.of(sql), hint.help.as_str())).collect();
        assert_eq!(found, *expected, "{dialect}: {sql}");
    }
}

#[test]
fn arguments_by_place() {
    let bind = |sql: &str, count| parse(sql, Postgres).bind_positional(count);
    let check = |sql: &str, count, kind, place: &str, message: &str, help: &str| {
        let error = bind(sql, count).expect_err(sql);
        assert_eq!(error.kind, kind, "{sql}");
        assert_eq!(error.span.of(sql), place, "{sql}");
        assert_eq!((error.message.as_str(), error.help.as_deref()), (message, Some(help)), "{sql}");
    };
    use ErrorKind::{WrongArguments, WrongCount};
    assert_eq!(bind("select 1", 0), Ok(()));
    assert_eq!(bind("select $1, $2, $1", 2), Ok(()));
    assert_eq!(bind("select '?', ?", 1), Ok(()));
    let leave_out = "remove the extra arguments, or add placeholders";
    let sql = "select $1";
    check(sql, 2, WrongCount, sql, "this query takes 1 argument, but 2 were given", leave_out);
    check(
        sql,
        0,
        WrongCount,
        "$1",
        "this query takes 1 argument, but none was given",
        "add an argument for `$1`",
    );
    let sql = "select ?, ?, ?";
    check(
        sql,
        1,
        WrongCount,
        "?",
        "this query takes 3 arguments, but 1 was given",
        "add 2 arguments for the last placeholders",
    );
    let sql = "select $1 where a like '%$2%'";
    let help = "`$2` is inside quotes, so it is text and not a placeholder: write `'%' || $2 || '%'`";
    check(sql, 2, WrongCount, "$2", "this query takes 1 argument, but 2 were given", help);
    let sql = "select :a";
    let message = "the placeholders have names, but the arguments don't";
    check(sql, 1, WrongArguments, ":a", message, "write `a = …` for `:a`");
    check(sql, 0, ErrorKind::MissingName, ":a", "no argument for `a`", "add `a = …`");
}

/// Dialect, query, names, and the mistake's kind, place, message and help.
type WrongNames<'a> = (Dialect, &'a str, &'a [&'a str], ErrorKind, &'a str, &'a str, &'a str);

#[test]
fn arguments_by_name() {
    use ErrorKind::{MissingName, RepeatedName, UnusedName, WrongArguments};
    let sql = "select :first, :last, :first";
    let template = parse(sql, Postgres);
    assert_eq!(template.bind_names(&["last", "first"]), Ok(vec![1, 0]));
    assert_eq!(parse("select 1", Postgres).bind_names(&[]), Ok(vec![]));
    #[rustfmt::skip]
    let cases: &[WrongNames<'_>] = &[
        (Postgres, sql, &["first"], MissingName, ":last", "no argument for `last`", "add `last = …`"),
        (Postgres, sql, &["first", "lsat"], MissingName, ":last", "no argument for `last`", "did you mean `last` instead of `lsat`?"),
        (Postgres, sql, &["first", "last", "more"], UnusedName, sql, "no placeholder is named `more`", "remove it"),
        (Postgres, sql, &["first", "last", "last"], RepeatedName, sql, "two arguments are named `last`", "remove one of them"),
        (Postgres, "select $1", &["a"], WrongArguments, "$1", "the arguments have names, but the placeholders don't", "write `:a` instead of `$1`"),
        (Postgres, "select :a, ':b'", &["a", "b"], UnusedName, ":b", "no placeholder is named `b`", "`:b` is inside quotes, so it is text and not a placeholder: write `:b`"),
        (Mysql, "select @a", &["a"], UnusedName, "@a", "no placeholder is named `a`", "`@a` is a session variable in MySQL: write `:a`"),
    ];
    for (dialect, sql, names, kind, place, message, help) in cases {
        let error = parse(sql, *dialect).bind_names(names).expect_err(sql);
        assert_eq!(error.kind, *kind, "{sql} {names:?}");
        assert_eq!(error.span.of(sql), *place, "{sql} {names:?}");
        assert_eq!(
            (error.message.as_str(), error.help.as_deref()),
            (*message, Some(*help)),
            "{sql} {names:?}"
        );
    }
}

#[test]
fn captured_arguments() {
    let template = parse("select {a}, {b}, {c}", Postgres);
    assert_eq!(template.bind_captured(&["b"]), Ok(vec![None, Some(0), None]));
    assert_eq!(template.bind_captured(&[]), Ok(vec![None, None, None]));
    assert_eq!(template.bind_captured(&["x"]).unwrap_err().kind, ErrorKind::UnusedName);
    let template = parse("select :a", Postgres);
    assert_eq!(template.bind_captured(&[]).unwrap_err().kind, ErrorKind::MissingName);
}
