//! What the analyzer says of a query is what the server says of it, for each query in `corpus/`: names and types of columns
//! and parameters. And what it says of nulls, rows and writing holds when the query runs, on empty tables and on tables with
//! nulls wherever they are allowed.

#[path = "server_agrees/corpus.rs"]
mod corpus;
#[path = "server_agrees/mysql.rs"]
mod mysql;
#[path = "server_agrees/postgres.rs"]
mod postgres;
#[path = "server_agrees/sqlite.rs"]
mod sqlite;
