-- What all three have. A query ends with a `;` at the end of a line; `--` and a word begin a kind.

-- point
select * from users where id = $1;
select id, email, name from users where email = $1;
select name, price from products where slug = $1 and active;
select value from settings where name = $1;
select quantity from stock where shelf_id = $1 and variant_id = $2;
select 1 as one;
select id from sessions where token = $1 and expires_at > $2;
select count(*) from users;
select max(placed_at) as latest from orders where user_id = $1;
select exists (select 1 from carts where token = $1) as there;

-- list
select id, name, created_at from users where is_admin order by name limit 50;
select * from products where category_id = $1 and price between $2 and $3 order by price desc, id limit $4;
select id, title, published_at, views + 1 as next from posts where published_at is not null order by published_at desc limit 20;
select id, code, coalesce(percent, 0) as percent, amount from coupons where (valid_to is null or valid_to > $1) and uses < most_uses;
select distinct city, country_code from addresses where zip like $1;
select id, kind, attempts from jobs where status in ('waiting', 'failed') and run_at <= $1 order by run_at limit 10;
select id, lower(name) as name, length(name) as letters, case when rating >= 4 then 'good' when rating >= 2 then 'fair' else null end as verdict from vendors;
select upper(trim(subject)) as subject, nullif(status, 'open') as status from tickets where priority < $1 and closed_at is null;
select variant_id, quantity * $1 as needed, abs(quantity - $2) as off from stock where quantity <> 0;
select id, replace(path, $1, $2) as path, size from files where owner_id = $3 order by 2;

-- join
select o.id, o.total, u.name, u.email from orders o join users u on u.id = o.user_id where o.id = $1;
select o.id, a.city, c.code, c.percent from orders o left join addresses a on a.id = o.address_id left join coupons c on c.id = o.coupon_id where o.user_id = $1;
select i.quantity, i.price, v.sku, p.name, b.name as brand from order_items i join variants v on v.id = i.variant_id join products p on p.id = v.product_id left join brands b on b.id = p.brand_id where i.order_id = $1 order by p.name;
select w.name as warehouse, s.code as shelf, v.sku, k.quantity from stock k join shelves s on s.id = k.shelf_id join warehouses w on w.id = s.warehouse_id join variants v on v.id = k.variant_id where k.quantity < $1;
select t.id, t.subject, u.name as customer, s.name as agent, m.body, m.at from tickets t join users u on u.id = t.user_id left join users s on s.id = t.assigned_to left join ticket_messages m on m.ticket_id = t.id and not m.internal where t.status = $1;
select p.*, c.name as category from products p join categories c on c.id = p.category_id where c.parent_id = $1;
select r.rating, r.title, u.name as author, p.name as product from reviews r join users u on r.user_id = u.id join products p on r.product_id = p.id where r.rating <= 2 and r.body is not null;
select a.name, b.name as parent from categories a left join categories b on b.id = a.parent_id where a.position > $1;
select user_name, total, items from open_orders where items > $1;
select s.id, s.tracking, c.name as carrier, i.quantity, v.sku from shipments s join carriers c on c.id = s.carrier_id join shipment_items i on i.shipment_id = s.id join order_items oi on oi.id = i.order_item_id join variants v on v.id = oi.variant_id where s.order_id = $1 and s.delivered_at is null;

-- group
select status, count(*) as orders, sum(total) as total, avg(total) as average from orders group by status;
select u.id, u.name, count(o.id) as orders, coalesce(sum(o.total), 0) as spent from users u left join orders o on o.user_id = u.id group by u.id, u.name having count(o.id) > $1 order by spent desc;
select p.id, p.name, count(distinct r.user_id) as reviewers, avg(r.rating) as rating from products p left join reviews r on r.product_id = p.id group by p.id, p.name;
select c.name, min(p.price) as cheapest, max(p.price) as dearest from categories c join products p on p.category_id = c.id where p.active group by c.name;
select w.id, sum(k.quantity) as pieces, count(distinct k.variant_id) as variants from warehouses w join shelves s on s.warehouse_id = w.id join stock k on k.shelf_id = s.id group by w.id;
select assigned_to, count(*) as open, min(opened_at) as oldest from tickets where status = 'open' and assigned_to is not null group by assigned_to;

-- nested
select name from users where id in (select user_id from orders where total > $1);
select p.name, (select count(*) from reviews r where r.product_id = p.id) as reviews, (select max(price) from variants v where v.product_id = p.id) as dearest from products p where p.active;
select u.name from users u where not exists (select 1 from orders o where o.user_id = u.id and o.placed_at > $1);
with best as (select variant_id, sum(quantity) as sold from order_items group by variant_id order by sold desc limit 10) select v.sku, best.sold, p.name from best join variants v on v.id = best.variant_id join products p on p.id = v.product_id;
with recursive tree (id, name, depth) as (select id, name, 0 from categories where parent_id is null union all select c.id, c.name, tree.depth + 1 from categories c join tree on tree.id = c.parent_id) select id, name, depth from tree order by depth, name;
select x.city, x.people from (select city, count(*) as people from addresses group by city) x where x.people > $1;
select id, name, 'vendor' as kind from vendors union all select id, name, 'brand' from brands order by name;
select id, total, rank() over (partition by user_id order by total desc) as place, lag(total) over (partition by user_id order by placed_at) as before_it, row_number() over (order by id) as n from orders where status = $1;
select day, rate, first_value(rate) over (order by day) as first_rate, sum(rate) over (order by day rows between 6 preceding and current row) as week from exchange_rates where currency = $1;
with paid as (select order_id, sum(amount) as amount from payments where status = 'paid' group by order_id), back as (select p.order_id, sum(r.amount) as amount from refunds r join payments p on p.id = r.payment_id group by p.order_id) select o.id, o.total, paid.amount as paid, coalesce(back.amount, 0) as refunded, o.total - coalesce(paid.amount, 0) + coalesce(back.amount, 0) as due from orders o left join paid on paid.order_id = o.id left join back on back.order_id = o.id where o.user_id = $1 and o.cancelled_at is null order by o.placed_at;

-- change
insert into tags (name, color) values ($1, $2);
insert into order_items (order_id, variant_id, quantity, price) values ($1, $2, $3, $4), ($1, $5, $6, $7);
insert into order_events (order_id, kind, by_user_id) select id, 'reminder', $1 from orders where paid_at is null and placed_at < $2;
update users set name = $1, phone = $2 where id = $3;
update stock set quantity = quantity - $1, counted_at = $2 where shelf_id = $3 and variant_id = $4 and quantity >= $1;
update jobs set status = 'running', attempts = attempts + 1, locked_by = $1, locked_at = $2 where id = $3;
update products set active = false where brand_id in (select id from brands where vendor_id = $1);
delete from sessions where expires_at < $1;
delete from cart_items where cart_id = $1 and variant_id = $2;
