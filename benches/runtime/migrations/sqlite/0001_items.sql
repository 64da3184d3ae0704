-- What is read: filled once.
create table items (
    id integer primary key,
    name text not null,
    email text,
    age integer not null
);

-- What is written: emptied before each measurement.
create table notes (
    id integer primary key,
    name text not null,
    email text,
    age integer not null
);
