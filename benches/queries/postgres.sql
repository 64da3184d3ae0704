-- What PostgreSQL has beside that.

-- point
select attributes ->> 'color' as color, attributes -> 'size' as size from products where id = $1;
select extract(year from placed_at) as year, placed_at::date as day, total::text as total from orders where id = $1;
select price_of($1, current_date) as price;

-- list
select id, name from products where labels @> $1 and name ilike $2 || '%';
select id, to_char(at, 'YYYY-MM-DD') as day, data #>> '{a,b}' as deep from order_events where at > now() - interval '7 days';
select * from unnest($1::bigint[], $2::text[]) as u (id, name);
select distinct on (user_id) user_id, id, total from orders order by user_id, placed_at desc;
select id, mood, mood = 'glad' as glad from reviews where mood = any($1) and user_id = any($2);

-- group
select date_trunc('month', placed_at) as month, count(*) filter (where paid_at is not null) as paid, array_agg(id order by id) as ids, string_agg(distinct status, ', ') as statuses from orders group by 1;
select u.id, json_agg(json_build_object('id', o.id, 'total', o.total)) as orders, percentile_cont(0.5) within group (order by o.total) as middle from users u join orders o on o.user_id = u.id group by u.id;

-- nested
select p.id, last.title, last.rating from products p left join lateral (select title, rating from reviews r where r.product_id = p.id order by created_at desc limit 1) last on true;
with gone as (delete from carts where updated_at < $1 returning id, user_id) select count(*) as carts, count(user_id) as users from gone;

-- change
insert into users (email, name) values ($1, $2) on conflict (email) do update set name = excluded.name returning id, created_at;
insert into tags (name) select unnest($1::text[]) on conflict do nothing returning *;
update orders o set status = 'paid', paid_at = now() from payments p where p.order_id = o.id and p.reference = $1 returning o.id, p.amount;
