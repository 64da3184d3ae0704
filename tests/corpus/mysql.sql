-- Queries of MySQL and MariaDB alone, by feature.

## columns
select age collate utf8mb4_bin as a, name collate utf8mb4_bin as b from users;
select * from users right join (select 1 as a, 2 as id) o using (id);
select timestamp '2020-01-31 12:30:00' as a, date '2020-01-31' as b;
select * from samples;
select * from mysql_samples;
select tiny, utiny, usmall, umedium, ularge, instant, feeling, code, year from mysql_samples;
select precise as a, `id` from samples;
select flag from samples where flag = $1;

## operators
select 7 / 2 as a, 7 div 2 as b, 7 % 2 as c, 7 mod 2 as d, 1 / 0 as e;
select id + 1 as a, id + 1.5 as b, id * single as c, small + medium as d, -small as e from samples;
select ularge + 1 as a, utiny + usmall as b, tiny - 1 as c, ularge * 2 as d from mysql_samples;
select age <=> 36 as a, age <=> $1 as b, age is true as c, name regexp 'A' as d from users;
select id & 1 as a, id | 1 as b, ~id as c, id << 1 as d, id ^ 1 as e from users;
select not flag as a, flag and true as b, flag or false as c, flag xor true as e from samples;
select name like $1 as a, name = binary 'Ada' as b from users;
select day + interval 1 day as a, moment - interval 1 hour as b, date_add(day, interval 1 month) as c from samples;
select true as a, false as b, x'00ff' as c, 0xff as d, 18446744073709551615 as e, 1e3 as f;
select age collate utf8mb4_bin as a, name collate utf8mb4_bin as b, day collate utf8mb4_bin as c from users left join samples using (id);
select @a := age as a, @b := name as b, @c := price as c, @d := day as d from users left join samples using (id);
select b'101' as a, 0b11 as b, _binary'x' as c, timestamp '2020-01-31 00:00:00' as d, row(1, 2) = (1, 2) as e;
select if(ularge > 1, ularge, null) as a, case when ularge > 1 then ularge end as b from mysql_samples;
select id from samples where moment > date_sub($1, interval 7 day) and moment < $2 - interval $3 second and day >= $4 + interval '1' year_month;
select id from samples where moment > date_add($1, interval -$2 second) and small = -$3;
select id from users order by field(name, $1, $2), mod(id, $3) limit 1;

## functions
select length(name) as a, char_length(email) as b, instr(name, 'a') as c, locate('a', name) as d, hex(name) as e from users;
select concat(name, 'x') as a, concat(name, email) as b, concat_ws(',', name, email) as c from users;
select ifnull(age, 0) as a, ifnull(email, name) as b, if(age > 1, 'a', 'b') as c, if(age > 1, age, 0) as d from users;
select now() as a, curdate() as b, curtime() as c, utc_timestamp() as d, unix_timestamp() as e, sysdate() as f;
select year(day) as a, month(moment) as b, dayofweek(day) as c, hour(clock) as d, date(moment) as e, date_format(day, '%Y') as f from samples;
select datediff(day, moment) as a, timestampdiff(day, day, moment) as b, last_day(day) as c, extract(year from day) as d from samples;
select greatest(id, 1) as a, least(age, id) as b, round(price, 1) as c, ceil(precise) as e, abs(small) as f, truncate(price, 1) as g from users left join samples using (id);
select group_concat(name) as a, group_concat(distinct name order by name separator ';') as b, bit_or(id) as c, std(age) as d from users;
select sum(small) as a, sum(single) as b, avg(large) as c, avg(single) as d, sum(price) as e, max(flag) as f from samples;
select md5(name) as a, sha2(name, 256) as b, uuid() as c, rand() as d, version() as e, database() as f, last_insert_id() as g, found_rows() as h from users;
select json_extract(payload, '$.a') as a, json_unquote(json_extract(payload, '$.a')) as b, json_valid(payload) as c, json_length(payload) as d, json_array(1, 2) as e, json_object('a', 1) as f from samples;
select left(name, 1) as a, right(name, 1) as b, lpad(name, 5, 'x') as c, reverse(name) as d, substring_index(name, 'd', 1) as e, repeat(name, 2) as f, ascii(name) as g, mid(name, 1, 1) as h from users;
select field(name, 'Ada', 'Alan') as a, elt(1, name) as b, find_in_set(name, 'Ada,Alan') as c, sign(age) as d, sqrt(age) as e, pow(2, 3) as f, pi() as g, mod(id, 2) as h from users;
select coalesce(feeling, 'ok') as a, coalesce(tiny, 0) as b, coalesce(ularge, ularge) as c, coalesce(year, year) as d from mysql_samples;
select unix_timestamp(label) as a from samples;
select unix_timestamp(day) as a, unix_timestamp(moment) as b, unix_timestamp(now()) as c, unix_timestamp('2020-01-01') as d from samples;
select floor(price) as a, ceil(price / 2) as b, floor(small / 2) as c, ceil(small * 1.5) as d from samples;
select floor(avg(small)) as a, floor(max(price)) as b from samples;
select str_to_date(label, '%Y-%m-%d') as a, str_to_date(label, '%H:%i') as b, str_to_date(label, '%Y %H') as c, str_to_date(label, '%d') as d from samples;
select coalesce(ularge, 0) as a, ifnull(max(ularge), 0) as b, coalesce(ularge, tiny) as c from mysql_samples;
select interval(id, 1, 10) as a, benchmark(1, 1) as b from users;
select concat(data, label) as a, unhex(label) as b, char(65) as c, char(65 using utf8mb4) as d, left(data, 1) as e, from_base64(label) as f from samples;
select day + interval '1 2' day_hour as a, day + interval '1-2' year_month as b, label + interval 1 day as c, clock + interval 1 hour as d, extract(year_month from day) as e from samples;
select json_arrayagg(label) as a, json_objectagg(id, label) as b from samples;
select st_x(point(1, 2)) as a, st_astext(point(1, 2)) as b, st_distance(point(1, 2), point(3, 4)) as c, st_contains(point(1, 2), point(1, 2)) as d;
select @@version as a, @@session.sql_mode as b, @@autocommit as c, @@character_set_client as d;
select table_name as a, table_schema as b, table_rows as c, data_length + index_length as d from information_schema.tables where table_schema = database() and table_name = $1;
select column_name as a, data_type as b, is_nullable as c, column_default as d, ordinal_position as e from information_schema.columns where table_schema = database();
select index_name as a, non_unique as b, seq_in_index as c, column_name as d from information_schema.statistics where table_schema = database() and table_name = $1;
select floor(sum(small)) as a, ceil(sum(price) / 2) as b, floor(sum(large)) as c from samples;
select convert(label using utf8mb4) as a, convert(data using utf8mb4) as b from samples;

