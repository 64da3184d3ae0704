create table users (
    id int primary key auto_increment,
    name varchar(100) not null,
    email varchar(100) unique,
    mood enum('happy', 'sad') not null default 'happy',
    created timestamp not null default current_timestamp
);

create table orders (
    id bigint unsigned primary key auto_increment,
    user_id int not null references users (id),
    total decimal(10, 2) not null,
    placed date not null
);
