-- A shop with its warehouses, its blog and its help desk: 60 tables.

create table tags (
    id bigint generated always as identity primary key,
    name text not null unique,
    color text
);

create table countries (
    code text not null primary key,
    name text not null,
    currency text not null,
    in_union boolean not null default false
);

create table languages (
    code text not null primary key,
    name text not null
);

create table users (
    id bigint generated always as identity primary key,
    email text not null unique,
    name text not null,
    phone text,
    country_code text references countries (code),
    language_code text references languages (code),
    is_admin boolean not null default false,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz,
    referred_by bigint references users (id)
);

create table addresses (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id),
    kind text not null,
    street text not null,
    street2 text,
    city text not null,
    zip text,
    country_code text not null references countries (code),
    is_default boolean not null default false
);

create table sessions (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id),
    token text not null unique,
    ip text,
    agent text,
    expires_at timestamptz not null,
    created_at timestamptz not null default now()
);

create table roles (
    id bigint generated always as identity primary key,
    name text not null unique,
    note text
);

create table user_roles (
    user_id bigint not null references users (id),
    role_id bigint not null references roles (id),
    granted_by bigint references users (id),
    granted_at timestamptz not null default now(),
    primary key (user_id, role_id)
);

create table permissions (
    id bigint generated always as identity primary key,
    role_id bigint not null references roles (id),
    resource text not null,
    action text not null,
    unique (role_id, resource, action)
);

create table vendors (
    id bigint generated always as identity primary key,
    name text not null,
    country_code text references countries (code),
    contact_email text,
    rating double precision,
    active boolean not null default true
);

create table brands (
    id bigint generated always as identity primary key,
    vendor_id bigint references vendors (id),
    name text not null unique,
    logo text
);

create table categories (
    id bigint generated always as identity primary key,
    parent_id bigint references categories (id),
    name text not null,
    position bigint not null default 0,
    unique (parent_id, name)
);

create table products (
    id bigint generated always as identity primary key,
    category_id bigint not null references categories (id),
    brand_id bigint references brands (id),
    name text not null,
    slug text not null unique,
    description text,
    price numeric(12, 2) not null,
    weight double precision,
    attributes jsonb,
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz
);

create table product_images (
    id bigint generated always as identity primary key,
    product_id bigint not null references products (id),
    url text not null,
    alt text,
    position bigint not null default 0,
    width bigint,
    height bigint
);

create table product_tags (
    product_id bigint not null references products (id),
    tag_id bigint not null references tags (id),
    primary key (product_id, tag_id)
);

create table variants (
    id bigint generated always as identity primary key,
    product_id bigint not null references products (id),
    sku text not null unique,
    size text,
    color text,
    price numeric(12, 2),
    barcode text
);

create table price_lists (
    id bigint generated always as identity primary key,
    name text not null,
    currency text not null,
    starts_on date not null,
    ends_on date
);

create table prices (
    list_id bigint not null references price_lists (id),
    variant_id bigint not null references variants (id),
    amount numeric(12, 2) not null,
    minimum bigint not null default 1,
    primary key (list_id, variant_id, minimum)
);

create table warehouses (
    id bigint generated always as identity primary key,
    name text not null,
    city text not null,
    country_code text not null references countries (code),
    capacity bigint
);

create table shelves (
    id bigint generated always as identity primary key,
    warehouse_id bigint not null references warehouses (id),
    code text not null,
    floor bigint,
    unique (warehouse_id, code)
);

