-- Queries of PostgreSQL alone, by feature.

## casts
select '1'::int4 as a, 1::text as b, null::int8 as c, $1::date as d;
select $1::int8 + 1 as a, $2::text || 'x' as b;
select name from users where id in ($1::float8, $2, $3);
select name from users where id in (age, $1, 1.5);
select cast(age as text) as a, id::numeric as b, price::float8 as c from users join samples using (id);
select day::text as a, moment::date as b, clock::interval as c, label::varchar(3) as d from samples;
select 'happy'::mood as a, feeling::text as b, $1::mood as c from postgres_samples;
select total::float4 as a, total::bool as b from (select total::int4 from orders) x;

## operators
select id in ($1, 5::int8) as a, id in ($2, age) as b, exists (select 1 from orders where id in ($3, users.age, 7::int8)) as c from users;
select true, not false, (select true), flag is true from samples;
select (select null)::date, (select 1::int4)::text, (select 1 union select 2)::text limit 1;
select (select count(*) filter (where u.id > 1) from orders) as a from users u;
select name || 'x' as a, name || email as b, 'n' || id as c from users;
select 7 / 2 as a, 7 % 2 as b, 7.0 / 2 as c, 2 ^ 3 as d, |/ 4.0 as e;
select id + 1 as a, id + 1.5 as b, id + 1.5::float8 as c, small + medium as d, small + large as e from samples;
select name ~ 'A' as a, name ~* $1 as b, name !~ 'x' as c, name ilike $2 as d from users;
select day + 1 as a, day - day as b, moment + interval '1 day' as c, moment - moment as d, day + clock as e from samples;
select age is distinct from 36 as a, age is not distinct from $1 as b from users;
select id & 1 as a, id | 1 as b, id # 1 as c, id << 1 as d from users;
select 1 between 0 and $1 as a, (1, 2) < (1, 3) as b;
select not flag as a, flag and true as b, flag or false as c, flag is true as d from samples;

## json
select payload -> 'a' as a, payload ->> 'a' as b, payload #> '{a,0}' as c, payload #>> '{a,0}' as d from samples;
select payload @> '{"a": []}' as a, payload ? 'a' as b, payload ?| array['a'] as c, payload - 'a' as d from samples;
select payload @> $1 as a, payload ? $2 as b from samples;
select plain -> 'a' as a, plain ->> 0 as b from postgres_samples;
select jsonb_array_length('[1]') as a, jsonb_build_object('a', id) as b, to_jsonb(name) as c, row_to_json(u) as d from users u;
select jsonb_agg(name) as a, json_object_agg(id, name) as b from users;
select jsonb_typeof(payload) as a, jsonb_set(payload, '{a}', '1') as b from samples where payload is not null;
select x.key, x.value from jsonb_each('{"a": 1}') x;
select key, value from jsonb_each_text('{"a": null}');
select value from jsonb_array_elements('[1, 2]');
select x.a, x.b from jsonb_to_recordset('[{"a": 1, "b": "x"}]') as x (a int, b text);

## arrays
select words, numbers, feelings, words[1] as a, numbers[$1] as b from postgres_samples;
select array[1, 2] as a, array[1.5, 2] as b, array['a', null] as c, array[]::int[] as d, array[$1, 2] as e;
select words || '{x}' as a, words || name as e, array_append(numbers, 4) as b, array_length(words, 1) as c, cardinality(numbers) as d from postgres_samples join users using (id);
select name from users where id = any($1);
select name from users where name = any(array['Ada', $1]);
select array_agg(name) as a, array_agg(age) as b, string_agg(name, ',') as c from users;
select array(select id from users) as a;
select unnest(words) as a from postgres_samples;
select u.x from unnest(array[1, 2]) as u (x);
select a, b from unnest($1::int[], $2::text[]) as t (a, b);
select * from unnest(array(select u from users u), $1::text[]) as t;
select 1 = any(numbers) as a, words @> array['a'] as b, numbers && '{1}' as c from postgres_samples;
select x, n from unnest(array['a', 'b']) with ordinality as t (x, n);
select numbers[1:2] as a, array_to_string(words, ',') as b, array_position(words, 'a') as c from postgres_samples;

