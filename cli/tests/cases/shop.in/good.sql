select id from orders where total > :total
