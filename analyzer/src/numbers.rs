//! The values of number literals.

/// Whether a number has a form that requires release 16 or later.
pub(crate) fn is_new(text: &str) -> bool {
    radix(text) != 10 || text.contains('_')
}

/// The value of a literal, if it is an integer and not too large.
pub(crate) fn integer(text: &str) -> Option<i128> {
    let digits = text.replace('_', "");
    match radix(text) {
        10 => digits.parse().ok(),
        radix => i128::from_str_radix(digits.get(2..)?, radix).ok(),
    }
}

/// The base of a literal.
pub(crate) fn radix(text: &str) -> u32 {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    }
}
