select id from orders where note = null
