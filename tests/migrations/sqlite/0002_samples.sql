-- A column for each type that all backends have, and for those that only SQLite has.
create table samples (
    id integer primary key,
    flag boolean,
    small integer,
    medium integer,
    large integer,
    single real,
    precise real,
    label text,
    data blob,
    price numeric,
    day date,
    clock time,
    moment datetime,
    payload json
);
