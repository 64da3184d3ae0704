//! Programs from Debian's unstable distribution, unpacked into a folder together with all libraries that they need. The
//! system's packages and the sources that it installs from stay as they are.

use std::{
    env::consts::ARCH,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use super::{
    cache,
    process::{Home, version},
};

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Packages that a server depends on and does not need to run: apt is told that they are installed.
const NOT_NEEDED: [&str; 3] = ["debconf", "perl", "postgresql-common"];

/// The folder of an unpacked package.
pub(crate) struct Unpacked(PathBuf);

/// Unpacks a package, where it is not unpacked yet. The inner error says why that can't be done here.
pub(crate) fn unpack(package: &str) -> Result<Result<Unpacked, String>> {
    let archive = archive();
    if ARCH != "x86_64" || !Path::new(KEYS).exists() || archive.is_none() {
        return Ok(Err(format!("`{package}` is unpacked only on Debian, on x86-64")));
    }
    let folder = cache::folder(&format!("debian-{package}"), |folder| {
        eprintln!("xtask: downloading Debian's {package} and its libraries");
        fill(folder, &archive.unwrap_or_default(), package)
    })?;
    Ok(folder.map(Unpacked).ok_or_else(|| format!("apt could not download `{package}`")))
}

/// The address of Debian's archive, as this machine's own sources have it.
fn archive() -> Option<String> {
    let mut apt = Command::new("apt-get");
    apt.args(["indextargets", "--format", "$(COMPONENT) $(RELEASE) $(REPO_URI)", "Created-By: Packages"]);
    let output = apt.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let sources = String::from_utf8(output.stdout).ok()?;
    let mut sources = sources.lines().map(|line| line.splitn(3, ' ').collect::<Vec<_>>());
    sources.find_map(|source| match source[..] {
        ["main", release, address] if !release.ends_with("-security") && address.contains("/debian") => {
            Some(address.to_owned())
        }
        _ => None,
    })
}

impl Unpacked {
    /// The same, where the user of a server's home can read it.
    pub(crate) fn readable(self, home: &Home) -> Result<Self> {
        Ok(Unpacked(home.readable(self.0)?))
    }

    /// A folder or file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// One of its programs, with its own C library and loader: the system's may be older.
    pub(crate) fn command(&self, home: &Home, program: &str) -> Result<Command> {
        let libraries = self.path("usr/lib/x86_64-linux-gnu");
        let mut command = home.command(&libraries.join("ld-linux-x86-64.so.2"))?;
        command.arg("--library-path").arg(&libraries).arg(self.path(program));
        Ok(command)
    }

    /// The version that one of its programs prints, from its first digit on.
    pub(crate) fn version(&self, home: &Home, program: &str) -> Result<String> {
        Ok(version(self.command(home, program)?.stdout(Stdio::piped())))
    }
}

/// Downloads with apt, which verifies the archive's signature and each package's checksum, and unpacks.
fn fill(folder: &Path, archive: &str, package: &str) -> Result<bool> {
    let apt = Apt::new(archive)?;
    let mut install = apt.get();
    install.args(["install", "--download-only", "--yes", "--no-install-recommends", package]);
    if !(run(apt.get().arg("update"))? && run(&mut install)?) {
        return Ok(false);
    }
    for entry in fs::read_dir(apt.folder.path().join("cache/archives"))? {
        let archive = entry?.path();
        if archive.extension().is_some_and(|end| end == "deb")
            && !run(Command::new("dpkg-deb").arg("--extract").arg(&archive).arg(folder))?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// apt with a state and sources of its own.
struct Apt {
    folder: tempfile::TempDir,
}

impl Apt {
    fn new(archive: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("aio-databases-apt-").tempdir()?;
        let path = folder.path();
        for name in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(path.join(name))?;
        }
        let installed = NOT_NEEDED.map(|name| {
            format!(
                "Package: {name}\nStatus: install ok installed\nVersion: 9999\nArchitecture: amd64\n\
                 Multi-Arch: allowed\nMaintainer: none\nDescription: not needed\n\n"
            )
        });
        fs::write(path.join("status"), installed.concat())?;
        fs::write(
            path.join("sid.sources"),
            format!(
                "Types: deb\nURIs: {archive}\nSuites: sid\nComponents: main\nArchitectures: amd64\nSigned-By: {KEYS}\n"
            ),
        )?;
        let here = path.display();
        fs::write(
            path.join("apt.conf"),
            format!(
                "Dir::State \"{here}/state\";\n\
                 Dir::State::status \"{here}/status\";\n\
                 Dir::Cache \"{here}/cache\";\n\
                 Dir::Etc::SourceList \"{here}/sid.sources\";\n\
                 Dir::Etc::SourceParts \"/dev/null\";\n\
                 Dir::Etc::Preferences \"/dev/null\";\n\
                 Dir::Etc::PreferencesParts \"/dev/null\";\n\
                 APT::Architecture \"amd64\";\n\
                 APT::Architectures {{ \"amd64\"; }};\n\
                 APT::Sandbox::User \"root\";\n\
                 Acquire::Languages \"none\";\n\
                 Acquire::Retries \"3\";\n\
                 Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\n"
            ),
        )?;
        Ok(Apt { folder })
    }

    fn get(&self) -> Command {
        let mut apt = Command::new("apt-get");
        apt.env("APT_CONFIG", self.folder.path().join("apt.conf")).arg("--quiet");
        apt
    }
}

/// Runs a command; what it prints is shown where it fails.
fn run(command: &mut Command) -> Result<bool> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("running {command:?}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        eprintln!("xtask: {command:?} failed:\n{}", String::from_utf8_lossy(&said));
    }
    Ok(output.status.success())
}
