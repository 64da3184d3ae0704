//! The macros of [aio-databases](https://docs.rs/aio-databases): SQL checked while the program compiles.
#![allow(dead_code)] // The analyzer's answer is what still lacks.

mod config;
mod input;
mod message;
mod place;
