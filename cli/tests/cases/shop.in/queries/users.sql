-- Each is used somewhere.
select id, name from users where email = $1;

select titel, name
from users
where id = $1;

update users set name = $2 where id = $1;
