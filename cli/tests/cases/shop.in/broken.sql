create table users (id int primary key, name varchar(20));
alter table nowhere add column x int;
create index on users (name);
