create table orders (
    id uuid primary key default gen_random_uuid(),
    user_id bigint not null references users,
    total numeric(10, 2) not null,
    note text,
    risk audit.level
);
