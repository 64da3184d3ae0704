-- Queries of MySQL and MariaDB alone, by feature.

## columns
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

## subqueries
select name from users where (id, name) in (select user_id, note from orders);
select name from users order by id limit ?, ?;
select name from users order by id limit ? offset ?;
select straight_join u.name, o.total from users u join orders o on o.user_id = u.id;
select sql_calc_found_rows name from users;

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

## not_known_yet
select null as a;
select !flag as a from samples;
select b'101' as a;
select floor(price) as a from samples;
select coalesce(ularge, 0) as a from mysql_samples;
select @x as a;
