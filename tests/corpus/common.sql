-- Queries that every server takes, by feature: each group begins with a line of two sharps and its name.

## literals_and_arithmetic
select 1 as a, 'x' as b;
select 2*$1 res;
select $1 + 1 as a, $1 - 1 as b;
select 1.5 as a, 1.5 + 1 as b, -1.5 as c;
select age + 1 as a, age - id as b, age * 2 as c from users;
select -age as a, +id as b from users;
select total % 3 as a from orders;
select single + 1 as a, precise * 2 as b from samples;
select small + 1 as a, medium + 1 as b, large + 1 as c from samples;

## columns
select * from users;
select u.* from users u;
select u.*, o.* from users u, orders o where o.user_id = u.id and o.id < 3;
select id, name, email, age from users;
select users.id as a, u2.name as b from users, users u2 where users.id = u2.id;
select name as full_name from users order by full_name limit 2;
select id, flag, small, medium, large, single, precise, label, price, day, clock, moment, payload from samples;
select distinct age from users;
select distinct name, age from users order by name, age;

## comparisons
select id = 1 as a, age > 30 as b, name <> 'Ada' as c from users;
select name from users where id = $1;
select name from users where $1 = id;
select name from users where name = $1 and age > $2;
select name from users where age between $1 and $2;
select name from users where name like $1;
select name from users where id in ($1, $2, $3);
select name from users where id not in (1, 2);
select name from users where email is null;
select name, email from users where email is not null;
select name, age from users where not (age is null);
select name, age from users where age > 0 or name = 'x';
select name, age, email from users where age > 0 and email is not null;
select name, age from users where age > 0 or age < 0;
select name, age from users where age is not null or email is not null;
select age is null as a, email is not null as b from users;

## joins
select u.name, o.total from users u join orders o on o.user_id = u.id;
select u.name, o.id, o.total, o.note from users u left join orders o on o.user_id = u.id;
select o.id, u.id as uid, u.name from orders o right join users u on o.user_id = u.id;
select u.name, o.total from users u cross join orders o;
select u.name, o.total from users u left join orders o on o.user_id = u.id where o.id is not null;
select u.name, o.total from users u left join orders o on o.user_id = u.id where o.total > 5;
select a.name, b.name as other from users a left join users b on b.age = a.age and b.id <> a.id;
select u.name, x.n from users u left join (select user_id, count(*) as n from orders group by user_id) x on x.user_id = u.id;
select u.name, o.total, p.name as again from users u left join orders o on o.user_id = u.id left join users p on p.id = o.user_id;
select u.name, o.total, p.name as again from users u left join (orders o join users p on p.id = o.user_id) on o.user_id = u.id;
select id, name, total from users join (select user_id as id, total from orders) o using (id);
select u.id, o.note from users u left join orders o on false;

## subqueries
select (select count(*) from orders) as n;
select (select max(total) from orders) as a, (select name from users where id = 1) as b;
select name, (select sum(o.total) from orders o where o.user_id = u.id) as sum from users u;
select name, (select count(*) from orders o where o.user_id = u.id) as n from users u;
select name from users u where exists (select 1 from orders o where o.user_id = u.id);
select exists (select 1 from users) as a;
select name from users where id in (select user_id from orders);
select name from users where id not in (select user_id from orders where total > $1);
select x.name, x.age from (select name, age from users where age is not null) x;
select x.id, x.age from (select id, age from users) x where x.age > 1;
select name from users where age = (select max(age) from users);

## common_table_expressions
with a as (select id, name, age from users) select name, age from a where age is not null;
with a as (select 1 as x), b as (select x + 1 as y from a) select x, y from a, b;
with a (n, m) as (select id, age from users) select n, m from a;
with recursive t (n) as (select 1 union all select n + 1 from t where n < 3) select n from t;
with recursive t as (select id, age from users where id = 1 union all select u.id, u.age from users u join t on u.id = t.id + 1) select id, age from t;

