delete from users;

-- allow(delete-without-where)
delete from users;

delete from users; -- allow(delete-without-where)

select users.id from users, orders;

select id from users where name = null;
