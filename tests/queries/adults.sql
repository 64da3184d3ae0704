-- Those who are of age; what's here isn't read?
select id, name
from users
where age >= $1
order by id
