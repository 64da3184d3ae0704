//! Texts that nest deeply, go on for long, or multiply.

use std::fmt::Write;

/// A name, a schema, and a query over it.
type Shape = (&'static str, String, String);

const TABLE: &str = "create table t (id int primary key, a int, b text);";

/// All of them.
pub(crate) fn shapes() -> Vec<Shape> {
    let mut shapes = vec![
        // A mistake deep within is found once, not once more for each level around it.
        ("opened lists", many("select not in (", 60)),
        ("opened subqueries in lists", many("select 1 in (", 60)),
        ("a mistake in nested lists", nested("select 1 in (", "select 1 x y", ")", 60)),
        ("opened parentheses", many("(", 100_000)),
        ("closed parentheses", many(")", 100_000)),
        ("parentheses in a select", format!("select {}1{}", many("(", 50_000), many(")", 50_000))),
        ("subqueries in from", nested("select * from (", "select 1", ") x", 5_000)),
        ("subqueries in select", nested("select (", "select 1", ")", 5_000)),
        ("exists", nested("select exists (", "select 1", ")", 5_000)),
        ("brackets", format!("select {}", many("array[", 20_000))),
        ("brackets closed", format!("select {}1{}", many("array[", 5_000), many("]", 5_000))),
        ("subscripts", format!("select a{} from t", many("[1]", 20_000))),
        ("casts", format!("select 1{}", many("::int", 20_000))),
        ("minus", format!("select {}1", many("- ", 50_000))),
        ("not", format!("select {}true", many("not ", 50_000))),
        ("exclamation marks", format!("select {}1", many("!", 50_000))),
        ("plus", format!("select 1{}", many(" + 1", 50_000))),
        ("and", format!("select * from t where a = 1{}", many(" and a = 1", 20_000))),
        ("or", format!("select * from t where a = 1{}", many(" or a = 1", 20_000))),
        ("short and", format!("select * from t where a = 1{}", many(" and a = 1", 900))),
        ("short or", format!("select * from t where a = 1{}", many(" or b = 'x'", 900))),
        ("mixed and or", format!("select * from t where a = 1{}", many(" and (a = 1 or b = 'x')", 400))),
        ("concatenation", format!("select ''{}", many(" || b", 20_000))),
        ("dots", format!("select a{} from t", many(".a", 20_000))),
        ("at time zone", format!("select now(){}", many(" at time zone 'utc'", 20_000))),
        ("collate", format!("select 'a'{}", many(" collate \"C\"", 20_000))),
        ("is null", format!("select a{} from t", many(" is null", 20_000))),
        ("between", format!("select 1{}", many(" between 1 and 2", 20_000))),
        ("like", format!("select 'a'{}", many(" like 'a'", 20_000))),
        ("in", format!("select * from t where a in (1{})", many(", 1", 50_000))),
        ("case", format!("select {}1{}", many("case when true then ", 20_000), many(" end", 20_000))),
        ("case whens", format!("select case {} end", many("when a = 1 then 1 ", 10_000))),
        ("calls", format!("select {}1{}", many("abs(", 20_000), many(")", 20_000))),
        ("coalesce", format!("select coalesce(a{}) from t", many(", a", 20_000))),
        (
            "nested coalesce",
            nested("coalesce(a, ", "1", ")", 10_000).replacen("coalesce", "select coalesce", 1),
        ),
        ("columns", format!("select {}1 from t", many("a, b, ", 20_000))),
        ("stars", format!("select {}1 from t", many("*, ", 20_000))),
        ("joins", format!("select 1 from t{}", numbered(" join t t# on t#.id = 1", 1_900))),
        ("joins without conditions", format!("select 1 from t{}", numbered(" join t t#", 400))),
        (
            "conditions behind joins",
            format!("select 1 from t{}{}", numbered(" join t t#", 55), many(" on true", 55)),
        ),
        ("many joins", format!("select 1 from t{}", numbered(" join t t# on t#.id = 1", 10_000))),
        ("left joins", format!("select * from t{}", numbered(" left join t t# on t#.id = t.id", 600))),
        ("full joins", format!("select * from t{}", numbered(" full join t t# using (id)", 300))),
        ("natural joins", format!("select * from t{}", numbered(" natural join t t#", 300))),
        ("tables by comma", format!("select 1 from t{}", numbered(", t t#", 3_000))),
        (
            "nested joins",
            format!("select 1 from {}t{}", many("(", 5_000), numbered(" join t t# on true)", 5_000)),
        ),
        ("unions", format!("select 1{}", many(" union select 1", 10_000))),
        ("union all", format!("select * from t{}", many(" union all select * from t", 1_900))),
        ("nested unions", nested("select 1 union (", "select 1", ")", 5_000)),
        ("values", format!("values (1, 'a'){}", many(", (1, 'a')", 20_000))),
        (
            "rows to insert",
            format!("insert into t (id, a, b) values (1, 1, 'x'){}", many(", ($1, 1, 'x')", 10_000)),
        ),
        (
            "with after with",
            format!("with c0 as (select 1 as n){} select 1", numbered(", c# as (select 1 as n)", 5_000)),
        ),
        ("with within with", nested("with c as (", "select 1", ") select * from c", 5_000)),
        ("groups", format!("select a from t group by {}a", many("a, ", 20_000))),
        ("orders", format!("select a from t order by {}a", many("a, ", 20_000))),
        ("windows", format!("select {}1 from t", many("sum(a) over (partition by b order by a), ", 2_000))),
        ("grouping sets", format!("select 1 from t group by cube ({}a)", many("a, ", 5_000))),
        ("rollups", format!("select 1 from t group by {}a", many("rollup (a, b), ", 2_000))),
        ("placeholders", format!("select {}$1", numbered("$#::int, ", 5_000).replace("$0::int, ", ""))),
        ("one placeholder", format!("select {}$1::int", many("$1 + 1, ", 5_000))),
        ("statements", many("select 1;", 2_000)),
        ("semicolons", many(";", 100_000)),
        ("quotes", many("'", 100_001)),
        ("comments", many("/*", 50_000)),
        ("dollars", many("$", 100_000)),
        ("dollar quotes", numbered("$a#$", 20_000)),
        ("a long name", format!("select {} from t", many("a", 200_000))),
        ("a long text", format!("select '{}'", many("a", 500_000))),
        ("a long number", format!("select {}", many("9", 100_000))),
        ("a long array text", format!("select '{{{}}}'::int[]", many("1,", 50_000))),
        ("a deep array text", format!("select '{}{}'::int[]", many("{", 50_000), many("}", 50_000))),
        ("a deep json text", format!("select '{}{}'::json", many("[", 50_000), many("]", 50_000))),
        ("types", format!("select 1::int{}", many("[]", 10_000))),
        ("intervals", format!("select now(){}", many(" - interval '1 day'", 10_000))),
        ("sets", format!("update t set {}a = 1", many("a = 1, ", 10_000))),
        ("returning", format!("insert into t (id) values (1) returning {}id", many("id, ", 10_000))),
        ("explain", format!("{}select 1", many("explain ", 20_000))),
        ("variadic", format!("select concat({}1)", many("variadic ", 20_000))),
        ("lateral", format!("select 1 from t{}", numbered(", lateral (select t.a + 1 as a) t#", 1_000))),
        ("table", many("table ", 20_000)),
        (
            "merge",
            format!("merge into t using t u on t.id = u.id {}", many("when matched then delete ", 5_000)),
        ),
        ("match", format!("select 1 where {}", many("a in (select ", 5_000))),
        ("blank lines", format!("select{}1", many("\n", 200_000))),
        ("typos", format!("select {}1 from t", numbered("aa#, ", 2_000))),
        ("long typos", format!("select {} from t", many("ab", 20_000))),
    ]
    .into_iter()
    .map(|(name, query)| (name, TABLE.to_owned(), query))
    .collect::<Vec<Shape>>();
    shapes.extend(growing());
    shapes.extend(schemas());
    shapes
}

/// What doubles with each step.
fn growing() -> Vec<Shape> {
    let columns = |last: usize| {
        let mut sql = "create view v0 as select 1 as a, 2 as b;\n".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ = writeln!(sql, "create view v{at} as select x.*, y.* from v{before} x, v{before} y;");
        }
        sql
    };
    let rows = |last: usize| {
        let mut sql = "create view v0 as select 1 as a;\n".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ =
                writeln!(sql, "create view v{at} as select x.a from v{before} x, v{before} y, v{before} z;");
        }
        sql
    };
    let ctes = |last: usize, item: &str| {
        let mut sql = "with c0 as (select 1 as a, 2 as b)".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ = write!(sql, ", c{at} as (select {item} from c{before} x, c{before} y)");
        }
        let _ = write!(sql, " select * from c{last}");
        sql
    };
    let nulls = |last: usize| {
        let mut sql = "with c0 as (select a, b from t)".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ = write!(
                sql,
                ", c{at} as (select coalesce(x.a, y.a) as a, coalesce(y.a, x.a, z.a) as b from c{before} x left join c{before} y on x.a = y.b full join c{before} z on z.a = x.b)"
            );
        }
        let _ = write!(sql, " select * from c{last}");
        sql
    };
    let inherited = |last: usize| {
        let mut sql = "create table p0 (a int);\n".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ = writeln!(sql, "create table p{at} (b{at} int) inherits (p{before});");
        }
        sql
    };
    let composite = |last: usize| {
        let mut sql = "create type c0 as (a int, b int);\n".to_owned();
        for at in 1..=last {
            let before = at - 1;
            let _ = writeln!(sql, "create type c{at} as (a c{before}, b c{before});");
        }
        let _ = writeln!(sql, "create table holder (h c{last});");
        sql
    };
    vec![
        ("columns that double, in views", columns(24), "select * from v24".to_owned()),
        ("tables that treble, in views", rows(60), "select a from v60".to_owned()),
        ("columns that double, in common table expressions", String::new(), ctes(24, "x.*, y.*")),
        ("tables that double, in common table expressions", String::new(), ctes(60, "x.a, y.b")),
        ("values that double", String::new(), ctes(60, "x.a + y.a as a, x.b + y.b as b")),
        ("nulls that double", TABLE.to_owned(), nulls(40)),
        (
            "conditions that double",
            TABLE.to_owned(),
            format!("select * from t where {}", doubled("a = 1", 12)),
        ),
        ("cases that double", TABLE.to_owned(), format!("select {} from t", cases(7))),
        ("tables that inherit", inherited(300), "select * from p300".to_owned()),
        ("types that double", composite(30), "select (h).a, h from holder".to_owned()),
        (
            "domains over domains",
            numbered_from("create domain d# as d@;", "create domain d0 as int;", 500),
            "select 1::d500 as a".to_owned(),
        ),
        (
            "a view over itself",
            "create view v as select * from v; create or replace view v as select * from v;".to_owned(),
            "select * from v".to_owned(),
        ),
    ]
}

