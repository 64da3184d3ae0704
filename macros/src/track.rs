//! Tells the compiler which files were read, so that it compiles the crate again when one changes.

use std::fmt::Write as _;

use aio_databases_project::MANIFEST_DIR;

use crate::{input::sql::Sql, project::Project};

/// Writes items that name the files. The schema's files and `Cargo.toml` are named once per compilation, the query's
/// own files always.
pub(crate) fn items(text: &mut String, project: &Project, sql: &Sql) {
    let mut track = |path: &std::path::Path| {
        let path = path.to_string_lossy();
        let _ = write!(text, "const _: &[::core::primitive::u8] = ::core::include_bytes!({path:?});");
    };
    sql.texts().flat_map(|text| text.files()).for_each(|path| track(path));
    if project.is_first() {
        project.files().into_iter().for_each(track);
        let _ = write!(
            text,
            "const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!({MANIFEST_DIR:?});"
        );
    }
}