create table stock (
    shelf_id bigint not null references shelves (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null default 0,
    counted_at timestamptz,
    primary key (shelf_id, variant_id)
);

create table stock_moves (
    id bigint generated always as identity primary key,
    variant_id bigint not null references variants (id),
    from_shelf_id bigint references shelves (id),
    to_shelf_id bigint references shelves (id),
    quantity bigint not null,
    reason text,
    moved_by bigint references users (id),
    moved_at timestamptz not null default now()
);

create table carts (
    id bigint generated always as identity primary key,
    user_id bigint references users (id),
    token text not null unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz
);

create table cart_items (
    cart_id bigint not null references carts (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null default 1,
    added_at timestamptz not null default now(),
    primary key (cart_id, variant_id)
);

create table coupons (
    id bigint generated always as identity primary key,
    code text not null unique,
    percent bigint,
    amount numeric(12, 2),
    valid_from timestamptz,
    valid_to timestamptz,
    uses bigint not null default 0,
    most_uses bigint
);

create table orders (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id),
    address_id bigint references addresses (id),
    coupon_id bigint references coupons (id),
    status text not null default 'new',
    currency text not null,
    total numeric(12, 2) not null,
    note text,
    placed_at timestamptz not null default now(),
    paid_at timestamptz,
    cancelled_at timestamptz
);

create table order_items (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null,
    price numeric(12, 2) not null,
    discount numeric(12, 2),
    unique (order_id, variant_id)
);

create table order_events (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders (id),
    kind text not null,
    data jsonb,
    by_user_id bigint references users (id),
    at timestamptz not null default now()
);

create table payments (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders (id),
    provider text not null,
    reference text unique,
    amount numeric(12, 2) not null,
    status text not null,
    failure text,
    created_at timestamptz not null default now()
);

create table refunds (
    id bigint generated always as identity primary key,
    payment_id bigint not null references payments (id),
    amount numeric(12, 2) not null,
    reason text,
    created_by bigint references users (id),
    created_at timestamptz not null default now()
);

create table invoices (
    id bigint generated always as identity primary key,
    order_id bigint not null unique references orders (id),
    number text not null unique,
    issued_on date not null,
    due_on date not null,
    pdf bytea
);

create table invoice_lines (
    invoice_id bigint not null references invoices (id),
    line bigint not null,
    text text not null,
    quantity bigint not null,
    price numeric(12, 2) not null,
    tax double precision not null,
    primary key (invoice_id, line)
);

create table carriers (
    id bigint generated always as identity primary key,
    name text not null unique,
    url text
);

create table shipments (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders (id),
    carrier_id bigint not null references carriers (id),
    tracking text,
    weight double precision,
    shipped_at timestamptz,
    delivered_at timestamptz
);

create table shipment_items (
    shipment_id bigint not null references shipments (id),
    order_item_id bigint not null references order_items (id),
    quantity bigint not null,
    primary key (shipment_id, order_item_id)
);

create table returns (
    id bigint generated always as identity primary key,
    order_item_id bigint not null references order_items (id),
    quantity bigint not null,
    reason text not null,
    accepted boolean,
    received_at timestamptz
);

create table reviews (
    id bigint generated always as identity primary key,
    product_id bigint not null references products (id),
    user_id bigint not null references users (id),
    rating bigint not null,
    title text,
    body text,
    created_at timestamptz not null default now(),
    unique (product_id, user_id)
);

create table review_votes (
    review_id bigint not null references reviews (id),
    user_id bigint not null references users (id),
    useful boolean not null,
    primary key (review_id, user_id)
);

create table wishlists (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id),
    name text not null,
    public boolean not null default false
);

create table wishlist_items (
    wishlist_id bigint not null references wishlists (id),
    product_id bigint not null references products (id),
    note text,
    primary key (wishlist_id, product_id)
);

create table campaigns (
    id bigint generated always as identity primary key,
    name text not null,
    starts_on date not null,
    ends_on date,
    budget numeric(12, 2),
    owner_id bigint references users (id)
);

create table campaign_clicks (
    id bigint generated always as identity primary key,
    campaign_id bigint not null references campaigns (id),
    user_id bigint references users (id),
    ip text,
    at timestamptz not null default now()
);

create table newsletters (
    id bigint generated always as identity primary key,
    subject text not null,
    body text not null,
    language_code text not null references languages (code),
    sent_at timestamptz
);

create table subscriptions (
    user_id bigint not null references users (id),
    newsletter_kind text not null,
    since timestamptz not null default now(),
    until timestamptz,
    primary key (user_id, newsletter_kind)
);

create table tickets (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id),
    order_id bigint references orders (id),
    subject text not null,
    status text not null default 'open',
    priority bigint not null default 3,
    assigned_to bigint references users (id),
    opened_at timestamptz not null default now(),
    closed_at timestamptz
);

