create table books (id bigint unsigned primary key auto_increment, title varchar(200) not null, pages int);