/// Schemas that are long, deep, or changed again and again.
fn schemas() -> Vec<Shape> {
    let columns = numbered("c# int, ", 1_600);
    vec![
        (
            "many tables",
            numbered("create table t# (id int primary key, a int references t#);\n", 3_000),
            "select a from t2999".to_owned(),
        ),
        (
            "many columns",
            format!("create table w ({columns}last int);"),
            "select * from w a, w b, w c".to_owned(),
        ),
        (
            "views over a table that changes",
            {
                let views =
                    numbered_from("create view v# as select * from v@;\n", "create table v0 (a int);", 200);
                format!("{views}{}", numbered("alter table v0 add column b# int;\n", 200))
            },
            "select * from v200".to_owned(),
        ),
        (
            "renames",
            format!(
                "create table t0 (a int);{}",
                numbered("alter table t0 rename to u#; alter table u# rename to t0;\n", 500)
            ),
            "select a from t0".to_owned(),
        ),
        (
            "many labels",
            format!("create type e as enum ('a'{});", numbered(", 'l#'", 5_000)),
            "select 'l4999'::e as a, 'nope'::e as b".to_owned(),
        ),
        (
            "many overloads",
            numbered("create function f(a int, b e#) returns int language sql as 'select 1';\n", 1_000),
            "select f(1, null), f('a', 'b')".to_owned(),
        ),
        (
            "blocks in blocks",
            format!("do $${}{}$$;", many("begin ", 2_000), many("end; ", 2_000)),
            "select 1 as a".to_owned(),
        ),
        (
            "conditions in blocks",
            format!("do $$ begin {} {} end $$;", many("if true then ", 5_000), many("end if; ", 5_000)),
            "select 1 as a".to_owned(),
        ),
        ("quotes in quotes", nested_dollars(300), "select 1 as a".to_owned()),
        (
            "checks",
            format!("create table t (a int check ({}a > 1{}));", many("(", 20_000), many(")", 20_000)),
            "select a from t".to_owned(),
        ),
        (
            "defaults",
            format!("create table t (a int default {}1);", many("- ", 20_000)),
            "select a from t".to_owned(),
        ),
        (
            "indexes",
            format!("{TABLE}{}", numbered("create unique index i# on t (a, b) where a > #;\n", 2_000)),
            "select * from t where a = 1 and b = 'x'".to_owned(),
        ),
        ("comments", format!("{TABLE}{}", many("/* x */ -- y\n", 20_000)), "select * from t".to_owned()),
    ]
}

