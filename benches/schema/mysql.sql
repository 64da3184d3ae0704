-- A shop with its warehouses, its blog and its help desk: 60 tables.

create table tags (
    id bigint auto_increment primary key,
    name varchar(200) not null unique,
    color varchar(200)
);

create table countries (
    code varchar(200) not null primary key,
    name varchar(200) not null,
    currency varchar(200) not null,
    in_union boolean not null default false
);

create table languages (
    code varchar(200) not null primary key,
    name varchar(200) not null
);

create table users (
    id bigint auto_increment primary key,
    email varchar(200) not null unique,
    name varchar(200) not null,
    phone varchar(200),
    country_code varchar(200) references countries (code),
    language_code varchar(200) references languages (code),
    is_admin boolean not null default false,
    created_at timestamp not null default current_timestamp,
    last_seen_at timestamp null,
    referred_by bigint references users (id)
);

create table addresses (
    id bigint auto_increment primary key,
    user_id bigint not null references users (id),
    kind varchar(200) not null,
    street varchar(200) not null,
    street2 varchar(200),
    city varchar(200) not null,
    zip varchar(200),
    country_code varchar(200) not null references countries (code),
    is_default boolean not null default false
);

create table sessions (
    id bigint auto_increment primary key,
    user_id bigint not null references users (id),
    token varchar(200) not null unique,
    ip varchar(200),
    agent varchar(200),
    expires_at timestamp not null,
    created_at timestamp not null default current_timestamp
);

create table roles (
    id bigint auto_increment primary key,
    name varchar(200) not null unique,
    note varchar(200)
);

create table user_roles (
    user_id bigint not null references users (id),
    role_id bigint not null references roles (id),
    granted_by bigint references users (id),
    granted_at timestamp not null default current_timestamp,
    primary key (user_id, role_id)
);

create table permissions (
    id bigint auto_increment primary key,
    role_id bigint not null references roles (id),
    resource varchar(200) not null,
    action varchar(200) not null,
    unique (role_id, resource, action)
);

create table vendors (
    id bigint auto_increment primary key,
    name varchar(200) not null,
    country_code varchar(200) references countries (code),
    contact_email varchar(200),
    rating double,
    active boolean not null default true
);

create table brands (
    id bigint auto_increment primary key,
    vendor_id bigint references vendors (id),
    name varchar(200) not null unique,
    logo varchar(200)
);

create table categories (
    id bigint auto_increment primary key,
    parent_id bigint references categories (id),
    name varchar(200) not null,
    position bigint not null default 0,
    unique (parent_id, name)
);

create table products (
    id bigint auto_increment primary key,
    category_id bigint not null references categories (id),
    brand_id bigint references brands (id),
    name varchar(200) not null,
    slug varchar(200) not null unique,
    description varchar(200),
    price decimal(12, 2) not null,
    weight double,
    attributes json,
    active boolean not null default true,
    created_at timestamp not null default current_timestamp,
    updated_at timestamp null
);

create table product_images (
    id bigint auto_increment primary key,
    product_id bigint not null references products (id),
    url varchar(200) not null,
    alt varchar(200),
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
    id bigint auto_increment primary key,
    product_id bigint not null references products (id),
    sku varchar(200) not null unique,
    size varchar(200),
    color varchar(200),
    price decimal(12, 2),
    barcode varchar(200)
);

create table price_lists (
    id bigint auto_increment primary key,
    name varchar(200) not null,
    currency varchar(200) not null,
    starts_on date not null,
    ends_on date
);

create table prices (
    list_id bigint not null references price_lists (id),
    variant_id bigint not null references variants (id),
    amount decimal(12, 2) not null,
    minimum bigint not null default 1,
    primary key (list_id, variant_id, minimum)
);

create table warehouses (
    id bigint auto_increment primary key,
    name varchar(200) not null,
    city varchar(200) not null,
    country_code varchar(200) not null references countries (code),
    capacity bigint
);

create table shelves (
    id bigint auto_increment primary key,
    warehouse_id bigint not null references warehouses (id),
    code varchar(200) not null,
    floor bigint,
    unique (warehouse_id, code)
);

