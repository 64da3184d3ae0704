//! Scripts and their statements.

use aio_databases_sql::Dialect::{self, Mysql, Postgres, Sqlite};
use aio_databases_sql::split;

fn check(dialects: &[Dialect], script: &str, expected: &[&str]) {
    for &dialect in dialects {
        let statements: Vec<&str> = split(script, dialect).map(|span| span.of(script)).collect();
        assert_eq!(statements, expected, "{dialect}: {script}");
    }
}

/// Scripts in which `;;;` stands between the statements that are expected.
fn check_whole(dialects: &[Dialect], scripts: &[&str]) {
    for script in scripts {
        let expected: Vec<&str> =
            script.split(";;;").map(str::trim).filter(|part| !part.is_empty()).collect();
        check(dialects, &script.replace(";;;", ";"), &expected);
    }
}

const ALL: &[Dialect] = &Dialect::ALL;

#[test]
fn everywhere() {
    check(ALL, "", &[]);
    check(ALL, " ; -- a\n;/* b */;", &[]);
    check(ALL, "select 1", &["select 1"]);
    check(ALL, "-- a\nselect 1 -- b;\n; /* c; */ select 2 /* d */;", &["select 1", "select 2"]);
    check(ALL, "select 1 /* ; */ + 1; select 2", &["select 1 /* ; */ + 1", "select 2"]);
    check(ALL, "select ';', \";\"; select 'it''s;';", &["select ';', \";\"", "select 'it''s;'"]);
    check(ALL, "select 1;\r\nselect 2;\r\n", &["select 1", "select 2"]);
    check(ALL, "\u{feff}select 1;", &["select 1"]);
    check(
        ALL,
        "begin; select case when a then b end; end; select 1",
        &["begin", "select case when a then b end", "end", "select 1"],
    );
    check(
        ALL,
        "create table a (b int); insert into a values (1);",
        &["create table a (b int)", "insert into a values (1)"],
    );
}

#[test]
fn unfinished() {
    check(ALL, "select 'a; b;", &["select 'a; b;"]);
    check(ALL, "select 1; /* a; b;", &["select 1", "/* a; b;"]);
    check(
        &[Sqlite],
        "create trigger a after insert on b begin select 1; select 2;",
        &["create trigger a after insert on b begin select 1; select 2;"],
    );
}

#[test]
fn postgres() {
    check_whole(
        &[Postgres],
        &[
            "select $$;$$;;; select $a$ $$ ; $a$;;; select E'\\';';;; select 1",
            "select 1 /* /* ; */ ; */ + 1;;; select 2",
            "create function f() returns int language plpgsql as $$ begin return 1; end; $$;;; select 1",
            "do $$ begin perform 1; end $$;;; select 1",
            "create function f() returns int begin atomic select 1; select case when true then 2 end; end;;; select 1",
            "create or replace procedure p() begin atomic insert into a values (1); end;;; select 1",
            "create function f(\"end\" int) returns int return 1;;; select 1",
            "create rule r as on insert to a do also (insert into b values (1); insert into c values (1));;; select 1",
            "create table t (begin int, \"end\" int);;; begin;;; select 1;;; commit;;;",
            "create event trigger t on ddl_command_start execute function f();;; begin;;; end;;;",
            "create function f() returns int begin atomic; select 1; select t.end; end;;; select 1",
            "(select 1);;; (select 2)",
        ],
    );
}

#[test]
fn psql_scripts() {
    check(
        &[Postgres],
        "\\restrict abc\nset a = 1;\n\\connect 'x;y'\nselect 1;\n\\unrestrict abc\n",
        &["set a = 1", "select 1"],
    );
    check(
        &[Postgres],
        "COPY public.a (b, c) FROM stdin;\n1\tit's; here\n\\.\n\nselect 1;\n",
        &["COPY public.a (b, c) FROM stdin", "select 1"],
    );
    check(&[Postgres], "copy a from stdin with (format csv);\n1;2", &["copy a from stdin with (format csv)"]);
    check(&[Postgres], "copy a to stdout; select 1", &["copy a to stdout", "select 1"]);
}

#[test]
fn sqlite() {
    check_whole(
        &[Sqlite],
        &[
            "create trigger t after insert on a begin select 1; end;;; select 1",
            "create temp trigger if not exists t after insert on a begin select 1; update a set b = 2; end;;; select 1",
            "CREATE TRIGGER t AFTER UPDATE ON a WHEN case new.b when 1 then 2 end BEGIN
            UPDATE a SET b = case when c then d end; SELECT 'end;'; END;;; select 1",
            "create trigger t after insert on a begin select 1; /* c; */ end;;; select 1",
            "explain create trigger t after insert on a begin select 1; end;;; select 1",
            "create table t (a, [;], `;`, \";\");;; select 1",
            "create view trigger_view as select 1;;; end;;; select 1",
            "create table trigger (a);;; select 1",
        ],
    );
}

