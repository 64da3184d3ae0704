create table users (
    id bigint auto_increment primary key,
    name varchar(200) not null,
    email varchar(200) unique,
    age bigint
);

create table orders (
    id bigint auto_increment primary key,
    user_id bigint not null,
    note text,
    total bigint not null default 0 check (total >= 0),
    foreign key (user_id) references users (id)
);