## set_operations
select id from users union select id from orders;
select id, name from users union all select id, note from orders;
select age from users union all select id from users;
select id from users where id < 2 union all select 7;
select name from users union select 'x' order by name;
select id from users except select user_id from orders;
select id from users intersect select user_id from orders;
select null as a union all select id from users;

## aggregates
select count(*) as a, count(age) as b, count(distinct age) as c from users;
select max(age) as a, min(age) as b, max(name) as c, min(id) as d from users;
select sum(age) as a, avg(age) as b from users;
select sum(total) as a from orders where id > 100;
select name, count(*) as n, max(age) as oldest from users group by name;
select name, max(id) as a from users group by name having count(*) > 1;
select age, count(*) as n from users group by age order by age;
select name, age, count(*) as n from users group by name, age having age is not null;
select max(day) as a, min(moment) as b, max(single) as c, sum(precise) as d from samples;
select sum(price) as a, avg(price) as b, max(price) as c from samples;
select count(*) as n from users where id = $1;
select max(u.age) as a, count(o.id) as b from users u left join orders o on o.user_id = u.id group by u.id;

## windows
select name, row_number() over (order by id) as n, rank() over (order by age) as r from users;
select name, lag(name) over (order by id) as a, lead(id) over (order by id) as b from users;
select name, count(*) over (partition by age) as n, sum(id) over (order by id) as s from users;
select first_value(name) over (order by id) as a, last_value(id) over (order by id) as b from users;
select dense_rank() over w as a, ntile(2) over w as b from users window w as (order by id);
select max(age) over (partition by name) as a from users;

## conditions
select coalesce(age, 0) as a, coalesce(email, name) as b, coalesce(email, null) as c from users;
select coalesce(age, $1) as a from users;
select nullif(age, 36) as a, nullif(name, 'Ada') as b from users;
select case when age > 30 then 'old' else 'young' end as a from users;
select case when age > 30 then name end as a from users;
select case name when 'Ada' then 1 when 'Alan' then 2 else 0 end as a from users;
select case when age is not null then age else 0 end as a from users;
select case when age > 30 then age end as a from users;

## functions
select upper(name) as a, lower(email) as b, length(name) as c from users;
select replace(name, 'A', 'a') as a, trim(name) as b, substr(name, 1, 2) as c from users;
select abs(age) as a, abs(id) as b, round(single) as c from users join samples using (id);
select current_timestamp as a, current_date as b;
select cast(age as char(10)) as a from users;
select cast(name as char(10)) as a from users;

## inserts
insert into users (name, email, age) values ($1, $2, $3);
insert into users (id, name) values (100, 'x'), ($1, 'y');
insert into orders (user_id, note, total) select id, name, 5 from users where id = $1;
insert into users (name) values ($1) returning id, name, email;
insert into orders (user_id) values ($1) returning id, total, note;

## updates_and_deletes
update users set age = $1 where id = $2;
update users set age = age + 1, email = null where name = $1;
update orders set note = (select name from users where users.id = orders.user_id);
delete from orders where user_id = $1;
delete from orders where total > $1 and note is null;
delete from orders where id = $1 returning id, note, total;
delete from orders;

## rows
select name from users where id = 1 limit 1;
select name from users limit 1;
select id from users where email = $1;
select id, age from users where email = 'ada@example.org' and age > 1;
select 1 as a from users where id = $1 and name = $2;
select count(*) as n from users limit 1;
select 1 as a where 1 = 2;
select u.name from users u join orders o on o.user_id = u.id where u.id = 1;

