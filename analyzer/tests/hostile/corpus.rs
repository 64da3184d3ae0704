//! Schemas and queries to break: those of the fixtures.

use std::{fs, path::Path};

use aio_databases_analyzer::Schema;

/// A schema and queries over it.
pub(crate) struct Section {
    pub(crate) schema: Schema,
    pub(crate) ddl: String,
    pub(crate) queries: Vec<String>,
}

/// What the fixtures have, section by section.
pub(crate) fn read() -> Vec<Section> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/queries"), root.join("src/diagnostics")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder is read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                files.push(path);
            }
        }
    }
    files.sort();
    let text = |path| fs::read_to_string(path).expect("a fixture is text");
    files.into_iter().flat_map(|path| sections(&text(path))).collect()
}

fn sections(text: &str) -> Vec<Section> {
    let text = format!("\n{text}");
    text.split("\n# ").filter(|section| !section.is_empty()).map(section).collect()
}

fn section(text: &str) -> Section {
    let mut parts = text.split("\n-- ");
    let (dialect, ddl) = parts.next().and_then(|part| part.split_once('\n')).expect("a schema");
    let mut schema =
        Schema::new(dialect.split_whitespace().next().unwrap_or_default().parse().expect("a dialect"));
    schema.apply("schema", ddl);
    let query = |case: &str| {
        let lines = case
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with("> ") && !line.trim_start().starts_with('^'));
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    };
    Section { schema, ddl: ddl.to_owned(), queries: parts.map(query).collect() }
}
