//! The migrations that queries are checked against, as `aio_databases::__private::Checked` has them.

use std::fmt::Write as _;

use aio_databases_project::{Located, checksums};

use crate::{
    migrate::{self, Entry},
    project::Project,
};

/// So much of a checksum tells two files apart.
const BYTES: usize = 16;

/// A line for each migration, with tabs between its number, its checksums (with commas between them) and its description. `!`
/// and the reason, where there are no migrations.
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