create table ticket_messages (
    id bigint generated always as identity primary key,
    ticket_id bigint not null references tickets (id),
    author_id bigint not null references users (id),
    body text not null,
    internal boolean not null default false,
    at timestamptz not null default now()
);

create table attachments (
    id bigint generated always as identity primary key,
    message_id bigint not null references ticket_messages (id),
    name text not null,
    type text,
    content bytea not null,
    size bigint not null
);

create table posts (
    id bigint generated always as identity primary key,
    author_id bigint not null references users (id),
    title text not null,
    slug text not null unique,
    body text not null,
    published_at timestamptz,
    views bigint not null default 0
);

create table post_tags (
    post_id bigint not null references posts (id),
    tag_id bigint not null references tags (id),
    primary key (post_id, tag_id)
);

create table comments (
    id bigint generated always as identity primary key,
    post_id bigint not null references posts (id),
    parent_id bigint references comments (id),
    author_id bigint references users (id),
    author_name text,
    body text not null,
    at timestamptz not null default now(),
    hidden boolean not null default false
);

create table pages (
    id bigint generated always as identity primary key,
    slug text not null unique,
    title text not null,
    body text,
    language_code text not null references languages (code),
    updated_at timestamptz
);

create table menus (
    id bigint generated always as identity primary key,
    parent_id bigint references menus (id),
    page_id bigint references pages (id),
    label text not null,
    position bigint not null
);

create table settings (
    name text not null primary key,
    value jsonb,
    changed_by bigint references users (id),
    changed_at timestamptz not null default now()
);

create table audit_log (
    id bigint generated always as identity primary key,
    user_id bigint references users (id),
    entity text not null,
    entity_id bigint not null,
    action text not null,
    before_state jsonb,
    after_state jsonb,
    at timestamptz not null default now()
);

create table jobs (
    id bigint generated always as identity primary key,
    kind text not null,
    payload jsonb not null,
    status text not null default 'waiting',
    attempts bigint not null default 0,
    run_at timestamptz not null,
    locked_at timestamptz,
    locked_by text,
    error text
);

create table job_runs (
    id bigint generated always as identity primary key,
    job_id bigint not null references jobs (id),
    started_at timestamptz not null,
    ended_at timestamptz,
    ok boolean,
    output text
);

create table files (
    id bigint generated always as identity primary key,
    owner_id bigint references users (id),
    path text not null unique,
    type text,
    size bigint not null,
    sha bytea not null,
    created_at timestamptz not null default now()
);

create table exchange_rates (
    currency text not null,
    day date not null,
    rate double precision not null,
    primary key (currency, day)
);

create table tax_rates (
    country_code text not null references countries (code),
    category_id bigint references categories (id),
    percent double precision not null,
    since date not null,
    unique (country_code, category_id, since)
);

create table budgets (
    id bigint generated always as identity primary key,
    department text not null,
    year bigint not null,
    planned numeric(12, 2) not null,
    spent numeric(12, 2) not null default 0,
    unique (department, year)
);

create index orders_user_id on orders (user_id);

create index orders_placed_at on orders (placed_at);

create index order_items_variant_id on order_items (variant_id);

create index products_category_id on products (category_id);

create index stock_moves_moved_at on stock_moves (moved_at);

create index tickets_status on tickets (status);

create index comments_post_id on comments (post_id);

create index jobs_run_at on jobs (run_at);

create view open_orders as
select o.id, o.user_id, u.name as user_name, o.total, count(i.id) as items
from orders o join users u on u.id = o.user_id left join order_items i on i.order_id = o.id
where o.cancelled_at is null and o.paid_at is null group by o.id, o.user_id, u.name, o.total;

create type mood as enum ('glad', 'so so', 'sad');

create domain email as text check (value like '%@%');

alter table reviews add column mood mood;
alter table users add column backup_email email;
alter table products add column labels text[] not null default '{}';

create materialized view sales as
select i.variant_id, date_trunc('day', o.placed_at) as day, sum(i.quantity) as sold from orders o join order_items i on i.order_id = o.id group by 1, 2;

create function price_of(variant bigint, day date) returns numeric language sql stable
as $$ select amount from prices p join price_lists l on l.id = p.list_id where p.variant_id = variant and l.starts_on <= day limit 1 $$;
