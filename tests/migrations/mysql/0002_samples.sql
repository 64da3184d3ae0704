-- A column for each type that all backends have, and for those that only MySQL has.
create table samples (
    id bigint auto_increment primary key,
    flag boolean,
    small smallint,
    medium int,
    large bigint,
    single float,
    precise double,
    label text,
    data blob,
    price decimal(12, 4),
    day date,
    clock time(6),
    moment datetime(6),
    payload json
);

create table mysql_samples (
    id bigint unsigned auto_increment primary key,
    tiny tinyint,
    utiny tinyint unsigned,
    usmall smallint unsigned,
    umedium int unsigned,
    ularge bigint unsigned,
    instant timestamp(6) null,
    feeling enum('sad', 'ok', 'happy'),
    code char(3),
    year year
);
