use aio_databases_sql::{Dialect, Template};

use super::Batch;
use crate::Schema;

const SCHEMA: &str = "
    create table t (id int primary key, name varchar(20) not null, n int default 1);
    create table keyed (id int primary key references t, parent int, foreign key (parent) references keyed (id));";
const POSTGRES: &str = "
    create type mood as enum ('a', 'b');
    create domain positive as int check (value > 0);
    create table m (id bigint generated always as identity primary key, mood mood, tags text[], d positive, price numeric(8, 2));
    create table seen (id int, x int);
    create function f() returns trigger language plpgsql as $$ begin return new; end $$;
    create function lower(mood) returns text language sql as 'select 1';
    create trigger a after insert on seen for each row execute function f();
    create view v as select id, name from t;";
const MYSQL: &str = "
    create table c (id int primary key auto_increment, name varchar(20) not null);
    create table seen (id int, x int);
    create trigger a after insert on seen for each row set @a = 1;";
const SQLITE: &str = "
    create table c (id integer primary key autoincrement, name text not null);
    create virtual table f using fts5(x);
    create table seen (id int, x int);
    create trigger a after insert on seen begin select 1; end;";

fn batch(dialect: Dialect, sql: &str) -> Option<Batch> {
    let mut schema = Schema::new(dialect);
    schema.apply("1.sql", SCHEMA);
    schema.apply(
        "2.sql",
        match dialect {
            Dialect::Postgres => POSTGRES,
            Dialect::Mysql => MYSQL,
            Dialect::Sqlite => SQLITE,
        },
    );
    assert!(schema.problems().is_empty(), "{:?}", schema.problems());
    let template = Template::parse(sql, dialect).unwrap();
    let analysis = schema.analyze(&template);
    assert!(analysis.is_ok(), "{sql}: {:?}", analysis.diagnostics);
    schema.batch(&template, &analysis)
}

#[test]
fn over_arrays() {
    for (sql, expected) in [
        (
            "insert into t (id, name) values (?, ?)",
            "insert into t (id, name) select _1, _2 from unnest($1::int4[], $2::varchar[]) as _ (_1, _2) where true",
        ),
        (
            "INSERT INTO public.t AS x VALUES (:id, upper(:name), 3) ON CONFLICT DO NOTHING;",
            "INSERT INTO public.t AS x select _1, upper(_2), 3 from unnest($1::int4[], $2::text[]) as _ (_1, _2) where true ON \
             CONFLICT DO NOTHING",
        ),
        (
            "insert into m (mood, price) values ($1, $2::numeric)",
            "insert into m (mood, price) select _1, _2::numeric from unnest($1::\"mood\"[], $2::numeric[]) as _ (_1, _2) where true",
        ),
        (
            "insert into t (id, name, n) values ($1, $2, $3) on conflict (id) do update set name = $2, n = t.n + excluded.n where t.n is distinct from excluded.n",
            "insert into t (id, name, n) select _1, _2, _3 from unnest($1::int4[], $2::varchar[], $3::int4[]) as _ (_1, _2, _3) where \
             true on conflict (id) do update set name = excluded.name, n = t.n + excluded.n where t.n is distinct from excluded.n",
        ),
        (
            "insert into t (id, name, n) values ($1, 'a,(' || $2, $1)",
            "insert into t (id, name, n) select _1, 'a,(' || _2, _1 from unnest($1::int4[], $2::text[]) as _ (_1, _2) where true",
        ),
    ] {
        assert_eq!(batch(Dialect::Postgres, sql), Some(Batch::Arrays { sql: expected.to_owned() }), "{sql}");
    }
}

#[test]
fn not_over_arrays() {
    for sql in [
        // What it reads may have been written by the rows before.
        "insert into t (id, name) values ($1, (select max(name) from t where id < $2))",
        "insert into t (id, name) select $1, $2",
        "with a as (select 1) insert into t (id, name) values ($1, $2)",
        // More happens than that a row is written.
        "insert into seen (id) values ($1)",
        "insert into keyed (id, parent) values ($1, $2)",
        "insert into v (id, name) values ($1, $2)",
        // An array of arrays is one array; a domain's is not known to be the same.
        "insert into m (tags) values ($1)",
        "insert into m (d) values ($1)",
        // Functions of the schema's own may do anything.
        "insert into t (id, name) values ($1, lower($2::mood))",
        "insert into t (id, name) values ($1, pg_notify('a', $2)::text)",
        // One for all rows.
        "insert into t (id, name) values ($1, $2) on conflict (id) do update set name = $3",
        "insert into t (id, name) values ($1, $2) on conflict (id) do update set name = upper($2)",
        "insert into t (id, name) values ($1, lower($2)) on conflict (id) do update set name = $2",
        "insert into t (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name where t.n = $1",
        "insert into t (id, name, n) values ($1, $2, default)",
        "insert into t (id, name) values ($1, $2), ($3, $4)",
        "insert into t (id, name) values ($1, $2) returning id",
        "insert into t (id, name) values (1, 'a')",
        "update t set name = $2 where id = $1",
        "delete from t where id = $1",
    ] {
        assert_eq!(batch(Dialect::Postgres, sql), None, "{sql}");
    }
}