## clauses_of_postgres
select jsonb_array_elements('[1]') as a, jsonb_array_elements('[{"a": 1}]') ->> 'a' as b, jsonb_each('{"a": 1}') as c;
select jsonb_array_elements_text('[null]') as a, generate_series(1, 2) as b;
select o.id from users u cross join lateral (select id from orders where user_id = u.id limit u.id) o;
insert into users (name) select $1 on conflict do nothing;
insert into users (id, name) select $1, unnest($2::text[]) on conflict (id) do update set name = excluded.name || users.name;
select * from rows from (generate_series(1, 3), unnest(array['a'])) as r (a, b);
select * from rows from (generate_series(1, 3)) as r;
select * from rows from (generate_series(1, 3), unnest($1::text[], $2::int[])) with ordinality as r (a, b, c, n);
select * from rows from (lower('A'), upper('b'));
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) search depth first by n set path select n, path from r;
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) search breadth first by n set "Order" select r.* from r;
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) cycle n set cyclic using path select * from r where not cyclic;
with recursive r (a) as (select 1 union all select a + 1 from r where a < 3) cycle a set mark to 'y' default 'n' using path select mark, a from r;
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) search depth first by n set path select * from (select * from r) x;
update postgres_samples set numbers[$1] = $2, words[1:$3] = $4;
update samples set payload[$1] = $2, payload['a'][$3] = '1' where id = 1;
select true, not false, true::bool, current_date, user;
select * from current_date;
select u from current_user u;
select (u).*, 1 as n from users u;
select (jsonb_each('{"a": 1}')).*, (jsonb_each_text('{"a": 1}')).key as k;
with p as (select (x).* from jsonb_each('{"a": 1}') x) select * from p;
select * from string_to_table('a,b', ',', 'b') as x;

## types_of_postgres
select * from postgres_samples;
select * from samples;
select feeling, amount, span, instant, key, code from postgres_samples;
select feeling = 'happy' as a, feeling > 'sad' as b from postgres_samples where feeling = $1;
select amount + 1 as a, amount from postgres_samples where amount > $1;
select 'x'::"char" as a, 'x'::name as b, 1::oid as c, '1 day'::interval as d, '12:00+01'::timetz as e;
select '[1,3)'::int4range as a, lower(int4range(1, 3)) as b, int4range(1, 3) @> 2 as c;
select '10.0.0.1'::inet as a, '1.5'::money as b, '(1,2)'::point as c, B'101' as d;
select null as a, 'x' as b, $1 as c;

## functions
select length(name) as a, char_length(email) as b, octet_length(data) as c, position('a' in name) as d from users left join samples using (id);
select substring(name from 2) as a, substring(name from 1 for 1) as b, overlay(name placing 'x' from 1) as c, left(name, 1) as d from users;
select concat(name, email) as a, concat_ws(',', name, age) as b, format('%s', email) as c from users;
select now() as a, current_date as b, current_time as c, localtimestamp as d, clock_timestamp() as e, current_user as f;
select extract(year from day) as a, date_part('year', moment) as b, date_trunc('day', moment) as c, age(moment) as d, to_char(day, 'YYYY') as e from samples;
select greatest(age, 1) as a, least(age, id) as b, greatest(null, age) as c from users;
select round(price, 1) as a, floor(price) as b, ceil(precise) as c, abs(small) as d, sqrt(price) as e, power(2, 3) as f, random() as g from samples;
select coalesce(feeling, 'ok') as a, nullif(label, '') as b from postgres_samples join samples using (id);
select split_part(name, 'd', 1) as a, regexp_replace(name, 'A', 'B') as b, regexp_matches(name, 'A') as c, string_to_array(name, 'd') as d from users;
select md5(name) as a, encode(data, 'hex') as b, decode('00', 'hex') as c, gen_random_uuid() as d, sha256('a') as e from users left join samples using (id);
select to_date('2020', 'YYYY') as a, to_timestamp(0) as b, make_date(2020, 1, 1) as c, to_number('1', '9') as d, interval '1 day' * 2 as e;
select version() as a, pg_typeof(1) as b, current_setting('server_version') as c, txid_current() as d;

## set_returning_functions
select generate_series(1, 3) as a;
select n from generate_series(1, $1) as n;
select g.day::date as d from generate_series('2020-01-01'::timestamp, '2020-01-03', '1 day') as g (day);
select u.name, s.n from users u cross join lateral (select u.age + 1 as n) s;
select u.name, s.n from users u left join lateral (select o.total as n from orders o where o.user_id = u.id order by id limit 1) s on true;
select regexp_split_to_table('a,b', ',') as a;

