//! The releases of PostgreSQL that have a function, cast or column.

use super::{Proc, TypeId};

/// A range of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Releases {
    /// The first release; 0 for no lower limit.
    pub(crate) since: u8,
    /// The last release; 255 for no upper limit.
    pub(crate) until: u8,
}

impl Releases {
    pub(super) fn new(since: &str, until: &str) -> Self {
        Releases { since: since.parse().unwrap_or(0), until: until.parse().unwrap_or(u8::MAX) }
    }

    /// Whether a release has it. If the release is unknown, whether any release does.
    pub(crate) fn has(self, release: Option<u8>) -> bool {
        release.is_none_or(|release| self.since <= release && release <= self.until)
    }
}

/// Marks functions of one name that a later release replaced. If the release is unknown, only the latest function
/// counts, with the facts that all have in common.
pub(super) fn mark_replaced(procs: &mut [Proc]) {
    for n in 0..procs.len() {
        let Some(later) = procs.iter().find(|later| replaces(later, &procs[n])) else { continue };
        let same = (later.result, later.set, &later.out) == (procs[n].result, procs[n].set, &procs[n].out);
        let later = (later.args.clone(), later.releases);
        procs[n].replaced = true;
        if !same {
            let latest = procs.iter_mut().find(|proc| (&proc.args, proc.releases) == (&later.0, later.1));
            latest.into_iter().for_each(|proc| proc.varies = true);
        }
    }
}

/// Whether the later function accepts every call of the earlier one.
fn replaces(later: &Proc, earlier: &Proc) -> bool {
    let args: (&[TypeId], &[TypeId]) = (&later.args, &earlier.args);
    earlier.releases.until < later.releases.since
        && args.0.starts_with(args.1)
        && args.0.len() - args.1.len() <= later.defaults
        && (later.extension, later.variadic) == (earlier.extension, earlier.variadic)
}

impl Proc {
    /// Whether a release has it. If the release is unknown, whether some release has it and none replaced it.
    pub(crate) fn is_in(&self, release: Option<u8>) -> bool {
        self.releases.has(release) && (release.is_some() || !self.replaced)
    }

    /// Its result; unknown if it depends on the release.
    pub(crate) fn result_in(&self, release: Option<u8>) -> TypeId {
        if self.varies && release.is_none() { TypeId::UNCLEAR } else { self.result }
    }
}
