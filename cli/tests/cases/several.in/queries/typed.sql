-- A type in the alias is as good as a cast; a text that looks like one is not.
select json_extract(title, '$.a') as "first: String" from books;
select json_extract(title, '$.a') from books;
