create schema audit;
create type role as enum ('admin', 'member');
create type audit.level as enum ('low', 'high');
create table users (
    id bigint generated always as identity primary key,
    name text not null,
    email text unique,
    role role not null default 'member',
    tags text[] not null default '{}'
);
