//! The migrations that queries are checked against, as `aio_databases::__private::Checked` has them.

use std::{fmt::Write as _, path::Path};

use aio_databases_project::{Located, checksum};

use crate::{migrate, project::Project};

/// So much of a checksum tells two files apart.
const BYTES: usize = 16;

/// A line for each migration: its number, checksum and description, between tabs. `!` and the reason, where there are none.
pub(crate) fn migrations(project: &Project, located: &Located) -> String {
    lines(project, located).unwrap_or_else(|reason| format!("!{reason}"))
}

fn lines(project: &Project, located: &Located) -> Result<String, String> {
    let mut lines = String::new();
    for (version, description, path) in migrate::set(project, located)? {
        let sum = checksum(Path::new(&path)).map_err(|error| format!("can't read `{path}`: {error}"))?;
        let _ = write!(lines, "{version}\t");
        for byte in sum.iter().take(BYTES) {
            let _ = write!(lines, "{byte:02x}");
        }
        let _ = writeln!(lines, "\t{}", description.replace(['\t', '\n', '\r'], " "));
    }
    Ok(lines)
}
