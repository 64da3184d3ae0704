create table if not exists books (
    id integer primary key,
    author_id integer not null references authors (id),
    title text not null,
    pages integer not null
);
