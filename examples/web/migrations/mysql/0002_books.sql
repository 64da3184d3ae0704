create table if not exists books (
    id bigint auto_increment primary key,
    author_id bigint not null references authors (id),
    title varchar(200) not null,
    pages bigint not null
);
