use aio_databases_sql::Dialect;

use super::{Case, built, run};

const TABLES: &[Case] = &[
    (
        "declared types and keys",
        "create table t (id integer primary key autoincrement, a text not null, b varchar(10) unique, c, d datetime default
         current_timestamp, e unsigned big int, f 'my type', \"g h\" boolean not null default 0, i decimal(10,2), j any)",
        "t(id integer!=, a text!, b text, c ?, d datetime=, e integer, f ?, g h boolean!=, i numeric, j ?)
         [-: id*] [-: b]",
    ),
    (
        "only integer primary key is the rowid",
        "create table a (x integer primary key); create table b (x int primary key); create table c (x text primary key);
         create table d (x integer primary key desc); create table e (x INTEGER, primary key (x desc));
         create table f (x integer(4) primary key); create table g (x integer, y int, primary key (x, y))",
        "a(x integer!=) [-: x*]
         b(x integer) [-: x*]
         c(x text) [-: x*]
         d(x integer) [-: x*]
         e(x integer!=) [-: x*]
         f(x integer) [-: x*]
         g(x integer, y integer) [-: x y*]",
    ),
    (
        "primary keys that take no null",
        "create table a (x text primary key) without rowid; create table b (x text primary key) strict;
         create table c (x text, y text, primary key (x, y)) strict, without rowid;
         create table d (x integer primary key) without rowid",
        "a(x text!) [-: x*]
         b(x text!) [-: x*]
         c(x text!, y text!) [-: x y*]
         d(x integer!) [-: x*]",
    ),
    (
        "clauses",
        "create table t (a integer check (a is not null) collate nocase unique on conflict replace constraint foo not null
         on conflict ignore references q(x) on delete set null deferrable initially deferred, b text generated always as
         (a || '') stored, c as (1), constraint u unique (a, b) on conflict replace, foreign key (a) references q)",
        "t(a integer!, b text=#, c ?=#) [-: a] [-: a b]",
    ),
    (
        "a rebuild by rename",
        "create table t (a int, b int); create view v as select a from t; create unique index i on t (b);
         create table t_new (a int, b int not null, c text); insert into t_new select a, b, '' from t; drop view v;
         drop table t; alter table t_new rename to t; create unique index i on t (b, c)",
        "t(a integer, b integer!, c text) [i: b c]",
    ),
    (
        "a letter that is wrong",
        "creat table a (x int); create tabel b (x int); alter tabl c add y int; drop tabble d; atler table e add z int",
        "1:1 unknown keyword `creat`; did you mean `create`?
         1:31 unknown keyword `tabel`; did you mean `table`?
         1:54 unknown keyword `tabl`; did you mean `table`?
         1:77 unknown keyword `tabble`; did you mean `table`?
         1:87 unknown keyword `atler`; did you mean `alter`?",
    ),
    (
        "names are compared without case",
        "create table Users (Id integer primary key, Name text); alter table USERS rename column NAME to full_name;
         alter table users add column x int; alter table users drop column X; create unique index i on users (FULL_NAME)",
        "Users(Id integer!=, full_name text) [-: Id*] [i: full_name]",
    ),
    (
        "indexes",
        "create table t (a text, b text); create unique index main.i on t (a collate nocase, b desc);
         create unique index if not exists j on t (lower(a)); create unique index k on t (a) where b is null;
         create unique index l on t (a is null); drop index if exists i",
        "t(a text, b text) <j: > <k: a> <l: >",
    ),
    (
        "an index of a name that was another's",
        "create table t (a text); create unique index i on t (lower(a)); drop table t; create table u (a text, b text);
         create unique index i on u (b); alter table u drop a",
        "u(b text) [i: b]",
    ),
    (
        "virtual tables",
        "create virtual table f using fts5(title, body unindexed, tokenize = 'porter ascii', content='');
         create virtual table r using rtree(id, x, y, +name); create virtual table s using something(a b)",
        "virtual f(title ?, body ?)
         virtual r(id integer!=, x real!=, y real!=, name ?=)
         virtual s(…)",
    ),
    (
        "a view is read anew each time",
        "create table t (a int not null, b text); create view v as select * from t; alter table t add column c real;
         alter table t rename column b to d; alter table t rename to u; create table w as select a, d from v",
        "u(a integer!, d text, c real)
         view v(a integer!, d text, c real)
         w(a integer, d text)",
    ),
    (
        "a rebuild keeps views",
        "create table t (a int, b text); create view v as select * from t; create table t2 (a int not null, c text);
         drop table t; alter table t2 rename to t",
        "t(a integer!, c text)
         view v(a integer!, c text)",
    ),
    (
        "triggers and pragmas are passed over",
        "pragma foreign_keys = off; create trigger t after insert on a begin update b set c = case when 1 then 2 end; delete
         from d; end; create table e (f int); create temp table g (h int)",
        "e(f integer)",
    ),
];

/// What SQLite refuses for a table or a column that is not there, and what it does not.
const MISSING: &[Case] = &[
    (
        "columns and tables",
        "create table users (id integer primary key, name text, foreign key (nme) references nope (a), unique ('nme'));
         create index i on users (nme); create index if not exists j on userz (name); create index k on users (`nme` desc);
         insert or ignore into userz values (1); replace into users (rowid, nme) values (1, 2); update or fail userz set a = 1",
        "users(id integer!=, name text) [-: id*] [-: nme]
         1:69 unknown column `nme` in `users`; did you mean `name`?
         1:103 unknown column `nme` in `users`; did you mean `name`?
         2:35 unknown column `nme` in `users`; did you mean `name`?
         2:73 unknown table `userz`; did you mean `users`?
         2:112 unknown column `nme` in `users`; did you mean `name`?
         3:32 unknown table `userz`; did you mean `users`?
         3:77 unknown column `nme` in `users`; did you mean `name`?
         3:112 unknown table `userz`; did you mean `users`?",
    ),
    (
        "what may be there",
        "create table users (a, b references nope (c)); create index i on users (\"nope\", A); create virtual table f using
         fts5 (x); insert into f (f) values ('rebuild'); delete from f_data; insert into sqlite_sequence values ('a', 1);
         insert into other.t values (1); create trigger t after insert on users begin insert into nope values (1); end",
        "virtual f(x ?)
         users(a ?, b ?)",
    ),
];

#[test]
fn missing() {
    run(Dialect::Sqlite, MISSING);
}

/// All of them.
pub(super) fn all() -> Vec<Case> {
    [TABLES, MISSING].concat()
}

#[test]
fn tables() {
    run(Dialect::Sqlite, TABLES);
}

#[test]
fn hidden_columns() {
    let cases = [
        ("create table t (a int)", "t", "rowid oid _rowid_"),
        ("create table t (a int, RowId text)", "t", "oid _rowid_"),
        ("create table t (a int primary key) without rowid", "t", ""),
        ("create virtual table t using fts5 (a)", "t", "t rank rowid oid _rowid_"),
        ("create virtual table u using fts5 (a); alter table u rename to t", "t", "t rank rowid oid _rowid_"),
        ("create table t (a int); alter table t rename a to oid", "t", "rowid _rowid_"),
    ];
    for (ddl, table, want) in cases {
        let builder = built(Dialect::Sqlite, &[ddl]);
        let relation = &builder.catalog.relations[&("main".to_owned(), table.to_owned())];
        let hidden: Vec<_> = relation.columns.iter().filter(|c| c.hidden).map(|c| c.name.as_str()).collect();
        assert_eq!(hidden.join(" "), want, "{ddl}");
    }
}
