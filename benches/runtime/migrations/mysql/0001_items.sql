-- What is read: filled once.
create table items (
    id bigint primary key,
    name varchar(100) not null,
    email varchar(100),
    age bigint not null
);

-- What is written: emptied before each measurement.
create table notes (
    id bigint primary key auto_increment,
    name varchar(100) not null,
    email varchar(100),
    age bigint not null
);
