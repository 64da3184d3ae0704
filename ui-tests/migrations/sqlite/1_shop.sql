create table users (
    id integer primary key,
    name text not null,
    email text unique,
    mood text not null default 'happy',
    created datetime not null default current_timestamp
);

create table orders (
    id integer primary key,
    user_id integer not null references users,
    total real not null,
    placed date not null
);
