//! A crate's settings: `[package.metadata.aio-databases]` in its `Cargo.toml`, and the name of the dependency there.

use std::{cell::LazyCell, path::Path};

use aio_databases_analyzer::{Level, Lints};
use aio_databases_sql::{Dialect, Position, did_you_mean};
use toml::de::{DeTable, DeValue};

/// The settings in `Cargo.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The backends that every query is checked for; never empty. The settings can name them. Otherwise they are the
    /// ones whose features the crate's own dependency enables: a build of several crates enables the features of all of
    /// them, so the enabled features alone don't tell.
    pub backends: Vec<Dialect>,
    /// Whether the settings themselves name the backends.
    pub names_backends: bool,
    /// The file or folder with the schema, if one is named.
    pub schema: Option<String>,
    /// The path of this library in the crate's code: `::aio_databases`.
    pub krate: String,
    /// The crate whose types are used for dates and times, if the settings name one.
    pub datetime: Option<DateTime>,
    /// The major version of PostgreSQL that the queries run on, if the settings name one.
    pub postgres_version: Option<u8>,
    /// The levels of the lints.
    pub lints: Lints,
    /// The mistakes in the settings.
    pub problems: Vec<String>,
}

/// The crates with types for dates and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateTime {
    /// `chrono`.
    Chrono,
    /// `time`.
    Time,
}

const KEYS: [&str; 6] = ["backends", "crate", "datetime", "lints", "postgres-version", "schema"];
/// The oldest supported major version of PostgreSQL.
const FIRST_POSTGRES: u8 = 15;
const PACKAGE: &str = "aio-databases";
const PLACE: (&str, &str) = ("Cargo.toml", "package.metadata.aio-databases");
const WORKSPACE: (&str, &str) = ("the workspace's Cargo.toml", "workspace.metadata.aio-databases.lints");

impl Config {
    /// Reads the text of a `Cargo.toml`. `workspace` returns the text of the workspace's `Cargo.toml`; it is only
    /// called if needed.
    pub fn parse(text: &str, enabled: &[Dialect], workspace: impl FnOnce() -> Option<String>) -> Config {
        let mut config = Config {
            backends: enabled.to_vec(),
            names_backends: false,
            schema: None,
            krate: "::aio_databases".to_owned(),
            datetime: None,
            postgres_version: None,
            lints: Lints::default(),
            problems: Vec::new(),
        };
        let Ok(manifest) = DeTable::parse(text) else {
            return config; // Cargo itself has something to say about it.
        };
        let manifest = manifest.get_ref();
        let workspace = LazyCell::new(workspace);
        if let Some(name) = dependency_name(manifest, || workspace.as_deref()) {
            config.krate = format!("::{name}");
        }
        let settings = lookup(manifest, &["package", "metadata", PACKAGE]);
        if let Some(settings) = settings {
            let mut reader = Reader { text, place: PLACE, enabled, config: &mut config };
            reader.settings(settings, || workspace.as_deref());
        }
        if !config.names_backends {
            let declared = declared(manifest, || workspace.as_deref());
            if enabled.iter().any(|backend| declared.contains(backend)) {
                config.backends.retain(|backend| declared.contains(backend));
            }
        }
        if config.backends.is_empty() {
            config.problems.push(
                "no backend is enabled; enable a feature of `aio-databases`: `sqlite`, `postgres` or `mysql`"
                    .to_owned(),
            );
        }
        config
    }
}

/// A major version of PostgreSQL: 15 or later.
pub fn postgres_version(text: &str) -> Option<u8> {
    text.parse().ok().filter(|version| *version >= FIRST_POSTGRES)
}

fn lookup<'t, 'i>(table: &'t DeTable<'i>, path: &[&str]) -> Option<&'t DeTable<'i>> {
    path.iter().try_fold(table, |table, key| table.get(*key)?.get_ref().as_table())
}