#[test]
fn several_rows() {
    for (sql, before, row, after, order, never_null) in [
        (
            "insert into t (id, name) values (?, ?)",
            "insert into t (id, name) values ",
            "(?, ?)",
            "",
            vec![0, 1],
            vec![0, 1],
        ),
        (
            "insert into c (name) values (lower(:a));",
            "insert into c (name) values ",
            "(lower(?))",
            "",
            vec![0],
            vec![0],
        ),
        (
            "insert into t values (:a, :a, :b)",
            "insert into t values ",
            "(?, ?, ?)",
            "",
            vec![0, 0, 1],
            vec![0],
        ),
        ("insert into c values (?, ?)", "insert into c values ", "(?, ?)", "", vec![0, 1], vec![1]),
        (
            "insert into t (id, name) values (?, ?) on duplicate key update name = values(name)",
            "insert into t (id, name) values ",
            "(?, ?)",
            " on duplicate key update name = values(name)",
            vec![0, 1],
            vec![0, 1],
        ),
        (
            "insert ignore into t (id, name) values (?, 'x')",
            "insert ignore into t (id, name) values ",
            "(?, 'x')",
            "",
            vec![0],
            vec![0],
        ),
    ] {
        let expected = Batch::Rows {
            before: before.to_owned(),
            row: row.to_owned(),
            after: after.to_owned(),
            order,
            never_null,
        };
        assert_eq!(batch(Dialect::Mysql, sql), Some(expected), "{sql}");
    }
}

#[test]
fn not_several_rows() {
    for sql in [
        // The number of the last row that was added is not known of several.
        "insert ignore into c (id, name) values (?, ?)",
        "replace into c (id, name) values (?, ?)",
        "insert into c (id, name) values (?, ?) on duplicate key update name = values(name)",
        "insert into t (id, name) values (?, ?) on duplicate key update name = ?",
        "insert into t (id, name) values (?, (select max(name) from c where id = ?))",
        "insert into seen (id) values (?)",
        "insert into keyed (id) values (?)",
        "insert into t set id = ?, name = ?",
        "insert into t (id, name) values (?, default)",
        "insert into t (id, name) values (1, 'a')",
        "update t set name = ? where id = ?",
    ] {
        assert_eq!(batch(Dialect::Mysql, sql), None, "{sql}");
    }
}

#[test]
fn several_rows_of_sqlite() {
    for (sql, before, row, after, order) in [
        (
            "insert into t (id, name) values (?, ?)",
            "insert into t (id, name) values ",
            "(?, ?)",
            "",
            vec![0, 1],
        ),
        (
            "INSERT INTO main.t VALUES (:b, lower(:a), :b);",
            "INSERT INTO main.t VALUES ",
            "(?, lower(?), ?)",
            "",
            vec![0, 1, 0],
        ),
        ("insert into c (name) values ($1)", "insert into c (name) values ", "(?)", "", vec![0]),
        (
            "insert or ignore into c (id, name) values (?2, ?1)",
            "insert or ignore into c (id, name) values ",
            "(?, ?)",
            "",
            vec![1, 0],
        ),
        (
            "replace into c (id, name) values (?, 'x')",
            "replace into c (id, name) values ",
            "(?, 'x')",
            "",
            vec![0],
        ),
        (
            "insert into c (id, name) values (?, ?) on conflict (id) do update set name = excluded.name",
            "insert into c (id, name) values ",
            "(?, ?)",
            " on conflict (id) do update set name = excluded.name",
            vec![0, 1],
        ),
    ] {
        let expected = Batch::Rows {
            before: before.to_owned(),
            row: row.to_owned(),
            after: after.to_owned(),
            order,
            never_null: vec![],
        };
        assert_eq!(batch(Dialect::Sqlite, sql), Some(expected), "{sql}");
    }
}

#[test]
fn not_several_rows_of_sqlite() {
    for sql in [
        // What one row brings about is not as one row has it.
        "insert or fail into t (id, name) values (?, ?)",
        "insert or rollback into t (id, name) values (?, ?)",
        "insert into t (id, name) values (?, (select max(name) from c where id = ?))",
        "insert into t (id, name) values (?, last_insert_rowid())",
        "insert into t (id, name) values (?, ?) on conflict (id) do update set name = ?",
        "insert into t (id, name) values (?, ?) returning id",
        "insert into f (x) values (?)",
        "insert into seen (id) values (?)",
        "insert into keyed (id) values (?)",
        "insert into t (id, name) values (1, 'a')",
        "update t set name = ? where id = ?",
    ] {
        assert_eq!(batch(Dialect::Sqlite, sql), None, "{sql}");
    }
}