create table stock (
    shelf_id bigint not null references shelves (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null default 0,
    counted_at timestamp null,
    primary key (shelf_id, variant_id)
);

create table stock_moves (
    id bigint auto_increment primary key,
    variant_id bigint not null references variants (id),
    from_shelf_id bigint references shelves (id),
    to_shelf_id bigint references shelves (id),
    quantity bigint not null,
    reason varchar(200),
    moved_by bigint references users (id),
    moved_at timestamp not null default current_timestamp
);

create table carts (
    id bigint auto_increment primary key,
    user_id bigint references users (id),
    token varchar(200) not null unique,
    created_at timestamp not null default current_timestamp,
    updated_at timestamp null
);

create table cart_items (
    cart_id bigint not null references carts (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null default 1,
    added_at timestamp not null default current_timestamp,
    primary key (cart_id, variant_id)
);

create table coupons (
    id bigint auto_increment primary key,
    code varchar(200) not null unique,
    percent bigint,
    amount decimal(12, 2),
    valid_from timestamp null,
    valid_to timestamp null,
    uses bigint not null default 0,
    most_uses bigint
);

create table orders (
    id bigint auto_increment primary key,
    user_id bigint not null references users (id),
    address_id bigint references addresses (id),
    coupon_id bigint references coupons (id),
    status varchar(200) not null default 'new',
    currency varchar(200) not null,
    total decimal(12, 2) not null,
    note varchar(200),
    placed_at timestamp not null default current_timestamp,
    paid_at timestamp null,
    cancelled_at timestamp null
);

create table order_items (
    id bigint auto_increment primary key,
    order_id bigint not null references orders (id),
    variant_id bigint not null references variants (id),
    quantity bigint not null,
    price decimal(12, 2) not null,
    discount decimal(12, 2),
    unique (order_id, variant_id)
);

create table order_events (
    id bigint auto_increment primary key,
    order_id bigint not null references orders (id),
    kind varchar(200) not null,
    data json,
    by_user_id bigint references users (id),
    at timestamp not null default current_timestamp
);

create table payments (
    id bigint auto_increment primary key,
    order_id bigint not null references orders (id),
    provider varchar(200) not null,
    reference varchar(200) unique,
    amount decimal(12, 2) not null,
    status varchar(200) not null,
    failure varchar(200),
    created_at timestamp not null default current_timestamp
);

create table refunds (
    id bigint auto_increment primary key,
    payment_id bigint not null references payments (id),
    amount decimal(12, 2) not null,
    reason varchar(200),
    created_by bigint references users (id),
    created_at timestamp not null default current_timestamp
);

create table invoices (
    id bigint auto_increment primary key,
    order_id bigint not null unique references orders (id),
    number varchar(200) not null unique,
    issued_on date not null,
    due_on date not null,
    pdf blob
);

create table invoice_lines (
    invoice_id bigint not null references invoices (id),
    line bigint not null,
    text varchar(200) not null,
    quantity bigint not null,
    price decimal(12, 2) not null,
    tax double not null,
    primary key (invoice_id, line)
);

create table carriers (
    id bigint auto_increment primary key,
    name varchar(200) not null unique,
    url varchar(200)
);

create table shipments (
    id bigint auto_increment primary key,
    order_id bigint not null references orders (id),
    carrier_id bigint not null references carriers (id),
    tracking varchar(200),
    weight double,
    shipped_at timestamp null,
    delivered_at timestamp null
);

create table shipment_items (
    shipment_id bigint not null references shipments (id),
    order_item_id bigint not null references order_items (id),
    quantity bigint not null,
    primary key (shipment_id, order_item_id)
);

create table returns (
    id bigint auto_increment primary key,
    order_item_id bigint not null references order_items (id),
    quantity bigint not null,
    reason varchar(200) not null,
    accepted boolean,
    received_at timestamp null
);

create table reviews (
    id bigint auto_increment primary key,
    product_id bigint not null references products (id),
    user_id bigint not null references users (id),
    rating bigint not null,
    title varchar(200),
    body varchar(200),
    created_at timestamp not null default current_timestamp,
    unique (product_id, user_id)
);

create table review_votes (
    review_id bigint not null references reviews (id),
    user_id bigint not null references users (id),
    useful boolean not null,
    primary key (review_id, user_id)
);

create table wishlists (
    id bigint auto_increment primary key,
    user_id bigint not null references users (id),
    name varchar(200) not null,
    public boolean not null default false
);

create table wishlist_items (
    wishlist_id bigint not null references wishlists (id),
    product_id bigint not null references products (id),
    note varchar(200),
    primary key (wishlist_id, product_id)
);

create table campaigns (
    id bigint auto_increment primary key,
    name varchar(200) not null,
    starts_on date not null,
    ends_on date,
    budget decimal(12, 2),
    owner_id bigint references users (id)
);

create table campaign_clicks (
    id bigint auto_increment primary key,
    campaign_id bigint not null references campaigns (id),
    user_id bigint references users (id),
    ip varchar(200),
    at timestamp not null default current_timestamp
);

create table newsletters (
    id bigint auto_increment primary key,
    subject varchar(200) not null,
    body varchar(200) not null,
    language_code varchar(200) not null references languages (code),
    sent_at timestamp null
);

create table subscriptions (
    user_id bigint not null references users (id),
    newsletter_kind varchar(200) not null,
    since timestamp not null default current_timestamp,
    until timestamp null,
    primary key (user_id, newsletter_kind)
);

create table tickets (
    id bigint auto_increment primary key,
    user_id bigint not null references users (id),
    order_id bigint references orders (id),
    subject varchar(200) not null,
    status varchar(200) not null default 'open',
    priority bigint not null default 3,
    assigned_to bigint references users (id),
    opened_at timestamp not null default current_timestamp,
    closed_at timestamp null
);

create table ticket_messages (
    id bigint auto_increment primary key,
    ticket_id bigint not null references tickets (id),
    author_id bigint not null references users (id),
    body varchar(200) not null,
    internal boolean not null default false,
    at timestamp not null default current_timestamp
);

create table attachments (
    id bigint auto_increment primary key,
    message_id bigint not null references ticket_messages (id),
    name varchar(200) not null,
    type varchar(200),
    content blob not null,
    size bigint not null
);

create table posts (
    id bigint auto_increment primary key,
    author_id bigint not null references users (id),
    title varchar(200) not null,
    slug varchar(200) not null unique,
    body varchar(200) not null,
    published_at timestamp null,
    views bigint not null default 0
);

create table post_tags (
    post_id bigint not null references posts (id),
    tag_id bigint not null references tags (id),
    primary key (post_id, tag_id)
);

create table comments (
    id bigint auto_increment primary key,
    post_id bigint not null references posts (id),
    parent_id bigint references comments (id),
    author_id bigint references users (id),
    author_name varchar(200),
    body varchar(200) not null,
    at timestamp not null default current_timestamp,
    hidden boolean not null default false
);

create table pages (
    id bigint auto_increment primary key,
    slug varchar(200) not null unique,
    title varchar(200) not null,
    body varchar(200),
    language_code varchar(200) not null references languages (code),
    updated_at timestamp null
);

create table menus (
    id bigint auto_increment primary key,
    parent_id bigint references menus (id),
    page_id bigint references pages (id),
    label varchar(200) not null,
    position bigint not null
);

create table settings (
    name varchar(200) not null primary key,
    value json,
    changed_by bigint references users (id),
    changed_at timestamp not null default current_timestamp
);

create table audit_log (
    id bigint auto_increment primary key,
    user_id bigint references users (id),
    entity varchar(200) not null,
    entity_id bigint not null,
    action varchar(200) not null,
    before_state json,
    after_state json,
    at timestamp not null default current_timestamp
);

create table jobs (
    id bigint auto_increment primary key,
    kind varchar(200) not null,
    payload json not null,
    status varchar(200) not null default 'waiting',
    attempts bigint not null default 0,
    run_at timestamp not null,
    locked_at timestamp null,
    locked_by varchar(200),
    error varchar(200)
);

create table job_runs (
    id bigint auto_increment primary key,
    job_id bigint not null references jobs (id),
    started_at timestamp not null,
    ended_at timestamp null,
    ok boolean,
    output varchar(200)
);

create table files (
    id bigint auto_increment primary key,
    owner_id bigint references users (id),
    path varchar(200) not null unique,
    type varchar(200),
    size bigint not null,
    sha blob not null,
    created_at timestamp not null default current_timestamp
);

create table exchange_rates (
    currency varchar(200) not null,
    day date not null,
    rate double not null,
    primary key (currency, day)
);

create table tax_rates (
    country_code varchar(200) not null references countries (code),
    category_id bigint references categories (id),
    percent double not null,
    since date not null,
    unique (country_code, category_id, since)
);

create table budgets (
    id bigint auto_increment primary key,
    department varchar(200) not null,
    year bigint not null,
    planned decimal(12, 2) not null,
    spent decimal(12, 2) not null default 0,
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
