//! The dialects that queries are checked for, and a schema for each.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use aio_databases_analyzer::{Lints, Schema};
use aio_databases_project::{
    Config, Located, MANIFEST_DIR, declared_backends, load, locate, workspace_manifest,
};
use aio_databases_sql::{Dialect, Position, did_you_mean};

use crate::{Failure, args::Against};

/// A dialect and its schema.
pub(crate) struct Target {
    pub(crate) dialect: Dialect,
    pub(crate) schema: Schema,
    pub(crate) lints: Lints,
    /// The schema's files, or where they were searched for.
    pub(crate) located: Located,
    /// The folder to which the searched places are relative.
    dir: PathBuf,
}

/// Uses the arguments, or else the settings of the crate in which the command runs. Problems with the schema are
/// reported on standard error.
pub(crate) fn targets(against: &Against) -> Result<Vec<Target>, Failure> {
    let dir = folder();
    let mut lints = Lints::default();
    let mut version = against.postgres_version;
    let (dialects, setting, dir) = match (against.dialect, &against.schema) {
        (Some(dialect), Some(schema)) => (vec![dialect], Some(existing(schema)?), PathBuf::new()),
        (dialect, schema) => {
            let project = Project::read(&dir)?;
            lints = project.lints;
            version = version.or(project.postgres_version);
            let dialects = match dialect {
                Some(dialect) => vec![dialect],
                None => project.backends?,
            };
            match schema {
                Some(schema) => (dialects, Some(existing(schema)?), PathBuf::new()),
                None => (dialects, project.schema, dir),
            }
        }
    };
    dialects
        .into_iter()
        .map(|dialect| Target::read(dialect, setting.as_deref(), &dir, lints.clone(), version))
        .collect()
}

/// The only target that the arguments and the settings select.
pub(crate) fn only(against: &Against) -> Result<Target, Failure> {
    let mut targets = targets(against)?;
    if targets.len() > 1 {
        let names: Vec<_> = targets.iter().map(|target| target.dialect.name()).collect();
        let names = names.join("`, `--dialect ");
        return Err(format!(
            "JSON output needs a single dialect, but the crate has several; add `--dialect {names}`"
        )
        .into());
    }
    Ok(targets.remove(0))
}

/// The path in an argument. It must exist.
fn existing(path: &Path) -> Result<String, Failure> {
    if let Err(error) = fs::metadata(path) {
        return Err(format!("can't read the schema {}: {}", shown(path), reason(path, &error)).into());
    }
    Ok(path.to_string_lossy().into_owned())
}

/// A path in a message.
pub(crate) fn shown(path: &Path) -> String {
    format!("`{}`", path.display())
}

/// Why a path can't be read, with a similar name that was possibly meant.
pub(crate) fn reason(path: &Path, error: &std::io::Error) -> String {
    if error.kind() != std::io::ErrorKind::NotFound {
        return error.to_string();
    }
    let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let beside: Vec<String> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let hint = did_you_mean(&name, beside.iter().map(String::as_str));
    ["no such file or folder".to_owned()].into_iter().chain(hint).collect::<Vec<_>>().join(": ")
}

/// The folder of the crate in which the command runs; the current folder if there is no crate.
fn folder() -> PathBuf {
    if let Some(dir) = env::var_os(MANIFEST_DIR) {
        return dir.into();
    }
    let here = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let krate = here.ancestors().find(|dir| dir.join("Cargo.toml").is_file());
    krate.map_or_else(|| here.clone(), Path::to_owned)
}

/// The settings of the crate in a folder.
struct Project {
    backends: Result<Vec<Dialect>, Failure>,
    schema: Option<String>,
    lints: Lints,
    postgres_version: Option<u8>,
}

impl Project {
    fn read(dir: &Path) -> Result<Project, Failure> {
        let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
        let workspace = || Some(workspace_manifest(dir)?.1);
        let config = Config::parse(&manifest, &Dialect::ALL, workspace);
        if !config.problems.is_empty() {
            return Err(config.problems.join("\nerror: ").into());
        }
        let backends = match config.names_backends {
            true => config.backends,
            false => declared_backends(&manifest, workspace),
        };
        let unsaid = "no dialect given; add `--dialect sqlite`, `--dialect postgres` or `--dialect mysql`";
        let backends = if backends.is_empty() { Err(unsaid.to_owned().into()) } else { Ok(backends) };
        Ok(Project {
            backends,
            schema: config.schema,
            lints: config.lints,
            postgres_version: config.postgres_version,
        })
    }
}

impl Target {
    fn read(
        dialect: Dialect,
        setting: Option<&str>,
        dir: &Path,
        lints: Lints,
        version: Option<u8>,
    ) -> Result<Target, Failure> {
        let located = locate(dir, setting, dialect);
        if let Some(problem) = &located.problem {
            return Err(problem.clone().into());
        }
        let here = env::current_dir().unwrap_or_default();
        let (schema, unreadable) = load(&here, &located, dialect, version);
        if !unreadable.is_empty() {
            return Err(unreadable.join("\nerror: ").into());
        }
        for problem in schema.problems() {
            let Position { line, column } = problem.position;
            eprintln!("schema: {}:{line}:{column}: {}", problem.source, problem.message);
        }
        Ok(Target { dialect, schema, lints, located, dir: dir.to_owned() })
    }

    /// Where the schema was searched for, if there is none: help for an unknown table.
    pub(crate) fn without_schema(&self) -> Option<String> {
        if !self.located.files.is_empty() {
            return None;
        }
        let dir = if self.dir == Path::new("") { Path::new(".") } else { &self.dir };
        let looked = self.located.looked.join("`, `");
        let dir = dir.display();
        Some(format!(
            "no schema files found; searched for `.sql` files in `{looked}` of {dir}; name other files with `--schema`"
        ))
    }
}
