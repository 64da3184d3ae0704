-- All users.
select id,
       nmae
from users
