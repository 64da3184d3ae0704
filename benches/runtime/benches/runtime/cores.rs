//! Which processor cores the benchmark and its servers use.
//!
//! A client and a server that take turns are three times as fast on one core as on two, and the kernel chooses anew each time. So
//! cases with one task run on one core, and the server's side of their connections too.

use std::{
    process::{Command, Stdio},
    thread,
};

use anyhow::{Result, ensure};

use crate::args::Backend;

/// The machine's cores.
pub(crate) struct Cores(usize);

impl Cores {
    /// All that this process may use. To be asked before it is limited to fewer.
    pub(crate) fn all() -> Result<Self> {
        Ok(Cores(thread::available_parallelism()?.get()))
    }

    /// From now on, this process and new connections of the backend's server use the last core alone.
    pub(crate) fn use_one(&self, backend: Backend) -> Result<()> {
        self.set(backend, &(self.0 - 1).to_string())
    }

    /// From now on, they use all cores.
    pub(crate) fn use_all(&self, backend: Backend) -> Result<()> {
        self.set(backend, &format!("0-{}", self.0 - 1))
    }

    fn set(&self, backend: Backend, cores: &str) -> Result<()> {
        if self.0 == 1 {
            return Ok(());
        }
        set(std::process::id(), cores)?;
        let Some(variable) = backend.process() else { return Ok(()) };
        match std::env::var(variable) {
            Ok(server) => set(server.parse()?, cores),
            Err(_) => {
                println!("{backend}: its server may use any core: {variable} is not set\n");
                Ok(())
            }
        }
    }
}

/// Sets the cores of all of a process's threads. New threads and processes of its own use the same ones.
fn set(process: u32, cores: &str) -> Result<()> {
    let status = Command::new("taskset")
        .args(["--all-tasks", "--pid", "--cpu-list", cores, &process.to_string()])
        .stdout(Stdio::null())
        .status();
    ensure!(
        matches!(status, Ok(status) if status.success()),
        "`taskset` could not set the cores of process {process}"
    );
    Ok(())
}
