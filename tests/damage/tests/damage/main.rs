//! Ordinary operations while a proxy damages what a real server answers: it flips, drops, repeats and inserts bytes, and cuts replies
//! off.
//!
//! Whatever arrives, nothing panics or hangs, memory stays bounded, no row is taken for another one, what was said to be committed is
//! there, and the pool works again afterwards.
//!
//! Each round is a database of its own on the same tables, and its random choices are the same each time. A run is short; `cargo xtask
//! damage --rounds 10000` runs long ones.

mod goods;
mod harm;
mod operations;
mod plan;
mod proxy;
mod round;
mod tally;
mod watch;

use aio_databases::Backend;

// The drivers below do not pass these yet. To switch them on, remove the two attributes.
#[test]
#[ignore = "not passed yet: the drivers below panic on damaged replies"]
fn postgres() {
    round::all(Backend::Postgres);
}

#[test]
#[ignore = "not passed yet: the drivers below panic on damaged replies"]
fn mysql() {
    round::all(Backend::Mysql);
}
