create table users (
    id integer primary key,
    name text not null,
    email text unique,
    age integer
);

create table orders (
    id integer primary key,
    user_id integer not null references users (id),
    note text,
    total integer not null default 0 check (total >= 0)
);