## aggregates
select count(*) filter (where age > 40) as a, sum(age) filter (where age > 40) as b, bool_and(age > 1) as c, every(id > 0) as d from users;
select percentile_cont(0.5) within group (order by age) as a, mode() within group (order by name) as b from users;
select name, age, count(*) as n from users group by grouping sets ((name), (age), ());
select name, count(*) as n from users group by rollup (name);
select stddev(age) as a, variance(price) as b, corr(small, medium) as c from users join samples using (id);
select sum(small) as a, sum(medium) as b, sum(large) as c, sum(single) as d, avg(large) as e, avg(single) as f from samples;
select min(words) as a, max(span) as b, sum(span) as c, max(feeling) as d from postgres_samples;
select distinct on (name) name, age from users order by name, age;
select array_agg(distinct name order by name) as a, string_agg(name, ',' order by id) as b from users;
select 1 as a from users having count(*) > 100;
select count(*) as a from users group by ();

## windows
select lag(age, 1, 0) over (order by id) as a, lag(id, 1, 0::bigint) over (order by id) as b, nth_value(name, 2) over (order by id) as c from users;
select sum(total) over (order by id rows between unbounded preceding and current row) as a, percent_rank() over (order by id) as b, cume_dist() over (order by id) as c from orders;
select first_value(age) over w as a, count(*) filter (where age > 1) over w as b from users window w as (partition by name order by id);

