//! MySQL's binary formats of bytes, dates and times.

use crate::value::{Date, Time, Timestamp};

/// The microseconds of `838:59:59`, up to which `time` goes.
const TIME_MAX_MICROS: i64 = (838 * 3600 + 59 * 60 + 59) * 1_000_000;

/// Bytes behind their length.
pub(crate) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let length = (bytes.len() as u64).to_le_bytes();
    match bytes.len() {
        0..=250 => out.push(length[0]),
        251..=0xFFFF => {
            out.push(0xFC);
            out.extend(&length[..2]);
        }
        0x1_0000..=0xFF_FFFF => {
            out.push(0xFD);
            out.extend(&length[..3]);
        }
        _ => {
            out.push(0xFE);
            out.extend(length);
        }
    }
    out.extend(bytes);
}

/// The length of what follows, then year, month, day. `None` outside of the years 0 to 9999, which are MySQL's.
pub(crate) fn write_date(date: Date, out: &mut Vec<u8>) -> Option<()> {
    out.push(4);
    day(date, out)
}

/// As [`write_date`], then hour, minute, second, and microseconds where there are any.
pub(crate) fn write_datetime(value: Timestamp, out: &mut Vec<u8>) -> Option<()> {
    let (hour, minute, second, nanos) = value.time().hour_minute_second_nano();
    let micros = nanos / 1_000;
    out.push(if micros == 0 { 7 } else { 11 });
    day(value.date(), out)?;
    out.extend([hour, minute, second]);
    if micros != 0 {
        out.extend(micros.to_le_bytes());
    }
    Some(())
}

fn day(date: Date, out: &mut Vec<u8>) -> Option<()> {
    let (year, month, day) = date.year_month_day();
    let year = u16::try_from(year).ok().filter(|&year| year <= 9_999)?;
    out.extend(year.to_le_bytes());
    out.extend([month, day]);
    Some(())
}

/// The length of what follows, the sign, days, hours, minutes, seconds, microseconds. `None` beyond `838:59:59`.
pub(crate) fn write_time(micros: i64, out: &mut Vec<u8>) -> Option<()> {
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

/// Reads a `date`, with its length before it. `None` where there is no such day: `0000-00-00`, `2020-00-00`.
pub(crate) fn read_date(bytes: &[u8]) -> Option<Date> {
    match bytes {
        [4, date @ ..] | [7 | 11, date @ ..] => {
            let [y1, y2, month, day, rest @ ..] = date else { return None };
            let midnight = rest.iter().all(|&byte| byte == 0);
            Date::new(u16::from_le_bytes([*y1, *y2]).into(), *month, *day).filter(|_| midnight)
        }
        _ => None,
    }
}

/// Reads a `datetime` or `timestamp`, with its length before it.
pub(crate) fn read_datetime(bytes: &[u8]) -> Option<Timestamp> {
    let (&length, fields) = bytes.split_first()?;
    if !matches!(length, 4 | 7 | 11) || fields.len() != usize::from(length) {
        return None;
    }
    let byte = |at: usize| fields.get(at).copied().unwrap_or(0);
    let date = Date::new(u16::from_le_bytes([byte(0), byte(1)]).into(), byte(2), byte(3))?;
    let micros = u32::from_le_bytes([byte(7), byte(8), byte(9), byte(10)]);
    let time = Time::new(byte(4), byte(5), byte(6), micros.checked_mul(1_000)?)?;
    Some(Timestamp::new(date, time))
}

/// Reads a `time`, with its length before it, as microseconds.
pub(crate) fn read_time(bytes: &[u8]) -> Option<i64> {
    let (&length, fields) = bytes.split_first()?;
    if !matches!(length, 0 | 8 | 12) || fields.len() != usize::from(length) {
        return None;
    }
    let byte = |at: usize| fields.get(at).copied().unwrap_or(0);
    let days = u32::from_le_bytes([byte(1), byte(2), byte(3), byte(4)]);
    let hours = i64::from(days) * 24 + i64::from(byte(5));
    let seconds = hours * 3600 + i64::from(byte(6)) * 60 + i64::from(byte(7));
    let fraction = u32::from_le_bytes([byte(8), byte(9), byte(10), byte(11)]);
    let micros = seconds * 1_000_000 + i64::from(fraction);
    Some(if byte(0) == 1 { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths() {
        let cases: [(usize, &[u8]); 5] = [
            (0, &[0]),
            (250, &[250]),
            (251, &[0xFC, 251, 0]),
            (0x1_0000, &[0xFD, 0, 0, 1]),
            (0x100_0000, &[0xFE, 0, 0, 0, 1, 0, 0, 0, 0]),
        ];
        for (length, header) in cases {
            let mut out = Vec::new();
            write_bytes(&vec![7; length], &mut out);
            assert_eq!(&out[..header.len()], header, "{length}");
            assert_eq!(out.len(), header.len() + length);
        }
    }

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
            assert_eq!(read_date(bytes), text.parse().ok(), "{text}");
        }
        for text in ["-0001-01-01", "10000-01-01"] {
            assert_eq!(write_date(text.parse().unwrap(), &mut Vec::new()), None, "{text}");
        }
    }

    #[test]
    fn no_day_is_no_date() {
        let cases: [&[u8]; 5] = [&[], &[0], &[4, 0, 0, 0, 0], &[4, 0xE4, 7, 0, 0], &[4, 0xE7, 7, 2, 29]];
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
            assert_eq!(read_datetime(bytes), text.parse().ok(), "{text}");
        }
        assert_eq!(read_datetime(&[4, 0xE8, 7, 2, 29]), "2024-02-29 00:00:00".parse().ok());
    }

    #[test]
    fn times_beyond_a_day_and_below_zero() {
        for micros in [0, 1, -1, 86_399_999_999, -3_600_000_000 * 800 - 5, TIME_MAX_MICROS, -TIME_MAX_MICROS]
        {
            let mut out = Vec::new();
            write_time(micros, &mut out).unwrap();
            assert_eq!(read_time(&out), Some(micros));
        }
        assert_eq!(read_time(&[0]), Some(0));
        assert_eq!(write_time(TIME_MAX_MICROS + 1, &mut Vec::new()), None);
        assert_eq!(write_time(i64::MIN, &mut Vec::new()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = (read_date(&bytes), read_datetime(&bytes), read_time(&bytes));
        }
    }
}