## casts
select cast(age as signed) as a, cast(age as unsigned) as b, cast(name as signed) as c, cast($1 as signed) as d, convert(age, char) as e from users;
select cast(price as decimal(10, 2)) as a, cast(day as datetime) as b, cast(moment as date) as c, cast(label as binary) as d, cast('12:00' as time) as e, cast(single as double) as f from samples;

## writing
insert into users (name, age) values ($1, $2) on duplicate key update age = values(age);
insert ignore into users (id, name) values ($1, $2);
replace into users (id, name) values ($1, $2);
insert into samples (flag, small, medium, large, single, precise, label, data, price, day, clock, moment, payload) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
insert into mysql_samples (tiny, utiny, usmall, umedium, ularge, instant, feeling, code, year) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);
insert into users set name = $1, age = $2;
update users u join orders o on o.user_id = u.id set u.age = o.total where o.id = $1;
update users set age = $1 order by id limit 1;
delete from orders order by id limit 1;
delete o from orders o join users u on u.id = o.user_id where u.name = $1;
select name from users where id = $1 for update;
insert into users (name, age) select * from (select $1 as name, $2 as age) as one where not exists (select 1 from users where name = $3);
insert into users (name) select $1 from dual where not exists (select 1 from users where name = $2);
insert ignore into orders (note) values ($1);
update users u, orders o set u.age = o.total where o.user_id = u.id and o.id = $1;
update ignore users set name = $1 where id = $2;
delete o.*, u.* from orders o join users u on u.id = o.user_id where u.name = $1;
delete from orders using orders join users u on u.id = orders.user_id where u.name = $1;
delete low_priority quick ignore from orders where id = $1;

## subqueries
select name from users where (id, name) in (select user_id, note from orders);
select name from users order by id limit ?, ?;
select name from users order by id limit ? offset ?;
select straight_join u.name, o.total from users u join orders o on o.user_id = u.id;
select sql_calc_found_rows name from users;
select count(*) as c from (select $1 as pattern) p join users u on u.name like p.pattern;
select u.id sort, u.name format, u.age output from users u;
select 1 as a from dual where exists (select 1 from users);
select u.id, o.id from users u left join (orders o, samples s) on o.user_id = u.id and s.id = o.id;
select name from users where id = $1 lock in share mode;
select cast(name as char character set utf8mb4) as a, convert(age, char(5) charset utf8mb4) as b from users;
select $1 as label union select $2 union all select name from users;
select timediff(moment, $1) as a from samples;

## mistakes
select nmae from users;
select name from user_s;
select u.name from users;
select id from users, orders;
select nope(name) from users;
select 1 union select 1, 2;
insert into users (name, nope) values ('x', 1);
insert into users (name) values ('x', 'y');
update users set nope = 1;
delete from nope;
select name from users where count(*) > 1;
select (select id, name from users) = 1;
select name from users order by 5;
select a.x from (select 1 as y) a;
select max(count(*)) from users;
select * from (select id from users);
select u.*, * from users u;
delete x from users u where u.id = 1;
select extract(epoch from day) from samples;

## not_known_yet
select null as a;
select !flag as a from samples;
select b'101' as a;
select floor(price) as a from samples;
select coalesce(ularge, 0) as a from mysql_samples;
select @x as a;
select coalesce(umedium, 0) as a from mysql_samples;
select coalesce(ularge, null) as a from mysql_samples;
select ceil(count(*) / 10) as a from users;
select 1 + null as a;
select name as a from users union select x'41';
select json_arrayagg(data) as a from samples;
