//! The password file: `PGPASSFILE`, or `~/.pgpass`.

use std::{fs, path::PathBuf};

use super::Host;

/// The password that the file has for a server, database and user.
pub(crate) fn password(host: &Host, database: &str, user: &str) -> Option<String> {
    let path = path()?;
    let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
    if is_readable_by_others(&metadata) {
        tracing::warn!(
            target: "aio_databases::postgres",
            path = %path.display(),
            "the password file is ignored, because others can read it; help: chmod 600"
        );
        return None;
    }
    find(&fs::read_to_string(path).ok()?, &names(host), database, user)
}

fn path() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("PGPASSFILE") {
        return Some(path.into());
    }
    if cfg!(windows) {
        let folder = std::env::var_os("APPDATA")?;
        return Some(PathBuf::from(folder).join("postgresql").join("pgpass.conf"));
    }
    Some(PathBuf::from(std::env::var_os("HOME")?).join(".pgpass"))
}

#[cfg(unix)]
fn is_readable_by_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &fs::Metadata) -> bool {
    false
}

/// How the file can name a host, and its port.
fn names(host: &Host) -> (Vec<String>, String) {
    let names = match host {
        Host::Tcp { name, .. } => vec![name.clone()],
        // libpq looks up its default folder as this.
        Host::Unix { folder, .. } => vec![folder.display().to_string(), "localhost".to_owned()],
    };
    (names, host.port().to_string())
}

/// The first line that fits: `host:port:database:user:password`, where `*` is anything.
fn find(text: &str, (hosts, port): &(Vec<String>, String), database: &str, user: &str) -> Option<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for fields in lines.map(fields) {
        let [host, its_port, its_database, its_user, password] = fields.as_slice() else { continue };
        let fits = |field: &str, value: &str| field == "*" || field == value;
        if hosts.iter().any(|name| fits(host, name))
            && fits(its_port, port)
            && fits(its_database, database)
            && fits(its_user, user)
        {
            return Some(password.clone());
        }
    }
    None
}

/// Fields between colons. A backslash takes the meaning from a colon, or from a backslash.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        let (char, is_end) = match char {
            '\\' => (chars.next(), false),
            ':' => (None, true),
            char => (Some(char), false),
        };
        if is_end && fields.len() < 5 {
            fields.push(String::new());
        } else if let Some(field) = fields.last_mut() {
            // The password is the rest of the line.
            field.extend(if is_end { Some(':') } else { char });
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let text = "# comment\nother:*:*:*:a\nhost:5432:db:user:b:c\\:d\n*:*:*:we\\:ird:e\n*:*:*:*:f\n";
        let find = |host, database, user| find(text, &names(&Host::new(host, 5432)), database, user);
        assert_eq!(find("host", "db", "user").as_deref(), Some("b:c:d"));
        assert_eq!(find("host", "db2", "user").as_deref(), Some("f"));
        assert_eq!(find("x", "db", "we:ird").as_deref(), Some("e"));
        assert_eq!(find("other", "db", "user").as_deref(), Some("a"));
    }
}