struct Reader<'a> {
    text: &'a str,
    /// The file and the table, for messages.
    place: (&'static str, &'static str),
    enabled: &'a [Dialect],
    config: &'a mut Config,
}

impl Reader<'_> {
    fn settings<'w>(&mut self, settings: &DeTable<'_>, workspace: impl Fn() -> Option<&'w str>) {
        for (key, value) in settings {
            let at = key.span().start;
            match key.get_ref().as_ref() {
                "backends" => self.backends(value.get_ref(), at),
                "schema" => self.config.schema = self.string(value.get_ref(), "schema", at),
                "crate" => {
                    if let Some(path) = self.string(value.get_ref(), "crate", at) {
                        self.config.krate = if path.starts_with("::") || path.starts_with("crate") {
                            path
                        } else {
                            format!("::{path}")
                        };
                    }
                }
                "datetime" => match self.string(value.get_ref(), "datetime", at).as_deref() {
                    Some("chrono") => self.config.datetime = Some(DateTime::Chrono),
                    Some("time") => self.config.datetime = Some(DateTime::Time),
                    Some(other) => {
                        self.problem(at, format!("`datetime` must be `chrono` or `time`, not `{other}`"));
                    }
                    None => {}
                },
                "postgres-version" => {
                    let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
                    self.config.postgres_version =
                        number.and_then(|number| postgres_version(number.as_str()));
                    if self.config.postgres_version.is_none() {
                        self.problem(
                            at,
                            format!(
                                "`postgres-version` must be a major version of PostgreSQL, {FIRST_POSTGRES} or later: \
                                 `postgres-version = {FIRST_POSTGRES}`"
                            ),
                        );
                    }
                }
                "lints" => self.lints(value.get_ref(), at, &workspace),
                unknown => {
                    let hint = did_you_mean(unknown, KEYS)
                        .unwrap_or_else(|| format!("there are `{}`", KEYS.join("`, `")));
                    self.problem(at, format!("no setting `{unknown}`: {hint}"));
                }
            }
        }
    }

    fn backends(&mut self, value: &DeValue<'_>, at: usize) {
        let Some(names) = value
            .as_array()
            .map(|array| array.iter().map(|item| item.get_ref().as_str()).collect::<Option<Vec<_>>>())
            .unwrap_or_else(|| value.as_str().map(|name| vec![name]))
        else {
            self.problem(at, "`backends` must be a list of names: `backends = [\"postgres\"]`".to_owned());
            return;
        };
        let mut backends = Vec::new();
        for name in names {
            match name.parse::<Dialect>() {
                Ok(dialect) if !self.enabled.contains(&dialect) => self.problem(
                    at,
                    format!("the backend `{dialect}` is not enabled; enable the feature `{dialect}` of `{PACKAGE}`"),
                ),
                Ok(dialect) if backends.contains(&dialect) => {}
                Ok(dialect) => backends.push(dialect),
                Err(_) => {
                    let hint = did_you_mean(name, Dialect::ALL.map(Dialect::name))
                        .unwrap_or_else(|| "the backends are `sqlite`, `postgres` and `mysql`".to_owned());
                    self.problem(at, format!("no backend `{name}`: {hint}"));
                }
            }
        }
        if !backends.is_empty() {
            self.config.backends = backends;
            self.config.names_backends = true;
        }
    }

    /// The levels of lints: `name = "level"`. With `workspace = true`, the levels of the workspace apply to all other
    /// lints.
    fn lints<'w>(&mut self, value: &DeValue<'_>, at: usize, workspace: impl Fn() -> Option<&'w str>) {
        let Some(lints) = value.as_table() else {
            let message = "`lints` must be a table: `lints = { delete-without-where = \"deny\" }`";
            return self.problem(at, message.to_owned());
        };
        if is_inherited(value) {
            let text = workspace().unwrap_or_default();
            let manifest = DeTable::parse(text).ok();
            let path = ["workspace", "metadata", PACKAGE, "lints"];
            match manifest.as_ref().and_then(|manifest| lookup(manifest.get_ref(), &path)) {
                Some(shared) => {
                    let config = &mut *self.config;
                    Reader { text, place: WORKSPACE, enabled: self.enabled, config }.levels(shared);
                }
                None => {
                    let message =
                        format!("the workspace has no `[workspace.metadata.{PACKAGE}.lints]` to inherit");
                    self.problem(at, message);
                }
            }
        }
        self.levels(lints);
    }

    fn levels(&mut self, lints: &DeTable<'_>) {
        for (key, value) in lints {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            if name == "workspace" && value.get_ref().as_bool() == Some(true) {
                continue;
            }
            let level = match value.get_ref().as_str().map(str::parse::<Level>) {
                Some(Ok(level)) => level,
                Some(Err(error)) => {
                    self.problem(at, format!("`{name}`: {error}"));
                    continue;
                }
                None => {
                    self.problem(at, format!("`{name}` must be `allow`, `warn` or `deny`, in quotes"));
                    continue;
                }
            };
            if let Err(error) = self.config.lints.set(name, level) {
                self.problem(at, error.to_string());
            }
        }
    }

    fn string(&mut self, value: &DeValue<'_>, key: &str, at: usize) -> Option<String> {
        let string = value.as_str().map(str::to_owned);
        if string.is_none() {
            self.problem(at, format!("`{key}` must be a string: `{key} = \"…\"`"));
        }
        string
    }

    fn problem(&mut self, at: usize, message: String) {
        let line = Position::of(self.text, at).line;
        let (file, table) = self.place;
        self.config.problems.push(format!("{message}\nat {file}:{line}, in [{table}]"));
    }
}

