//! The macros of [aio-databases](https://docs.rs/aio-databases): SQL checked while the program compiles.

mod config;
mod input;
mod message;
mod place;
// mod project;
// mod schema;