#[test]
fn mysql() {
    check_whole(
        &[Mysql],
        &[
            "create procedure p() begin select 1; select 2; end;;; select 1",
            "create or replace definer = `a`@`b` procedure p() sql security invoker begin select 1; end;;; select 1",
            "create definer = root@localhost trigger t before insert on a for each row begin set new.b = 1; end;;; select 1",
            "create trigger t before insert on a for each row set new.b = case when new.c then 1 end;;; select 1",
            "create procedure p() begin if a then select 1; elseif b then select 2; else select 3; end if; select 4; end;;; select 1",
            "create procedure p() begin case a when 1 then select 1; else select 2; end case; select 3; end;;; select 1",
            "create procedure p() begin select case a when 1 then 2 end; select if(a, b, c); select repeat('a', 3); end;;; select 1",
            "create procedure p() begin l1: loop leave l1; end loop l1; while a do select 1; end while; repeat select 2; until b end repeat; end;;; select 1",
            "create procedure p() l: begin begin select 1; end; end l;;; select 1",
            "create procedure p() begin for i in 1..3 do select i; end for; end;;; select 1",
            "create procedure p() begin declare exit handler for sqlexception begin rollback; end; select 1; end;;; select 1",
            "create function f() returns int deterministic return if(a, 1, 2);;; select 1",
            "create trigger t before insert on a for each row if new.b then set new.c = 1; end if;;; select 1",
            "create trigger if not exists t before insert on a for each row if new.b then
            if new.d then set new.c = 1; end if; while x do set x = 0; end while; end if;;; select 1",
            "create procedure if not exists p() select 1;;; select 1",
            "create event e on schedule every 1 day do begin select 1; end;;; select 1",
            "begin not atomic select 1; select 2; end;;; select 1",
            "begin;;; select 1;;; commit",
            "select 'a\\';', \"b\\\";\", `;` # ;
            + 1;;; select 5--1;;; select 1 -- ;
            + 1",
            "/*!40101 set a = 1 */;;; /*!50003 create trigger t before insert on a for each row begin set @a = 1; end */;;; select 1",
            "create table t (a int, `end` int);;; select 1",
            "select x.begin, x.end;;; select 1",
        ],
    );
}

#[test]
fn delimiters() {
    check(
        &[Mysql],
        "delimiter //\ncreate procedure p() begin select 1; end//\ncreate procedure q() select ';//'; //\ndelimiter ;\nselect 2;",
        &["create procedure p() begin select 1; end", "create procedure q() select ';//'", "select 2"],
    );
    check(
        &[Mysql],
        "delimiter //\nset a = 1;\ncreate table a (b int);\ncreate procedure p() begin select 1; end//\ncreate table c (d int);\n//",
        &[
            "set a = 1",
            "create table a (b int)",
            "create procedure p() begin select 1; end",
            "create table c (d int)",
        ],
    );
    check(
        &[Mysql],
        "DELIMITER $$\nselect 1$$ select 2 $$\nDELIMITER ;\nselect 3; select 4",
        &["select 1", "select 2", "select 3", "select 4"],
    );
    check(
        &[Mysql],
        "delimiter ;;\ncreate trigger t after insert on a for each row begin set @a = 1; end ;;\ndelimiter ;",
        &["create trigger t after insert on a for each row begin set @a = 1; end"],
    );
    check(&[Mysql], "delimiter |\nselect 1 /* | */ | -- |\nselect '|' |", &["select 1", "select '|'"]);
    check(&[Postgres, Sqlite], "delimiter //\nselect 1; select 2", &["delimiter //\nselect 1", "select 2"]);
}

#[test]
fn no_script_takes_long() {
    for dialect in Dialect::ALL {
        for part in [
            "'a' ", "? ", "/* ", "a? ", "$a$ ", "e'a'\n", "begin ", "[", ";", "a?????", "{", "%(a ",
            "-- a\n", "$a$b",
        ] {
            let script = part.repeat(100_000);
            let start = std::time::Instant::now();
            split(&script, dialect).for_each(drop);
            let seconds = start.elapsed().as_secs_f64();
            assert!(seconds < 5.0, "{dialect}: {part:?} took {seconds} s");
        }
    }
}
