//! What each dialect's text consists of. A token is written `kind:text`; space is left out.

use aio_databases_sql::Dialect::{self, Mysql, Postgres, Sqlite};
use aio_databases_sql::{TokenKind, lex};

fn show(sql: &str, dialect: Dialect) -> String {
    let tokens = lex(sql, dialect).into_iter().filter(|token| token.kind != TokenKind::Space);
    tokens.map(|token| format!("{}:{}", short(token.kind), token.span.of(sql))).collect::<Vec<_>>().join(" ")
}

fn short(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Space => "space",
        TokenKind::LineComment | TokenKind::BlockComment => "comment",
        TokenKind::CodeOpen | TokenKind::CodeClose => "code",
        TokenKind::Word => "word",
        TokenKind::QuotedIdentifier => "name",
        TokenKind::String => "str",
        TokenKind::EscapeString => "estr",
        TokenKind::DollarString => "dstr",
        TokenKind::BitString => "bits",
        TokenKind::Number => "num",
        TokenKind::Variable => "var",
        TokenKind::Placeholder(_) => "param",
        TokenKind::AlmostPlaceholder => "almost",
        TokenKind::Operator => "op",
        TokenKind::Punctuation => "p",
        TokenKind::Unterminated(_) => "open",
        TokenKind::Unknown => "unknown",
    }
}

const ALL: &[Dialect] = &Dialect::ALL;

