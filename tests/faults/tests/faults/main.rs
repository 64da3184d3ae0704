//! Faults under load: sixteen tasks move money between accounts while futures are dropped, servers are killed, connections are cut,
//! disks fill up and files are locked.
//!
//! Whatever happens, the sum over all accounts stays what it was, what was said to be committed is there, what was taken back
//! is not, no connection is lost from the pool, nothing stays open at the server, and no task hangs.
//!
//! A run is short, and its random choices the same each time; `cargo xtask faults --seconds 60` runs long ones. (What the tasks do is
//! the same for a seed; how they meet is up to the scheduler.)

mod bank;
mod cancel;
mod cut;
mod disk_full;
mod drop_after;
mod ledger;
mod load;
mod locked;
mod operations;
mod plan;
mod proxy;
mod replica;
mod restart;

/// A test for each backend, of that name.
macro_rules! for_backends {
    ($run:ident: $($(#[$meta:meta])* $name:ident = $backend:ident),*) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            $run(::aio_databases::Backend::$backend);
        }
    )*};
}
use for_backends;
