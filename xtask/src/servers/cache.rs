//! Downloaded servers, below the build's `target` folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The folder of a name, filled by `fill` where it is not there yet. Returns `None` if `fill` says that it could not.
///
/// It is filled under another name first: a folder that is there is whole.
pub(crate) fn folder(name: &str, fill: impl FnOnce(&Path) -> Result<bool>) -> Result<Option<PathBuf>> {
    let servers = target().join("servers");
    let whole = servers.join(name);
    if whole.is_dir() {
        return Ok(Some(whole));
    }
    let partial = servers.join(format!(".{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir_all(&partial).with_context(|| format!("making {}", partial.display()))?;
    let filled = fill(&partial);
    if matches!(filled, Ok(true)) {
        // Another process may have been faster.
        if let Err(error) = fs::rename(&partial, &whole)
            && !whole.is_dir()
        {
            return Err(error).with_context(|| format!("renaming {}", partial.display()));
        }
    }
    let _ = fs::remove_dir_all(&partial);
    Ok(filled?.then_some(whole))
}

/// Where cargo builds.
fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target"),
    }
}
