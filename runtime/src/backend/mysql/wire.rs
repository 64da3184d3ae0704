//! MySQL's binary formats of dates and times, and the text of a `time`.
//!
//! What is written begins with its length; what is read comes without it.

use crate::value::{Date, Time, Timestamp};

/// The microseconds of `838:59:59`, the longest `time`.
const TIME_MAX_MICROS: i64 = (838 * 3600 + 59 * 60 + 59) * 1_000_000;

/// Year, month, day. `None` outside of the years 0 to 9999, which are MySQL's.
pub(super) fn write_date(date: Date, out: &mut Vec<u8>) -> Option<()> {
    out.push(4);
    write_day(date, out)
}

/// Year, month, day, hour, minute, second, and microseconds unless they are zero. `None` as for [`write_date`].
pub(super) fn write_datetime(value: Timestamp, out: &mut Vec<u8>) -> Option<()> {
    let (hour, minute, second, nanos) = value.time().hour_minute_second_nano();
    let micros = nanos / 1_000;
    out.push(if micros == 0 { 7 } else { 11 });
    write_day(value.date(), out)?;
    out.extend([hour, minute, second]);
    if micros != 0 {
        out.extend(micros.to_le_bytes());
    }
    Some(())
}

fn write_day(date: Date, out: &mut Vec<u8>) -> Option<()> {
    let (year, month, day) = date.year_month_day();
    let year = u16::try_from(year).ok().filter(|&year| year <= 9_999)?;
    out.extend(year.to_le_bytes());
    out.extend([month, day]);
    Some(())
}

/// The sign, days, hours, minutes, seconds, and microseconds unless they are zero. `None` beyond `838:59:59`.
pub(super) fn write_time(micros: i64, out: &mut Vec<u8>) -> Option<()> {
    if micros.unsigned_abs() > TIME_MAX_MICROS.unsigned_abs() {
        return None;
    }
    let (seconds, fraction) = (micros.unsigned_abs() / 1_000_000, (micros.unsigned_abs() % 1_000_000) as u32);
    out.push(if fraction == 0 { 8 } else { 12 });
    out.push((micros < 0).into());
    out.extend(((seconds / 86_400) as u32).to_le_bytes());
    out.extend([(seconds / 3600 % 24) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8]);
    if fraction != 0 {
        out.extend(fraction.to_le_bytes());
    }
    Some(())
}

/// The year, month and day of a `date`, `datetime` or `timestamp`, whether or not there is such a day. Without bytes it is
/// `0000-00-00`.
pub(super) fn read_day(bytes: &[u8]) -> Option<(u16, u8, u8)> {
    match bytes {
        [] => Some((0, 0, 0)),
        [y1, y2, month, day, ..] => Some((u16::from_le_bytes([*y1, *y2]), *month, *day)),
        _ => None,
    }
}

/// Reads a `date`. `None` if there is no such day: `0000-00-00`, `2020-00-00`.
pub(super) fn read_date(bytes: &[u8]) -> Option<Date> {
    let (year, month, day) = read_day(bytes)?;
    let is_midnight = matches!(bytes.len(), 4 | 7 | 11) && bytes[4..].iter().all(|&byte| byte == 0);
    Date::new(year.into(), month, day).filter(|_| is_midnight)
}

/// Reads a `datetime` or `timestamp`. `None` as for [`read_date`].
pub(super) fn read_datetime(bytes: &[u8]) -> Option<Timestamp> {
    if !matches!(bytes.len(), 4 | 7 | 11) {
        return None;
    }
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let (year, month, day) = read_day(bytes)?;
    let micros = u32::from_le_bytes([byte(7), byte(8), byte(9), byte(10)]);
    let time = Time::new(byte(4), byte(5), byte(6), micros.checked_mul(1_000)?)?;
    Some(Timestamp::new(Date::new(year.into(), month, day)?, time))
}

/// Reads a `time` as microseconds. `None` beyond those that an `i64` holds.
pub(super) fn read_time(bytes: &[u8]) -> Option<i64> {
    if !matches!(bytes.len(), 0 | 8 | 12) {
        return None;
    }
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let days = u32::from_le_bytes([byte(1), byte(2), byte(3), byte(4)]);
    let hours = i64::from(days) * 24 + i64::from(byte(5));
    let seconds = hours * 3600 + i64::from(byte(6)) * 60 + i64::from(byte(7));
    let fraction = u32::from_le_bytes([byte(8), byte(9), byte(10), byte(11)]);
    let micros = seconds.checked_mul(1_000_000)?.checked_add(fraction.into())?;
    Some(if byte(0) == 1 { -micros } else { micros })
}

