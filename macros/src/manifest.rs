//! The migrations that queries are checked against, in the format of `aio_databases::__private::Checked`.

use std::fmt::Write as _;

use aio_databases_project::{Located, checksums};

use crate::{
    migrate::{self, Entry},
    project::Project,
};

/// This many digits of a checksum are enough to distinguish files.
const BYTES: usize = 16;

/// A line for each migration: its number, its checksums (separated by commas) and its description, separated by tabs.
/// If there are no migrations, `!` and the reason.
pub(crate) fn migrations(project: &Project, located: &Located) -> String {
    lines(project, located).unwrap_or_else(|reason| format!("!{reason}"))
}

fn lines(project: &Project, located: &Located) -> Result<String, String> {
    let mut lines = String::new();
    for Entry { version, description, up, .. } in migrate::set(project, located)? {
        let sums = checksums(&up).map_err(|error| format!("can't read `{}`: {error}", up.display()))?;
        let hex = |sum: &Vec<u8>| {
            sum.iter().take(BYTES).fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        };
        let sums: Vec<String> = sums.iter().map(hex).collect();
        let description = description.replace(['\t', '\n', '\r'], " ");
        let _ = writeln!(lines, "{version}\t{}\t{description}", sums.join(","));
    }
    Ok(lines)
}
