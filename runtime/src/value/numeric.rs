//! Decimal numbers as checked text.

use std::{error::Error, fmt, str::FromStr};

/// A decimal number of any size, as text in one form: `-12.340`; or `NaN`, `Infinity`, `-Infinity`, which only PostgreSQL has.
///
/// It keeps the digits after the point as they are, and does not count: for that turn on the feature `rust_decimal`. Two are equal
/// where their text is: `1.0` is not `1.00`.
///
/// ```
/// use aio_databases::value::Numeric;
/// let numeric: Numeric = "+0012.340".parse().unwrap();
/// assert_eq!(numeric.as_str(), "12.340");
/// assert!("12,34".parse::<Numeric>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Numeric(String);

/// Text that is no decimal number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseNumericError(());

impl fmt::Display for ParseNumericError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number: digits, with `-` before and one `.` between them, were expected")
    }
}

impl Error for ParseNumericError {}

/// The exponents that are written out: what PostgreSQL's `numeric` can hold.
const MAX_EXPONENT: i32 = 131_072;

impl Numeric {
    /// The text: an optional `-`, digits without needless zeros before them, and the digits after the point where there are any.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a number, neither `NaN` nor infinite.
    pub fn is_finite(&self) -> bool {
        self.0.ends_with(|last: char| last.is_ascii_digit())
    }

    /// Text that is known to be in the right form.
    #[cfg(any(feature = "postgres", feature = "rust_decimal"))]
    pub(crate) fn from_canonical(text: String) -> Self {
        Numeric(text)
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Numeric {
    type Err = ParseNumericError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        for (name, canonical) in [("nan", "NaN"), ("infinity", "Infinity"), ("inf", "Infinity")] {
            if digits.eq_ignore_ascii_case(name) {
                let sign = if negative && canonical != "NaN" { "-" } else { "" };
                return Ok(Numeric(format!("{sign}{canonical}")));
            }
        }
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.parse::<i32>().map_err(|_| ParseNumericError(()))?)
            }
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !all_digits || whole.len() + fraction.len() == 0 || exponent.abs() > MAX_EXPONENT {
            return Err(ParseNumericError(()));
        }
        let (whole, fraction) = shift_point(whole, fraction, exponent);
        Ok(canonical(negative, &whole, &fraction))
    }
}

/// Moves the decimal point by `exponent` digits to the right.
fn shift_point(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let digits = format!("{whole}{fraction}");
    let point = whole.len() as i64 + i64::from(exponent);
    if point <= 0 {
        (String::new(), format!("{}{digits}", "0".repeat(-point as usize)))
    } else if point as usize >= digits.len() {
        let zeros = point as usize - digits.len();
        (format!("{digits}{}", "0".repeat(zeros)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        (whole.into(), fraction.into())
    }
}

fn canonical(negative: bool, whole: &str, fraction: &str) -> Numeric {
    let whole = whole.trim_start_matches('0');
    let zero = whole.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    let mut text = String::with_capacity(whole.len() + fraction.len() + 3);
    if negative && !zero {
        text.push('-');
    }
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    Numeric(text)
}

macro_rules! from_integers {
    ($($ty:ty)*) => {$(
        impl From<$ty> for Numeric {
            fn from(value: $ty) -> Self {
                Numeric(value.to_string())
            }
        }
    )*};
}

from_integers!(i8 i16 i32 i64 i128 u8 u16 u32 u64 u128);
