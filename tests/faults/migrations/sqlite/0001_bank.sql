create table accounts (id integer primary key, balance integer not null check (balance >= 0));
create table transfers (
    number integer primary key,
    source integer not null references accounts (id),
    target integer not null references accounts (id),
    amount integer not null
);
create table batches (batch integer not null, line integer not null, size integer not null, primary key (batch, line));
