create table if not exists authors (
    id bigint generated always as identity primary key,
    name text not null unique,
    born bigint
);
