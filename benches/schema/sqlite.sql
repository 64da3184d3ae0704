-- A shop with its warehouses, its blog and its help desk: 60 tables.

create table tags (
    id integer primary key,
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
    id integer primary key,
    email text not null unique,
    name text not null,
    phone text,
    country_code text references countries (code),
    language_code text references languages (code),
    is_admin boolean not null default false,
    created_at datetime not null default current_timestamp,
    last_seen_at datetime,
    referred_by integer references users (id)
);

create table addresses (
    id integer primary key,
    user_id integer not null references users (id),
    kind text not null,
    street text not null,
    street2 text,
    city text not null,
    zip text,
    country_code text not null references countries (code),
    is_default boolean not null default false
);

create table sessions (
    id integer primary key,
    user_id integer not null references users (id),
    token text not null unique,
    ip text,
    agent text,
    expires_at datetime not null,
    created_at datetime not null default current_timestamp
);

create table roles (
    id integer primary key,
    name text not null unique,
    note text
);

create table user_roles (
    user_id integer not null references users (id),
    role_id integer not null references roles (id),
    granted_by integer references users (id),
    granted_at datetime not null default current_timestamp,
    primary key (user_id, role_id)
);

create table permissions (
    id integer primary key,
    role_id integer not null references roles (id),
    resource text not null,
    action text not null,
    unique (role_id, resource, action)
);

create table vendors (
    id integer primary key,
    name text not null,
    country_code text references countries (code),
    contact_email text,
    rating real,
    active boolean not null default true
);

create table brands (
    id integer primary key,
    vendor_id integer references vendors (id),
    name text not null unique,
    logo text
);

create table categories (
    id integer primary key,
    parent_id integer references categories (id),
    name text not null,
    position integer not null default 0,
    unique (parent_id, name)
);

create table products (
    id integer primary key,
    category_id integer not null references categories (id),
    brand_id integer references brands (id),
    name text not null,
    slug text not null unique,
    description text,
    price real not null,
    weight real,
    attributes text,
    active boolean not null default true,
    created_at datetime not null default current_timestamp,
    updated_at datetime
);

create table product_images (
    id integer primary key,
    product_id integer not null references products (id),
    url text not null,
    alt text,
    position integer not null default 0,
    width integer,
    height integer
);

create table product_tags (
    product_id integer not null references products (id),
    tag_id integer not null references tags (id),
    primary key (product_id, tag_id)
);

create table variants (
    id integer primary key,
    product_id integer not null references products (id),
    sku text not null unique,
    size text,
    color text,
    price real,
    barcode text
);

create table price_lists (
    id integer primary key,
    name text not null,
    currency text not null,
    starts_on date not null,
    ends_on date
);

create table prices (
    list_id integer not null references price_lists (id),
    variant_id integer not null references variants (id),
    amount real not null,
    minimum integer not null default 1,
    primary key (list_id, variant_id, minimum)
);

create table warehouses (
    id integer primary key,
    name text not null,
    city text not null,
    country_code text not null references countries (code),
    capacity integer
);

create table shelves (
    id integer primary key,
    warehouse_id integer not null references warehouses (id),
    code text not null,
    floor integer,
    unique (warehouse_id, code)
);

create table stock (
    shelf_id integer not null references shelves (id),
    variant_id integer not null references variants (id),
    quantity integer not null default 0,
    counted_at datetime,
    primary key (shelf_id, variant_id)
);

create table stock_moves (
    id integer primary key,
    variant_id integer not null references variants (id),
    from_shelf_id integer references shelves (id),
    to_shelf_id integer references shelves (id),
    quantity integer not null,
    reason text,
    moved_by integer references users (id),
    moved_at datetime not null default current_timestamp
);

create table carts (
    id integer primary key,
    user_id integer references users (id),
    token text not null unique,
    created_at datetime not null default current_timestamp,
    updated_at datetime
);

create table cart_items (
    cart_id integer not null references carts (id),
    variant_id integer not null references variants (id),
    quantity integer not null default 1,
    added_at datetime not null default current_timestamp,
    primary key (cart_id, variant_id)
);

create table coupons (
    id integer primary key,
    code text not null unique,
    percent integer,
    amount real,
    valid_from datetime,
    valid_to datetime,
    uses integer not null default 0,
    most_uses integer
);

create table orders (
    id integer primary key,
    user_id integer not null references users (id),
    address_id integer references addresses (id),
    coupon_id integer references coupons (id),
    status text not null default 'new',
    currency text not null,
    total real not null,
    note text,
    placed_at datetime not null default current_timestamp,
    paid_at datetime,
    cancelled_at datetime
);

create table order_items (
    id integer primary key,
    order_id integer not null references orders (id),
    variant_id integer not null references variants (id),
    quantity integer not null,
    price real not null,
    discount real,
    unique (order_id, variant_id)
);

create table order_events (
    id integer primary key,
    order_id integer not null references orders (id),
    kind text not null,
    data text,
    by_user_id integer references users (id),
    at datetime not null default current_timestamp
);

create table payments (
    id integer primary key,
    order_id integer not null references orders (id),
    provider text not null,
    reference text unique,
    amount real not null,
    status text not null,
    failure text,
    created_at datetime not null default current_timestamp
);

create table refunds (
    id integer primary key,
    payment_id integer not null references payments (id),
    amount real not null,
    reason text,
    created_by integer references users (id),
    created_at datetime not null default current_timestamp
);

