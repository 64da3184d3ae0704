create table books (
    id integer primary key,
    title text not null unique,
    stock integer not null default 0 check (stock >= 0)
);
