select u.name, sum(o.total) as total
from users u
    left join orders o on o.user_id = u.id
where u.email = null
group by u.name
