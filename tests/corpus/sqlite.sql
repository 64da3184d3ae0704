-- Queries of SQLite alone, by feature.

## columns
select (select count(*) filter (where u.id > 1) from orders) as a from users u;
select * from (select 1 as a, 2 as id) o right join users using (id);
select * from (select 1 as a, 2 as id) o full join users using (id);
select * from samples;
select rowid as a, oid as b, users.rowid as c from users;
select label, data, price from samples;
select * from sqlite_schema;

## operators
select name || 'x' as a, name || email as b, id || 'x' as c from users;
select 7 / 2 as a, 7 % 2 as b, 7.0 / 2 as c, 1 / 0 as d, id / 2 as e from users;
select age is not distinct from $1 as c from users;
select id & 1 as a, id | 1 as b, ~id as c from users;
select name glob 'A*' as a, name like $1 as b, not age as c from users;
select -single as a, single * 2 as b, precise / 3 as c, precise + id as d from samples;
select age == 36 as a, age != $1 as b from users;
select payload -> '$.a' as a, name collate nocase as b from users left join samples using (id);
select true as a, false as b, x'00ff' as c, 9223372036854775807 as d, 9223372036854775808 as e, 1e3 as f;

## functions
select length(name) as a, instr(name, 'a') as b, hex(name) as c, unicode(name) as d, char(65) as e from users;
select ifnull(age, 0) as a, ifnull(email, name) as b, iif(age > 1, 'a', 'b') as c, nullif(1, 1) as d from users;
select typeof(age) as a, total_changes() as b, changes() as c, last_insert_rowid() as d, sqlite_version() as e, random() as f from users;
select date('now') as a, time('now') as b, datetime('now') as c, julianday('now') as d, strftime('%Y', 'now') as e, unixepoch() as f;
select date(day) as a, strftime('%Y', moment) as b from samples;
select group_concat(name) as a, group_concat(email, ';') as b, total(age) as c, avg(age) as d, sum(id) as e from users;
select round(single) as a, round(precise, 1) as b, abs(single) as c, sign(age) as d, max(id, 5) as e, min(id, age) as f from users left join samples using (id);
select json_array(1, 2) as b, json_object('a', 1) as c, json_valid(payload) as d, json_array_length(payload) as e from samples;
select type, fullkey from json_each('[1, "a", null]');
select printf('%d', id) as a, format('%s', name) as b, quote(name) as c, substr(name, 1, 1) as d, substring(name, 2) as e, trim(name, 'A') as f from users;
select coalesce(data, x'') as a, length(data) as b, zeroblob(2) as c, randomblob(2) as d from samples;
select lower(name) as a, ltrim(name) as b, rtrim(name) as c, replace(name, 'a', $1) as d from users;
select name, age, concat(name, email) as c, concat_ws(',', name, email) as d from users;
select iif(age > 1, 'a', age > 0, 'b', name) as a, iif(age > 1, 1, age > 0, 2) as b, if(age > 1, 'a') as c from users;
select substr(day, 1, 4) as a, unixepoch(day, '-1 day') as b, unixepoch('subsec') as c, unixepoch('now', 'subsec') as d from samples;
select coalesce(avg(age), 0) as a, max(1.5, id) as b, case when id > 1 then 0.5 else 1 end as c from users left join samples using (id);
select soundex(name) as a, age isnull as b, email notnull as c from users;
select datetime($1) as a, length($2) as b, age from users where $3 is null;
select 0x1F as a, x'1f' as b, 0x10 + id as c from users;
select rowid, * from users;
select name not glob 'A*' as a, email not glob $1 as b from users;
with a as not materialized (select id from users), b as materialized (select id from a) select * from b;

## tables_of_sqlite
pragma user_version;
pragma busy_timeout;
pragma table_info(users);
pragma table_xinfo('users');
pragma foreign_key_list(orders);
pragma index_list(users);
pragma database_list;
pragma foreign_keys = on;
select name, type, "notnull", dflt_value, pk from pragma_table_info('users');
select m.name, c.name as b from sqlite_schema m join pragma_table_info(m.name) c;
select page_size from pragma_page_size;
select name, builtin, type, narg from pragma_function_list;
select type, fullkey, path, id, parent from json_tree('{"a": [1, null]}');
explain query plan select * from users;
explain select * from users where id = $1;

## windows
select ntile(2) over (order by id) as a, percent_rank() over (order by id) as b, lag(age, 1, 0) over (order by id) as c, nth_value(name, 2) over (order by id) as d from users;
select total(age) over (order by id) as a, group_concat(name) over (order by id) as b from users;
select sum(age) over (order by id rows between 1 preceding and current row exclude ties) as a, sum(id) over (order by age groups 1 preceding exclude no others) as b from users;

## writing
insert into users (name) values ($1) on conflict (email) do nothing;
insert into users (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name returning *;
insert or ignore into users (id, name) values ($1, $2);
insert or replace into users (id, name, age) values ($1, $2, $3) returning id, age;
replace into users (id, name) values ($1, $2);
insert into samples (flag, small, medium, large, single, precise, label, data, price, day, clock, moment, payload) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
insert into users (name) select name from users where id = $1 returning id, name;
update users set age = o.total from orders o where o.user_id = users.id returning users.id, age;
update users set age = o.total from orders o where o.user_id = users.id returning *;
update users as u set age = 1 where u.id = 1 returning users.id;
update or ignore users set id = $1 where id = $2;
delete from orders where id in (select id from orders order by id limit $1);

## casts
select cast(age as text) as a, cast(name as integer) as b, cast(id as real) as c, cast($1 as integer) as d, cast(name as blob) as e from users;
select cast(price as numeric) as a, cast(age as varchar(10)) as b from users left join samples using (id);

## subqueries
values (1, 'a'), (2, 'b');
select column1, column2 from (values (1, 'a'), (2, 'b'));
select name from users where (id, name) in (select user_id, note from orders);
select * from users where id = ?1 and (name = ?2 or ?1 > 0);
select name from users order by id limit $1 offset $2;
select u.name, o.total from users u full join orders o on o.user_id = u.id + 1;
select name, age from users natural join (select id from orders);
select name, iif(age is null, 0, age) as a from users;

## mistakes
update users as u set age = 1 returning u.id;
update users set age = 1 from orders o returning o.total;
delete from users as u returning u.id;
insert into users as u (name) values ('x') returning u.id;
select nmae from users;
select name from user_s;
select age, x from users;
select u.name from users;
select id from users, orders;
select nope(name) from users;
select upper() from users;
select 1 union select 1, 2;
insert into users (name, nope) values ('x', 1);
insert into users (name) values ('x', 'y');
insert into users (name) values ('x') on conflict (nope) do nothing;
update users set nope = 1;
delete from nope;
select name from users where count(*) > 1;
select (select id, name from users) = 1;
select name from users order by 5;
select a.x from (select 1 as y) a;
select max(count(*)) from users;
select floor(1.5);
select coalesce(name) from users;
select value from generate_series(1, 2);
select * from users for update;
pragma user_version = $1;
select distinct on (name) id from users;
select top 1 id from users;
select id from users where name regexp $1;

## not_known_yet
select null as a;
select json_extract(payload, '$.a') as a from samples;
select key, value, atom from json_each('[1, "a", null]');
select age is 36 as a, age is not 36 as b from users;
select id << 1 as a from users;
