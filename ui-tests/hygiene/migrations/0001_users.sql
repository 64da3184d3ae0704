create table users (
    id integer primary key,
    name text not null,
    "type" text,
    "userAge" integer
);