/// The name of this library in the crate's manifest, if it is there.
fn dependency_name<'w>(
    manifest: &DeTable<'_>,
    workspace: impl FnOnce() -> Option<&'w str>,
) -> Option<String> {
    let tables = dependency_tables(manifest);
    let entries = || tables.iter().flat_map(|table| table.iter());
    if let Some((key, _)) = entries().find(|(key, value)| is_ours(key.get_ref(), value.get_ref())) {
        return Some(key.get_ref().replace('-', "_"));
    }
    if !entries().any(|(_, value)| is_inherited(value.get_ref())) {
        return None;
    }
    let root = DeTable::parse(workspace()?).ok()?;
    let shared = lookup(root.get_ref(), &["workspace", "dependencies"])?;
    let (key, _) = entries().filter(|(_, value)| is_inherited(value.get_ref())).find(|(key, _)| {
        shared.get(key.get_ref().as_ref()).is_some_and(|value| is_ours(key.get_ref(), value.get_ref()))
    })?;
    Some(key.get_ref().replace('-', "_"))
}

fn is_inherited(value: &DeValue<'_>) -> bool {
    value.as_table().and_then(|table| table.get("workspace")?.get_ref().as_bool()) == Some(true)
}

/// The backends that the features of the crate's dependency enable, according to the two manifests; empty if the crate
/// has no such dependency.
pub fn declared_backends(text: &str, workspace: impl FnOnce() -> Option<String>) -> Vec<Dialect> {
    let Ok(manifest) = DeTable::parse(text) else { return Vec::new() };
    let workspace = LazyCell::new(workspace);
    declared(manifest.get_ref(), || workspace.as_deref())
}

