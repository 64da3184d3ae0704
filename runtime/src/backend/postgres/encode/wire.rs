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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn numeric(text: &str) -> Numeric {
        text.parse().unwrap()
    }

    fn written(value: &Numeric) -> Vec<u8> {
        let mut out = Vec::new();
        write_numeric(value, &mut out).unwrap();
        out
    }

    /// What the server's own `numeric_send` gives.
    #[test]
    fn numerics_as_the_server_sends_them() {
        let cases = [
            ("0", "0000000000000000"),
            ("0.000", "0000000000000003"),
            ("-0.0001", "0001ffff400000040001"),
            ("10000", "00010001000000000001"),
            ("99999999999999999999", "0005000400000000270f270f270f270f270f"),
            ("123456.7890123", "0004000100000007000c0d801ed204ce"),
            ("0.00001", "0001fffe0000000503e8"),
            ("100000000.00000001", "000500020000000800010000000000000001"),
            ("0.00000000000000000001", "0001fffb000000140001"),
            ("100000000000000000000", "00010005000000000001"),
            ("NaN", "00000000c0000000"),
            ("Infinity", "00000000d0000000"),
            ("-Infinity", "00000000f0000000"),
        ];
        for (text, sent) in cases {
            let bytes = written(&numeric(text));
            assert_eq!(hex(&bytes), sent, "{text}");
            assert_eq!(read_numeric(&bytes).unwrap().as_str(), text);
        }
        // PostgreSQL gives the infinities a scale, too.
        assert_eq!(read_numeric(b"\x00\x00\x00\x00\xf0\x00\x00\x20").unwrap().as_str(), "-Infinity");
    }

    #[test]
    fn numerics_that_the_server_does_not_hold() {
        let long = format!("0.{}", "1".repeat(NUMERIC_MAX_SCALE + 1));
        assert_eq!(write_numeric(&numeric(&long), &mut Vec::new()), Err(Bad::OutOfRange(None)));
        let large = "1".repeat(4 * 32_768 + 1);
        assert_eq!(write_numeric(&numeric(&large), &mut Vec::new()), Err(Bad::OutOfRange(None)));
        let largest = "1".repeat(4 * 32_767);
        assert_eq!(read_numeric(&written(&numeric(&largest))).unwrap().as_str(), largest);
    }

    #[test]
    fn broken_bytes_are_no_value() {
        for bytes in [
            &b""[..],
            b"\x00\x01",
            b"\x00\x01\x00\x00\x00\x00\x00\x00",
            b"\x00\x01\x00\x00\x00\x00\x00\x00\x27\x10",
            b"\x00\x00\x00\x00\x12\x34\x00\x00",
        ] {
            assert_eq!(read_numeric(bytes), Err(Bad::Malformed), "{bytes:?}");
        }
        assert_eq!(read_timetz(b"123"), Err(Bad::Malformed));
        assert_eq!(read_interval(b"123"), Err(Bad::Malformed));
        assert_eq!(time_from_wire(-1), Err(Bad::Malformed));
    }

    #[test]
    fn dates_and_times_as_the_server_sends_them() {
        let date = |text: &str| date_to_wire(text.parse().unwrap()).unwrap();
        assert_eq!(
            [date("1999-12-31"), date("2000-01-01"), date("2000-02-29"), date("1969-12-31")],
            [-1, 0, 59, -10_958]
        );
        let before: Timestamp = "1969-12-31 23:59:59.999999".parse().unwrap();
        assert_eq!(timestamp_to_wire(before), Ok(-946_684_800_000_001));
        assert_eq!(timestamp_from_wire(-946_684_800_000_001), Ok(before));
        let mut out = Vec::new();
        write_timetz("12:00:00.5+05:30".parse().unwrap(), &mut out);
        assert_eq!(hex(&out), "0000000a0ef35120ffffb2a8");
        assert_eq!(read_timetz(&out).unwrap().to_string(), "12:00:00.500+05:30");
        let interval = Interval { months: 14, days: 3, micros: 14_706_500_000 };
        let mut out = Vec::new();
        write_interval(interval, &mut out);
        assert_eq!(hex(&out), "000000036c9361a0000000030000000e");
        assert_eq!(read_interval(&out), Ok(interval));
    }

    #[test]
    fn infinity_is_no_date() {
        assert_eq!(date_from_wire(i32::MAX), Err(Bad::OutOfRange(Some("infinity"))));
        assert_eq!(date_from_wire(i32::MIN), Err(Bad::OutOfRange(Some("-infinity"))));
        assert_eq!(timestamp_from_wire(i64::MAX), Err(Bad::OutOfRange(Some("infinity"))));
        assert_eq!(timestamp_from_wire(i64::MIN), Err(Bad::OutOfRange(Some("-infinity"))));
        let infinity =
            [&i64::MAX.to_be_bytes()[..], &i32::MAX.to_be_bytes(), &i32::MAX.to_be_bytes()].concat();
        assert_eq!(read_interval(&infinity), Err(Bad::OutOfRange(Some("infinity"))));
        // Nor is a date infinity by chance.
        assert_eq!(date_to_wire(Date { days: i32::MIN }), Err(Bad::OutOfRange(None)));
        assert_eq!(date_to_wire(Date { days: i32::MIN + EPOCH_DAYS }), Err(Bad::OutOfRange(None)));
    }

    proptest! {
        #[test]
        fn every_numeric_there_and_back(text in "-?[0-9]{1,60}(\\.[0-9]{1,60})?") {
            let value = numeric(&text);
            prop_assert_eq!(read_numeric(&written(&value)), Ok(value));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, micros: i64, days: i32) {
            let _ = (read_numeric(&bytes), read_timetz(&bytes), read_interval(&bytes));
            let _ = (timestamp_from_wire(micros), time_from_wire(micros), date_from_wire(days));
        }

        #[test]
        fn every_timestamp_there_and_back(micros in i64::MIN + EPOCH_MICROS + 1..i64::MAX - EPOCH_MICROS) {
            prop_assert_eq!(timestamp_to_wire(timestamp_from_wire(micros).unwrap()), Ok(micros));
        }
    }
}
