-- What MySQL and MariaDB have beside that.

-- point
select json_extract(attributes, '$.color') as color, if(active, 'yes', 'no') as active from products where id = $1;
select year(placed_at) as year, date_format(placed_at, '%Y-%m-%d') as day, cast(total as char) as total from orders where id = $1;

-- list
select id, concat(name, ' (', ifnull(city, '?'), ')') as label from warehouses where name regexp $1;
select id, date_add(placed_at, interval 1 day) as next_day, timestampdiff(hour, placed_at, now()) as hours from orders limit 5, 10;
select id, format(price, 2) as price, locate($1, name) as at from products where name like $2;

-- group
select date_format(placed_at, '%m') as month, group_concat(id order by id separator ', ') as ids, sum(total) as total from orders group by 1;
select user_id, sum(if(paid_at is null, 1, 0)) as open, greatest(max(total), 10) as most from orders group by user_id;

-- change
insert into users (email, name) values ($1, $2) on duplicate key update name = values(name);
insert ignore into tags (name) values ($1);
update orders o join payments p on p.order_id = o.id set o.status = 'paid', o.paid_at = now() where p.reference = $1;
replace into settings (name, value) values ($1, $2);
