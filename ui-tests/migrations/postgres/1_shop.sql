create type mood as enum ('happy', 'sad');

create table users (
    id int primary key generated always as identity,
    name text not null,
    email text unique,
    mood mood not null default 'happy',
    address inet,
    created timestamptz not null default now()
);

create table orders (
    id bigint primary key generated always as identity,
    user_id int not null references users,
    total numeric not null,
    placed date not null
);