/// Reads the text of a `time` as microseconds: `-30:00:00.5`.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':').map(|part| digits(part, 3));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    let scale = 10_i64.pow(6_u32.checked_sub(fraction.len() as u32)?);
    let fraction = if fraction.is_empty() { 0 } else { digits(fraction, 6)? * scale };
    let micros = (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + fraction;
    Some(if is_negative { -micros } else { micros })
}

/// Decimal digits and nothing else, `most` at most.
fn digits(text: &str, most: usize) -> Option<i64> {
    let valid = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates() {
        let cases: [(&str, &[u8]); 3] = [
            ("2024-02-29", &[4, 0xE8, 7, 2, 29]),
            ("1969-12-31", &[4, 0xB1, 7, 12, 31]),
            ("0000-01-01", &[4, 0, 0, 1, 1]),
        ];
        for (text, bytes) in cases {
            let mut out = Vec::new();
            write_date(text.parse().unwrap(), &mut out).unwrap();
            assert_eq!(out, bytes, "{text}");
            assert_eq!(read_date(&bytes[1..]), text.parse().ok(), "{text}");
        }
        for text in ["-0001-01-01", "10000-01-01"] {
            assert_eq!(write_date(text.parse().unwrap(), &mut Vec::new()), None, "{text}");
        }
    }

    #[test]
    fn no_day_is_no_date() {
        let cases: [&[u8]; 5] = [&[], &[0], &[0, 0, 0, 0], &[0xE4, 7, 0, 0], &[0xE7, 7, 2, 29]];
        for bytes in cases {
            assert_eq!(read_date(bytes), None, "{bytes:?}");
            assert_eq!(read_datetime(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn datetimes() {
        let cases: [(&str, &[u8]); 3] = [
            ("2024-02-29 00:00:00", &[7, 0xE8, 7, 2, 29, 0, 0, 0]),
            ("1969-12-31 23:59:59", &[7, 0xB1, 7, 12, 31, 23, 59, 59]),
            ("1969-12-31 23:59:59.999999", &[11, 0xB1, 7, 12, 31, 23, 59, 59, 0x3F, 0x42, 0x0F, 0]),
        ];
        for (text, bytes) in cases {
            let mut out = Vec::new();
            write_datetime(text.parse().unwrap(), &mut out).unwrap();
            assert_eq!(out, bytes, "{text}");
            assert_eq!(read_datetime(&bytes[1..]), text.parse().ok(), "{text}");
        }
        assert_eq!(read_datetime(&[0xE8, 7, 2, 29]), "2024-02-29 00:00:00".parse().ok());
    }

    #[test]
    fn times_beyond_a_day_and_below_zero() {
        for micros in [0, 1, -1, 86_399_999_999, -3_600_000_000 * 800 - 5, TIME_MAX_MICROS, -TIME_MAX_MICROS]
        {
            let mut out = Vec::new();
            write_time(micros, &mut out).unwrap();
            assert_eq!(read_time(&out[1..]), Some(micros));
        }
        assert_eq!(read_time(&[]), Some(0));
        assert_eq!(write_time(TIME_MAX_MICROS + 1, &mut Vec::new()), None);
        assert_eq!(write_time(i64::MIN, &mut Vec::new()), None);
    }

    #[test]
    fn times_as_text() {
        for (text, micros) in [
            ("00:00:00", Some(0)),
            ("-30:00:00.5", Some(-108_000_500_000)),
            ("838:59:59.000000", Some(TIME_MAX_MICROS)),
            ("12:34:56.789012", Some(45_296_789_012)),
            ("12:34", None),
            ("12:60:00", None),
            ("1:2:3:4", None),
            ("12:34:56.7890123", None),
            ("12:34:+5", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), micros, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>, text: String) {
            let _ = (read_date(&bytes), read_datetime(&bytes), read_time(&bytes), parse_time(&text));
        }
    }
}
