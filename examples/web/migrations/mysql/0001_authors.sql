create table if not exists authors (
    id bigint auto_increment primary key,
    name varchar(200) not null unique,
    born bigint
);
