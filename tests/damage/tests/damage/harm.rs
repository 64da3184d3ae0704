//! What is done to a server's bytes.

/// One damage, at one place of what a server sends in a round.
#[derive(Clone, Debug)]
pub(crate) struct Harm {
    pub(crate) kind: Kind,
    /// So many bytes come through before it.
    pub(crate) at: u64,
    /// How many bytes are harmed.
    count: usize,
    /// What is inserted, and which bits are flipped.
    noise: Vec<u8>,
}

/// The kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Some bits have the other value.
    Flip,
    /// Bytes are missing.
    Drop,
    /// Bytes come twice.
    Repeat,
    /// Random bytes come between.
    Insert,
    /// Nothing more comes: the connection ends.
    Truncate,
}

const KINDS: [Kind; 5] = [Kind::Flip, Kind::Drop, Kind::Repeat, Kind::Insert, Kind::Truncate];

/// The most bytes that are harmed.
const MOST: usize = 24;

impl Harm {
    /// One of some kind within so many bytes. The first messages are short and decide on all others, so half of the harms come early.
    pub(crate) fn random(within: u64, random: &mut fastrand::Rng) -> Self {
        let most = if random.bool() { within.min(1_500) } else { within };
        let count = random.usize(1..=MOST);
        Harm {
            kind: KINDS[random.usize(..KINDS.len())],
            at: random.u64(..most.max(1)),
            count,
            noise: (0..count).map(|_| random.u8(..)).collect(),
        }
    }

    /// Harms `bytes` at `place`. Of those that are dropped, some may be still to come: their number is returned.
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>, place: usize) -> usize {
        match self.kind {
            Kind::Flip => {
                // One bit, or a byte: what else is flipped is like one of these.
                bytes[place] ^=
                    if self.count.is_multiple_of(2) { 1 << (self.noise[0] % 8) } else { self.noise[0] | 1 };
            }
            Kind::Drop => {
                let here = self.count.min(bytes.len() - place);
                bytes.drain(place..place + here);
                return self.count - here;
            }
            Kind::Repeat => {
                let again = bytes[place..].iter().take(self.count).copied().collect::<Vec<_>>();
                bytes.splice(place..place, again);
            }
            Kind::Insert => {
                bytes.splice(place..place, self.noise.iter().copied());
            }
            Kind::Truncate => bytes.truncate(place),
        }
        0
    }
}
