-- Null wherever it is allowed, rows without a match on either side, and equal values.
insert into users (id, name, email, age) values
    (1, 'Ada', 'ada@example.org', 36),
    (2, 'Grace', null, null),
    (3, 'Alan', 'alan@example.org', 41),
    (4, 'Ada', null, 36);
insert into orders (id, user_id, note, total) values
    (1, 1, 'first', 10),
    (2, 1, null, 20),
    (3, 2, null, 0),
    (4, 4, '', 10);
insert into samples (id) values (1);
insert into samples (id, flag, small, medium, large, single, precise, label, price, day, clock, moment, payload) values
    (2, true, 1, 2, 3, 0.5, 1.5, 'Ada', 12.5, '2020-01-31', '12:30:00', '2020-01-31 12:30:00', '{"a": [1, null]}'),
    (3, false, -1, -2, -3, -0.5, 0, '', 0, '1969-12-31', '00:00:00', '1969-12-31 23:59:59', 'null'),
    (4, null, null, 0, 0, null, null, null, null, null, null, null, '[]');
