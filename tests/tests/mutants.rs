//! Good queries, each broken in one place: what the server refuses when it prepares a query, the analyzer refuses, with
//! a place; what the server takes, the analyzer does not refuse; and where both take it, the types are the same.
//!
//! `MUTANTS=COUNT:SEED` breaks that many queries in another way; `cargo xtask mutants` does so against servers of its own.

use aio_databases::Backend;
use aio_databases_tests::{mariadb, server};

#[allow(dead_code)]
#[path = "server_agrees/corpus.rs"]
mod corpus;
#[path = "mutants/mutate.rs"]
mod mutate;
#[path = "mutants/servers.rs"]
mod servers;
#[path = "mutants/tally.rs"]
mod tally;

#[test]
fn postgres() {
    let Some(url) = server(Backend::Postgres) else { return };
    let mut server = servers::Postgres::connect(&url);
    let release = server.release();
    tally::hold(Backend::Postgres, Some(release), 4000, |sql| server.ask(sql));
}

#[test]
fn mysql() {
    let Some(url) = mariadb("mutants") else { return };
    let mut server = servers::Mysql::connect(&url);
    tally::hold(Backend::Mysql, None, 2000, |sql| server.ask(sql));
    server.remove();
}

#[test]
fn sqlite() {
    let server = servers::Sqlite::open();
    tally::hold(Backend::Sqlite, None, 2000, |sql| server.ask(sql));
}
