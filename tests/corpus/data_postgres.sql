update samples set data = '\x00ff' where id = 2;
insert into postgres_samples (id) values (1);
insert into postgres_samples (id, instant, key, feeling, feelings, amount, span, plain, code, words, numbers, keys, instants, big) values
    (2, '2020-01-31 12:30:00+02', '00000000-0000-0000-0000-000000000001', 'happy', '{happy,null}', 1, '1 day', '{"a": null}', 'abc',
     '{a,null}', '{1,null}', '{null}', '{null}', 1e30),
    (3, 'epoch', '00000000-0000-0000-0000-000000000002', 'sad', '{}', 2, '0', 'null', 'x', '{}', '{}', '{}', '{}', 0);