fn many(text: &str, count: usize) -> String {
    text.repeat(count)
}

/// `text` with its `#` numbered.
fn numbered(text: &str, count: usize) -> String {
    (0..count).map(|at| text.replace('#', &at.to_string())).collect()
}

/// `text` with its `#` numbered from 1 and its `@` from 0, after `first`.
fn numbered_from(text: &str, first: &str, count: usize) -> String {
    let step = |at: usize| text.replace('#', &at.to_string()).replace('@', &(at - 1).to_string());
    format!("{first}\n{}", (1..=count).map(step).collect::<String>())
}

fn nested(open: &str, core: &str, close: &str, depth: usize) -> String {
    format!("{}{core}{}", open.repeat(depth), close.repeat(depth))
}

/// A condition made of two that are made of two.
fn doubled(core: &str, times: usize) -> String {
    (0..times).fold(core.to_owned(), |text, at| {
        format!("({text} {} {text})", if at % 2 == 0 { "and" } else { "or" })
    })
}

fn cases(times: usize) -> String {
    (0..times).fold("a".to_owned(), |text, _| format!("case when {text} > 1 then {text} else {text} end"))
}

fn nested_dollars(depth: usize) -> String {
    let open: String = (0..depth).map(|at| format!("do $a{at}$ begin execute ")).collect();
    let close: String = (0..depth).rev().map(|at| format!("; end $a{at}$;")).collect();
    format!("{open}'select 1'{close}")
}
