//! The settings and the schema of the crate that is being compiled. They are read once per process, and again when
//! their files change.
//!
//! A compiler process expands the macros of one crate. rust-analyzer's server expands those of many crates and runs for
//! days. So the contents are kept for each crate's folder, together with the time stamps of the files.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use aio_databases_analyzer::Schema;
use aio_databases_project::{Config, Located, MANIFEST_DIR, load, locate, workspace_manifest};
use aio_databases_sql::Dialect;

use crate::dialect::Described;

/// How long time stamps are trusted. A build needs them for each query, but people change files far less often.
const TRUST: Duration = Duration::from_millis(250);

/// A crate.
pub(crate) struct Project {
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// Its settings.
    pub(crate) config: Config,
    located: [Located; 3],
    schemas: [OnceLock<(Schema, Vec<String>)>; 3],
    #[cfg(feature = "verify")]
    migrations: [OnceLock<String>; 3],
    stamps: Vec<(PathBuf, Stamp)>,
    first: AtomicBool,
    untold: AtomicBool,
}

type Stamp = Option<(SystemTime, u64)>;

fn stamp(path: &Path) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

/// The backends that are enabled in this build of the macros.
fn enabled() -> Vec<Dialect> {
    Dialect::ALL.into_iter().filter(|dialect| dialect.facts().enabled).collect()
}

struct Entry {
    project: Arc<Project>,
    checked: Instant,
}

static PROJECTS: LazyLock<Mutex<HashMap<PathBuf, Entry>>> = LazyLock::new(Mutex::default);

impl Project {
    /// The crate whose macros are being expanded.
    pub(crate) fn current() -> Arc<Project> {
        let dir = env::var_os(MANIFEST_DIR)
            .or_else(|| env::var_os("CARGO_MANIFEST_DIR"))
            .map_or_else(|| PathBuf::from("."), PathBuf::from);
        let mut projects = PROJECTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = projects.get_mut(&dir) {
            if entry.checked.elapsed() < TRUST {
                return entry.project.clone();
            }
            if entry.project.is_fresh() {
                entry.checked = Instant::now();
                return entry.project.clone();
            }
        }
        let project = Arc::new(Project::read(&dir, &enabled()));
        projects.insert(dir, Entry { project: project.clone(), checked: Instant::now() });
        project
    }

    /// Reads a crate's settings, for these backends.
    pub(crate) fn read(dir: &Path, enabled: &[Dialect]) -> Project {
        let manifest = dir.join("Cargo.toml");
        let mut stamps = vec![(manifest.clone(), stamp(&manifest))];
        let text = fs::read_to_string(&manifest).unwrap_or_default();
        let mut config = Config::parse(&text, enabled, || {
            let (path, text) = workspace_manifest(dir)?;
            stamps.push((path.clone(), stamp(&path)));
            Some(text)
        });
        let located = Dialect::ALL.map(|dialect| locate(dir, config.schema.as_deref(), dialect));
        for dialect in &config.backends {
            let located = &located[*dialect as usize];
            if let Some(problem) =
                located.problem.clone().filter(|problem| !config.problems.contains(problem))
            {
                config.problems.push(problem);
            }
            let places = located.looked.iter().map(|place| dir.join(place));
            let paths = places.chain(located.files.iter().cloned());
            for path in paths {
                let stamp = stamp(&path);
                if !stamps.iter().any(|(known, _)| *known == path) {
                    stamps.push((path, stamp));
                }
            }
        }
        Project {
            dir: dir.to_owned(),
            config,
            located,
            schemas: Default::default(),
            #[cfg(feature = "verify")]
            migrations: Default::default(),
            stamps,
            first: AtomicBool::new(true),
            untold: AtomicBool::new(true),
        }
    }

    fn is_fresh(&self) -> bool {
        self.stamps.iter().all(|(path, known)| stamp(path) == *known)
    }

    /// Returns true to one caller only, which reports the mistakes in the settings.
    pub(crate) fn tells_problems(&self) -> bool {
        self.untold.swap(false, Ordering::Relaxed)
    }