#[test]
fn tokens() {
    #[rustfmt::skip]
    let cases: &[(&[Dialect], &str, &str)] = &[
        // Words, numbers, names.
        (ALL, "select a1, b_2, ñandú, a$b", "word:select word:a1 p:, word:b_2 p:, word:ñandú p:, word:a$b"),
        (ALL, "1 1.5 .5 1. 1e5 1.5E-3", "num:1 num:1.5 num:.5 num:1. num:1e5 num:1.5E-3"),
        (ALL, "0x1F+1", "num:0x1F op:+ num:1"),
        (ALL, "1_000", "num:1_000"),
        (&[Postgres, Sqlite], "1e", "num:1 word:e"),
        (&[Mysql], "1e 1st t.1a t.1 1e5x", "word:1e word:1st word:t p:. word:1a word:t p:. word:1 word:1e5x"),
        (&[Postgres], "1..10", "num:1 p:. num:.10"),
        (ALL, "t.*, a.b", "word:t p:. op:* p:, word:a p:. word:b"),
        (&[Postgres, Sqlite], r#""a""b" "c"#, r#"name:"a""b" open:"c"#),
        (&[Mysql], r#""a""b" "c\"d""#, r#"str:"a""b" str:"c\"d""#),
        (&[Mysql, Sqlite], "`a``b` `c", "name:`a``b` open:`c"),
        (&[Postgres], "a ` b", "word:a op:` word:b"),
        (&[Sqlite], "[a b] [c", "name:[a b] open:[c"),
        (&[Postgres, Mysql], "[a]", "p:[ word:a p:]"),
        (&[Postgres], r#"U&"d\0061" u&'a' U & b"#, r#"name:U&"d\0061" str:u&'a' word:U op:& word:b"#),
        (ALL, "\u{feff}select", "word:select"),

        // Strings.
        (ALL, "'it''s' '' 'a", "str:'it''s' str:'' open:'a"),
        (&[Postgres, Sqlite], r"'a\' b", r"str:'a\' word:b"),
        (&[Mysql], r"'a\' b'", r"str:'a\' b'"),
        (&[Mysql], r"'a\", r"open:'a\"),
        (&[Postgres], r"E'a\'b' e'\\' 'x'", r"estr:E'a\'b' estr:e'\\' str:'x'"),
        (&[Postgres], "e'a'\n  'b\\'c'", "estr:e'a'\n  'b\\'c'"),
        (&[Postgres], "e'a' -- c\n'b\\'c'", "estr:e'a' -- c\n'b\\'c'"),
        (&[Postgres], "e'a' 'b\\'c", "estr:e'a' str:'b\\' word:c"),
        (&[Postgres], "N'a' B'01' x'1f'", "str:N'a' bits:B'01' bits:x'1f'"),
        (&[Mysql], "n'a\\'' b'01' X'1f' _utf8'a'", "str:n'a\\'' bits:b'01' bits:X'1f' word:_utf8 str:'a'"),
        (&[Sqlite], "x'1f' e'a' b'1'", "bits:x'1f' word:e str:'a' word:b str:'1'"),
        (&[Postgres], "$$a'b$$ $t$ $$ $x$ $t$", "dstr:$$a'b$$ dstr:$t$ $$ $x$ $t$"),
        (&[Postgres], "$a$ $b$a$ 1", "dstr:$a$ $b$a$ num:1"),
        (&[Postgres], "$t$ $T$", "open:$t$ $T$"),
        (&[Postgres], "a$$b$$", "word:a$$b$$"),
        (&[Postgres], "$1 $1$ $a", "param:$1 param:$1 unknown:$ param:$a"),
        (&[Mysql, Sqlite], "$$a$$", "unknown:$ param:$a unknown:$ unknown:$"),

        // Comments.
        (ALL, "a -- b 'c\nd", "word:a comment:-- b 'c word:d"),
        (ALL, "a/*b;*/c", "word:a comment:/*b;*/ word:c"),
        (&[Postgres], "/* a /* b */ c */ d", "comment:/* a /* b */ c */ word:d"),
        (&[Mysql, Sqlite], "/* a /* b */ c", "comment:/* a /* b */ word:c"),
        (ALL, "/* a", "open:/* a"),
        (ALL, "/*/ a", "open:/*/ a"),
        (&[Postgres], "/*/*/ */ */ a", "comment:/*/*/ */ */ word:a"),
        (&[Mysql], "5--1", "num:5 op:- op:- num:1"),
        (&[Mysql], "5--\t1", "num:5 comment:--\t1"),
        (&[Mysql], "5 --", "num:5 comment:--"),
        (&[Postgres, Sqlite], "5--1", "num:5 comment:--1"),
        (&[Mysql], "a # b\nc", "word:a comment:# b word:c"),
        (&[Postgres], "a # b", "word:a op:# word:b"),
        (&[Mysql], "/*! a */ b", "code:/*! word:a code:*/ word:b"),
        (&[Mysql], "/*!50100 a /* b */ c */ d", "code:/*!50100 word:a comment:/* b */ word:c code:*/ word:d"),
        (&[Mysql], "/*M!100100 1*/", "code:/*M!100100 num:1 code:*/"),
        (&[Mysql], "/*!40101 1", "code:/*!40101 num:1"),
        (&[Mysql], "/*!1 */", "code:/*! num:1 code:*/"),
        (&[Mysql], "/*+ max_execution_time(1) */ 2", "comment:/*+ max_execution_time(1) */ num:2"),
        (&[Postgres, Sqlite], "/*! a */ b", "comment:/*! a */ word:b"),
        (&[Mysql], "a */ b", "word:a op:* op:/ word:b"),

        // Operators.
        (&[Postgres], "a::int", "word:a op::: word:int"),
        (&[Postgres], "a->>'b' #>> c @> d <@ e", "word:a op:->> str:'b' op:#>> word:c op:@> word:d op:<@ word:e"),
        (&[Postgres], "a @? b @@ c", "word:a op:@? word:b op:@@ word:c"),
        (&[Postgres], "a@?b, a@@b, a<@b, a@>b", "word:a op:@? word:b p:, word:a op:@@ word:b p:, word:a op:<@ word:b p:, word:a op:@> word:b"),
        (&[Postgres], "a <-> b <=> c ~* d !~~ e", "word:a op:<-> word:b op:<=> word:c op:~* word:d op:!~~ word:e"),
        (&[Postgres], "a ?|+ b, a ?|+?", "word:a op:?|+ word:b p:, word:a op:?|+ param:?"),
        (&[Postgres], "a*-b, a@-b", "word:a op:* op:- word:b p:, word:a op:@- word:b"),
        (&[Postgres], "a+--c\n1", "word:a op:+ comment:--c num:1"),
        (&[Postgres], "a*/*c*/b", "word:a op:* comment:/*c*/ word:b"),
        (&[Postgres], "@ a, @-5, |/ 4", "op:@ word:a p:, op:@- num:5 p:, op:|/ num:4"),
        (&[Postgres], "f(a => 1, b := 2)", "word:f p:( word:a op:=> num:1 p:, word:b op::= num:2 p:)"),
        (&[Mysql], "a->>'$.b' <=> c", "word:a op:->> str:'$.b' op:<=> word:c"),
        (&[Mysql, Sqlite], "a->>'$.b'||c!=d<<1", "word:a op:->> str:'$.b' op:|| word:c op:!= word:d op:<< num:1"),
        (&[Sqlite], "a==b", "word:a op:== word:b"),
        (&[Mysql], "@a := @`b c` + @'d' + @@global.e", "var:@a op::= var:@`b c` op:+ var:@'d' op:+ var:@@global.e"),
        (&[Mysql], "'root'@'localhost'", "str:'root' var:@'localhost'"),
        (ALL, "a ; b", "word:a p:; word:b"),
    ];
    for (dialects, sql, expected) in cases {
        for &dialect in *dialects {
            assert_eq!(show(sql, dialect), *expected, "{dialect}: {sql}");
        }
    }
}

/// What is a placeholder and what is left alone.
#[test]
fn placeholders() {
    #[rustfmt::skip]
    let cases: &[(&[Dialect], &str, &[&str])] = &[
        // The styles.
        (ALL, "$1, $22", &["$1", "$22"]),
        (ALL, "select ?, ?", &["?", "?"]),
        (ALL, "select ?1, ?22", &["?1", "?22"]),
        (ALL, "select %s, %s", &["%s", "%s"]),
        (ALL, "select %(a)s, %(b_1)s", &["%(a)s", "%(b_1)s"]),
        (ALL, "select :a, :b_1, :ñ", &[":a", ":b_1", ":ñ"]),
        (&[Postgres, Sqlite], "select @a, @b_1", &["@a", "@b_1"]),
        (&[Mysql], "select @a, @b_1", &[]),
        (ALL, "select $a, $b_1", &["$a", "$b_1"]),
        (ALL, "select {a}, {b_1}", &["{a}", "{b_1}"]),

        // Text that is no code.
        (ALL, "'$1 ? %s %(a)s :a @a $a {a}'", &[]),
        (ALL, "-- $1 ? %s %(a)s :a @a $a {a}", &[]),
        (ALL, "/* $1 ? %s %(a)s :a @a $a {a} */", &[]),
        (ALL, r#""$1 ? %s %(a)s :a @a $a {a}""#, &[]),
        (&[Postgres], "$$ $1 ? :a $$, $f$ :a $f$", &[]),
        (&[Postgres], "'{a,b}'::text[], '{\"a\": 1}'::json", &[]),
        (&[Postgres], r"e'\' ? :a'", &[]),
        (&[Mysql, Sqlite], "`:a ?`", &[]),
        (&[Sqlite], "[:a ?]", &[]),
        (&[Mysql], "# ?\n/*+ ? */ ?", &["?"]),
        (&[Mysql], "{d '2020-01-01'}, {fn now()}", &[]),

        // Glued to operators.
        (ALL, "a=? and b>? or c||?", &["?", "?", "?"]),
        (ALL, "a=%s and b<%s or c||%s", &["%s", "%s", "%s"]),
        (ALL, "a=:a and b>:b or c||:c", &[":a", ":b", ":c"]),
        (&[Postgres, Sqlite], "a=@a and b>=@b or c||@c", &["@a", "@b", "@c"]),
        (ALL, "a={a} and b>{b}", &["{a}", "{b}"]),
        (ALL, "a=$1 and b>$2", &["$1", "$2"]),
        (ALL, "(?+?)-?*?/?", &["?", "?", "?", "?", "?"]),
        (ALL, "-?, +?, ~?", &["?", "?", "?"]),
        (ALL, "select ?||?||'x', ?->>'a'", &["?", "?", "?"]),
        (&[Postgres], "?::int, :a::int, $1::text::int", &["?", ":a", "$1"]),

        // PostgreSQL's `?`: an operator between two operands, a placeholder where one is expected.
        (&[Postgres], "a ? 'x', a ?| b, a ?& c, a?'x', a?|b", &[]),
        (&[Postgres], "a ? ?, a ?| ?, a ?& ?, a @> ?, a @? ?, a @@ ?", &["?", "?", "?", "?", "?", "?"]),
        (&[Postgres], "a??, a?|?, a?&?, a@>?, a->>?, a#>>?", &["?", "?", "?", "?", "?", "?"]),
        (&[Postgres], "? ? ?", &["?", "?"]),
        (&[Postgres], "a ? $1, a ? :b, a ? %s", &["$1", ":b", "%s"]),
        (&[Postgres], "(a) ? 'x', a[1] ? 'x', f() ? 'x', 'j' ? 'x', \"a\" ? 'x', a::jsonb ? 'x'", &[]),
        (&[Postgres], "a ? f(1), a ? (b), a ? b.c, a ? array['x'], a ? cast(b as text)", &[]),
        (&[Postgres], "where ? and a in (?, ?) or not ?", &["?", "?", "?", "?"]),
        (&[Postgres], "limit ? offset ?", &["?", "?"]),
        (&[Postgres], "case ? when ? then ? else ? end", &["?", "?", "?", "?"]),
        (&[Postgres], "case when a then b end ? 'x'", &[]),
        (&[Postgres], "a between ? and ?", &["?", "?"]),
        (&[Postgres], "a like ? escape ?, a ilike ?, a similar to ?", &["?", "?", "?", "?"]),
        (&[Postgres], "a at time zone ?, fetch first ? rows only", &["?", "?"]),
        (&[Postgres], "order by ? desc, group by ?", &["?", "?"]),
        (&[Postgres], "rows ? preceding", &["?"]),
        (&[Postgres], "rows between ? preceding and ? following", &["?", "?"]),
        (&[Postgres], "t.limit ? 'x', t.\"from\" ? 'y'", &[]),
        (&[Postgres], "a is distinct from ?, substring(a from ? for ?)", &["?", "?", "?"]),
        (&[Postgres], "select ?-1, ?-?, 1 +?", &["?", "?", "?", "?"]),
        (&[Postgres], "a operator(pg_catalog.?) 'x', a operator(pg_catalog.?|) ?", &["?"]),
        (&[Postgres], "a /* ? */ ? -- ?\n 'x'", &[]),
        (&[Postgres], "a ?1, a = ?2", &["?1", "?2"]),
        (&[Sqlite, Mysql], "a ? ?", &["?", "?"]),

        // `%`.
        (ALL, "a % s, 5 % 2, a%2, (a)%s, 5%s, a %s", &[]),
        (ALL, "a = %s % 2 % %s", &["%s", "%s"]),
        (ALL, "a % %s, a %% %s", &["%s", "%s"]),
        (ALL, "limit %s offset %s", &["%s", "%s"]),
        (ALL, "in (%s,%s)", &["%s", "%s"]),
        (ALL, "%sa, %(a)sb", &[]),
        (&[Mysql], "interval %s day, a regexp %s, a div %s", &["%s", "%s", "%s"]),
        (&[Postgres], "a <% b, a %> b, a <<-> b, a % b", &[]),

        // `:`.
        (&[Postgres], "a[1:2], a[:2], a[1:], a[i:j], a[:], a[f(1):2], a[: n]", &[]),
        (&[Postgres], "a[:i], a[:i::int], (array[:x])", &[":i", ":i", ":x"]),
        (&[Postgres], "json_object('a':1, 'b':c)", &[]),
        (&[Postgres], "json_object('a': :b)", &[":b"]),
        (&[Postgres, Mysql], "a := 1, a:=:b", &[":b"]),
        (&[Mysql], "@a:=:b, label:loop", &[":b"]),
        (&[Sqlite], "a :b", &[":b"]),

        // `@`.
        (&[Postgres], "@ a, @-5, @(a), @1, a @ b, a @b, a@b", &[]),
        (&[Postgres], "a @> @b, a <@ @b, a @@ @b, @a @> b", &["@b", "@b", "@b", "@a"]),
        (&[Mysql], "@a = @@b.c and d = @e", &[]),
    ];
    for (dialects, sql, expected) in cases {
        for &dialect in *dialects {
            let found =
                lex(sql, dialect).into_iter().filter(|token| matches!(token.kind, TokenKind::Placeholder(_)));
            let found: Vec<&str> = found.map(|token| token.span.of(sql)).collect();
            assert_eq!(found, *expected, "{dialect}: {sql}");
        }
    }
}

/// What looks like a placeholder in a style that we don't know must not be left to the server.
#[test]
fn almost_placeholders() {
    #[rustfmt::skip]
    let cases: &[(&[Dialect], &str, &str)] = &[
        (ALL, "select {}", "{}"),
        (ALL, "select {0}", "{0}"),
        (ALL, "select {a:?}", "{a:?}"),
        (ALL, "select { a }", "{ a }"),
        (ALL, "select ${a}", "${a}"),
        (&[Postgres, Sqlite], "select #{a}", "#{a}"),
        (ALL, "select :1", ":1"),
        (&[Sqlite], "select @1", "@1"),
        (ALL, "select %d", "%d"),
    ];
    for (dialects, sql, expected) in cases {
        for &dialect in *dialects {
            let found =
                lex(sql, dialect).into_iter().find(|token| token.kind == TokenKind::AlmostPlaceholder);
            assert_eq!(found.map(|token| token.span.of(sql)), Some(*expected), "{dialect}: {sql}");
        }
    }
}
