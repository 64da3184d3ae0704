create table sales (
    id integer primary key,
    book_id integer not null references books (id),
    customer text not null,
    note text
);