create table invoices (
    id integer primary key,
    order_id integer not null unique references orders (id),
    number text not null unique,
    issued_on date not null,
    due_on date not null,
    pdf blob
);

create table invoice_lines (
    invoice_id integer not null references invoices (id),
    line integer not null,
    text text not null,
    quantity integer not null,
    price real not null,
    tax real not null,
    primary key (invoice_id, line)
);

create table carriers (
    id integer primary key,
    name text not null unique,
    url text
);

create table shipments (
    id integer primary key,
    order_id integer not null references orders (id),
    carrier_id integer not null references carriers (id),
    tracking text,
    weight real,
    shipped_at datetime,
    delivered_at datetime
);

create table shipment_items (
    shipment_id integer not null references shipments (id),
    order_item_id integer not null references order_items (id),
    quantity integer not null,
    primary key (shipment_id, order_item_id)
);

create table returns (
    id integer primary key,
    order_item_id integer not null references order_items (id),
    quantity integer not null,
    reason text not null,
    accepted boolean,
    received_at datetime
);

create table reviews (
    id integer primary key,
    product_id integer not null references products (id),
    user_id integer not null references users (id),
    rating integer not null,
    title text,
    body text,
    created_at datetime not null default current_timestamp,
    unique (product_id, user_id)
);

create table review_votes (
    review_id integer not null references reviews (id),
    user_id integer not null references users (id),
    useful boolean not null,
    primary key (review_id, user_id)
);

create table wishlists (
    id integer primary key,
    user_id integer not null references users (id),
    name text not null,
    public boolean not null default false
);

create table wishlist_items (
    wishlist_id integer not null references wishlists (id),
    product_id integer not null references products (id),
    note text,
    primary key (wishlist_id, product_id)
);

create table campaigns (
    id integer primary key,
    name text not null,
    starts_on date not null,
    ends_on date,
    budget real,
    owner_id integer references users (id)
);

create table campaign_clicks (
    id integer primary key,
    campaign_id integer not null references campaigns (id),
    user_id integer references users (id),
    ip text,
    at datetime not null default current_timestamp
);

create table newsletters (
    id integer primary key,
    subject text not null,
    body text not null,
    language_code text not null references languages (code),
    sent_at datetime
);

create table subscriptions (
    user_id integer not null references users (id),
    newsletter_kind text not null,
    since datetime not null default current_timestamp,
    until datetime,
    primary key (user_id, newsletter_kind)
);

create table tickets (
    id integer primary key,
    user_id integer not null references users (id),
    order_id integer references orders (id),
    subject text not null,
    status text not null default 'open',
    priority integer not null default 3,
    assigned_to integer references users (id),
    opened_at datetime not null default current_timestamp,
    closed_at datetime
);

create table ticket_messages (
    id integer primary key,
    ticket_id integer not null references tickets (id),
    author_id integer not null references users (id),
    body text not null,
    internal boolean not null default false,
    at datetime not null default current_timestamp
);

create table attachments (
    id integer primary key,
    message_id integer not null references ticket_messages (id),
    name text not null,
    type text,
    content blob not null,
    size integer not null
);

create table posts (
    id integer primary key,
    author_id integer not null references users (id),
    title text not null,
    slug text not null unique,
    body text not null,
    published_at datetime,
    views integer not null default 0
);

create table post_tags (
    post_id integer not null references posts (id),
    tag_id integer not null references tags (id),
    primary key (post_id, tag_id)
);

create table comments (
    id integer primary key,
    post_id integer not null references posts (id),
    parent_id integer references comments (id),
    author_id integer references users (id),
    author_name text,
    body text not null,
    at datetime not null default current_timestamp,
    hidden boolean not null default false
);

create table pages (
    id integer primary key,
    slug text not null unique,
    title text not null,
    body text,
    language_code text not null references languages (code),
    updated_at datetime
);

create table menus (
    id integer primary key,
    parent_id integer references menus (id),
    page_id integer references pages (id),
    label text not null,
    position integer not null
);

create table settings (
    name text not null primary key,
    value text,
    changed_by integer references users (id),
    changed_at datetime not null default current_timestamp
);

create table audit_log (
    id integer primary key,
    user_id integer references users (id),
    entity text not null,
    entity_id integer not null,
    action text not null,
    before_state text,
    after_state text,
    at datetime not null default current_timestamp
);

create table jobs (
    id integer primary key,
    kind text not null,
    payload text not null,
    status text not null default 'waiting',
    attempts integer not null default 0,
    run_at datetime not null,
    locked_at datetime,
    locked_by text,
    error text
);

create table job_runs (
    id integer primary key,
    job_id integer not null references jobs (id),
    started_at datetime not null,
    ended_at datetime,
    ok boolean,
    output text
);

create table files (
    id integer primary key,
    owner_id integer references users (id),
    path text not null unique,
    type text,
    size integer not null,
    sha blob not null,
    created_at datetime not null default current_timestamp
);

create table exchange_rates (
    currency text not null,
    day date not null,
    rate real not null,
    primary key (currency, day)
);

create table tax_rates (
    country_code text not null references countries (code),
    category_id integer references categories (id),
    percent real not null,
    since date not null,
    unique (country_code, category_id, since)
);

create table budgets (
    id integer primary key,
    department text not null,
    year integer not null,
    planned real not null,
    spent real not null default 0,
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
