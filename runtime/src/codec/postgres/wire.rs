//! PostgreSQL's binary formats of decimals, dates and times.

use crate::value::{Date, Interval, Numeric, Time, Timestamp, Timetz};

/// PostgreSQL's first day, 2000-01-01, in days since 1970-01-01.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// Why a value has no bytes, or bytes no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// The other side does not hold it; with its text where it has one of its own (`infinity`).
    OutOfRange(Option<&'static str>),
    /// The bytes are no such value.
    Malformed,
}

const NUMERIC_NEGATIVE: u16 = 0x4000;
const NUMERIC_NAN: u16 = 0xC000;
const NUMERIC_INFINITY: u16 = 0xD000;
const NUMERIC_NEGATIVE_INFINITY: u16 = 0xF000;
/// The digits that `numeric` can hold after the point.
const NUMERIC_MAX_SCALE: usize = 16_383;

/// `numeric`: the count of digits in base 10000, the weight of the first, the sign, the count of decimal digits after the point, the digits.
pub(crate) fn write_numeric(numeric: &Numeric, out: &mut Vec<u8>) -> Result<(), Bad> {
    let text = numeric.as_str();
    let special = match text {
        "NaN" => Some(NUMERIC_NAN),
        "Infinity" => Some(NUMERIC_INFINITY),
        "-Infinity" => Some(NUMERIC_NEGATIVE_INFINITY),
        _ => None,
    };
    if let Some(sign) = special {
        return header(out, 0, 0, sign, 0);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (NUMERIC_NEGATIVE, text),
        None => (0, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > NUMERIC_MAX_SCALE {
        return Err(Bad::OutOfRange(None));
    }
    // Groups of four digits, counted from the point to both sides.
    let mut digits: Vec<u16> = Vec::with_capacity(whole.len() / 4 + fraction.len() / 4 + 2);
    let first = whole.len() % 4;
    digits.extend(Some(&whole[..first]).filter(|group| !group.is_empty()).map(group_of_four));
    digits.extend(whole.as_bytes()[first..].chunks(4).map(|group| group_of_four(ascii(group))));
    let mut weight = digits.len() as i64 - 1;
    let fraction_groups = fraction.as_bytes().chunks(4);
    digits.extend(
        fraction_groups.map(|group| group_of_four(ascii(group)) * [0, 1000, 100, 10, 1][group.len()]),
    );
    // Neither zeros before the first digit nor after the last are sent.
    let leading = digits.iter().take_while(|&&digit| digit == 0).count();
    weight -= leading as i64;
    let trailing = digits[leading..].iter().rev().take_while(|&&digit| digit == 0).count();
    let digits = &digits[leading..digits.len() - trailing];
    if digits.is_empty() {
        weight = 0;
    }
    let weight = i16::try_from(weight).map_err(|_| Bad::OutOfRange(None))?;
    header(out, digits.len(), weight, sign, fraction.len())?;
    out.extend(digits.iter().flat_map(|digit| digit.to_be_bytes()));
    return Ok(());

    fn header(out: &mut Vec<u8>, digits: usize, weight: i16, sign: u16, scale: usize) -> Result<(), Bad> {
        let digits = i16::try_from(digits).map_err(|_| Bad::OutOfRange(None))?;
        out.extend(digits.to_be_bytes());
        out.extend(weight.to_be_bytes());
        out.extend(sign.to_be_bytes());
        out.extend((scale as u16).to_be_bytes());
        Ok(())
    }
    fn ascii(group: &[u8]) -> &str {
        std::str::from_utf8(group).unwrap_or_default()
    }
    fn group_of_four(group: &str) -> u16 {
        group.bytes().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
    }
}

/// Reads a `numeric`.
pub(crate) fn read_numeric(bytes: &[u8]) -> Result<Numeric, Bad> {
    let [count, weight, sign, scale] =
        [0, 2, 4, 6].map(|at| bytes.get(at..at + 2).map(|pair| [pair[0], pair[1]]));
    let read = |pair: Option<[u8; 2]>| pair.map(u16::from_be_bytes).ok_or(Bad::Malformed);
    let (count, weight, sign, scale) =
        (usize::from(read(count)?), i64::from(read(weight)? as i16), read(sign)?, usize::from(read(scale)?));
    let special = match sign {
        NUMERIC_NAN => Some("NaN"),
        NUMERIC_INFINITY => Some("Infinity"),
        NUMERIC_NEGATIVE_INFINITY => Some("-Infinity"),
        0 | NUMERIC_NEGATIVE => None,
        _ => return Err(Bad::Malformed),
    };
    if let Some(special) = special {
        return Ok(Numeric::from_canonical(special.into()));
    }
    let digits: Vec<u16> =
        bytes[8..].chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    if bytes.len() != 8 + count * 2 || digits.iter().any(|&digit| digit > 9_999) {
        return Err(Bad::Malformed);
    }
    // The digit in base 10000 that stands `position` places from the point: 0 for the last before it.
    let digit = |position: i64| {
        usize::try_from(weight - position).ok().and_then(|index| digits.get(index)).copied().unwrap_or(0)
    };
    let mut text = String::with_capacity(digits.len() * 4 + scale + 2);
    let nonzero = digits.iter().any(|&digit| digit != 0);
    if sign == NUMERIC_NEGATIVE && nonzero {
        text.push('-');
    }
    use std::fmt::Write as _;
    let highest = weight.max(0);
    let whole_start = text.len();
    for position in (0..=highest).rev() {
        let width = if text.len() == whole_start { 0 } else { 4 };
        if width > 0 || digit(position) > 0 || position == 0 {
            let _ = write!(text, "{:0width$}", digit(position));
        }
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + scale;
        let mut position = -1;
        while text.len() < end {
            let _ = write!(text, "{:04}", digit(position));
            position -= 1;
        }
        text.truncate(end);
    }
    Ok(Numeric::from_canonical(text))
}

/// `date`: days since 2000-01-01.
pub(crate) fn date_to_wire(date: Date) -> Result<i32, Bad> {
    match date.days.checked_sub(EPOCH_DAYS) {
        Some(days) if days > i32::MIN && days < i32::MAX => Ok(days),
        _ => Err(Bad::OutOfRange(None)),
    }
}

/// Reads a `date`.
pub(crate) fn date_from_wire(days: i32) -> Result<Date, Bad> {
    match days {
        i32::MAX => Err(Bad::OutOfRange(Some("infinity"))),
        i32::MIN => Err(Bad::OutOfRange(Some("-infinity"))),
        _ => days.checked_add(EPOCH_DAYS).map(|days| Date { days }).ok_or(Bad::OutOfRange(None)),
    }
}

/// `timestamp` and `timestamptz`: microseconds since 2000-01-01, in UTC. What is below a microsecond is dropped.
pub(crate) fn timestamp_to_wire(timestamp: Timestamp) -> Result<i64, Bad> {
    match timestamp.micros().and_then(|micros| micros.checked_sub(EPOCH_MICROS)) {
        Some(micros) if micros > i64::MIN && micros < i64::MAX => Ok(micros),
        _ => Err(Bad::OutOfRange(None)),
    }
}

/// Reads a `timestamp` or `timestamptz`.
pub(crate) fn timestamp_from_wire(micros: i64) -> Result<Timestamp, Bad> {
    match micros {
        i64::MAX => Err(Bad::OutOfRange(Some("infinity"))),
        i64::MIN => Err(Bad::OutOfRange(Some("-infinity"))),
        _ => micros.checked_add(EPOCH_MICROS).map(Timestamp::from_micros).ok_or(Bad::OutOfRange(None)),
    }
}

/// `time`: microseconds since midnight.
pub(crate) fn time_to_wire(time: Time) -> i64 {
    (time.nanos() / 1_000) as i64
}

/// Reads a `time`.
pub(crate) fn time_from_wire(micros: i64) -> Result<Time, Bad> {
    let nanos = u64::try_from(micros).ok().and_then(|micros| micros.checked_mul(1_000));
    nanos.and_then(Time::from_nanos).ok_or(Bad::Malformed)
}

/// `timetz`: the time, then the offset in seconds *west* of Greenwich.
pub(crate) fn write_timetz(value: Timetz, out: &mut Vec<u8>) {
    out.extend(time_to_wire(value.time).to_be_bytes());
    out.extend((-value.offset).to_be_bytes());
}

/// Reads a `timetz`.
pub(crate) fn read_timetz(bytes: &[u8]) -> Result<Timetz, Bad> {
    let (micros, west) = bytes.split_first_chunk::<8>().ok_or(Bad::Malformed)?;
    let west: [u8; 4] = west.try_into().map_err(|_| Bad::Malformed)?;
    let time = time_from_wire(i64::from_be_bytes(*micros))?;
    let offset = i32::from_be_bytes(west).checked_neg().ok_or(Bad::Malformed)?;
    Ok(Timetz { time, offset })
}

/// `interval`: microseconds, days, months.
pub(crate) fn write_interval(value: Interval, out: &mut Vec<u8>) {
    out.extend(value.micros.to_be_bytes());
    out.extend(value.days.to_be_bytes());
    out.extend(value.months.to_be_bytes());
}

/// Reads an `interval`.
pub(crate) fn read_interval(bytes: &[u8]) -> Result<Interval, Bad> {
    let bytes: &[u8; 16] = bytes.try_into().map_err(|_| Bad::Malformed)?;
    let (micros, rest) = bytes.split_first_chunk::<8>().ok_or(Bad::Malformed)?;
    let (days, months) = rest.split_first_chunk::<4>().ok_or(Bad::Malformed)?;
    let months: [u8; 4] = months.try_into().map_err(|_| Bad::Malformed)?;
    let interval = Interval {
        micros: i64::from_be_bytes(*micros),
        days: i32::from_be_bytes(*days),
        months: i32::from_be_bytes(months),
    };
    // PostgreSQL 17 and later: all three at their end is infinity.
    match (interval.micros, interval.days, interval.months) {
        (i64::MAX, i32::MAX, i32::MAX) => Err(Bad::OutOfRange(Some("infinity"))),
        (i64::MIN, i32::MIN, i32::MIN) => Err(Bad::OutOfRange(Some("-infinity"))),
        _ => Ok(interval),
    }
}
