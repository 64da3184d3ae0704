//! Chooses the best match among several operators or functions: the manual's section 10.2 step 3 and 10.3 step 4, which
//! are the same.

use super::{super::CastContext, coerce, types::Types};
use crate::data::postgres::TypeId;

/// A candidate with these argument types.
pub(super) trait Candidate {
    fn args(&self) -> &[TypeId];
}

/// The candidates that accept the arguments.
pub(super) fn matching<C: Candidate>(types: &Types<'_>, args: &[TypeId], candidates: Vec<C>) -> Vec<C> {
    let implicit = CastContext::Implicit;
    candidates
        .into_iter()
        .filter(|c| c.args().len() == args.len() && coerce::can_coerce(types, args, c.args(), implicit))
        .collect()
}

/// The best match; if there is none, all remaining candidates.
pub(super) fn best<C: Candidate>(types: &Types<'_>, args: &[TypeId], mut left: Vec<C>) -> Result<C, Vec<C>> {
    let unknown = types.known().unknown;
    let bases: Vec<TypeId> = args.iter().map(|arg| types.base(*arg)).collect();
    let is_unknown = |n: usize| bases[n] == unknown;

    // Keep the ones with the most exact matches, then the ones with the most exact or preferred matches.
    left = most(left, |c| count(args.len(), |n| !is_unknown(n) && c.args()[n] == bases[n]));
    if left.len() == 1 {
        return left.pop().ok_or(left);
    }
    let categories: Vec<u8> = bases.iter().map(|ty| types.category(*ty).0).collect();
    left = most(left, |c| {
        count(args.len(), |n| {
            !is_unknown(n)
                && (c.args()[n] == bases[n] || types.category(c.args()[n]) == (categories[n], true))
        })
    });
    if left.len() == 1 {
        return left.pop().ok_or(left);
    }

    let unknowns: Vec<usize> = (0..args.len()).filter(|n| is_unknown(*n)).collect();
    if unknowns.is_empty() {
        return Err(left);
    }
    left = by_category(types, &unknowns, left);
    if left.len() == 1 {
        return left.pop().ok_or(left);
    }

    // All known arguments have one type: assume that the unknown ones have it, too.
    let mut known = bases.iter().filter(|ty| **ty != unknown);
    if let Some(first) = known.next()
        && known.all(|ty| ty == first)
    {
        let same = vec![*first; args.len()];
        let mut fits = left
            .iter()
            .enumerate()
            .filter(|(_, c)| coerce::can_coerce(types, &same, c.args(), CastContext::Implicit));
        if let (Some((at, _)), None) = (fits.next(), fits.next()) {
            return Ok(left.swap_remove(at));
        }
    }
    Err(left)
}

fn count(n: usize, test: impl Fn(usize) -> bool) -> usize {
    (0..n).filter(|n| test(*n)).count()
}

fn most<C>(candidates: Vec<C>, score: impl Fn(&C) -> usize) -> Vec<C> {
    let best = candidates.iter().map(&score).max().unwrap_or(0);
    if best == 0 {
        return candidates;
    }
    candidates.into_iter().filter(|c| score(c) == best).collect()
}

/// Chooses a category for each untyped argument: text, if any candidate accepts text there. Keeps the candidates that
/// accept the category, or its preferred type if one of them does.
fn by_category<C: Candidate>(types: &Types<'_>, unknowns: &[usize], candidates: Vec<C>) -> Vec<C> {
    let mut slots = Vec::with_capacity(unknowns.len());
    for n in unknowns {
        let mut slot: Option<(u8, bool)> = None;
        let mut conflict = false;
        for candidate in &candidates {
            let (category, preferred) = types.category(candidate.args()[*n]);
            match &mut slot {
                None => slot = Some((category, preferred)),
                Some((chosen, has_preferred)) if *chosen == category => *has_preferred |= preferred,
                Some(_) if category == b'S' => slot = Some((category, preferred)),
                Some(_) => conflict = true,
            }
        }
        match slot {
            Some(slot) if !conflict || slot.0 == b'S' => slots.push(slot),
            _ => return candidates,
        }
    }
    let fits = |c: &C| {
        unknowns.iter().zip(&slots).all(|(n, (category, needs_preferred))| {
            let (found, preferred) = types.category(c.args()[*n]);
            found == *category && (preferred || !needs_preferred)
        })
    };
    if candidates.iter().any(&fits) { candidates.into_iter().filter(fits).collect() } else { candidates }
}
