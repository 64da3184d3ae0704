-- What SQLite has beside that.

-- point
select cast(json_extract(attributes, '$.color') as text) as color, typeof(price) as kind from products where id = $1;
select rowid, strftime('%Y', placed_at) as year, cast(total as text) as total from orders where id = $1;

-- list
select id, name || ' (' || ifnull(city, '?') || ')' as label from warehouses where name glob $1;
select id, iif(paid_at is null, 'open', 'paid') as state, datetime(placed_at, '+1 day') as next_day from orders;
select id, printf('%.2f', price) as price, instr(name, $1) as at from products where name like $2 collate nocase;

-- group
select strftime('%m', placed_at) as month, group_concat(id, ', ') as ids, total(total) as total from orders group by 1;
select user_id, json_group_array(json_object('id', id, 'total', total)) as orders from orders group by user_id;

-- nested
select o.id, cast(e.value as text) as value from orders o, json_each(o.note) e where o.id = $1;

-- change
insert into users (email, name) values ($1, $2) on conflict (email) do update set name = excluded.name returning id, created_at;
insert or ignore into tags (name) values ($1) returning id;
replace into settings (name, value) values ($1, $2);
