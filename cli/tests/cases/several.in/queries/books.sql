select title from books where id = ?;
select titel from books where id = ?;
select group_concat(title separator ', ') from books;
