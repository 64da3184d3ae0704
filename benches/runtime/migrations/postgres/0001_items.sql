-- What is read: filled once.
create table items (
    id bigint primary key,
    name text not null,
    email text,
    age bigint not null
);

-- What is written: emptied before each measurement.
create table notes (
    id bigint generated always as identity primary key,
    name text not null,
    email text,
    age bigint not null
);
