//! Every file of `cases/<crate>/` fails to compile, with the message in the `.stderr` file beside it.
//!
//! The folders are like crates: each has its own `Cargo.toml` with the settings and, most of them, its own schema.
//! `trybuild` compiles all files in one crate of its own, so `AIO_DATABASES_MANIFEST_DIR` tells the macros which folder
//! to take for the crate's. A variable is set for a process, so that each folder is a process of its own.
//!
//! After a message was changed on purpose: `TRYBUILD=overwrite cargo test -p aio-databases-ui-tests`, then read the
//! difference as someone who made that mistake would.

use std::{
    env,
    path::PathBuf,
    process::Command,
    sync::{Mutex, PoisonError},
};

const MANIFEST_DIR: &str = "AIO_DATABASES_MANIFEST_DIR";

/// Runs the files of one folder.
#[track_caller]
fn refused(folder: &str) {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder);
    if env::var_os(MANIFEST_DIR).is_some_and(|dir| dir == cases.as_os_str()) {
        trybuild::TestCases::new().compile_fail(format!("cases/{folder}/*.rs"));
        return;
    }
    // They share one folder to build in, and `trybuild`'s own lock for it is taken away from a process that is slow.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let this = env::current_exe().expect("a test knows where it is");
    let status = Command::new(this)
        .args([folder, "--exact", "--nocapture"])
        .env(MANIFEST_DIR, &cases)
        .status()
        .expect("a test can run itself");
    assert!(status.success(), "messages in cases/{folder} differ");
}

macro_rules! folders {
    ($($folder:ident)*) => {$(
        #[test]
        fn $folder() {
            refused(stringify!($folder));
        }
    )*};
}

folders! { calls placeholders postgres sqlite mysql together settings no_schema records derives warned denied }
