//! Which releases of PostgreSQL have something.

use super::{Proc, TypeId};

/// The releases that have a function, a cast or a column: from one, to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Releases {
    /// The first that has it; 0 for all before the last.
    pub(crate) since: u8,
    /// The last that has it; 255 for all from the first on.
    pub(crate) until: u8,
}

impl Releases {
    pub(super) fn new(since: &str, until: &str) -> Self {
        Releases { since: since.parse().unwrap_or(0), until: until.parse().unwrap_or(u8::MAX) }
    }

    /// Whether a release has it; where that is not known, whether any does.
    pub(crate) fn has(self, release: Option<u8>) -> bool {
        release.is_none_or(|release| self.since <= release && release <= self.until)
    }
}

/// Marks what later releases write anew, among the functions of one name: where the release is not known, only the
/// latest counts, with what all have in common.
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

/// Whether every call of the earlier function is one of the later.
fn replaces(later: &Proc, earlier: &Proc) -> bool {
    let args: (&[TypeId], &[TypeId]) = (&later.args, &earlier.args);
    earlier.releases.until < later.releases.since
        && args.0.starts_with(args.1)
        && args.0.len() - args.1.len() <= later.defaults
        && (later.extension, later.variadic) == (earlier.extension, earlier.variadic)
}

impl Proc {
    /// Whether a release has it; where that is not known, whether some release has it, and none writes it anew.
    pub(crate) fn is_in(&self, release: Option<u8>) -> bool {
        self.releases.has(release) && (release.is_some() || !self.replaced)
    }

    /// Its result; not known where that depends on the release.
    pub(crate) fn result_in(&self, release: Option<u8>) -> TypeId {
        if self.varies && release.is_none() { TypeId::UNCLEAR } else { self.result }
    }
}
