//! One server's process and its data folder.

use std::{
    fs::File,
    io::Read as _,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use super::install;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often is looked whether it answers.
const LOOK: Duration = Duration::from_millis(50);

/// A running server. Dropping it ends the process and removes the data.
pub struct Server {
    /// For people: `PostgreSQL 15.4`.
    pub name: String,
    /// The variable by which tests find it.
    pub variable: &'static str,
    /// Its URL, with the password.
    pub url: String,
    command: Command,
    /// The signal that it takes for its end, whoever is connected.
    stops_by: &'static str,
    ready: Box<dyn Fn() -> bool + Send + Sync>,
    child: Child,
    // Removed after the process has ended: fields drop after `Drop::drop`.
    home: Home,
}

impl Server {
    /// Starts it again where it has ended by itself.
    pub(crate) fn keep_up(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            eprintln!("xtask: {} ended ({status}), and is started again", self.name);
            self.spawn()?;
        }
        Ok(())
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) {
        terminate(&mut self.child, self.stops_by);
    }

    /// Ends its process at once, as if the power were gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again on the same data and port after it was stopped or killed, and waits until it answers.
    pub fn start(&mut self) -> Result<()> {
        self.spawn()?;
        let start = Instant::now();
        while !(self.ready)() {
            if start.elapsed() > PATIENCE {
                bail!(
                    "{} did not answer within {} s:\n{}",
                    self.name,
                    PATIENCE.as_secs(),
                    self.home.log_text()
                );
            }
            // After a kill, what is left of PostgreSQL's own processes may keep a new one from starting for a moment.
            if self.child.try_wait()?.is_some() {
                self.spawn()?;
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn spawn(&mut self) -> Result<()> {
        self.child = self.command.spawn().with_context(|| format!("starting {:?}", self.command))?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        terminate(&mut self.child, self.stops_by);
    }
}

/// Asks the process to end, and insists after a while.
fn terminate(child: &mut Child, stops_by: &str) {
    for signal in [stops_by, "-KILL"] {
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A server's temporary folder, and the user who owns it.
pub(crate) struct Home {
    folder: TempDir,
    user: Option<(u32, u32)>,
}

impl Home {
    /// A new folder. Where we are root, it is given to the first of `users` that exists (or `nobody`), and the
    /// server's commands run as that user.
    pub(crate) fn new(users: &[&str]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("aio-databases-").tempdir()?;
        let mut user = None;
        if install::is_root() {
            user = users.iter().chain(&["nobody"]).find_map(|name| install::user(name));
            let (uid, gid) =
                user.context("running as root, and there is no other user to run a server as")?;
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        Ok(Home { folder, user })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file below the folder, owned by the server's user.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        std::fs::write(&path, text)?;
        if let Some((uid, gid)) = self.user {
            chown(&path, Some(uid), Some(gid))?;
        }
        Ok(path)
    }

    /// A folder that the server's user can read: a copy, where the folder itself can't be reached by that user.
    pub(crate) fn readable(&self, folder: PathBuf) -> Result<PathBuf> {
        let mut list = self.command(Path::new("ls"))?;
        if list.arg(&folder).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success() {
            return Ok(folder);
        }
        let copy = self.path().join("programs");
        let status = Command::new("cp").arg("--recursive").arg(&folder).arg(&copy).status()?;
        ensure!(status.success(), "copying {} failed", folder.display());
        Ok(copy)
    }

    /// A command that runs as the server's user, its output going to `log`.
    pub(crate) fn command(&self, program: &Path) -> Result<Command> {
        let log = File::options().append(true).create(true).open(self.log())?;
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.path().join("server.log")
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let status = command.status().with_context(|| format!("running {command:?}"))?;
        ensure!(status.success(), "{command:?} failed:\n{}", self.log_text());
        Ok(())
    }

    /// Starts the server and waits until `ready` says that it answers.
    pub(crate) fn serve(
        self,
        mut command: Command,
        stops_by: &'static str,
        name: String,
        variable: &'static str,
        url: String,
        ready: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Result<Server> {
        let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        let start = Instant::now();
        while !ready() {
            if let Some(status) = child.try_wait()? {
                bail!("{name} ended at its start ({status}):\n{}", self.log_text());
            }
            if start.elapsed() > PATIENCE {
                terminate(&mut child, stops_by);
                bail!("{name} did not answer within {} s:\n{}", PATIENCE.as_secs(), self.log_text());
            }
            std::thread::sleep(LOOK);
        }
        Ok(Server { name, variable, url, command, stops_by, ready: Box::new(ready), child, home: self })
    }

    fn log_text(&self) -> String {
        let mut text = String::new();
        if let Ok(mut log) = File::open(self.log()) {
            // A log that can't be read is told as an empty one.
            let _ = log.read_to_string(&mut text);
        }
        text
    }
}

/// A loopback port that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// What `program --version` prints, from its first digit on.
pub(crate) fn version(program: &mut Command) -> String {
    let output = program.arg("--version").output().map(|o| o.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or("(version unknown)")
        .to_owned()
}