fn declared<'w>(manifest: &DeTable<'_>, workspace: impl Fn() -> Option<&'w str>) -> Vec<Dialect> {
    let inherits = |table: &&DeTable<'_>| table.values().any(|value| is_inherited(value.get_ref()));
    let root = dependency_tables(manifest).iter().any(inherits).then(&workspace).flatten();
    let root = DeTable::parse(root.unwrap_or_default()).ok();
    let shared = root.as_ref().and_then(|root| lookup(root.get_ref(), &["workspace", "dependencies"]));
    let mut on = Vec::new();
    for (key, value) in dependency_tables(manifest).into_iter().flat_map(|table| table.iter()) {
        let key = key.get_ref().as_ref();
        let inherited = is_inherited(value.get_ref()).then(|| shared?.get(key)).flatten();
        let declared = inherited.unwrap_or(value).get_ref();
        if !is_ours(key, declared) {
            continue;
        }
        let defaults = |value: &DeValue<'_>| setting(value, "default-features").and_then(DeValue::as_bool);
        // A member can only disable the default features if the workspace does.
        if defaults(declared) != Some(false) || inherited.is_some() && defaults(value.get_ref()) == Some(true)
        {
            on.push(Dialect::Sqlite.name().to_owned());
        }
        for value in [declared, value.get_ref()] {
            on.extend(texts(setting(value, "features")).map(str::to_owned));
        }
        on.extend(forwarded(manifest, key));
    }
    Dialect::ALL.into_iter().filter(|dialect| on.iter().any(|name| name == dialect.name())).collect()
}

/// The features of the dependency `key` that features of the crate enable: `key/postgres`, `key?/postgres`.
fn forwarded<'t>(manifest: &'t DeTable<'_>, key: &'t str) -> impl Iterator<Item = String> + 't {
    let features = lookup(manifest, &["features"]).into_iter().flat_map(|features| features.values());
    features.flat_map(|feature| texts(Some(feature.get_ref()))).filter_map(move |name| {
        let (dependency, name) = name.split_once('/')?;
        (dependency.trim_end_matches('?') == key).then(|| name.to_owned())
    })
}

fn setting<'t, 'i>(value: &'t DeValue<'i>, key: &str) -> Option<&'t DeValue<'i>> {
    Some(value.as_table()?.get(key)?.get_ref())
}

fn texts<'t>(value: Option<&'t DeValue<'_>>) -> impl Iterator<Item = &'t str> {
    let items = value.and_then(|value| value.as_array());
    items.into_iter().flat_map(|array| array.iter()).filter_map(|item| item.get_ref().as_str())
}

fn dependency_tables<'t, 'i>(manifest: &'t DeTable<'i>) -> Vec<&'t DeTable<'i>> {
    const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(|target| target.get_ref().as_table());
    let targets = targets.into_iter().flat_map(|table| table.values());
    let places = std::iter::once(manifest).chain(targets.filter_map(|target| target.get_ref().as_table()));
    places
        .flat_map(|place| SECTIONS.iter().filter_map(|section| place.get(*section)?.get_ref().as_table()))
        .collect()
}

fn is_ours(key: &str, value: &DeValue<'_>) -> bool {
    match value.as_table().and_then(|table| table.get("package")?.get_ref().as_str()) {
        Some(package) => package == PACKAGE,
        // A key without `package` is the name of the package. If it is inherited, the workspace decides.
        None => key == PACKAGE,
    }
}

