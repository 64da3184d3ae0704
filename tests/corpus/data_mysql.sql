update samples set data = x'00ff' where id = 2;
insert into mysql_samples (id) values (1);
insert into mysql_samples (id, tiny, utiny, usmall, umedium, ularge, instant, feeling, code, year) values
    (2, 1, 1, 1, 1, 18446744073709551615, '2020-01-31 12:30:00', 'happy', 'abc', 2020),
    (3, -1, 0, 0, 0, 0, '1970-01-02 00:00:00', 'sad', 'x', 1999);