## nulls
select max(x.n) as a from (select count(*) as n from orders group by user_id) x;
select sum(n) as a from (select 1 as n from users where id < 0) x;
select u.id, (select o.note from orders o where o.user_id = u.id and o.note is not null limit 1) as a from users u;
select u.name, coalesce(o.total, 0) as a, coalesce(o.note, u.email) as b from users u left join orders o on o.user_id = u.id;
select o.total from users u left join orders o on o.user_id = u.id and o.total > 0 where u.id = 1;
select o.total from users u left join orders o on o.user_id = u.id where coalesce(o.total, 1) > 0;
select o.total from users u left join orders o on o.user_id = u.id where o.total > 0 or u.id = 3;
select o.total from users u left join orders o on o.user_id = u.id where not (o.total > 0);
select o.total from users u left join orders o on o.user_id = u.id where not (o.total is null);
select o.total from users u left join orders o on o.user_id = u.id where (o.total > 0) is not null;
select o.total from users u left join orders o on o.user_id = u.id where case when o.total > 0 then 1 else 1 end = 1;
select a.age from users a where a.age in (select age from users);
select a.age from users a where a.age not in (select id from orders where id > 100);
select a.age from users a where a.age not in (select age from users where id < 0);
select a.age from users a where exists (select 1 from users b where b.age = a.age);
select age from users where age = age;
select age from users where age <> 1 and name = 'Ada' or age > 5;
select age from users where (age > 1 or age is null) and id = 2;
select age from users where age between 1 and 100;
select age from users where age not between 1 and 2;
select email from users where email like '%';
select email from users where email not like 'x';
select age from users where age > (select max(id) from orders where id > 1000);
select x.n from (select age as n from users union all select id from orders) x where x.n is not null;
select x.n from (select id as n from users union all select age from users) x;
select x.n from (select age as n from users where age > 1) x;
with a as (select age from users where age is not null) select age from a;
with a as (select * from users) select a.email, b.email as other from a left join a b on b.id = a.id + 1;
select count(o.note) as a, max(o.note) as b from orders o;
select case when exists (select 1 from users where id = 100) then 1 end as a;
select nullif(1, 1) as a, nullif(id, 1) as b from users;
select lag(id) over (order by id) as a, lead(id, 1) over (order by id) as b, first_value(id) over (order by id) as c from users;
select last_value(age) over (order by id) as a, max(id) over () as b, sum(age) over (partition by id) as c from users;
select count(*) over () as a, row_number() over (order by age) as b from users;
select max(age) as a from users group by name having max(age) is not null;
select name from users where email is null group by name having count(*) >= 1;
select (select 1 where 1 = 0) as a;
select (select count(*) from users where id < 0) as a, (select max(id) from users) as b;
select exists (select 1 from users where age > 1000) as a, 1 in (select age from users) as b, 1 in (2, 3) as c;
select 1 in (select id from users) as a, age in (1, 2) as b, id in (1, 2) as c from users;
select id + age as a, id - id as b, id * total as c from users join orders using (id);
select upper(email) as a, substr(email, 1, 1) as b, length(email) as c, trim(email) as d from users;
select abs(age) as a, round(precise) as b, abs(total) as c from users join orders using (id) left join samples using (id);
select price + 1 as a, price * large as b, medium / 2 as c, medium / 0 as d, medium % 0 as e from samples where id = -1;
select a.name from users a left join users b on a.id = b.id left join users c on c.id = b.id where c.name is not null;
select b.name as x, c.name as y from users a left join users b on a.id = b.id + 1 left join users c on c.id = b.id;
select b.name as x, c.name as y from users a left join users b on a.id = b.id + 1 join users c on c.id = b.id;
select b.name as x, c.name as y from users a left join (users b join users c on c.id = b.id) on a.id = b.id + 1;
select b.n from users a left join (select 1 as n, id from users) b on b.id = a.id + 1;
select b.n from users a left join (select count(*) as n, max(id) as id from users where id < 0) b on b.id = a.id;
select x.a from (select max(age) as a from users where id < 0) x;
select note from orders where note = $1 or total = $2;
select note from orders where note = $1 and total = $2;
select coalesce(note, $1) as a, coalesce($2, note, 'x') as b from orders;
select case when total > $1 then $2 else note end as a from orders;
select id from users where age = $1 or $1 is null;