/// The text of the manifest of the workspace that the crate in `dir` belongs to.
pub fn workspace_manifest(dir: &Path) -> Option<(std::path::PathBuf, String)> {
    dir.ancestors().find_map(|folder| {
        let path = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&path).ok()?;
        let manifest = DeTable::parse(&text).ok()?;
        manifest.get_ref().contains_key("workspace").then_some(())?;
        Some((path, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str =
        "`postgres-version` must be a major version of PostgreSQL, 15 or later: `postgres-version = 15`";

    fn parse(text: &str) -> Config {
        Config::parse(text, &Dialect::ALL, || None)
    }

    #[test]
    fn settings() {
        let config = parse(
            "[package.metadata.aio-databases]\nbackends = ['postgresql', 'sqlite']\nschema = 'db'\ncrate = 'db::sql'\ndatetime = 'time'\npostgres-version = 16",
        );
        assert_eq!(
            config,
            Config {
                backends: vec![Dialect::Postgres, Dialect::Sqlite],
                names_backends: true,
                schema: Some("db".to_owned()),
                krate: "::db::sql".to_owned(),
                datetime: Some(DateTime::Time),
                postgres_version: Some(16),
                lints: Lints::default(),
                problems: vec![],
            }
        );
        assert_eq!(parse("[package]\nname = 'x'").backends, Dialect::ALL);
        assert_eq!(parse("this is no toml").krate, "::aio_databases");
    }

    #[test]
    fn problems() {
        for (settings, problem) in [
            ("backend = ['postgres']", "no setting `backend`: did you mean `backends`?"),
            (
                "x = 1",
                "no setting `x`: there are `backends`, `crate`, `datetime`, `lints`, `postgres-version`, `schema`",
            ),
            ("backends = 1", "`backends` must be a list of names: `backends = [\"postgres\"]`"),
            ("backends = ['postgers']", "no backend `postgers`: did you mean `postgres`?"),
            (
                "backends = ['oracle']",
                "no backend `oracle`: the backends are `sqlite`, `postgres` and `mysql`",
            ),
            ("schema = true", "`schema` must be a string: `schema = \"…\"`"),
            ("postgres-version = 14", VERSION),
            ("postgres-version = '16'", VERSION),
            ("postgres-version = 16.1", VERSION),
            ("postgres-version = 0x10", VERSION),
            ("datetime = 'jiff'", "`datetime` must be `chrono` or `time`, not `jiff`"),
            ("lints = 'deny'", "`lints` must be a table: `lints = { delete-without-where = \"deny\" }`"),
            ("lints.cross-joins = 'deny'", "no lint `cross-joins`; did you mean `cross-join`?"),
            (
                "lints.cross-join = 'denied'",
                "`cross-join`: the level of a lint must be `allow`, `warn` or `deny`, not `denied`",
            ),
            ("lints.cross-join = true", "`cross-join` must be `allow`, `warn` or `deny`, in quotes"),
            (
                "lints.workspace = true",
                "the workspace has no `[workspace.metadata.aio-databases.lints]` to inherit",
            ),
        ] {
            let config = parse(&format!("[package]\n\n[package.metadata.aio-databases]\n{settings}"));
            let expected = format!("{problem}\nat Cargo.toml:4, in [package.metadata.aio-databases]");
            assert_eq!(config.problems, [expected], "{settings}");
        }
        let config = Config::parse(
            "[package.metadata.aio-databases]\nbackends = ['mysql']",
            &[Dialect::Sqlite],
            || None,
        );
        assert_eq!(config.backends, [Dialect::Sqlite]);
        assert!(config.problems[0].contains("enable the feature `mysql`"), "{:?}", config.problems);
        assert!(Config::parse("", &[], || None).problems[0].starts_with("no backend is enabled"));
    }

    #[test]
    fn lints() {
        let config = parse(
            "[package.metadata.aio-databases.lints]\ncross-join = 'allow'\nall = 'deny'\nequals-null = 'warn'",
        );
        assert_eq!(config.problems, [""; 0]);
        let level = |config: &Config, lint| config.lints.level(lint);
        assert_eq!(level(&config, "cross-join"), Level::Allow);
        assert_eq!(level(&config, "equals-null"), Level::Warn);
        assert_eq!(level(&config, "several-rows"), Level::Deny);

        let workspace =
            "[workspace.metadata.aio-databases.lints]\nall = 'allow'\ncross-join = 'deny'\n\nx = 1";
        let own = "[package.metadata.aio-databases]\nlints.workspace = true\nlints.equals-null = 'warn'";
        let config = Config::parse(own, &Dialect::ALL, || Some(workspace.to_owned()));
        assert_eq!(level(&config, "cross-join"), Level::Deny);
        assert_eq!(level(&config, "equals-null"), Level::Warn);
        assert_eq!(level(&config, "several-rows"), Level::Allow);
        let expected = "`x` must be `allow`, `warn` or `deny`, in quotes\nat the workspace's Cargo.toml:5, in [workspace.metadata.aio-databases.lints]";
        assert_eq!(config.problems, [expected]);
    }

    #[test]
    fn names_of_the_dependency() {
        for (manifest, name) in [
            ("[dependencies]\naio-databases = '0.1'", "::aio_databases"),
            ("[dependencies]\ndb = { package = 'aio-databases', version = '0.1' }", "::db"),
            ("[dev-dependencies.my-db]\npackage = 'aio-databases'", "::my_db"),
            ("[target.'cfg(unix)'.dependencies]\ndb = { package = 'aio-databases' }", "::db"),
            ("[dependencies]\naio-databases = { package = 'other' }", "::aio_databases"),
            ("[dependencies]\nserde.workspace = true\ndb = { workspace = true }", "::db"),
            ("[dependencies]\naio-databases.workspace = true", "::aio_databases"),
            ("[dependencies]\nfacade = '1'", "::aio_databases"),
        ] {
            let config = Config::parse(manifest, &Dialect::ALL, || {
                Some("[workspace.dependencies]\nserde = '1'\ndb = { package = 'aio-databases' }".to_owned())
            });
            assert_eq!(config.krate, name, "{manifest}");
        }
    }

    /// Cargo merges the features of all crates that it builds together.
    #[test]
    fn features_of_other_crates_do_not_count() {
        let backends =
            |manifest: &str, enabled: &[Dialect]| Config::parse(manifest, enabled, || None).backends;
        let postgres = "[dependencies]\naio-databases = { version = '1', default-features = false, features = ['postgres'] }";
        assert_eq!(backends(postgres, &Dialect::ALL), [Dialect::Postgres]);
        let sqlite = "[dependencies]\naio-databases = '1'";
        assert_eq!(backends(sqlite, &Dialect::ALL), [Dialect::Sqlite]);
        // As if another crate enabled them.
        assert_eq!(backends(sqlite, &[Dialect::Postgres]), [Dialect::Postgres]);
        assert_eq!(backends("[dependencies]\nfacade = '1'", &Dialect::ALL), Dialect::ALL);
        let named =
            format!("{postgres}\n[package.metadata.aio-databases]\nbackends = ['sqlite', 'postgres']");
        assert_eq!(backends(&named, &Dialect::ALL), [Dialect::Sqlite, Dialect::Postgres]);
    }

    #[test]
    fn backends_that_features_turn_on() {
        for (manifest, backends) in [
            ("[dependencies]\naio-databases = '0.1'", vec![Dialect::Sqlite]),
            (
                "[dependencies]\naio-databases = { version = '1', features = ['postgres', 'chrono'] }",
                vec![Dialect::Sqlite, Dialect::Postgres],
            ),
            (
                "[dependencies]\ndb = { package = 'aio-databases', default-features = false }\n[features]\npg = ['db/postgres']\nmy = ['db?/mysql']",
                vec![Dialect::Postgres, Dialect::Mysql],
            ),
            (
                "[dev-dependencies]\ndb = { workspace = true, features = ['postgres'] }",
                vec![Dialect::Postgres, Dialect::Mysql],
            ),
            (
                "[dev-dependencies]\ndb = { workspace = true, default-features = true }",
                vec![Dialect::Sqlite, Dialect::Mysql],
            ),
            ("[dependencies]\nfacade = { version = '1', features = ['sqlite'] }", vec![]),
            ("this is no toml", vec![]),
        ] {
            let workspace = "[workspace.dependencies]\ndb = { package = 'aio-databases', default-features = false, features = ['mysql'] }";
            assert_eq!(declared_backends(manifest, || Some(workspace.to_owned())), backends, "{manifest}");
        }
    }
}