    /// Returns true to one caller only, which names the files that were read.
    pub(crate) fn is_first(&self) -> bool {
        self.first.swap(false, Ordering::Relaxed)
    }

    /// The schema for a dialect.
    pub(crate) fn schema(&self, dialect: Dialect) -> &Schema {
        &self.loaded(dialect).0
    }

    /// The files of the schema that could not be read.
    pub(crate) fn unreadable(&self, dialect: Dialect) -> &[String] {
        &self.loaded(dialect).1
    }

    fn loaded(&self, dialect: Dialect) -> &(Schema, Vec<String>) {
        let at = dialect as usize;
        self.schemas[at]
            .get_or_init(|| load(&self.dir, &self.located[at], dialect, self.config.postgres_version))
    }

    /// The migrations of a dialect, in the format of `Checked`.
    #[cfg(feature = "verify")]
    pub(crate) fn migrations(&self, dialect: Dialect) -> &str {
        self.migrations[dialect as usize]
            .get_or_init(|| crate::manifest::migrations(self, self.located(dialect)))
    }

    /// Where the schema of a dialect was found, or was searched for.
    pub(crate) fn located(&self, dialect: Dialect) -> &Located {
        &self.located[dialect as usize]
    }

    /// The files whose changes require the crate to be compiled again.
    pub(crate) fn files(&self) -> Vec<&Path> {
        let folders = self.located.iter().filter_map(|located| located.folder.as_deref());
        let folders: Vec<_> = folders.collect();
        self.stamps
            .iter()
            .filter(|(path, stamp)| stamp.is_some() && !folders.contains(&path.as_path()))
            .map(|(path, _)| path.as_path())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "verify")]
    #[test]
    fn migrations_are_lines() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(dir.path().join(name), "abc").unwrap();
        let check = |expected: &str| {
            let project = Project::read(dir.path(), &[Dialect::Sqlite]);
            assert_eq!(project.migrations(Dialect::Sqlite), expected);
        };
        check("!no migrations found; searched `migrations/sqlite`, `migrations`, `schema.sql`");
        write("schema.sql");
        check(
            "!`schema.sql` is a whole schema, not a folder of migrations; to apply it, rename it to \
             `migrations/0001_schema.sql`",
        );
        fs::create_dir(dir.path().join("migrations")).unwrap();
        check("");
        write("migrations/20_b.up.sql");
        write("migrations/20_b.down.sql");
        write("migrations/3_a_c.sql");
        // The checksum of "abc", as its standard has it, and of the same after a byte order mark.
        let sum = "cb00753f45a35e8bb5a03d699ac65007,71fb2ae8ee9514e7c4505c3b826355c2";
        check(&format!("3\t{sum}\ta c\n20\t{sum}\tb\n"));
        write("migrations/views.sql");
        check("!`migrations/views.sql` has no version number: name it as in `0001_users.sql`");
    }

    #[test]
    fn stamps_tell_of_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("Cargo.toml"), "").unwrap();
        let read = || Project::read(dir.path(), &[Dialect::Sqlite]);

        let project = read();
        assert!(project.is_fresh());
        assert_eq!(project.files(), [path("Cargo.toml")]);

        fs::create_dir(path("migrations")).unwrap();
        assert!(!project.is_fresh(), "a folder that was missing is there");
        let project = read();

        fs::write(path("migrations/1_a.sql"), "create table t (a int)").unwrap();
        assert!(!project.is_fresh(), "a new file in the folder");
        let project = read();
        assert_eq!(project.files(), [path("Cargo.toml"), path("migrations/1_a.sql")]);
        assert!(project.is_fresh());

        fs::write(path("migrations/1_a.sql"), "create table t (a text)").unwrap();
        assert!(!project.is_fresh(), "a changed file");
        let project = read();

        fs::write(path("Cargo.toml"), "[package.metadata.aio-databases]\nschema = 'other'").unwrap();
        assert!(!project.is_fresh(), "a changed setting");
        assert!(read().config.problems[0].contains("schema = \"other\""));
        drop(project);
        assert!(read().is_first());
    }
}
