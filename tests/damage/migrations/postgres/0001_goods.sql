-- `checksum` is of the three columns before it.
create table goods (id bigint primary key, name text not null, amount bigint not null, checksum bigint not null);
create table changes (round bigint not null, line bigint not null, primary key (round, line));
