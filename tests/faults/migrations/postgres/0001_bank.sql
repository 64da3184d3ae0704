create table accounts (id bigint primary key, balance bigint not null check (balance >= 0));
create table transfers (
    number bigint primary key,
    source bigint not null references accounts (id),
    target bigint not null references accounts (id),
    amount bigint not null
);
create table batches (batch bigint not null, line bigint not null, size bigint not null, primary key (batch, line));
