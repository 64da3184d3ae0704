//! Rows that show whether they came through as they were: each has a checksum of its other columns.

/// How many there are, with the keys from 1 on.
pub(crate) const COUNT: i64 = 300;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Good {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) amount: i64,
    pub(crate) checksum: i64,
}

impl Good {
    /// The row of a key.
    pub(crate) fn new(id: i64) -> Self {
        let name = "päckchen ".repeat(usize::try_from(id % 7).unwrap_or_default());
        let mut good = Good { id, name, amount: id * 1_000_003 - 7, checksum: 0 };
        good.checksum = good.sum();
        good
    }

    /// Whether it came through as it was.
    pub(crate) fn is_intact(&self) -> bool {
        self.checksum == self.sum()
    }

    /// FNV-1a, of all columns but the checksum.
    fn sum(&self) -> i64 {
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = self.id.to_be_bytes().into_iter().chain(self.amount.to_be_bytes());
        for byte in bytes.chain(self.name.bytes()) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        sum.cast_signed()
    }
}

/// What is wrong with rows that should be those of these keys.
pub(crate) fn compare(rows: &[Good], keys: impl IntoIterator<Item = i64>) -> Result<(), Wrong> {
    if rows.iter().any(|row| !row.is_intact()) {
        return Err(Wrong::Value);
    }
    if rows.iter().map(|row| row.id).eq(keys) { Ok(()) } else { Err(Wrong::Row) }
}

/// What can be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// A value is another one than the server's. No protocol has a checksum, so that nobody can know of a flipped bit.
    Value,
    /// The rows are whole, and not those that were asked for: another query's, or not all of them.
    Row,
}
