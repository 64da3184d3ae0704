create table if not exists books (
    id bigint generated always as identity primary key,
    author_id bigint not null references authors (id),
    title text not null,
    pages bigint not null
);