## writing
insert into users (name, age) values ($1, $2) on conflict (email) do nothing returning id, email;
insert into users (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name, age = users.age + 1 returning *;
insert into samples (flag, small, medium, large, single, precise, label, data, price, day, clock, moment, payload) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
insert into postgres_samples (instant, key, feeling, feelings, amount, span, plain, code, words, numbers, keys, instants, big) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id;
insert into users (name, age) select x, n from unnest($1::text[], $2::int8[]) as t (x, n) returning id, name;
insert into samples default values returning id, flag;
update users set age = $1, name = coalesce($2, name) where id = $3 returning id, name, age;
update users u set age = o.total from orders o where o.user_id = u.id returning u.name, o.note;
update orders set (note, total) = ($1, $2) where id = $3;
delete from orders o using users u where u.id = o.user_id and u.name = $1 returning o.id, u.name;
with gone as (delete from orders where user_id = $1 returning id, total) select count(*) as n, sum(total) as s from gone;
with new as (insert into users (name) values ($1) returning id) insert into orders (user_id, total) select id, $2 from new returning id, user_id;
merge into users u using orders o on o.user_id = u.id when matched then update set age = o.total when not matched then insert (name) values ('x');
select name from users where id = $1 for update;

## subqueries_and_rows
values (1, 'a'), (2, null);
select * from (values (1, 'a'), (2, $1)) as t (n, s);
select x.a from (select $1::int as a) x;
select row(1, 'a') as a, (u).name as b from users u;
select u from users u;
select (select name from users where id = $1) as a, array(select total from orders) as b, exists (select 1) as c;
select name from users where (id, name) in (select user_id, note from orders);
select name from users where id > all (select user_id from orders where id > 100);
table users;
select count(*) as n from users where email = $1 and id = any($2);
select 1 as a limit $1 offset $2;
select id from users fetch first 1 rows only;
select j.name from (users natural join (select id from orders) o) as j;
select a.id, a.name, b.id as bid from users a full join orders b on a.id = b.id + 2;
select id, name, total from users full join (select id, total from orders where id > 2) o using (id);

## since_16
select 0xff as a, 0o17 as b, 0b_11 as c, 1_000 as d, 0xffff_ffff as e, 0xffffffffffffffff as f, 1_0.5e1_0 as g;
select name from users where age = 0x1E + $1;
select x from (select 1 as x);
select system_user;
select any_value(name) as a, any_value(age) as b from users;
select label is json as a, label is not json object with unique keys as b, $1 is json as c from samples;
select json_object('a': age, 'b' value $1 absent on null) as a, json_object(name: 1 returning jsonb) as b, json_object() as c from users;
select json_array(1, null, age, $1) as a, json_array(age null on null returning text) as b, json_array(select name from users) as c from users;
select json_arrayagg(age order by id absent on null) as a, json_objectagg(name: age returning jsonb) as b, json_arrayagg($1) as c from users;
select age, json_arrayagg(name) as a, json_objectagg(id value age) filter (where id > 1) as b from users group by age;

## since_17
select json_exists(payload, '$.a') as a, json_exists(payload, $1 passing $2 as x, medium as y unknown on error) as b from samples;
select json_value(payload, '$.a') as a, json_value(payload, '$.a[0]' returning int default 1 + 1 on empty error on error) as b from samples;
select json_query(payload, '$.a') as a, json_query(payload, '$.a' returning text keep quotes empty array on empty null on error) as b, json_query(payload, '$.a[*]' with conditional array wrapper) as c from samples;
select json_scalar(label) as a, json_scalar(medium) as b, json('{"a": 1}' with unique keys) as c, json_serialize(payload returning bytea) as d, json_serialize(payload) as e from samples;
select j.* from samples, json_table(payload, '$.a[*]' passing $1 as p columns (n for ordinality, v int path '$' default 0 on error, f bool exists path '$.b', t text format json path '$' with wrapper, nested path '$.c[*]' as c columns (m for ordinality, w text))) as j;
select json_table.n from json_table($1, '$' columns (n for ordinality));
select instant at local as a, now() at local as b from postgres_samples;
merge into users as u using samples as s on s.id = u.id when matched then update set age = s.large when not matched then insert (id, name) values (s.id + 1000, coalesce(s.label, 'x')) returning merge_action() as what, u.id, u.name, u.age, s.id as other, s.label;
merge into users as u using samples as s on s.id = u.id when not matched by source and not exists (select from orders where user_id = u.id) then delete returning u.id, u.age, s.id as other;
merge into users as u using (select id as key, label from samples) as s on s.key = u.id when matched then update set age = 1 returning *;
with m as (merge into users as u using samples as s on s.id = u.id when matched then update set age = 1 returning u.id) select id from m;

## since_18
insert into users (id, name) values (1000, 'x') returning old.id as a, new.id as b, new.age as c, old is null as d, id;
insert into users (id, name) values (1, 'x') on conflict (id) do update set age = 1 returning old.name as a, old.age as b, new.age as c, case when old.id is not null then old.name end as d;
update users set age = $1 where age is not null returning old.age as a, new.age as b, old.name || new.name as c;
update users set name = 'x' where age is not null returning with (old as o, new as n) o.age as a, n.age as b, n.name as c, o.ctid as d, ctid as e;
delete from orders where note is not null returning old.id as a, new.id as b, old.note as c, coalesce(new.total, old.total) as d;
merge into users as u using samples as s on s.id = u.id when matched then update set age = s.large when not matched then insert (id, name) values (s.id + 1000, 'x') returning old.id as a, new.id as b, old.age as c, new.name as d, u.id as e;
update orders set total = 1 from users as old where old.id = user_id returning old.name as a, new.total as b;
select array_sort(array[2, 1]) as a, 1::int4::bytea as b, casefold('A') as c, uuidv7() as d;

## mistakes
select u.id from users u where 1 in (select count(u.id) from orders);
select nmae from users;
select name from user_s;
select words || 'x' from postgres_samples;
select name + 1 from users;
select name from users where age = 'x';
select name from users where id;
select age, count(*) from users;
select name from users where count(*) > 1;
select u.name from users;
select id from users, orders;
select upper(1) from users;
select nope(name) from users;
select id from users limit count(*);
select id from users limit id;
insert into users (id, name) values (1, 'x') on conflict (id) do update set name = name || 'x';
select id year from users;
select id from users order;
select desc from users;
select id from users as user;
insert into users (desc) values ('x');
update users set users.name = 'x';
with end as (select 1) select 1;
select 'sadd'::mood;
select '2020-13-01'::date;
select 1 union select 1, 2;
select 1 union select 'x';
select coalesce(1, 'x');
select case when 1 then 2 end;
insert into users (name, nope) values ('x', 1);
insert into users (name) values ('x', 'y');
insert into users (name, age) values ('x', 'y');
insert into users (name) values (1.5::numeric) on conflict (nope) do nothing;
update users set nope = 1;
update users set age = 'x';
delete from nope;
select * from users u join orders o on u.id = o.nope;
select name from users order by 5;
select sum(name) from users;
select max(count(*)) from users;
select row_number() over () from users where row_number() over () > 1;
select (select id, name from users);
select name from users limit 'x';
select a.x from (select 1 as y) a;
select 1::nope;
select array[1, 'x'];
select payload -> 1.5 from samples;
with a as (select 1) select b from a;
